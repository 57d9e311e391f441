import { inspect } from "node:util";
import { ConfigurationError } from "../../errors/index.js";
import { DatabaseCore } from "../../execute/database-core.js";
import { printable } from "../../util/printable.js";
import { noteRouting } from "../rows/bindings.js";
import { CHOOSE, type DatabaseSource } from "../rows/named-database.js";
import { type Database, modelFactoryFor } from "./database.js";

/** What a proxy calls when it is told its database. */
export type AttachedCallback = (database: Database) => unknown;

/** What a proxy has of its own; all else it has is its database's. */
class Placeholder implements DatabaseSource {
  #database: DatabaseCore | null = null;
  readonly #callbacks = new Set<AttachedCallback>();

  get isInitialized(): boolean {
    return this.#database !== null;
  }

  initialize(database: Database): void {
    if (!(database instanceof DatabaseCore)) {
      throw new ConfigurationError(`proxy.initialize(db): expected a Database, got ${printable(database)}.`);
    }
    this.#database = database;
    noteRouting();
    for (const callback of this.#callbacks) callback(database);
  }

  attachCallback(callback: AttachedCallback): () => void {
    if (typeof callback !== "function") {
      throw new ConfigurationError(`proxy.attachCallback(fn): expected a function, got ${printable(callback)}.`);
    }
    this.#callbacks.add(callback);
    if (this.#database !== null) callback(this.#database as Database);
    return () => void this.#callbacks.delete(callback);
  }

  [CHOOSE](_operation: unknown, where: string): DatabaseCore {
    if (this.#database !== null) return this.#database;
    throw new ConfigurationError(`${where}: this DatabaseProxy was not told its database yet.`, {
      hint: 'Call proxy.initialize(new Database("sqlite:app.sqlite")) first.',
    });
  }

  /** Not a method: it is called on the proxy, which has no private names. */
  readonly [inspect.custom] = (): string =>
    `DatabaseProxy(${this.#database === null ? "not initialized" : this.#database.engine.label})`;
}

const OWN: readonly PropertyKey[] = [...Reflect.ownKeys(Placeholder.prototype)];

const handler: ProxyHandler<Placeholder> = {
  get(placeholder, name, proxy) {
    if (OWN.includes(name)) {
      const own: unknown = Reflect.get(placeholder, name, placeholder);
      return typeof own === "function" && name !== "constructor" ? (own.bind(placeholder) as unknown) : own;
    }
    // So that models can be declared before.
    if (name === "Model") return modelFactoryFor(proxy as object);
    // Whoever awaits it, or prints it, does not ask for the database.
    const isAsked = typeof name === "string" ? name !== "then" && name !== "toJSON" : name === Symbol.asyncDispose;
    if (!isAsked && !placeholder.isInitialized) return undefined;
    const database = placeholder[CHOOSE]("read", `proxy.${String(name)}`);
    const value: unknown = Reflect.get(database, name, database);
    return typeof value === "function" ? (value.bind(database) as unknown) : value;
  },
  has: (placeholder, name) =>
    OWN.includes(name) || (placeholder.isInitialized && name in placeholder[CHOOSE]("read", "proxy")),
  set(_placeholder, name) {
    throw new ConfigurationError(`A DatabaseProxy takes no properties: set "${String(name)}" on its database.`);
  },
};

/** Stands for a database that is made later: all that a `Database` has is there once it was told which one. */
export interface DatabaseProxy extends Database {
  readonly isInitialized: boolean;
  /** Says which database it stands for from now on; again, for another one. */
  initialize(database: Database): void;
  /** Has a function called with the database at once, if there is one, and whenever it is told one; gives what ends that. */
  attachCallback(callback: AttachedCallback): () => void;
}

/**
 * Stands for a database that is not known yet, wherever one is taken: in models' options, `bind`, `using` and
 * `setDefaultDatabase`. Models can be declared before it is told.
 *
 * @example
 * ```ts
 * const proxy = new DatabaseProxy();
 * class Note extends proxy.Model("note", { text: fields.text() }) {
 *   static objects = manager(this);
 * }
 * proxy.initialize(new Database(process.env.NODE_ENV === "test" ? "sqlite::memory:" : "sqlite:notes.sqlite"));
 * ```
 * As peewee's `DatabaseProxy`. Asked for anything before `initialize`, it throws a ConfigurationError.
 */
export const DatabaseProxy = class DatabaseProxy {
  constructor() {
    return new Proxy(new Placeholder(), handler);
  }
} as unknown as new () => DatabaseProxy;
