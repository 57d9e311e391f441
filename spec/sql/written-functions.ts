import type { OperationNode, RootOperationNode } from "kysely";
import { mysqlEngine } from "../../lib/databases/mysql/engine.js";
import { mariadbEngine } from "../../lib/databases/mysql/engine.js";
import { literalNode } from "../../lib/databases/nodes.js";
import type { Engine } from "../../lib/databases/ports/index.js";
import { postgresEngine } from "../../lib/databases/postgres/engine.js";
import { sqliteEngine } from "../../lib/databases/sqlite/engine.js";
import {
  aggregateNamed,
  aggregateOperand,
  callOperand,
  functionNamed,
  operandOfKind,
} from "../../lib/functions/index.js";
import { columnType } from "../../lib/fields/index.js";
import type { Operand } from "../../lib/lookups/index.js";

export const engines = { sqlite: sqliteEngine, postgres: postgresEngine, mysql: mysqlEngine, mariadb: mariadbEngine };
export type WrittenOn = keyof typeof engines;

/** What a column of a kind has; decimals are of 10 digits, 2 of them behind the point. */
function column(kind: string): Operand {
  const operand = operandOfKind(kind, 2);
  if (kind === "integer") return { ...operand, type: columnType("integer") };
  return kind === "decimal" ? { ...operand, type: columnType("decimal", { precision: 10, scale: 2 }) } : operand;
}

function sqlOf(engine: Engine, node: OperationNode): string {
  return engine.createCompiler().compileQuery(node as unknown as RootOperationNode, { queryId: "spec" }).sql;
}

/** The SQL of a function of columns a, b, c, …, each of a kind. */
export function writtenCall(
  on: WrittenOn,
  name: string,
  kinds: readonly string[],
  options: Readonly<Record<string, unknown>> = {},
  timeZone: string | null = null,
): string {
  const engine = engines[on];
  const operands = kinds.map(column);
  const result = callOperand(functionNamed(name)!, operands, options).type;
  const types = operands.map(({ type }) => type);
  const args = kinds.map((_, index) => literalNode("abcdef"[index]!));
  return sqlOf(engine, engine.functions.call(name, args, { types, result, options, timeZone }));
}

export interface AggregateAsked {
  readonly distinct?: true;
  readonly filter?: true;
  readonly order?: true;
  readonly over?: true;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The SQL of an aggregate of a column a, filtered by f, ordered by o. */
export function writtenAggregate(on: WrittenOn, name: string, kind: string | null, asked: AggregateAsked = {}): string {
  const engine = engines[on];
  const operand = kind === null ? null : column(kind);
  const options = asked.options ?? {};
  const result = aggregateOperand(aggregateNamed(name)!, operand, options, asked.distinct).type;
  const node = engine.functions.aggregate(name, kind === null ? null : literalNode("a"), {
    type: operand?.type ?? null,
    result,
    distinct: asked.distinct ?? false,
    filter: asked.filter === true ? literalNode("f") : null,
    order: asked.order === true ? [literalNode("o desc")] : [],
    over: asked.over === true ? literalNode("order by o") : null,
    options,
  });
  return sqlOf(engine, node);
}
