import { FieldError } from "../errors/index.js";
import { atomic, currentBlock } from "../execute/index.js";
import { Expression } from "../expressions/index.js";
import { fields } from "../fields/index.js";
import { metaOf } from "../models/index.js";
import type { Database } from "../objects/instances/database.js";
import { Model } from "../objects/instances/model.js";
import { bulkCreate } from "../objects/many/bulk-create.js";
import { QuerySetBase } from "../objects/querysets/query-set.js";
import { WRITTEN_TO } from "../objects/querysets/refinable.js";
import type { AnyExpression, Json } from "../types/index.js";
import { printable } from "../util/printable.js";
import { foundTables, refuseToCommit } from "./found-tables.js";
import { databaseGiven, flag, readOptions } from "./options.js";

/** How a `KeyValue` keeps its entries. */
export interface KeyValueOptions {
  /** The table, "keyvalue" unless given. */
  readonly table?: string;
  /** Entries in the order of their keys. */
  readonly ordered?: boolean;
}

/** An entry of a `KeyValue`, as conditions see it. */
interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/** Which entries: those of which a condition holds on `key` or `value`: `{ key__startswith: "user:" }`. */
export type EntryCondition = { readonly [lookup: `key${string}` | `value${string}`]: unknown } | AnyExpression;

const UPSERT = { updateConflicts: true, uniqueFields: ["key"], updateFields: ["value"] };

const MISSING: unique symbol = Symbol("dunder.missing");

/**
 * A dictionary that lasts: texts, and for each a value that JSON can hold. Its table is made at the first use, which on
 * MySQL and MariaDB cannot be inside a transaction.
 *
 * @example
 * ```ts
 * const settings = new KeyValue(db, { table: "settings", ordered: true });
 * await settings.set("theme", "dark"); // INSERT INTO "settings" … ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value"
 * await settings.get("theme"); // "dark"
 * await settings.update({ "user:1": { name: "Huey" }, "user:2": { name: "Zaizee" } });
 * await settings.where({ key__startswith: "user:" }).values(); // [{ name: "Huey" }, { name: "Zaizee" }]
 * ```
 */
export class KeyValue<V = Json> {
  readonly #database: Database;
  readonly #model: object;
  readonly #table: string;
  readonly #isOrdered: boolean;
  #created: Promise<void> | null = null;

  constructor(database: Database, options: KeyValueOptions = {}) {
    const { table = "keyvalue", ordered } = readOptions("new KeyValue(db, options)", options, ["table", "ordered"]);
    this.#database = databaseGiven("new KeyValue(db, options)", database);
    this.#isOrdered = flag("new KeyValue(db, options)", "ordered", ordered);
    this.#table = table as string;
    const declared = { key: fields.string({ primaryKey: true, maxLength: 255 }), value: fields.json({ null: true }) };
    this.#model = class KeyValueEntry extends Model(table as string, declared, { database: this.#database }) {};
  }

  async #rows(): Promise<QuerySetBase> {
    if (this.#created === null && currentBlock(this.#database) !== null) {
      await refuseToCommit(this.#database, `KeyValue: its table "${this.#table}" is not there yet, and`, this.#isThere);
      // The transaction may be undone, and the table with it.
      await this.#create();
    } else {
      // Again at the next use, where it failed.
      await (this.#created ??= this.#create().catch((error: unknown) => {
        this.#created = null;
        throw error;
      }));
    }
    const all = new QuerySetBase(this.#model);
    return this.#isOrdered ? all.orderBy("key") : all;
  }

  readonly #isThere = async (): Promise<boolean> => {
    return (await foundTables(this.#database)).some(({ name }) => name === this.#table);
  };

  #create(): Promise<void> {
    return this.#database.createTables([this.#model]);
  }

  /** The value of a key; `otherwise`, null unless given, where there is none. */
  async get(key: string): Promise<V | null>;
  async get<T>(key: string, otherwise: T): Promise<V | T>;
  async get(key: string, otherwise: unknown = null): Promise<unknown> {
    const found = await this.#find(key);
    return found === MISSING ? otherwise : found;
  }

  async #find(key: string): Promise<unknown> {
    const rows = await this.#rows();
    const [entry] = (await rows
      .filter({ key: checkKey(key) })
      .values("value")
      .all()) as Entry[];
    return entry === undefined ? MISSING : entry.value;
  }

  /** Sets the value of a key, be it there or not: one statement. */
  async set(key: string, value: V): Promise<void> {
    await this.#write([[key, value]]);
  }

  /** The same for many keys: an object, a Map, or a list of pairs. */
  async update(entries: Readonly<Record<string, V>> | Iterable<readonly [string, V]>): Promise<void> {
    // The last of several for one key counts.
    await this.#write([...new Map(pairsIn(entries))]);
  }

  async #write(entries: readonly (readonly [string, unknown])[], options: object = UPSERT): Promise<void> {
    const rows = entries.map(([key, value]) => {
      if (value !== undefined) return { key: checkKey(key), value };
      throw new FieldError(`KeyValue: the value of "${key}" is undefined, which is none. To take it out: delete(key).`);
    });
    const queryset = await this.#rows();
    await bulkCreate(queryset[WRITTEN_TO], metaOf(this.#model), rows, options, { method: "KeyValue.set" });
  }

  /** The value of a key, which is set to this one where there is none. */
  async setDefault(key: string, value: V): Promise<V> {
    const found = await this.#find(key);
    if (found !== MISSING) return found as V;
    await this.#write([[key, value]], { ignoreConflicts: true });
    // Somebody else may have been quicker.
    const there = await this.#find(key);
    return there === MISSING ? value : (there as V);
  }

  /** Takes a key out; false where it was not there. */
  async delete(key: string): Promise<boolean> {
    const { total } = await (
      await this.#rows()
    )
      .orderBy()
      .filter({ key: checkKey(key) })
      .delete();
    return total > 0;
  }

  /** Takes a key out and gives its value, in one transaction; `otherwise`, null unless given, where there is none. */
  async pop(key: string): Promise<V | null>;
  async pop<T>(key: string, otherwise: T): Promise<V | T>;
  async pop(key: string, otherwise: unknown = null): Promise<unknown> {
    await this.#rows();
    return atomic(
      this.#database,
      async () => {
        const found = await this.#find(key);
        // Of several at once it is whose delete finds the row.
        return found !== MISSING && (await this.delete(key)) ? found : otherwise;
      },
      {},
    );
  }

  /** True where a key is there. */
  async contains(key: string): Promise<boolean> {
    return (await this.#rows()).filter({ key: checkKey(key) }).exists();
  }

  /** How many there are. */
  async size(): Promise<number> {
    return (await this.#rows()).count();
  }

  async keys(): Promise<string[]> {
    return this.#listed("key") as Promise<string[]>;
  }

  async values(): Promise<V[]> {
    return this.#listed("value") as Promise<V[]>;
  }

  async #listed(name: string): Promise<unknown[]> {
    return (await this.#rows()).valuesList(name, { flat: true }).all();
  }

  async items(): Promise<[key: string, value: V][]> {
    return (await this.#rows()).valuesList("key", "value").all() as Promise<unknown> as Promise<[string, V][]>;
  }

  /** Takes all out. */
  async clear(): Promise<void> {
    await (await this.#rows()).orderBy().delete({ all: true });
  }

  /**
   * The entries of which a condition holds, to be read, set and taken out together.
   *
   * @throws FieldError for other names than `key` and `value`, and for lookups that they do not have.
   */
  where(condition: EntryCondition): Entries<V> {
    return new Entries<V>(async () => (await this.#rows()).filter(condition));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<[key: string, value: V], void, undefined> {
    const rows = (await this.#rows()).valuesList("key", "value");
    for await (const entry of rows) yield entry as unknown as [string, V];
  }
}

/** Some entries of a `KeyValue`. */
export class Entries<V> {
  readonly #rows: () => Promise<QuerySetBase>;

  constructor(rows: () => Promise<QuerySetBase>) {
    this.#rows = rows;
  }

  async values(): Promise<V[]> {
    return (await this.#rows()).valuesList("value", { flat: true }).all() as Promise<unknown> as Promise<V[]>;
  }

  async keys(): Promise<string[]> {
    return (await this.#rows()).valuesList("key", { flat: true }).all() as Promise<unknown> as Promise<string[]>;
  }

  /** Sets the value of all of them, and gives their number. */
  async set(value: V): Promise<number> {
    return (await this.#rows()).orderBy().update({ value });
  }

  /** Takes all of them out, and gives their number. */
  async delete(): Promise<number> {
    return (await (await this.#rows()).orderBy().delete()).total;
  }

  async contains(): Promise<boolean> {
    return (await this.#rows()).exists();
  }
}

function pairsIn(given: unknown): (readonly [string, unknown])[] {
  if (given === null || typeof given !== "object") {
    throw new FieldError(`KeyValue.update takes an object, a Map or a list of pairs, got ${printable(given)}.`);
  }
  if (!(Symbol.iterator in given)) return Object.entries(given);
  return Array.from(given as Iterable<unknown>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2) return pair as unknown as readonly [string, unknown];
    throw new FieldError(`KeyValue.update takes pairs of a key and a value, got ${printable(pair)}.`);
  });
}

function checkKey(key: unknown): string {
  if (typeof key === "string") return key;
  throw new FieldError(
    `KeyValue: a key is a text, got ${printable(key)}.${Expression.is(key) ? " For conditions: where(…)." : ""}`,
  );
}
