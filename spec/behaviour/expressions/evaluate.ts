import { randomUUID } from "node:crypto";
import { type OperationNode, type RootOperationNode, ValueNode } from "kysely";
import type { ColumnType } from "../../../lib/fields/column-type.js";
import { decimalKind } from "../../../lib/fields/kinds.js";
import { mysqlEngine } from "../../../lib/databases/mysql/engine.js";
import { joinedNode, literalNode, sqlNode } from "../../../lib/databases/nodes.js";
import type { AggregateContext, Engine } from "../../../lib/databases/ports/index.js";
import { postgresEngine } from "../../../lib/databases/postgres/engine.js";
import { sqliteEngine } from "../../../lib/databases/sqlite/engine.js";
import {
  aggregateNamed,
  aggregateOperand,
  callOperand,
  functionNamed,
  operandOfKind,
  operandOfValue,
} from "../../../lib/functions/index.js";
import type { Operand } from "../../../lib/lookups/index.js";
import type { TestEngine } from "../../support/engines.js";
import { Server } from "../databases/server-kit.js";

/** An argument: a value with the operand it has as a literal. */
export interface Arg {
  readonly value: unknown;
  readonly operand: Operand;
}

function arg(value: unknown, as: string | null = null): Arg {
  const operand = operandOfValue(value, as);
  return { value: operand.convert(value), operand };
}

export const int = (value: number): Arg => arg(value);
export const big = (value: bigint): Arg => arg(value);
export const float = (value: number): Arg => arg(value, "float");
export const dec = (value: string): Arg => arg(value, "decimal");
export const text = (value: string): Arg => arg(value);
export const bool = (value: boolean): Arg => arg(value);
export const date = (value: string): Arg => arg(value, "date");
export const time = (value: string): Arg => arg(value, "time");
export const at = (value: string): Arg => arg(new Date(value));
export const span = (value: number): Arg => arg(value, "duration");
export const uuid = (value: string): Arg => arg(value, "uuid");
export const json = (value: unknown): Arg => arg(value, "json");
export const bytes = (...value: number[]): Arg => arg(new Uint8Array(value));
/** NULL of a kind of field. */
export const none = (kind: string, scale: number | null = null): Arg => ({
  value: null,
  operand: operandOfKind(kind, scale),
});

export interface CallCase {
  readonly name: string;
  readonly args: readonly Arg[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly timeZone?: string | null;
}

const FLOAT = operandOfKind("float", null);
const ENGINES = { sqlite: sqliteEngine, postgres: postgresEngine, mysql: mysqlEngine };

/** Works out functions on an engine, of literals and of columns. */
export class Evaluator {
  readonly #server: Server;
  #tables = 0;
  #sink: string | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  static async open(engine: TestEngine): Promise<Evaluator> {
    return new Evaluator(await Server.open(ENGINES[engine.name], await engine.url()));
  }

  get engine(): Engine {
    return this.#server.engine;
  }

  close(): Promise<void> {
    return this.#server.pool.close();
  }

  /** A bound literal, as a plan would write it. */
  literal({ value, operand: { type } }: Arg): OperationNode {
    const { functions } = this.engine;
    const encode = functions.encodeLiteral(type);
    const bound = value === null || encode === null ? value : encode(value);
    return functions.literal(ValueNode.create(bound), type);
  }

  /** The value of a function of literals. */
  async ofLiterals(call: CallCase): Promise<unknown> {
    const nodes = call.args.map((each) => this.literal(each));
    return this.#valueOf(
      call,
      nodes,
      call.args.map(({ operand }) => operand),
      literalNode(""),
    );
  }

  /** Whether a function of literals is NULL inside an UPDATE, where servers are stricter. */
  async isNullInUpdate({ name, args, options = {}, timeZone = null }: CallCase): Promise<boolean> {
    this.#sink ??= await this.#fill([FLOAT], [[0]]);
    const operands = args.map(({ operand }) => operand);
    const { type: result } = callOperand(functionNamed(name)!, operands, options);
    const types = operands.map(({ type }) => type);
    const nodes = args.map((each) => this.literal(each));
    const node = this.engine.functions.call(name, nodes, { types, result, options, timeZone });
    const sink = literalNode(this.#sink);
    await this.#execute(sqlNode`update ${sink} set c0 = case when (${node}) is null then 1 else 0 end`);
    return (await this.read(literalNode("c0"), FLOAT.type, sqlNode` from ${sink}`)) === 1;
  }

  /** A function of columns, and 1 added to what comes out. */
  async plusOne({ name, args }: CallCase): Promise<unknown> {
    const { functions } = this.engine;
    const operands = args.map(({ operand }) => columnOperand(operand));
    const table = await this.#fill(operands, [args.map(({ value }) => value)]);
    const nodes = operands.map((_, index) => literalNode(`c${index}`));
    const inner = callOperand(functionNamed(name)!, operands, {});
    const context = { options: {}, timeZone: null };
    const types = operands.map(({ type }) => type);
    const node = functions.call(name, nodes, { ...context, types, result: inner.type });
    const one = int(1);
    const outer = callOperand(functionNamed("add")!, [inner, one.operand], {});
    const both = { ...context, types: [inner.type, one.operand.type], result: outer.type };
    return this.read(functions.call("add", [node, this.literal(one)], both), outer.type, literalNode(` from ${table}`));
  }

  /** The value of the same function of columns that hold the arguments. */
  async ofColumns(call: CallCase): Promise<unknown> {
    const operands = call.args.map(({ operand }) => columnOperand(operand));
    const table = await this.#fill(operands, [call.args.map(({ value }) => value)]);
    const nodes = operands.map((_, index) => literalNode(`c${index}`));
    return this.#valueOf(call, nodes, operands, literalNode(call.args.length === 0 ? "" : ` from ${table}`));
  }

  /** An aggregate over rows of one column each, or two where rows are filtered or ordered by the second, a number. */
  async aggregate(
    name: string,
    values: readonly Arg[] | null,
    asked: Partial<Pick<AggregateContext, "distinct" | "options">> & {
      readonly seconds?: readonly number[];
      readonly filter?: string;
      readonly order?: string;
      readonly none?: boolean;
    } = {},
  ): Promise<unknown> {
    const { distinct = false, filter, order, options = {}, seconds } = asked;
    const column = values === null ? null : columnOperand(values[0]!.operand);
    const rows = (values ?? [int(1), int(2), int(3)]).map(({ value }, index) => [value, seconds?.[index] ?? 0]);
    const table = await this.#fill([column ?? FLOAT, FLOAT], rows);
    const result = aggregateOperand(aggregateNamed(name)!, column, options, distinct);
    const node = this.engine.functions.aggregate(name, column && literalNode("c0"), {
      type: column && column.type,
      result: result.type,
      distinct,
      filter: filter === undefined ? null : literalNode(filter),
      order: order === undefined ? [] : [literalNode(order)],
      over: null,
      options,
    });
    const rest = literalNode(` from ${table}${asked.none === true ? " where 1 = 0" : ""}`);
    return this.read(node, result.type, rest);
  }

  /** An aggregate over each row and the one before it. */
  async over(name: string, values: readonly Arg[]): Promise<unknown[]> {
    const column = columnOperand(values[0]!.operand);
    const rows = values.map(({ value }, index) => [value, index]);
    const table = await this.#fill([column, FLOAT], rows);
    const result = aggregateOperand(aggregateNamed(name)!, column, {});
    const node = this.engine.functions.aggregate(name, literalNode("c0"), {
      type: column.type,
      result: result.type,
      distinct: false,
      filter: null,
      order: [],
      over: literalNode("order by c1 rows between 1 preceding and current row"),
      options: {},
    });
    return this.rows(sqlNode`select ${node} from ${literalNode(table)} order by c1`, result.type);
  }

  async read(node: OperationNode, type: ColumnType, rest: OperationNode = literalNode("")): Promise<unknown> {
    const [row] = await this.rows(sqlNode`select ${node} as answer${rest}`, type);
    return row;
  }

  /** One column of rows, decoded as results of a type are. */
  async rows(query: OperationNode, type: ColumnType): Promise<unknown[]> {
    const { engine } = this;
    const { sql, parameters } = engine.createCompiler().compileQuery(query as RootOperationNode, {
      queryId: randomUUID(),
    });
    const statement = { sql, returnsRows: true, wideIntegers: engine.types.isWide(type), named: false };
    const { rows } = await this.#server.use(async (connection) => connection.execute(statement, parameters));
    const decode = engine.functions.decodeResult(type);
    return rows.map(([value]) => (value === null || decode === null ? value : decode(value)));
  }

  async #execute(node: OperationNode): Promise<void> {
    const id = { queryId: randomUUID() };
    const { sql, parameters } = this.engine.createCompiler().compileQuery(node as RootOperationNode, id);
    await this.run(sql, parameters);
  }

  async run(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    const statement = { sql, returnsRows: false, wideIntegers: false, named: false };
    await this.#server.use(async (connection) => connection.execute(statement, parameters));
  }

  async #valueOf(
    { name, options = {}, timeZone = null }: CallCase,
    nodes: readonly OperationNode[],
    operands: readonly Operand[],
    rest: OperationNode,
  ): Promise<unknown> {
    const result = callOperand(functionNamed(name)!, operands, options);
    const types = operands.map(({ type }) => type);
    const node = this.engine.functions.call(name, nodes, { types, result: result.type, options, timeZone });
    return this.read(node, result.type, rest);
  }

  /** A new table, since prepared statements keep to the columns they were prepared for. */
  async #fill(operands: readonly Operand[], rows: readonly (readonly unknown[])[]): Promise<string> {
    const { types } = this.engine;
    this.#tables += 1;
    const table = `spec_${this.#tables}`;
    if (operands.length === 0) return table;
    const columns = operands.map(({ type }, index) => `c${index} ${types.sqlType(type)}`);
    await this.run(`create table ${table} (${columns.join(", ")})`);
    for (const row of rows) {
      const values = row.map((value, index) => {
        const encode = types.encoder(operands[index]!.type);
        return ValueNode.create(value === null || encode === null ? value : encode(value));
      });
      const insert = sqlNode`insert into ${literalNode(table)} values (${joinedNode(values, ", ")})`;
      await this.#execute(insert);
    }
    return table;
  }
}

/** What a column that holds such values has: 32 bits for whole numbers, 60 digits for decimals. */
function columnOperand(operand: Operand): Operand {
  const { storage, scale } = operand.type;
  if (storage === "integer") return { ...operand, type: { ...operand.type, precision: null } };
  if (storage !== "decimal") return operand;
  const { family, type, convert } = decimalKind({ precision: 60, scale: scale ?? 0 });
  return { family, type, convert, scalar: null };
}

/** True where every whole number fits a column of 32 bits. */
export function fitsColumns({ args }: CallCase): boolean {
  return args.every(({ value, operand }) => operand.type.storage !== "integer" || Math.abs(Number(value)) < 2 ** 31);
}
