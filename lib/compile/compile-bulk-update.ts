import { IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { ArrayInsert, RowList } from "../databases/ports/index.js";
import type { ColumnMeta } from "../models/index.js";
import type { Query } from "../query/index.js";
import { scopeFor, type Target } from "./compile-query.js";
import { narrowing } from "./compile-write.js";
import { compilePlan, type Plan } from "./plan.js";
import { bareTable, columnNode, equal, type Source } from "./sources.js";

/** An update that sets columns of each row to values of its own. */
interface BulkUpdateShape {
  readonly columns: readonly ColumnMeta[];
  readonly rows: number;
}

/**
 * The plan for an update of so many rows, which the query names by key. Behind its own slots come those of each row: its
 * key, then its values.
 */
export function compileBulkUpdate(target: Target, query: Query, { columns, rows }: BulkUpdateShape): Plan {
  const scope = scopeFor(target, null, false);
  const { primaryKey } = query.model;
  const base = query.values.length;
  const width = primaryKey.length + columns.length;
  const source = rootOf(query);
  const keyOf = (row: number): OperationNode[] =>
    primaryKey.map((column, at) => scope.columnParameter(base + row * width + at, column.type));
  const matches = (row: number): OperationNode =>
    joinedNode(
      primaryKey.map((key, at) => equal(columnNode(source, key), keyOf(row)[at] as OperationNode)),
      " and ",
    );
  const [only = null] = primaryKey.length === 1 ? primaryKey : [];
  const assignments = columns.map((column, place) => {
    const node = columnNode(source, column);
    const branches = Array.from({ length: rows }, (_, row) => {
      const value = scope.parameter(base + row * width + primaryKey.length + place, scope.encoder(column.type));
      return sqlNode`when ${only === null ? matches(row) : (keyOf(row)[0] as OperationNode)} then ${value}`;
    });
    const cases = only === null ? sqlNode`case` : sqlNode`case ${columnNode(source, only)}`;
    return sqlNode`${IdentifierNode.create(column.name)} = ${cases} ${joinedNode(branches, " ")} else ${node} end`;
  });
  const where = narrowing(query, scope) as OperationNode;
  const node = sqlNode`update ${bareTable(query.model)} set ${joinedNode(assignments, ", ")} where ${where}`;
  return compilePlan(target.engine, node, { rows: false, twins: scope.tables.twins });
}

/** The same for any number of rows; behind the query's own slots come lists, one for each part of the key and column. */
export function compileArrayUpdate(
  target: Target,
  query: Query,
  { columns, sqlTypes }: { readonly columns: readonly ColumnMeta[]; readonly sqlTypes: readonly string[] },
): Plan {
  const scope = scopeFor(target, null, false);
  const { primaryKey } = query.model;
  const arrayInsert = target.engine.operations.arrayInsert as ArrayInsert;
  const source = rootOf(query);
  const where = narrowing(query, scope);
  const name = IdentifierNode.create(scope.aliases.next());
  const arrays = [...primaryKey, ...columns].map((column, index) => {
    const each = scope.encoder(column.type);
    const one = (value: unknown): unknown => (each === null || value === null ? value : each(value));
    const encode = (list: unknown): unknown => arrayInsert.encode((list as readonly unknown[]).map(one));
    return scope.parameter(query.values.length + index, encode);
  });
  const given = (at: number): OperationNode => sqlNode`${name}.${literalNode(`c${at}`)}`;
  const assignments = columns.map((column, at) => {
    return sqlNode`${IdentifierNode.create(column.name)} = ${given(primaryKey.length + at)}`;
  });
  const conditions = primaryKey.map((column, at) => equal(columnNode(source, column), given(at)));
  const all = where === null ? conditions : [...conditions, sqlNode`(${where})`];
  const table = arrayInsert.table(arrays, sqlTypes, name);
  const set = sqlNode`update ${bareTable(query.model)} set ${joinedNode(assignments, ", ")}`;
  const node = sqlNode`${set} from ${table} where ${joinedNode(all, " and ")}`;
  return compilePlan(target.engine, node, { rows: false, twins: scope.tables.twins });
}

/** The same where the query's own slots are followed by one: rows of a key and values, joined to the table's. */
export function compileListUpdate(
  target: Target,
  query: Query,
  { columns, list }: { readonly columns: readonly ColumnMeta[]; readonly list: RowList },
): Plan {
  const scope = scopeFor(target, null, false);
  const { primaryKey } = query.model;
  const source = rootOf(query);
  const where = narrowing(query, scope);
  const name = IdentifierNode.create(scope.aliases.next());
  const encoders = [...primaryKey, ...columns].map(({ type }) => scope.encoder(type));
  const one = (value: unknown, at: number): unknown => {
    const encode = encoders[at] ?? null;
    return encode === null || value === null ? value : encode(value);
  };
  const rows = scope.parameter(query.values.length, (given) =>
    list.encode((given as readonly (readonly unknown[])[]).map((row) => row.map(one))),
  );
  const given = (at: number): OperationNode => sqlNode`${name}.${literalNode(`c${at}`)}`;
  const matches = primaryKey.map((column, at) => equal(columnNode(source, column), given(at)));
  const assignments = columns.map(
    (column, at) => sqlNode`${columnNode(source, column)} = ${given(primaryKey.length + at)}`,
  );
  // The list first: each of the table's rows is found by its key.
  const joined = sqlNode`${list.table(rows, name)} straight_join ${bareTable(query.model)}`;
  const set = sqlNode`update ${joined} on ${joinedNode(matches, " and ")} set ${joinedNode(assignments, ", ")}`;
  const node = where === null ? set : sqlNode`${set} where ${where}`;
  return compilePlan(target.engine, node, { rows: false, twins: scope.tables.twins });
}

/** The table itself, under its own name. */
function rootOf({ model }: Query): Source {
  return { meta: model, alias: model.table, parent: null, relation: null, key: null, sources: null, required: true };
}
