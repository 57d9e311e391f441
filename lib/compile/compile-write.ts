import { IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { ArrayInsert } from "../databases/ports/index.js";
import type { ColumnMeta, ModelMeta } from "../models/index.js";
import type { Query } from "../query/index.js";
import { scopeFor, type Target } from "./compile-query.js";
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
}

/** What an insert of arrays writes and gives back. */
export interface ArrayInsertShape extends Omit<InsertShape, "rows"> {
  /** The columns' types in the database. */
  readonly sqlTypes: readonly string[];
}

/** The plan for an insert; its slots are the rows' values one after another. */
export function compileInsert(target: Target, { meta, columns, rows, returning }: InsertShape): Plan {
  const scope = scopeFor(target);
  const table = bareTable(meta);
  const into = columns.length === 0 ? emptyRow(scope) : filledRows(scope, columns, rows);
  const names = returning.map((column) => IdentifierNode.create(column.name));
  const node =
    names.length === 0
      ? sqlNode`insert into ${table} ${into}`
      : sqlNode`insert into ${table} ${into} returning ${joinedNode(names, ", ")}`;
  const plan = compilePlan(target.engine, node, { columns: returning, rows: names.length > 0 });
  const isWide = meta.columns.some((column) => column.generated && target.engine.types.isWide(column.type));
  return isWide ? { ...plan, statement: { ...plan.statement, wideIntegers: true } } : plan;
}

/** The plan for an insert of any number of rows; its slots are lists, each of one column's values. */
export function compileArrayInsert(target: Target, { meta, columns, returning, sqlTypes }: ArrayInsertShape): Plan {
  const scope = scopeFor(target);
  const arrayInsert = target.engine.operations.arrayInsert as ArrayInsert;
  const arrays = columns.map((column, index) => {
    const each = scope.encoder(column.type);
    const one = (value: unknown): unknown => (each === null || value === null ? value : each(value));
    return scope.parameter(index, (list) => arrayInsert.encode((list as readonly unknown[]).map(one)));
  });
  const names = columns.map((column) => IdentifierNode.create(column.name));
  const into = sqlNode`insert into ${bareTable(meta)} (${joinedNode(names, ", ")}) ${arrayInsert.rows(arrays, sqlTypes)}`;
  const given = returning.map((column) => IdentifierNode.create(column.name));
  const node = given.length === 0 ? into : sqlNode`${into} returning ${joinedNode(given, ", ")}`;
  return compilePlan(target.engine, node, { columns: returning, rows: given.length > 0 });
}

function emptyRow(scope: Scope): OperationNode {
  return literalNode(scope.engine.features.defaultValues ? "default values" : "() values ()");
}

function filledRows(scope: Scope, columns: readonly ColumnMeta[], rows: number): OperationNode {
  const names = columns.map((column) => IdentifierNode.create(column.name));
  const tuples = Array.from({ length: rows }, (_, row) => {
    const values = columns.map((column, index) => {
      return scope.parameter(row * columns.length + index, scope.encoder(column.type));
    });
    return sqlNode`(${joinedNode(values, ", ")})`;
  });
  return sqlNode`(${joinedNode(names, ", ")}) values ${joinedNode(tuples, ", ")}`;
}

/** The plan for an update of a query's rows; the new values' slots come after the query's own. */
export function compileUpdate(target: Target, query: Query, columns: readonly ColumnMeta[]): Plan {
  const scope = scopeFor(target);
  const assignments = columns.map((column, index) => {
    const value = scope.parameter(query.values.length + index, scope.encoder(column.type));
    return sqlNode`${IdentifierNode.create(column.name)} = ${value}`;
  });
  const set = sqlNode`update ${bareTable(query.model)} set ${joinedNode(assignments, ", ")}`;
  return compilePlan(target.engine, narrowed(set, query, scope), { rows: false });
}

export function compileDelete(target: Target, query: Query): Plan {
  const scope = scopeFor(target);
  return compilePlan(target.engine, narrowed(sqlNode`delete from ${bareTable(query.model)}`, query, scope), {
    rows: false,
  });
}

/** Adds the WHERE of a query to a statement on its table: as it is, or by keys where it looks at other tables. */
function narrowed(statement: OperationNode, query: Query, scope: Scope): OperationNode {
  const writer = new SelectWriter(query, scope);
  const where = writer.where();
  if (where === null) return statement;
  if (!writer.isCompound && query.model.schema === null) return sqlNode`${statement} where ${where}`;
  return sqlNode`${statement} where ${byKeys(query, scope)}`;
}

function byKeys(query: Query, scope: Scope): OperationNode {
  const { primaryKey } = query.model;
  const inner = new SelectWriter(query, scope, { base: 0, alias: scope.aliases.next(), slice: [0, 0] });
  const found = inner.keys();
  const keys = scope.engine.features.selfReferencingWrites ? found : derived(found, scope);
  const names = primaryKey.map((column) => IdentifierNode.create(column.name));
  return names.length === 1
    ? sqlNode`${names[0] as OperationNode} in ${keys}`
    : sqlNode`(${joinedNode(names, ", ")}) in ${keys}`;
}
