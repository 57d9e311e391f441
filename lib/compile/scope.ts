import { ValueNode, type OperationNode } from "kysely";
import type { Encode, Engine } from "../databases/ports/index.js";
import type { ColumnType } from "../fields/index.js";
import type { ColumnMeta } from "../models/index.js";
import type { Query } from "../query/index.js";
import { AliasCounter } from "./sources.js";
import { fillSlot, type Slot, type SlotValues } from "./slot.js";

/** Writes the keys of a query's rows, for a condition that compares with them; its slots begin at `base`. */
export type KeysWriter = (query: Query, scope: Scope, base: number) => OperationNode;

/**
 * What a whole statement is written with: the engine, the aliases used so far, and how parameters are put in. In a plan
 * they are slots, to be filled at each run; for `toKysely()` they are the values themselves.
 */
export class Scope {
  readonly engine: Engine;
  readonly aliases = new AliasCounter();
  /** The zone of date parts where a query names none. */
  readonly timeZone: string | null;
  readonly #inline: SlotValues | null;
  readonly #writeKeys: KeysWriter;

  constructor(engine: Engine, timeZone: string | null, writeKeys: KeysWriter, inline: SlotValues | null = null) {
    this.engine = engine;
    this.timeZone = timeZone;
    this.#writeKeys = writeKeys;
    this.#inline = inline;
  }

  /** The keys of another query's rows. Handed in, since writing a query takes conditions and these may hold queries. */
  keysOf(query: Query, base: number): OperationNode {
    return this.#writeKeys(query, this, base);
  }

  parameter(index: number, encode: Encode | null, item = -1): OperationNode {
    const slot: Slot = { index, item, encode };
    return ValueNode.create(this.#inline === null ? slot : fillSlot(slot, this.#inline));
  }

  /** A parameter that holds a value of a column, or is compared with one. */
  columnParameter(index: number, type: ColumnType, item = -1): OperationNode {
    return this.engine.operations.parameter(this.parameter(index, this.encoder(type), item), type);
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
