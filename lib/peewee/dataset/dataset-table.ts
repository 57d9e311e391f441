import { FieldError } from "../../errors/index.js";
import type { Database } from "../../objects/instances/database.js";
import { bulkCreate } from "../../objects/many/bulk-create.js";
import { QUERY } from "../../query/index.js";
import { WRITTEN_TO } from "../../objects/querysets/refinable.js";
import { printable } from "../../util/printable.js";
import { readOptions } from "../options.js";
import { type FileOptions, readFile, readFileOptions, type ThawOptions, writeFile } from "./files.js";
import { fromText } from "./from-text.js";
import type { TableModel } from "./table-model.js";

/** A row by column. Of a value in a condition the name may be a lookup: `{ age__gt: 3 }`. */
export type DataSetRow = Readonly<Record<string, unknown>>;

/** What a table needs of its data set. */
interface Place {
  readonly name: string;
  readonly database: Database;
  model(): Promise<TableModel | null>;
  growing(values: DataSetRow): Promise<TableModel>;
  forget(): void;
}

/** A table without a model: what `ds.table(name)` gives. */
export class DataSetTable {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  get name(): string {
    return this.#place.name;
  }

  /** The names of its columns; none where there is no table yet. */
  async columns(): Promise<string[]> {
    return [...((await this.#place.model())?.columns ?? [])];
  }

  /** Puts a row in, adding columns that there are not, and gives its key. */
  async insert(values: DataSetRow): Promise<unknown> {
    return (await this.insertMany([values]))[0];
  }

  /** The same with many rows. */
  async insertMany(rows: readonly DataSetRow[]): Promise<unknown[]> {
    const given: unknown = rows;
    if (!Array.isArray(given)) {
      throw new FieldError(`The table "${this.name}": insertMany(rows) takes a list of rows, got ${printable(given)}.`);
    }
    for (const row of rows) checkRow(this.name, "insert", row);
    if (rows.length === 0) return [];
    const model = await this.#changing(columnsOf(rows));
    const { [QUERY]: query, [WRITTEN_TO]: database } = model.rows;
    const values = rows.map((row) => model.toFields(row));
    const made = (await bulkCreate(database, query.model, values, {}, { method: "insert" })) ?? [];
    return made.map((row) => (row as { readonly pk: unknown }).pk);
  }

  /** A table with columns for some values: told again of them where a transaction undoes what was added. */
  async #changing(values: DataSetRow): Promise<TableModel> {
    try {
      return await this.#place.growing(values);
    } catch (error) {
      this.#place.forget();
      throw error;
    }
  }

  /** All rows that are equal in these, or of which such lookups hold. */
  async find(where: DataSetRow = {}): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for await (const row of this.#rows(where)) rows.push(row);
    return rows;
  }

  /** The first of them; null where there is none. */
  async findOne(where: DataSetRow = {}): Promise<Record<string, unknown> | null> {
    checkRow(this.name, "findOne", where);
    const model = await this.#place.model();
    if (model === null) return null;
    const [row] = await model.rows.filter(model.toLookups(where)).values().limit(1).all();
    return row === undefined ? null : model.toColumns(row);
  }

  /** All rows. */
  all(): Promise<Record<string, unknown>[]> {
    return this.find();
  }

  async count(where: DataSetRow = {}): Promise<number> {
    checkRow(this.name, "count", where);
    const model = await this.#place.model();
    return model === null ? 0 : model.rows.filter(model.toLookups(where)).count();
  }

  async *#rows(where: DataSetRow): AsyncGenerator<Record<string, unknown>, void, undefined> {
    checkRow(this.name, "find", where);
    const model = await this.#place.model();
    if (model === null) return;
    const found = model.rows.filter(model.toLookups(where)).orderBy("pk").values();
    for await (const row of found) yield model.toColumns(row);
  }

  [Symbol.asyncIterator](): AsyncIterator<Record<string, unknown>> {
    return this.#rows({});
  }

  /**
   * Sets values, adding columns that there are not, in the rows that are equal in `columns`, or in all rows; gives their
   * number.
   *
   * @example
   * ```ts
   * const people = new DataSet(db).table("folk");
   * await people.insert({ name: "Huey" });
   * await people.update({ name: "Huey", age: 4 }, { columns: ["name"] }); // UPDATE "folk" SET "age" = 4 WHERE "name" = 'Huey'
   * ```
   */
  async update(values: DataSetRow, options: { readonly columns?: readonly string[] } = {}): Promise<number> {
    const method = `The table "${this.name}": update`;
    checkRow(this.name, "update", values);
    const columns = readOptions(method, options, ["columns"]).columns ?? [];
    if (!isNames(columns)) throw new FieldError(`${method}: columns is a list of names, got ${printable(columns)}.`);
    const absent = columns.find((column) => !Object.hasOwn(values, column));
    if (absent !== undefined) {
      throw new FieldError(`${method}(values, { columns }) names "${absent}", which values lack.`);
    }
    const model = await this.#changing(values);
    const where = Object.fromEntries(columns.map((column) => [column, values[column]]));
    const set = Object.fromEntries(Object.entries(values).filter(([column]) => !columns.includes(column)));
    return model.rows.filter(model.toLookups(where)).update(model.toFields(set), { all: true });
  }

  /** Deletes the rows that are equal in these, or of which such lookups hold, or all; gives their number. */
  async delete(where: DataSetRow = {}): Promise<number> {
    checkRow(this.name, "delete", where);
    const model = await this.#place.model();
    if (model === null) return 0;
    return (await model.rows.filter(model.toLookups(where)).delete({ all: true })).total;
  }

  /**
   * Writes all rows to a file, and gives their number.
   *
   * @throws FieldError for unknown formats and options.
   */
  async freeze(options: FileOptions): Promise<number> {
    const settings = readFileOptions(`The table "${this.name}": freeze`, options, false);
    const model = await this.#place.model();
    const { columns, json } = model ?? { columns: [], json: new Set<string>() };
    return writeFile({ columns, json, total: await this.count(), rows: this.#rows({}) }, settings);
  }

  /**
   * Reads rows from a file, in one transaction, and gives their number. Columns that there are not are added before. What
   * stands empty in CSV is NULL, and what is empty in quotes a text.
   *
   * @throws FieldError for unknown formats and options, and for lines that are not like the first.
   * @throws ValidationError for what the table's columns do not hold.
   */
  async thaw(options: ThawOptions): Promise<number> {
    const settings = readFileOptions(`The table "${this.name}": thaw`, options, true);
    const { progress } = settings;
    const file = readFile(await this.columns(), settings);
    // Before the transaction, which on some engines a new table or column would end.
    const head = await headOf(file, settings.format === "json");
    const model = head.length === 0 ? null : await this.#changing(settings.strict ? {} : columnsOf(head));
    if (model === null) return 0;
    const { strict, base64 } = settings;
    const taking = { file: settings.file, strict, isCsv: settings.format !== "json", base64 };
    const load = async (): Promise<number> => {
      let done = 0;
      let rows: DataSetRow[] = [];
      const write = async (): Promise<void> => {
        await this.insertMany(rows);
        done += rows.length;
        rows = [];
        await progress.tell({ done, total: null });
      };
      for await (const row of chained(head, file)) {
        rows.push(fromText(model, row, taking, done + rows.length));
        if (rows.length === THAWED_TOGETHER) await write();
      }
      if (rows.length > 0) await write();
      return done;
    };
    try {
      return await this.#place.database.atomic(load);
    } finally {
      progress.end();
    }
  }
}

type Rows = AsyncGenerator<DataSetRow, void, undefined>;

/** Rows by which it is known what columns a file has: of CSV the first, of JSON all, which are there at once. */
async function headOf(file: Rows, isJson: boolean): Promise<DataSetRow[]> {
  const head: DataSetRow[] = [];
  for (let next = await file.next(); next.done !== true; next = await file.next()) {
    head.push(next.value);
    if (!isJson) break;
  }
  return head;
}

async function* chained(head: readonly DataSetRow[], rest: Rows): Rows {
  yield* head;
  yield* rest;
}

/** The columns of rows, each with the first value that is not null. */
function columnsOf(rows: readonly DataSetRow[]): DataSetRow {
  const names = Object.fromEntries(rows.flatMap((row) => Object.keys(row)).map((name) => [name, null]));
  return Object.assign(names, ...rows.map(withoutNulls).reverse()) as DataSetRow;
}

const THAWED_TOGETHER = 100;

function withoutNulls(row: DataSetRow): DataSetRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}

function isNames(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((name) => typeof name === "string");
}

function checkRow(table: string, method: string, row: unknown): void {
  if (row !== null && typeof row === "object" && !Array.isArray(row)) return;
  throw new FieldError(`The table "${table}": ${method}(…) takes values by column, got ${printable(row)}.`);
}
