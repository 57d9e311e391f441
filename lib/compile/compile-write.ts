import { IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { ArrayInsert } from "../databases/ports/index.js";
import { FieldError, NotSupportedError } from "../errors/index.js";
import type { ColumnType } from "../fields/index.js";
import { type ColumnMeta, type ModelMeta, nameIn } from "../models/index.js";
import { changed, extending, partsOf, type PlacedTerm, type Query, queryOf, type Term } from "../query/index.js";
import { insertScopeFor, scopeFor, type Target } from "./compile-query.js";
import { compilePlan, type Plan } from "./plan.js";
import type { Scope } from "./scope.js";
import { SelectWriter } from "./select.js";
import { bareTable } from "./sources.js";
import { derived } from "./subquery.js";

/** What an insert writes and gives back. */
export interface InsertShape {
  readonly meta: ModelMeta;
  readonly columns: readonly ColumnMeta[];
  readonly rows: number;
  /** Columns to give back for each row; empty for none. */
  readonly returning: readonly ColumnMeta[];
  /** Columns unique together: rows whose values of these are there already are left out. */
  readonly unlessThere?: readonly ColumnMeta[] | undefined;
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
  const node = sqlNode`insert into ${table} ${into}${ending(target, shape)}`;
  const plan = compilePlan(target.engine, node, { columns: returning, rows: returning.length > 0 });
  const isWide = meta.columns.some((column) => column.generated && target.engine.types.isWide(column.type));
  return isWide ? { ...plan, statement: { ...plan.statement, wideIntegers: true } } : plan;
}

/** The plan for an insert of any number of rows; its slots are lists, each of one column's values. */
export function compileArrayInsert(target: Target, shape: ArrayInsertShape): Plan {
  const { meta, columns, returning, sqlTypes } = shape;
  const scope = scopeFor(target);
  const arrayInsert = target.engine.operations.arrayInsert as ArrayInsert;
  const arrays = columns.map((column, index) => {
    const each = scope.encoder(column.type);
    const one = (value: unknown): unknown => (each === null || value === null ? value : each(value));
    return scope.parameter(index, (list) => arrayInsert.encode((list as readonly unknown[]).map(one)));
  });
  const names = columns.map((column) => IdentifierNode.create(column.name));
  const into = sqlNode`insert into ${bareTable(meta)} (${joinedNode(names, ", ")}) ${arrayInsert.rows(arrays, sqlTypes)}`;
  const node = sqlNode`${into}${ending(target, shape)}`;
  return compilePlan(target.engine, node, { columns: returning, rows: returning.length > 0 });
}

/** What stands behind the rows of an insert. */
function ending(
  { engine }: Target,
  { returning, unlessThere = [] }: Pick<InsertShape, "returning" | "unlessThere">,
): OperationNode {
  const named = (columns: readonly ColumnMeta[]) => columns.map((column) => IdentifierNode.create(column.name));
  const parts = [
    ...(unlessThere.length === 0 ? [] : [sqlNode` ${engine.operations.unlessThere(named(unlessThere))}`]),
    ...(returning.length === 0 ? [] : [sqlNode` returning ${joinedNode(named(returning), ", ")}`]),
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

/** A column set to what is worked out for each row. */
export interface ComputedColumn {
  readonly column: ColumnMeta;
  readonly value: PlacedTerm;
}

/** The plan for an update of a query's rows; the new values' slots come after the query's own. */
export function compileUpdate(
  target: Target,
  query: Query,
  columns: readonly ColumnMeta[],
  computed: readonly ComputedColumn[] = [],
): Plan {
  const scope = scopeFor(target, null, false);
  // Before the others, since MySQL assigns in turn and what is read must be what was there.
  const assignments = computedAssignments(query, scope, inOrder(scope, query, computed));
  columns.forEach((column, index) => {
    const value = scope.parameter(query.values.length + index, scope.encoder(column.type));
    assignments.push(sqlNode`${IdentifierNode.create(column.name)} = ${value}`);
  });
  const set = sqlNode`update ${bareTable(query.model)} set ${joinedNode(assignments, ", ")}`;
  return compilePlan(target.engine, narrowed(set, query, scope), { rows: false, twins: scope.tables.twins });
}

/** Values worked out from a row's own columns, each made a value of the column that it is for. */
function computedAssignments(query: Query, scope: Scope, computed: readonly ComputedColumn[]): OperationNode[] {
  if (computed.length === 0) return [];
  // Tables that the query joins are no part of it.
  const writer = new SelectWriter(changed(query, { filters: [], named: query.model }), scope);
  const assignments = computed.map((item) => {
    return sqlNode`${IdentifierNode.create(item.column.name)} = ${fitted(item, writer, scope)}`;
  });
  if (writer.sources.hasJoins) {
    throw new FieldError(
      `${query.model.name}: update(…) works values out from a row's own fields. For those of related rows use Subquery(…).`,
    );
  }
  return assignments;
}

/** Puts those that read a column before the one that sets it, as far as the engine needs that. */
function inOrder(scope: Scope, { model }: Query, computed: readonly ComputedColumn[]): ComputedColumn[] {
  if (!scope.engine.features.assignsInTurn) return [...computed];
  const left = [...computed];
  const ordered: ComputedColumn[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ column }, index) => {
      return left.every(({ value }, other) => other === index || !reads(value.term, column));
    });
    if (next < 0) {
      const names = left.map(({ column }) => column.field).join(", ");
      throw new NotSupportedError(
        `${model.name}: ${scope.engine.label} sets ${names} one after another, so each cannot be worked out from the ` +
          `others. Set them in several updates.`,
      );
    }
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

function reads(term: Term, column: ColumnMeta): boolean {
  if (term.kind === "column") return term.path.hops.length === 0 && term.path.column === column;
  // What its text names is not known: a word like the column's is taken for it.
  if (term.kind === "raw" && term.spelled.includes(column.name)) return true;
  return partsOf(term).some((part) => reads(part, column));
}

function fitted({ column, value }: ComputedColumn, writer: SelectWriter, scope: Scope): OperationNode {
  const { type } = value.term.operand;
  const node = writer.term(value);
  return isHeldAlike(type, column.type) ? node : asColumn(node, type, column, scope);
}

function isHeldAlike(from: ColumnType, to: ColumnType): boolean {
  const isUntold = from.storage === "custom" && from.customCodec === null;
  return isUntold || (from.storage === to.storage && from.scale === to.scale);
}

function asColumn(node: OperationNode, from: ColumnType, { type, scalar }: ColumnMeta, scope: Scope): OperationNode {
  const options = { to: scalar.kind, precision: type.precision, scale: type.scale };
  return scope.engine.functions.call("cast", [node], { types: [from], result: type, options, timeZone: null });
}

export function compileDelete(target: Target, query: Query): Plan {
  const scope = scopeFor(target, null, false);
  return compilePlan(target.engine, narrowed(sqlNode`delete from ${bareTable(query.model)}`, query, scope), {
    rows: false,
    twins: scope.tables.twins,
  });
}

/** Adds the WHERE of a query to a statement on its table: as it is, or by keys where it looks at other tables. */
function narrowed(statement: OperationNode, query: Query, scope: Scope): OperationNode {
  const extended = extending(query);
  if (extended !== null) return sqlNode`${statement} where ${byKeys(extended, scope, query.model)}`;
  const writer = new SelectWriter(query, scope);
  const where = writer.where();
  if (where === null && !writer.sources.hasJoins) return statement;
  if (where !== null && !writer.isCompound && query.model.schema === null) return sqlNode`${statement} where ${where}`;
  return sqlNode`${statement} where ${byKeys(query, scope)}`;
}

/** `written` is the model whose table the statement is about. */
function byKeys(query: Query, scope: Scope, written: ModelMeta = query.model): OperationNode {
  const { primaryKey } = written;
  const inner = new SelectWriter(query, scope, { base: 0, alias: scope.aliases.next(), slice: [0, 0], outer: null });
  const found = scope.query(() => inner.keys());
  const keys = scope.engine.features.selfReferencingWrites ? found : derived(found, scope);
  const names = primaryKey.map((column) => IdentifierNode.create(nameIn(written, column)));
  return names.length === 1
    ? sqlNode`${names[0] as OperationNode} in ${keys}`
    : sqlNode`(${joinedNode(names, ", ")}) in ${keys}`;
}
