import type { Connection, QueryResult } from "../../databases/ports/index.js";
import { postgresSchema, quoteText } from "../../databases/postgres/schema.js";
import { ConfigurationError, FieldError, NotSupportedError, ValidationError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { Expression } from "../../expressions/index.js";
import { currentBlock, type LimitOptions, limitsProblem, runBy, withinLimits } from "../../execute/index.js";
import { type ColumnMeta, columnsOfField, fieldOf, META, type ModelMeta } from "../../models/index.js";
import { newRow, valuesByColumn } from "../../objects/instances/new-row.js";
import { DATABASE, WRITTEN_TO } from "../../objects/querysets/refinable.js";
import { compiledSql } from "../../objects/reading/compiled.js";
import { validValues } from "../../objects/writing/row-init.js";
import { writePlanOf } from "../../objects/writing/write-plan.js";
import { QUERY, type Query } from "../../query/index.js";
import { tableName } from "../../schema/table-statements.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { onlyPostgres } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import type { CopyOptions, CopyRows, CopySource, CsvOptions } from "../types/copy.js";
import { copyIn as sendAll, CopyOut, submit } from "./copy-wire.js";
import { lineOf } from "./copy-text.js";
import { withClient } from "./own-connection.js";
import { withSettings } from "./copy-parameters.js";

/** So many characters go out at once. */
const CHUNK = 1 << 16;

interface Source {
  readonly [QUERY]: Query;
  readonly [DATABASE]: DatabaseCore;
  readonly [WRITTEN_TO]: DatabaseCore;
}

function sourceOf(given: unknown, where: string): Source {
  if (given !== null && typeof given === "object" && QUERY in given && DATABASE in given) return given as Source;
  throw new ConfigurationError(
    `${where}: expected the rows of a model, such as Track.objects, got ${printable(given)}.`,
  );
}

function checkLimits(limits: LimitOptions, where: string): void {
  const problem = limitsProblem(limits);
  if (problem !== null) throw new ConfigurationError(`${where}: ${problem}`);
}

async function makeCopyIn(into: unknown, rows: unknown, options: CopyOptions = {}): Promise<number> {
  const where = "copyIn(objects, rows)";
  const source = sourceOf(into, where);
  const database = source[WRITTEN_TO];
  onlyPostgres(database.engine.label, where, "bulkCreate writes many rows on every engine.");
  checkKnown(options, ["fields", "timeout", "signal"], where);
  checkLimits(options, where);
  const { model } = source[QUERY];
  refuseParts(model, where);
  const columns = options.fields === undefined ? null : columnsNamed(model, options.fields, where);
  const lines = new Lines(database, model, columns);
  const first = await lines.begin(rowsIn(rows, where));
  if (first === null) return 0;
  return copied(database, model, { columns: first, chunks: lines.chunks(), format: "" }, options);
}

/** What goes into a table. */
interface Incoming {
  readonly columns: readonly ColumnMeta[];
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly format: string;
}

async function copied(
  database: DatabaseCore,
  model: ModelMeta,
  { columns, chunks, format }: Incoming,
  { timeout, signal }: LimitOptions,
): Promise<number> {
  const list = columns.map(({ name }) => postgresSchema.quote(name)).join(", ");
  const sql = `COPY ${tableName(database.engine, model)} (${list}) FROM STDIN${format}`;
  const statement = { sql, returnsRows: false, wideIntegers: false, named: true };
  const ask = async (connection: Connection): Promise<QueryResult> => {
    const affected = await withClient(connection, "copyIn", (client) => sendAll(client, sql, chunks));
    return { rows: [], affected, insertId: null };
  };
  const work = () => runBy(database, { statement, parameters: [], model: model.name }, ask);
  return (await withinLimits({ timeout, signal }, work)).affected;
}

/** Of a model with a parent each row is in two tables. */
function refuseParts(model: ModelMeta, where: string): void {
  if (model.parent === null) return;
  throw new NotSupportedError(`${where}: rows of ${model.name} are in two tables. bulkCreate writes them.`);
}

function rowsIn(rows: unknown, where: string): AsyncIterable<unknown> | Iterable<unknown> {
  const isRows = rows !== null && typeof rows === "object" && (Symbol.asyncIterator in rows || Symbol.iterator in rows);
  if (isRows) return rows as Iterable<unknown>;
  throw new ConfigurationError(`${where}: expected rows to loop over, got ${printable(rows)}.`);
}

function columnsNamed(model: ModelMeta, names: unknown, where: string): ColumnMeta[] {
  if (!Array.isArray(names) || names.length === 0) {
    throw new FieldError(`${where}: fields is a list of names, got ${printable(names)}.`);
  }
  return (names as unknown[]).flatMap((name) => {
    const field = typeof name === "string" ? fieldOf(model, name) : undefined;
    const columns = field === undefined ? [] : columnsOfField(field);
    if (columns.length > 0) return columns;
    const known = model.columns.map(({ field: other }) => other);
    const near = typeof name === "string" ? didYouMean(name, known) : "";
    throw new FieldError(
      `${model.name} has no field ${printable(name)} in ${where}.${near} Fields: ${known.join(", ")}.`,
    );
  });
}

/** Rows as lines: each checked, and its defaults filled in, as bulkCreate does. */
class Lines {
  readonly #database: DatabaseCore;
  readonly #model: ModelMeta;
  #columns: readonly ColumnMeta[] | null;
  #rows: AsyncIterator<unknown> | Iterator<unknown> | null = null;
  #first: readonly unknown[] = [];
  #count = 0;

  constructor(database: DatabaseCore, model: ModelMeta, columns: readonly ColumnMeta[] | null) {
    this.#database = database;
    this.#model = model;
    this.#columns = columns;
  }

  /** The columns that are written: those named, else those that the first row, or a default, has values for; null for no rows. */
  async begin(rows: AsyncIterable<unknown> | Iterable<unknown>): Promise<readonly ColumnMeta[] | null> {
    this.#rows = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
    const first = await this.#rows.next();
    if (first.done === true) return null;
    this.#first = this.#values(first.value);
    this.#columns ??= this.#model.columns.filter(({ index }) => this.#first[index] !== undefined);
    this.#check(this.#first);
    return this.#columns;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const columns = this.#columns as readonly ColumnMeta[];
    let text = this.#line(this.#first, columns);
    try {
      for (;;) {
        const next = await (this.#rows as AsyncIterator<unknown>).next();
        if (next.done === true) break;
        const values = this.#values(next.value);
        this.#check(values);
        text += this.#line(values, columns);
        if (text.length < CHUNK) continue;
        yield Buffer.from(text);
        text = "";
      }
      if (text !== "") yield Buffer.from(text);
    } finally {
      await this.#rows?.return?.();
    }
  }

  #line(values: readonly unknown[], columns: readonly ColumnMeta[]): string {
    return lineOf(
      columns.map(({ index }) => values[index]),
      columns,
    );
  }

  #values(row: unknown): readonly unknown[] {
    this.#count += 1;
    if (row === null || typeof row !== "object" || Array.isArray(row)) {
      throw new FieldError(
        `${this.#model.name}: copyIn: row ${this.#count} is no object of values, but ${printable(row)}.`,
      );
    }
    try {
      if (META in row) return validValues(row);
      return (
        valuesByColumn(writePlanOf(this.#model), row) ?? validValues(newRow(this.#model, { ...row }, this.#database))
      );
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      throw new ValidationError(`${this.#model.name}: row ${this.#count}`, error.problems);
    }
  }

  /** A row may not set what the others leave to the database. */
  #check(values: readonly unknown[]): void {
    const columns = this.#columns as readonly ColumnMeta[];
    const complain = (column: ColumnMeta, message: string): never => {
      throw new ValidationError(`${this.#model.name}: row ${this.#count}`, [{ field: column.field, message }]);
    };
    for (const column of this.#model.columns) {
      const value = values[column.index];
      if (columns.includes(column)) {
        if (value === undefined)
          complain(
            column,
            "has no value, and the first row had one. Name the fields: copyIn(objects, rows, { fields }).",
          );
        if (typeof value === "object" && Expression.is(value)) complain(column, "must be a value, not an expression.");
      } else if (value !== undefined && value !== null && column.options.default === undefined) {
        complain(column, "is not among those that are copied. Name the fields: copyIn(objects, rows, { fields }).");
      }
    }
  }
}

const CSV = ["header", "delimiter", "null", "timeout", "signal"];

/** ` (FORMAT csv, HEADER true, …)` */
function csvFormat({ header = false, delimiter, null: nothing }: CsvOptions, where: string): string {
  if (delimiter !== undefined && !(typeof delimiter === "string" && /^[^\n\r"\\]$/.test(delimiter))) {
    throw new ConfigurationError(`${where}: delimiter is one character, got ${printable(delimiter)}.`);
  }
  if (nothing !== undefined && !(typeof nothing === "string" && !/[\n\r\0]/.test(nothing))) {
    throw new ConfigurationError(`${where}: null is a text, got ${printable(nothing)}.`);
  }
  const parts = [
    "FORMAT csv",
    ...(header ? ["HEADER true"] : []),
    ...(delimiter === undefined ? [] : [`DELIMITER ${quoteText(delimiter)}`]),
    ...(nothing === undefined ? [] : [`NULL ${quoteText(nothing)}`]),
  ];
  return ` WITH (${parts.join(", ")})`;
}

async function makeCopyCsvIn(
  into: unknown,
  fields: unknown,
  chunks: unknown,
  options: CsvOptions = {},
): Promise<number> {
  const where = "copyCsvIn(objects, fields, chunks)";
  const source = sourceOf(into, where);
  const database = source[WRITTEN_TO];
  onlyPostgres(database.engine.label, where);
  checkKnown(options, CSV, where);
  checkFlags(options, ["header"], where);
  checkLimits(options, where);
  const { model } = source[QUERY];
  refuseParts(model, where);
  const columns = columnsNamed(model, fields, where);
  const format = csvFormat(options, where);
  const given = rowsIn(typeof chunks === "string" ? [chunks] : chunks, where);
  return copied(database, model, { columns, chunks: bytesOf(given, where), format }, options);
}

async function* bytesOf(chunks: AsyncIterable<unknown> | Iterable<unknown>, where: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (typeof chunk === "string") yield Buffer.from(chunk);
    else if (chunk instanceof Uint8Array) yield chunk;
    else throw new ConfigurationError(`${where}: a chunk is text or bytes, got ${printable(chunk)}.`);
  }
}

async function* makeCopyOut(from: unknown, options: CsvOptions = {}): AsyncGenerator<Uint8Array> {
  const where = "copyOut(queryset)";
  const source = sourceOf(from, where);
  const database = source[DATABASE];
  onlyPostgres(database.engine.label, where, "iterator() streams rows on every engine.");
  checkKnown(options, CSV, where);
  checkFlags(options, ["header"], where);
  checkLimits(options, where);
  const format = csvFormat(options, where);
  if (currentBlock(database) !== null) {
    throw new NotSupportedError(`${where} has a connection of its own, and was called inside an atomic block.`, {
      hint: "Call it outside of the block, or stream the rows: for await (const row of queryset.iterator()).",
    });
  }
  if (!database.isConnected) await database.open();
  const { sql, parameters } = compiledSql(database, source[QUERY]);
  yield* streamed(database, { sql, parameters, format, model: source[QUERY].model.name }, options);
}

interface Outgoing {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly format: string;
  readonly model: string;
}

/** On a connection of the pool, which reads what is asked for while the loop takes what came before. */
async function* streamed(
  database: DatabaseCore,
  out: Outgoing,
  { timeout, signal }: LimitOptions,
): AsyncGenerator<Uint8Array> {
  let begun!: (query: CopyOut) => void;
  const beginning = new Promise<CopyOut>((resolve) => (begun = resolve));
  const stopping: { stop: () => void; done: Promise<unknown> } = { stop: () => undefined, done: Promise.resolve() };
  const text = (sql: string): string => `COPY (${sql}) TO STDOUT${out.format}`;
  const statement = { sql: text(out.sql), returnsRows: true, wideIntegers: false, named: true };
  const ask = (connection: Connection): Promise<QueryResult> =>
    withSettings(connection, out, async (sql) => {
      const query = new CopyOut(text(sql));
      stopping.stop = () => {
        stopping.done = (connection.cancel?.() ?? Promise.resolve()).catch(() => undefined);
      };
      await withClient(connection, "copyOut", async (client) => {
        submit(client, query);
        begun(query);
        await query.ended;
      });
      // Before anything else is sent the request to stop must have arrived, too.
      await stopping.done;
      if (query.failure !== null && !query.isDropped) throw query.failure;
      return { rows: [], affected: query.rows, insertId: null };
    });
  const work = withinLimits({ timeout, signal }, () =>
    runBy(database, { statement, parameters: out.parameters, model: out.model }, ask),
  );
  const failing = work.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const query = await Promise.race([beginning, failing]);
  if (!(query instanceof CopyOut)) throw query?.error;
  try {
    yield* query.read();
  } catch (error) {
    throw (await failing)?.error ?? error;
  } finally {
    // A loop that was left early has the server stop.
    if (!query.isOver) {
      query.drop();
      stopping.stop();
    }
    await failing;
  }
}

/**
 * Writes any number of rows by PostgreSQL's COPY, several times as quick as `bulkCreate`, as they come: from a list, a
 * generator, a stream of objects. Rows are checked and defaults filled in; the keys that the database makes are not told.
 * What goes wrong midway, a row or the iterable itself, leaves none of them. Gives their number.
 *
 * @example
 * ```ts
 * await copyIn(Note.objects, [{ text: "one" }, { text: "two" }]); // → 2
 * // COPY "note" ("text", "completed") FROM STDIN
 * ```
 * @throws ValidationError for a row that is wrong, with its number; NotSupportedError on other engines.
 */
export const copyIn = makeCopyIn as unknown as CopyRows;
/**
 * Writes rows from CSV, text or bytes in pieces of any size, such as a file's stream. The database reads the values; no
 * default of a model is filled in.
 *
 * @example
 * ```ts
 * await copyCsvIn(Note.objects, ["id", "text"], ["id,text\n1,one\n", '2,"two, three"\n'], { header: true }); // → 2
 * // COPY "note" ("id", "text") FROM STDIN WITH (FORMAT csv, HEADER true)
 * ```
 */
export const copyCsvIn = makeCopyCsvIn as unknown as (
  objects: CopySource,
  fields: readonly string[],
  chunks: string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  options?: CsvOptions,
) => Promise<number>;
/**
 * The rows of a queryset as CSV, in pieces, as the database makes them: nothing is put in memory as a whole.
 *
 * @example
 * ```ts
 * for await (const chunk of copyOut(Note.objects.filter({ completed: true }).values("id", "text"), { header: true })) {
 *   process.stdout.write(chunk);
 * }
 * // COPY (SELECT "id", "text" FROM "note" WHERE "completed" = …) TO STDOUT WITH (FORMAT csv, HEADER true)
 * ```
 * @throws NotSupportedError on other engines, and inside a transaction.
 */
export const copyOut = makeCopyOut as unknown as (
  queryset: CopySource,
  options?: CsvOptions,
) => AsyncGenerator<Uint8Array, void>;
