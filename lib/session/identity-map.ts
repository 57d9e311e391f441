import { metaOf, type ModelMeta, tableKey } from "../models/index.js";
import { identityOf } from "../objects/rows/link-keys.js";
import { keyOf } from "../objects/rows/row-state.js";
import type { PkOf, Rows } from "../types/index.js";

/** The objects of a session that are rows of the database: one for each row. */
export interface IdentityMap {
  readonly size: number;
  /** The object for the row of a key, where the session has it. Nothing is asked. */
  get<C>(model: C, key: PkOf<Rows<C>>): Rows<C> | undefined;
  has<C>(model: C, key: PkOf<Rows<C>>): boolean;
  [Symbol.iterator](): IterableIterator<object>;
}

/** The same, as the session keeps it. */
export class Identities implements IdentityMap {
  readonly #tables = new Map<string, Map<unknown, object>>();
  /** Objects of which only the key is known: what foreign keys lead to. */
  readonly #standIns = new Map<string, Map<unknown, object>>();
  readonly #ofModel = new Map<object, Map<unknown, object>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get<C>(model: C, key: PkOf<Rows<C>>): Rows<C> | undefined {
    let table = this.#ofModel.get(model as object);
    if (table === undefined) this.#ofModel.set(model as object, (table = this.#table(metaOf(model))));
    const found = table.get(typeof key === "object" ? identityOf(key) : key);
    return (found instanceof (model as never) ? found : undefined) as Rows<C> | undefined;
  }

  has<C>(model: C, key: PkOf<Rows<C>>): boolean {
    return this.get(model, key) !== undefined;
  }

  *[Symbol.iterator](): IterableIterator<object> {
    for (const table of this.#tables.values()) yield* table.values();
  }

  #table(meta: ModelMeta): Map<unknown, object> {
    return tableIn(this.#tables, meta);
  }

  known(meta: ModelMeta, identity: unknown): object | undefined {
    return this.#table(meta).get(identity);
  }

  put(meta: ModelMeta, identity: unknown, row: object): void {
    const table = this.#table(meta);
    if (!table.has(identity)) this.#size += 1;
    table.set(identity, row);
    tableIn(this.#standIns, meta).delete(identity);
  }

  remove(meta: ModelMeta, identity: unknown): void {
    if (this.#table(meta).delete(identity)) this.#size -= 1;
  }

  standIn(meta: ModelMeta, identity: unknown): object | undefined {
    return tableIn(this.#standIns, meta).get(identity);
  }

  putStandIn(meta: ModelMeta, identity: unknown, row: object): void {
    tableIn(this.#standIns, meta).set(identity, row);
  }

  /** Objects of which only the key is known. */
  *standIns(): IterableIterator<object> {
    for (const table of this.#standIns.values()) yield* table.values();
  }

  /** All objects of a model's table. */
  rowsOf(meta: ModelMeta): Iterable<object> {
    return this.#table(meta).values();
  }

  clear(): void {
    for (const table of this.#tables.values()) table.clear();
    this.#standIns.clear();
    this.#size = 0;
  }
}

function tableIn(tables: Map<string, Map<unknown, object>>, meta: ModelMeta): Map<unknown, object> {
  const key = tableKey(meta);
  let table = tables.get(key);
  if (table === undefined) tables.set(key, (table = new Map<unknown, object>()));
  return table;
}

/** What tells a row from others of its table; null while it has no key. */
export function identityOfRow(row: object): unknown {
  const key = keyOf(row);
  return key === null ? null : identityOf(key);
}
