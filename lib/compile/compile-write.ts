import { IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { ArrayInsert } from "../databases/ports/index.js";
import { type ColumnMeta, type ModelMeta, nameIn, schemaOf } from "../models/index.js";
import { extending, type Query, queryOf } from "../query/index.js";
import { assignmentNode, type ComputedColumn, computedAssignments, computedValues, fitted } from "./assignments.js";
import { insertScopeFor, scopeFor, type Target } from "./compile-query.js";
import { type ConflictShape, conflictNode } from "./conflict.js";
import { compilePlan, type Plan } from "./plan.js";
import { Scope } from "./scope.js";
import { SelectWriter } from "./select.js";
import { bareTable } from "./sources.js";
import { derived, heard, subqueries } from "./subquery.js";
import { rowValue } from "./row-value.js";

/** What an insert writes and gives back. */
export interface InsertShape {
  readonly meta: ModelMeta;
  readonly columns: readonly ColumnMeta[];
  readonly rows: number;
  /** Columns to give back for each row; empty for none. */
  readonly returning: readonly ColumnMeta[];
  /** What becomes of rows that are there already; without it they are an error. */
  readonly conflict?: ConflictShape | undefined;
  /** Rows that are in the way are deleted first. */
  readonly replaces?: boolean | undefined;
  /** What the database works out for the one row that there is then; its slots come after the row's. */
  readonly computed?: readonly ComputedColumn[];
}

/** What an insert of arrays writes and gives back. */
export interface ArrayInsertShape extends Omit<InsertShape, "rows" | "computed"> {
  /** The columns' types in the database. */
  readonly sqlTypes: readonly string[];
}

/** The plan for an insert; its slots are the rows' values one after another. */
export function compileInsert(target: Target, shape: InsertShape): Plan {
  const { meta, columns, returning, computed = [] } = shape;
  const scope = insertScopeFor(target);
  const table = bareTable(meta);
  const into = columns.length + computed.length === 0 ? emptyRow(scope) : filledRows(scope, shape);
  const verb = literalNode(shape.replaces === true ? "replace" : "insert");
  const node = sqlNode`${verb} into ${table} ${into}${ending(scope, shape)}`;
  const plan = compilePlan(target.engine, node, { columns: returning, rows: returning.length > 0 });
  const isWide = meta.columns.some((column) => column.generated && target.engine.types.isWide(column.type));
  return isWide ? { ...plan, statement: { ...plan.statement, wideIntegers: true } } : plan;
}

/** The plan for an insert of any number of rows; its slots are lists, each of one column's values. */
export function compileArrayInsert(target: Target, shape: ArrayInsertShape): Plan {
  const { meta, columns, returning, sqlTypes } = shape;
  const scope = insertScopeFor(target);
  const arrayInsert = target.engine.operations.arrayInsert as ArrayInsert;
  const arrays = columns.map((column, index) => {
    const each = scope.encoder(column.type);
    const one = (value: unknown): unknown => (each === null || value === null ? value : each(value));
    return scope.parameter(index, (list) => arrayInsert.encode((list as readonly unknown[]).map(one)));
  });
  const names = columns.map((column) => IdentifierNode.create(column.name));
  const into = sqlNode`insert into ${bareTable(meta)} (${joinedNode(names, ", ")}) ${arrayInsert.rows(arrays, sqlTypes)}`;
  const node = sqlNode`${into}${ending(scope, shape)}`;
  return compilePlan(target.engine, node, { columns: returning, rows: returning.length > 0 });
}

/** What stands behind the rows of an insert. */
function ending(
  scope: Scope,
  { meta, returning, conflict }: Pick<InsertShape, "meta" | "returning" | "conflict">,
): OperationNode {
  const columns = returning.map((column) => IdentifierNode.create(column.name));
  const parts = [
    ...(conflict === undefined ? [] : [sqlNode` ${conflictNode(scope, meta, conflict)}`]),
    ...(columns.length === 0 ? [] : [sqlNode` returning ${joinedNode(columns, ", ")}`]),
  ];
  return joinedNode(parts, "");
}

function emptyRow(scope: Scope): OperationNode {
  return literalNode(scope.engine.features.defaultValues ? "default values" : "() values ()");
}

function filledRows(scope: Scope, { meta, columns, rows, computed = [] }: InsertShape): OperationNode {
  const names = [...columns, ...computed.map(({ column }) => column)].map((column) =>
    IdentifierNode.create(column.name),
  );
  const worked = computed.length === 0 ? [] : workedOut(scope, meta, computed);
  const tuples = Array.from({ length: rows }, (_, row) => {
    const values = columns.map((column, index) => {
      return scope.parameter(row * columns.length + index, scope.encoder(column.type));
    });
    return sqlNode`(${joinedNode([...values, ...worked], ", ")})`;
  });
  return sqlNode`(${joinedNode(names, ", ")}) values ${joinedNode(tuples, ", ")}`;
}

/** What stands on no row's fields, made values of the columns that it is for. */
function workedOut(scope: Scope, meta: ModelMeta, computed: readonly ComputedColumn[]): OperationNode[] {
  const writer = new SelectWriter(queryOf(meta), scope);
  return computed.map((item) => fitted(item, writer, scope));
}

/** The plan that begins to see a table as it is: see `Operations.snapshot`. */
export function compileSnapshot({ engine }: Target, meta: ModelMeta): Plan {
  return compilePlan(engine, engine.operations.snapshot?.(bareTable(meta)) as OperationNode, { rows: true });
}

/** The plan for what an insert has made of its rows, in their order; its slots are the first one's key, and their number. */
export function compileInserted(
  target: Target,
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
  key: ColumnMeta,
): Plan {
  const scope = scopeFor(target);
  const names = joinedNode(
    columns.map((column) => IdentifierNode.create(column.name)),
    ", ",
  );
  const keyName = IdentifierNode.create(key.name);
  const first = scope.columnParameter(0, key.type);
  const rows = scope.parameter(1, target.engine.operations.encodeCount);
  const node = sqlNode`select ${names} from ${bareTable(meta)} where ${keyName} >= ${first} order by ${keyName} limit ${rows}`;
  return compilePlan(target.engine, node, { columns, rows: true });
}

/** The plan for an update of a query's rows; the new values' slots come after the query's own. */
export function compileUpdate(
  target: Target,
  query: Query,
  columns: readonly ColumnMeta[],
  computed: readonly ComputedColumn[] = [],
): Plan {
  const { engine, timeZone } = target;
  let holdsQuery = false;
  const scope = new Scope(
    engine,
    timeZone,
    heard(subqueries, () => (holdsQuery = true)),
    null,
    false,
  );
  // Before the others, since MySQL assigns in turn and what is read must be what was there.
  const assignments = computedAssignments(query, scope, computed);
  if (holdsQuery && !engine.features.readsWhatItUpdates) return compileUpdateBeside(target, query, columns, computed);
  columns.forEach((column, index) => {
    assignments.push({ column, value: scope.parameter(query.values.length + index, scope.encoder(column.type)) });
  });
  const set = sqlNode`update ${bareTable(query.model)} set ${joinedNode(assignments.map(assignmentNode), ", ")}`;
  return compilePlan(target.engine, narrowed(set, query, scope), { rows: false, twins: scope.tables.twins });
}

/** An update whose values are selected first, row by row, for an engine that selects none from the table it updates. */
function compileUpdateBeside(
  target: Target,
  query: Query,
  columns: readonly ColumnMeta[],
  computed: readonly ComputedColumn[],
): Plan {
  const { model } = query;
  const scope = scopeFor(target, null, false);
  const table = bareTable(model);
  const beside = literalNode(scope.aliases.next());
  const { updatesFrom = false } = target.engine.features;
  const named = ({ name }: ColumnMeta): OperationNode => {
    const column = IdentifierNode.create(name);
    return updatesFrom ? column : sqlNode`${table}.${column}`;
  };
  const keys = model.primaryKey.map((column) => IdentifierNode.create(nameIn(model, column)));
  const values = computedValues(query, scope, computed);
  const where = narrowing(query, scope);
  const items = [
    ...keys.map((key, at) => sqlNode`${table}.${key} as ${literalNode(`k${at}`)}`),
    ...values.map((value, at) => sqlNode`${value} as ${literalNode(`v${at}`)}`),
  ];
  const select = sqlNode`select ${joinedNode(items, ", ")} from ${table}`;
  const found = where === null ? select : sqlNode`${select} where ${where}`;
  const same = keys.map((key, at) => sqlNode`${table}.${key} = ${beside}.${literalNode(`k${at}`)}`);
  const assignments = [
    ...computed.map(({ column }, at) => sqlNode`${named(column)} = ${beside}.${literalNode(`v${at}`)}`),
    ...columns.map((column, at) => {
      return sqlNode`${named(column)} = ${scope.parameter(query.values.length + at, scope.encoder(column.type))}`;
    }),
  ];
  const [set, on, from] = [joinedNode(assignments, ", "), joinedNode(same, " and "), sqlNode`(${found}) as ${beside}`];
  const node = updatesFrom
    ? sqlNode`update ${table} set ${set} from ${from} where ${on}`
    : sqlNode`update ${table} inner join ${from} on ${on} set ${set}`;
  return compilePlan(target.engine, node, { rows: false, twins: scope.tables.twins });
}

export function compileDelete(target: Target, query: Query): Plan {
  const scope = scopeFor(target, null, false);
  return compilePlan(target.engine, narrowed(sqlNode`delete from ${bareTable(query.model)}`, query, scope), {
    rows: false,
    twins: scope.tables.twins,
  });
}

/** Adds the WHERE of a query to a statement on its table. */
function narrowed(statement: OperationNode, query: Query, scope: Scope): OperationNode {
  const condition = narrowing(query, scope);
  return condition === null ? statement : sqlNode`${statement} where ${condition}`;
}

/** The condition on a table's rows that a query is: as it is, or by keys where it looks at other tables; null for none. */
export function narrowing(query: Query, scope: Scope): OperationNode | null {
  const extended = extending(query);
  if (extended !== null) return byKeys(extended, scope, query.model);
  const writer = new SelectWriter(query, scope);
  const where = writer.where();
  if (where === null && !writer.sources.hasJoins) return null;
  return where !== null && !writer.isCompound && schemaOf(query.model) === null ? where : byKeys(query, scope);
}

/** `written` is the model whose table the statement is about. */
function byKeys(query: Query, scope: Scope, written: ModelMeta = query.model): OperationNode {
  const { primaryKey } = written;
  const inner = new SelectWriter(query, scope, { base: 0, alias: scope.aliases.next(), slice: [0, 0], outer: null });
  const found = scope.query(() => inner.keys());
  const keys = scope.engine.features.selfReferencingWrites ? found : derived(found, scope);
  const names = primaryKey.map((column) => IdentifierNode.create(nameIn(written, column)));
  return sqlNode`${rowValue(names)} in ${keys}`;
}
