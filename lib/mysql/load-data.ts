import type { QueryResult } from "../databases/ports/index.js";
import { DatabaseError, DataError, FieldError, NotSupportedError } from "../errors/index.js";
import { currentBlock, surroundings, runWithin } from "../execute/context.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { atomic, run } from "../execute/index.js";
import { type ModelMeta, nameIn } from "../models/index.js";
import { DATABASE, GIVEN_VALUES, Refinable } from "../objects/querysets/refinable.js";
import { refuseParent } from "../objects/writing/one-table.js";
import { writePlanOf } from "../objects/writing/write-plan.js";
import { isSliced, QUERY } from "../query/index.js";
import type { CreateInput, QuerySet } from "../types/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { INFILE_FORMAT } from "./infile.js";
import { LoadBatch, type Loaded, type LoadedColumn } from "./load-batch.js";
import { onlyMysql } from "./only-mysql.js";

/** Options of `loadData(manager, rows, options)`. */
export interface LoadDataOptions {
  /** What becomes of rows that are there already, by any unique key: an error unless given. */
  readonly duplicates?: "error" | "ignore" | "replace";
  /** Rows in one statement at most: 50,000 unless given, and no more than that. */
  readonly batchSize?: number;
  /** Called after every statement. */
  readonly onProgress?: (progress: { readonly done: number }) => unknown;
}

/** What `loadData(…)` did. */
export interface LoadedRows {
  /** Rows that were written. */
  readonly written: number;
  /** Rows that were there already, and left as they were. */
  readonly skipped: number;
}

/** The server counts warnings, one a row that it leaves out, in sixteen bits, and lists no more than that. */
const MOST_ROWS = 50_000;
const MOST_WARNINGS = 65_535;
/** Characters of a batch, about: it is held in memory. */
const MOST_CHARACTERS = 8_000_000;
const CHUNK = 65_536;
const DUPLICATE = 1062;
const NOT_ALLOWED: ReadonlySet<unknown> = new Set([1148, 3948, 4166]);
const OPTIONS = ["duplicates", "batchSize", "onProgress"];
const DUPLICATES = ["error", "ignore", "replace"] as const;
const REST = { parameters: [], model: null };

/**
 * Writes very many rows, in one transaction, by LOAD DATA LOCAL INFILE: the quickest way into a table of MySQL's. Rows are
 * values as `create` takes them, of a list, a generator or a stream, and no more of them are held in memory than go into a
 * statement. Each is checked as in `create`, and has its defaults; no rows are made, no keys told, no signals sent. The
 * database needs `{ localInfile: true }`, and so does the server (`local_infile`, by itself off on MySQL, on on MariaDB).
 *
 * @example
 * ```ts no-run
 * const db = new Database("mysql://user@host/music", { localInfile: true });
 * await loadData(Track.objects.using(db), parsedLines(), { duplicates: "ignore" }); // → { written: 98112, skipped: 3 }
 * // LOAD DATA LOCAL INFILE … IGNORE INTO TABLE `track` … (`id`, `album_id`, `title`, `position`)
 * ```
 * @throws what an INSERT of the row would throw: nothing is written then, whatever the server's LOCAL INFILE would have let
 * pass; ValidationError; what the source of the rows throws; NotSupportedError on other engines, and where it is not allowed.
 */
export async function loadData<I>(
  manager: QuerySet<I>,
  rows: Iterable<CreateInput<I>> | AsyncIterable<CreateInput<I>>,
  options: LoadDataOptions = {},
): Promise<LoadedRows> {
  const { database, meta, given } = target(manager);
  checkArguments(meta, rows, options);
  onlyMysql(database.engine, "loadData(…)", "bulkCreate(rows) does the same with INSERT on every engine.");
  refuseParent(meta, "loadData", "bulkCreate(rows) writes both.");
  if (database.options.localInfile !== true) throw notAllowed(meta, "the database's option localInfile");
  const around = surroundings();
  // What a source asks is no part of a transaction that it knows nothing of; in the caller's own it takes its turns within.
  const isWithin = currentBlock(database) !== null;
  const source = iteratorOf(rows);
  try {
    const next = () => (isWithin ? source.next() : runWithin(around, () => source.next()));
    return await atomic(database, () => new Loading(database, meta, options).all(next, given), {});
  } finally {
    // A source that came to its end, or failed, has nothing to give up any more.
    await source.return?.();
  }
}

type Next = () => IteratorResult<unknown, unknown> | Promise<IteratorResult<unknown, unknown>>;

/** Rows on their way into a table. */
class Loading {
  readonly #database: DatabaseCore;
  readonly #meta: ModelMeta;
  readonly #options: LoadDataOptions;
  #done = 0;
  #skipped = 0;

  constructor(database: DatabaseCore, meta: ModelMeta, options: LoadDataOptions) {
    this.#database = database;
    this.#meta = meta;
    this.#options = options;
  }

  /** A batch is whole before it is sent: what a source asks the same connection would wait for its end, and it for that. */
  async all(next: Next, given: object | null): Promise<LoadedRows> {
    const plan = writePlanOf(this.#meta);
    const most = this.#options.batchSize ?? MOST_ROWS;
    if (this.#options.duplicates === "ignore") await this.#run(`SET SESSION max_error_count = ${MOST_WARNINGS}`);
    let batch = new LoadBatch(this.#database, plan);
    for (let at = 0; ; at += 1) {
      const { done, value } = await next();
      if (done === true) break;
      batch.add(given === null || !isValues(value) ? value : { ...value, ...given }, at);
      if (batch.rows < most && batch.characters < MOST_CHARACTERS) continue;
      await this.#send(batch);
      batch = new LoadBatch(this.#database, plan);
    }
    await this.#send(batch);
    return { written: this.#done - this.#skipped, skipped: this.#skipped };
  }

  async #send(batch: LoadBatch): Promise<void> {
    for (const loaded of batch.parts) {
      const sql = this.#sql(loaded.columns);
      const warnings = await this.#load(sql, loaded);
      if (warnings > 0) this.#skipped += await this.#duplicates(sql, warnings);
      this.#done += loaded.lines.length;
      if (this.#options.onProgress !== undefined) await this.#options.onProgress({ done: this.#done });
    }
  }

  async #load(sql: string, { lines }: Loaded): Promise<number> {
    const data = chunksOf(lines);
    const statement = { sql, returnsRows: false, wideIntegers: false, named: false, data };
    try {
      const { warnings = 0 } = await run(this.#database, { ...REST, statement, model: this.#meta.name });
      return warnings;
    } catch (error) {
      const { code } = error as { code?: unknown };
      throw NOT_ALLOWED.has(code) ? notAllowed(this.#meta, "the server's setting local_infile", error) : error;
    }
  }

  #sql(columns: readonly LoadedColumn[]): string {
    const { quote } = this.#database.engine.schema;
    const { table, schema } = this.#meta;
    const { duplicates = "error" } = this.#options;
    const name = ({ column }: LoadedColumn): string => quote(nameIn(this.#meta, column));
    const read = columns.map((each, at) => (each.form === "text" ? name(each) : `@v${at}`));
    const set = columns.flatMap((each, at) => (each.form === "text" ? [] : `${name(each)} = ${READ[each.form](at)}`));
    return (
      `LOAD DATA LOCAL INFILE 'rows' ${duplicates === "error" ? "" : `${duplicates.toUpperCase()} `}` +
      `INTO TABLE ${schema === null ? "" : `${quote(schema)}.`}${quote(table)} ${INFILE_FORMAT} ` +
      `(${read.join(", ") || "@v0"})${set.length === 0 ? "" : ` SET ${set.join(", ")}`}`
    );
  }

  /**
   * LOCAL has the server go on whatever happens, and cut, change and leave out what it cannot take. Only rows that are
   * there already may be left out, where that was asked for; anything else is the error that an INSERT would be.
   */
  async #duplicates(sql: string, warnings: number): Promise<number> {
    // It cannot be prepared, and to try would be told of in place of the warnings.
    const { rows } = await this.#run("SHOW WARNINGS");
    const mayBeThere = this.#options.duplicates === "ignore";
    const [, code, message] = rows.find((row) => !mayBeThere || Number(row[1]) !== DUPLICATE) ?? [];
    if (code !== undefined) throw this.#error(sql, Number(code), String(message));
    if (rows.length >= warnings) return rows.length;
    throw new DataError(`${this.#meta.name}: the server told ${rows.length} of ${warnings} warnings of LOAD DATA.`, {
      sql,
      hint: "Give it a smaller batchSize.",
    });
  }

  #error(sql: string, errno: number, message: string): unknown {
    const like = Object.assign(new Error(message), { errno, sqlState: "HY000", sqlMessage: message });
    const error = this.#database.engine.translateError(like, { sql });
    const isKnown = (error as object).constructor !== DatabaseError;
    return isKnown ? error : new DataError((error as Error).message, { cause: like, sql, code: errno });
  }

  /** Runs a statement that is not prepared. */
  async #run(sql: string): Promise<QueryResult> {
    const statement = { sql, returnsRows: false, wideIntegers: false, named: false };
    return run(this.#database, { ...REST, statement });
  }
}

function isValues(row: unknown): row is object {
  return row !== null && typeof row === "object" && !Array.isArray(row);
}

const READ = { bytes: (at: number) => `UNHEX(@v${at})`, bits: (at: number) => `CAST(@v${at} AS UNSIGNED)` };

/** Lines as bytes, not each by itself: every chunk is a packet. */
function chunksOf(lines: readonly string[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < CHUNK) continue;
    chunks.push(Buffer.from(text));
    text = "";
  }
  if (text !== "") chunks.push(Buffer.from(text));
  return chunks;
}

function target(manager: unknown): { database: DatabaseCore; meta: ModelMeta; given: object | null } {
  if (!(manager instanceof Refinable)) {
    throw new FieldError(
      `loadData(manager, rows) takes a model's manager such as Track.objects, got ${printable(manager)}.`,
    );
  }
  const query = manager[QUERY];
  if (query.picked !== null || query.source !== null || isSliced(query)) {
    throw new FieldError(
      `${query.model.name}: loadData(manager, rows) takes a manager, not values(…), sets or slices.`,
    );
  }
  return { database: manager[DATABASE], meta: query.model, given: manager[GIVEN_VALUES] };
}

function iteratorOf(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
): Iterator<unknown, unknown> | AsyncIterator<unknown, unknown> {
  return Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
}

function notAllowed({ name }: ModelMeta, setting: string, cause?: unknown): NotSupportedError {
  return new NotSupportedError(`${name}: loadData(…) is not allowed by ${setting}.`, {
    ...(cause !== undefined && { cause }),
    hint:
      "Say new Database(url, { localInfile: true }), and on the server SET GLOBAL local_infile = 1; " +
      "or use bulkCreate(rows).",
  });
}

function checkArguments({ name }: ModelMeta, rows: unknown, options: unknown): void {
  const isSource =
    rows !== null && typeof rows === "object" && (Symbol.asyncIterator in rows || Symbol.iterator in rows);
  if (!isSource) {
    throw new FieldError(
      `${name}: loadData(manager, rows) takes a list, a generator or a stream of objects, got ${printable(rows)}.`,
    );
  }
  if (options === null || typeof options !== "object") {
    throw new FieldError(`${name}: loadData(manager, rows, options) takes an object, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) {
    throw new FieldError(
      `${name}: loadData takes no option "${unknown}".${didYouMean(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  checkOptions(name, options);
}

function checkOptions(name: string, { duplicates = "error", batchSize = 1, onProgress }: LoadDataOptions): void {
  if (!DUPLICATES.includes(duplicates)) {
    throw new FieldError(
      `${name}: loadData: duplicates is "error", "ignore" or "replace", got ${printable(duplicates)}.`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MOST_ROWS) {
    throw new FieldError(
      `${name}: loadData: batchSize is a whole number from 1 to ${MOST_ROWS}, got ${printable(batchSize)}.`,
    );
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new FieldError(`${name}: loadData: onProgress is a function, got ${printable(onProgress)}.`);
  }
}
