import { IdentifierNode, type OperationNode, SelectQueryNode, ValueNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import type { Encode, Engine } from "../databases/ports/index.js";
import type { ColumnType } from "../fields/index.js";
import type { ColumnMeta } from "../models/index.js";
import type { HeldTerm, Query, QuerySource, Term } from "../query/index.js";
import { AliasCounter, type Source } from "./sources.js";
import { CONSTANT, fillSlot, type Slot, type SlotValues } from "./slot.js";
import { checkTwins, WithTables } from "./with.js";

/** A query around the one that is written, for what names its values. */
export interface OuterQuery {
  readonly outer: OuterQuery | null;
  /** True where the query that is written is a table in this one's FROM, or stands in one. */
  readonly throughTable?: boolean;
  /** A value of its rows. */
  write(term: Term): OperationNode;
}

/** Values of a query's rows, of its root's columns. */
export type Pick = (root: Source) => readonly OperationNode[];

/** How a query is written that stands in another one; its slots begin at `base`. */
export interface QueryWriters {
  /** The keys of its rows, or the one value that they have: for IN. */
  values(query: Query, scope: Scope, base: number, outer: OuterQuery | null): OperationNode;
  /** Whether a value is among these. */
  among(value: OperationNode, query: Query, scope: Scope, base: number, outer: OuterQuery | null): OperationNode;
  /** The same of its one row, as a value. */
  scalar(query: Query, scope: Scope, base: number, outer: OuterQuery | null): OperationNode;
  /** What EXISTS looks at. */
  rows(query: Query, scope: Scope, base: number, outer: OuterQuery | null): OperationNode;
  /** What a query is read from in place of a table. */
  source(source: QuerySource, scope: Scope, base: number, outer: OuterQuery | null): OperationNode;
  /** Its rows under the names of columns, as their kinds of values. */
  member(
    query: Query,
    columns: readonly HeldTerm[],
    scope: Scope,
    base: number,
    outer: OuterQuery | null,
  ): SelectQueryNode;
  /** For each of its rows what `pick` makes of them, under names. */
  root(query: Query, names: readonly string[], scope: Scope, base: number, pick: Pick): SelectQueryNode;
}

interface Parameter {
  readonly slot: Slot;
  readonly node: OperationNode;
}

/**
 * What a whole statement is written with: the engine, the aliases used so far, and how parameters are put in. In a plan
 * they are slots, to be filled at each run; for `toKysely()` they are the values themselves.
 */
export class Scope {
  readonly engine: Engine;
  readonly aliases = new AliasCounter();
  /** What stands in the WITH before the statement, or before the query in it that is written now. */
  tables = new WithTables();
  /** The zone of date parts where a query names none. */
  readonly timeZone: string | null;
  readonly #inline: SlotValues | null;
  #hoists: boolean;
  readonly #parameters = new Map<string, Parameter[]>();
  /** Handed in, since writing a query takes conditions and these may hold queries. */
  readonly queries: QueryWriters;

  constructor(
    engine: Engine,
    timeZone: string | null,
    queries: QueryWriters,
    inline: SlotValues | null = null,
    hoists = true,
  ) {
    this.engine = engine;
    this.timeZone = timeZone;
    this.queries = queries;
    this.#inline = inline;
    this.#hoists = hoists;
  }

  /** The statement, with the tables that its queries name before it. */
  statement(node: OperationNode): OperationNode {
    if (this.#inline !== null) checkTwins(this.tables.twins, this.#inline.values);
    return this.tables.before(node, this.aliases.tables);
  }

  /**
   * A query within the statement. It has a WITH of its own where the statement can have none: not every engine takes
   * one before UPDATE and DELETE.
   */
  query(write: () => OperationNode): OperationNode {
    if (this.#hoists) return write();
    const around = this.tables;
    this.tables = new WithTables();
    this.#hoists = true;
    const node = write();
    const own = this.tables;
    this.#hoists = false;
    this.tables = around;
    this.tables.twins.push(...own.twins);
    if (own.isEmpty || SelectQueryNode.is(node)) return own.before(node, this.aliases.tables);
    const select = sqlNode`select * from ${node} as ${IdentifierNode.create(this.aliases.next())}`;
    return sqlNode`(${own.before(select, this.aliases.tables)})`;
  }

  parameter(index: number, encode: Encode | null, item = -1): OperationNode {
    const known = this.#parameters.get(`${index}:${item}`)?.find((each) => each.slot.encode === encode);
    return (known ?? this.#newParameter({ index, item, encode })).node;
  }

  /** One node for one slot: where it stands twice, an engine can tell that it is the same. */
  #newParameter(slot: Slot): Parameter {
    const node = ValueNode.create(this.#inline === null ? slot : fillSlot(slot, this.#inline));
    const key = `${slot.index}:${slot.item}`;
    const parameter = { slot, node };
    this.#parameters.set(key, [...(this.#parameters.get(key) ?? []), parameter]);
    return parameter;
  }

  /** A parameter of one value, which is part of the shape. */
  constant(value: unknown): OperationNode {
    const slot: Slot = { index: CONSTANT, item: -1, encode: () => value };
    return ValueNode.create(this.#inline === null ? slot : value);
  }

  /** A parameter that holds a value of a column, or is compared with one. */
  columnParameter(index: number, type: ColumnType, item = -1): OperationNode {
    return this.engine.operations.parameter(this.parameter(index, this.encoder(type), item), type);
  }

  /** A value as an operand: cast where the engine would not know its type. */
  literal(index: number, type: ColumnType): OperationNode {
    if (type.customCodec !== null) return this.columnParameter(index, type);
    const { functions } = this.engine;
    return functions.literal(this.parameter(index, functions.encodeLiteral(type)), type);
  }

  encoder(type: ColumnType): Encode | null {
    return type.customCodec === null ? this.engine.types.encoder(type) : type.customCodec.toDb;
  }
}

/** How a column's values are read from the driver's. */
export function decoderOf(engine: Engine, column: ColumnMeta): ((value: unknown) => unknown) | null {
  const { type } = column;
  return type.customCodec === null ? engine.types.decoder(type) : type.customCodec.fromDb;
}
