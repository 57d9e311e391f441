import type { BackupProgress } from "../databases/sqlite/face.js";
import { type Access, accessTo } from "./access.js";
import { type AggregateDefinition, type Aggregates, defineAggregate } from "./aggregates.js";
import {
  attach,
  type BackupOptions,
  backUp,
  detach,
  loadExtension,
  serialized,
  vacuum,
  type VacuumOptions,
} from "./files.js";
import { type Calls, defineFunction, type FunctionOptions } from "./functions.js";
import type { KindName, ValuesOf } from "./kinds.js";
import { readPragma, setPragma } from "./pragma.js";
import type { PragmaName, PragmaValue, SettablePragma } from "./pragmas.js";
import { defineTable, type TableDefinition } from "./table-functions.js";
import type { Kinds } from "../types/expressions.js";
import type { Rows, SpecsOf } from "../types/specs.js";
import type { DatabaseLike } from "../types/database-like.js";

/**
 * What only a database of SQLite has. Everything that is said here holds for all of its connections: those that are
 * open, and those that will be.
 */
export class Sqlite {
  readonly #access: Access;

  constructor(database: DatabaseLike | string) {
    this.#access = accessTo(database);
  }

  /**
   * Makes a function of JavaScript known to SQLite, and gives what it is written with in queries. Values are those of
   * the kinds of fields that it names, NULL is null; what it throws comes out of the query as it is.
   *
   * @example
   * ```ts
   * const initials = sqlite(db).function(
   *   "initials",
   *   { arguments: ["text"], result: "text", deterministic: true },
   *   (name) => name && name.split(" ").map((word) => word[0]).join(""),
   * );
   * await Album.objects.annotate({ short: initials("name") }).filter({ short: "M" }).all();
   * // SELECT …, "initials"("album"."name") AS "short" FROM "album" WHERE "initials"("album"."name") = 'M'
   * ```
   * @throws ConfigurationError for names that SQLite has itself, and kinds that are none.
   */
  function<const A extends readonly KindName[], R extends KindName>(
    name: string,
    options: FunctionOptions<A, R>,
    call: (...args: ValuesOf<A>) => Kinds[R][0] | null | undefined,
  ): Calls<R> {
    return defineFunction(this.#access, name, options, call);
  }

  /**
   * Makes an aggregate of JavaScript known to SQLite; with `inverse` it goes over windows, too. It is not asked about
   * NULLs.
   *
   * @example
   * ```ts
   * const product = sqlite(db).aggregate("product", {
   *   of: "integer",
   *   result: "integer",
   *   start: () => 1,
   *   step: (product, x) => product * x,
   *   inverse: (product, x) => product / x,
   *   finish: (product) => product,
   * });
   * await Album.objects.annotate({ product: product("tracks__position") }).all();
   * ```
   * @throws ConfigurationError for names that SQLite has itself, kinds that are none, and parts that are no functions.
   */
  aggregate<A extends KindName, R extends KindName, S>(
    name: string,
    definition: AggregateDefinition<A, R, S>,
  ): Aggregates<R> {
    return defineAggregate(this.#access, name, definition);
  }

  /**
   * An order of texts of one's own, told by a function that makes a key of a text: texts are ordered and compared as
   * their keys are, by code points. (Drivers for Node.js have no way to tell SQLite of a function that compares two
   * texts.) It gives what stands for the text in `orderBy`, in filters and in indexes.
   *
   * @example
   * ```ts
   * const withoutThe = sqlite(db).collation("without_the", (title) => title.replace(/^The /, "").toLowerCase());
   * await Track.objects.orderBy(withoutThe("title")).all(); // … ORDER BY "without_the"("track"."title")
   * ```
   */
  collation(name: string, key: (text: string) => string): Calls<"text"> {
    return defineFunction(this.#access, name, { arguments: ["text"], result: "text", deterministic: true }, (text) =>
      text === null ? null : key(text),
    );
  }

  /**
   * Makes a table of a function: rows are worked out as a query asks for them. The model says what they have, and which
   * of its fields are parameters, given by `filter` or by the condition of a join.
   *
   * @example
   * ```ts
   * class Count extends Model("counting", {
   *   n: fields.integer({ primaryKey: true }),
   *   upTo: fields.integer(),
   * }, { database: db, managed: false }) {
   *   static objects = manager(this);
   * }
   * sqlite(db).table(Count, {
   *   parameters: ["upTo"],
   *   *rows(upTo = 0) {
   *     for (let n = 1; n <= upTo; n += 1) yield { n };
   *   },
   * });
   * await Count.objects.filter({ upTo: 3 }).valuesList("n", { flat: true }).all(); // → [1, 2, 3]
   * await Track.objects.join(Count.alias("beat"), { beat__upTo: F("position") }).values("title", "beat__n").all();
   * ```
   * @throws ConfigurationError for models that are managed, and parameters that are no fields.
   */
  table<C, const P extends readonly (keyof SpecsOf<Rows<C>> & string)[] = []>(
    model: C,
    definition: TableDefinition<C, P>,
  ): void {
    defineTable(this.#access, model, definition);
  }

  /**
   * What a pragma holds, or with a value: sets it, on every connection.
   *
   * @example
   * ```ts
   * await sqlite(db).pragma("synchronous"); // → "normal"
   * await sqlite(db).pragma("cache_size", -64_000); // PRAGMA cache_size = -64000
   * ```
   * @throws ConfigurationError for names and values that are none; NotSupportedError for those that are only read;
   *   TransactionError where one is set inside a transaction, which would keep it from taking effect.
   */
  pragma<K extends PragmaName>(name: K): Promise<PragmaValue<K>>;
  pragma<K extends SettablePragma>(name: K, value: PragmaValue<K>): Promise<void>;
  pragma(name: PragmaName, ...value: readonly unknown[]): Promise<unknown> {
    return value.length === 0
      ? readPragma(this.#access, name)
      : setPragma(this.#access, name as SettablePragma, value[0] as never);
  }

  /**
   * Attaches another file under a name: its tables are those of models with that `schema`. It is made where it is not
   * there.
   *
   * @example
   * ```ts no-run
   * await sqlite(db).attach("archive", "archive.sqlite"); // ATTACH 'archive.sqlite' AS "archive"
   * class OldTrack extends Model("track", { title: fields.text() }, { database: db, schema: "archive" }) {
   *   static objects = manager(this);
   * }
   * ```
   */
  attach(name: string, file: string): Promise<void> {
    return attach(this.#access, name, file);
  }

  /** Lets go of a file that was attached. */
  detach(name: string): Promise<void> {
    return detach(this.#access, name);
  }

  /**
   * Copies the database to another file while others read and write. The copy is what the database is at the end.
   *
   * @example
   * ```ts no-run
   * await sqlite(db).backup("copy.sqlite", {
   *   onProgress: ({ totalPages, remainingPages }) => console.log(1 - remainingPages / totalPages),
   * });
   * ```
   * @throws TransactionError inside a transaction; NotSupportedError where the driver has no backup.
   */
  backup(file: string, options: BackupOptions = {}): Promise<BackupProgress> {
    return backUp(this.#access, file, options);
  }

  /** The whole database as the bytes of its file. */
  serialize(options: { readonly schema?: string } = {}): Promise<Uint8Array> {
    return serialized(this.#access, options);
  }

  /**
   * Rebuilds the file without the room of what was deleted; with `into`, writes that to another file.
   *
   * @throws TransactionError inside a transaction.
   */
  vacuum(options: VacuumOptions = {}): Promise<void> {
    return vacuum(this.#access, options);
  }

  /**
   * Loads an extension of SQLite, a library of native code, on every connection. It may do whatever the process may.
   *
   * @throws OperationalError where it cannot be loaded.
   */
  loadExtension(file: string): Promise<void> {
    return loadExtension(this.#access, file);
  }
}

/**
 * What only a database of SQLite has: functions, aggregates and tables in JavaScript, pragmas, attached files, backups.
 * The alias of a database will do. What a `DatabaseProxy` is told before it stands for a database, each database is told
 * that it comes to stand for.
 *
 * @example
 * ```ts
 * await sqlite(db).pragma("cache_size", -64_000);
 * ```
 * @throws NotSupportedError for a database of another engine; ConfigurationError, when something is asked, for an alias that
 *   no database has.
 */
export function sqlite(database: DatabaseLike | string): Sqlite {
  return new Sqlite(database);
}
