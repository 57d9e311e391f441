import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { checkIdentifier } from "../../models/index.js";
import { columnType, type ScalarField } from "../../fields/index.js";
import { Database } from "../../objects/instances/database.js";
import { printable } from "../../util/printable.js";
import { currentBlock, onRollback } from "../../execute/index.js";
import { foundTables, refuseToCommit } from "../found-tables.js";
import { DataSetTable } from "./dataset-table.js";
import { TableModel } from "./table-model.js";

/**
 * Tables without models, which grow columns as rows ask for them.
 *
 * @example
 * ```ts
 * const ds = new DataSet(db);
 * const people = ds.table("people"); // made with its first row, with a key "id"
 * await people.insert({ name: "Huey", age: 3 }); // ALTER TABLE "people" ADD COLUMN "name" text …
 * await people.insert({ name: "Mickey", color: "black" });
 * await people.find({ name: "Huey" }); // [{ id: 1, name: "Huey", age: 3, color: null }]
 * ```
 * @throws FieldError for what is no database.
 * @throws TransactionError where a table or a column would have to be made in a transaction on MySQL and MariaDB.
 */
export class DataSet {
  readonly database: Database;
  readonly #known = new Map<string, TableModel>();
  /** What is being made just now: what comes at the same time asks again afterwards what is missing. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(database: Database | string) {
    const given: unknown = typeof database === "string" ? new Database(database) : database;
    if (!(given instanceof Database)) {
      throw new FieldError(`new DataSet(db) takes a Database or its URL, got ${printable(database)}.`);
    }
    this.database = given;
  }

  /** A table, be it there or not: it is made when a row is put into it. */
  table(name: string): DataSetTable {
    checkIdentifier("ds.table(name)", name);
    return new DataSetTable({
      name,
      database: this.database,
      model: () => this.#modelOf(name),
      growing: (values) => this.#growing(name, values),
      forget: () => {
        this.#known.delete(name);
      },
    });
  }

  /** The names of the tables that there are. */
  async tables(): Promise<string[]> {
    return (await foundTables(this.database)).map((table) => table.name).sort();
  }

  /** True where there is such a table. */
  async has(name: string): Promise<boolean> {
    return (await this.tables()).includes(name);
  }

  /** Runs a function in a transaction: `db.atomic`. */
  transaction<T>(fn: () => Promise<T>): Promise<T> {
    return this.database.atomic(fn);
  }

  async connect(): Promise<void> {
    await this.database.connect({ reuseIfOpen: true });
  }

  /** Closes the database. */
  async close(): Promise<void> {
    await this.database.close();
  }

  /** A table as it is; null where there is none. */
  async #modelOf(name: string): Promise<TableModel | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const named = (await foundTables(this.database)).filter((table) => table.name === name);
    // PostgreSQL tells of those in other schemas, too.
    const found = named.find(({ schema }) => schema === "public") ?? named[0];
    if (found === undefined) return null;
    const model = TableModel.found(this.database, name, found.columns);
    this.#known.set(name, model);
    return model;
  }

  /** A table that has columns for some values: it is made, and they are added, where they are not there. */
  async #growing(name: string, values: Readonly<Record<string, unknown>>): Promise<TableModel> {
    const model = await this.#modelOf(name);
    if (model !== null && model.missing(values).length === 0) return model;
    const make = (): Promise<TableModel> => this.#grow(name, values);
    // Within a transaction nobody is waited for: who is first may wait for what it holds.
    if (currentBlock(this.database) !== null) return make();
    const made = this.#making.then(make);
    this.#making = made.catch(() => undefined);
    return made;
  }

  async #grow(name: string, values: Readonly<Record<string, unknown>>): Promise<TableModel> {
    const there = await this.#modelOf(name);
    const model = there ?? TableModel.found(this.database, name, [COUNTED]);
    const missing = model.missing(values);
    if (there !== null && missing.length === 0) return there;
    const what =
      there === null ? "is not there yet" : `has no ${missing.map(([column]) => `"${column}"`).join(", ")} yet`;
    await refuseToCommit(this.database, `The table "${name}" ${what}, and`);
    // What a transaction makes it may undo.
    if (currentBlock(this.database) !== null) onRollback(this.database, () => this.#known.delete(name));
    if (there === null) await this.database.createTables([model.model]);
    for (const [column, field] of missing) await this.#addColumn(name, column, field);
    this.#known.delete(name);
    return (await this.#modelOf(name)) as TableModel;
  }

  async #addColumn(table: string, column: string, field: ScalarField): Promise<void> {
    const type = this.database.engine.types.sqlType(columnType(field.type.storage, field.type));
    await this.database.kysely.schema.alterTable(table).addColumn(column, sql.raw(type)).execute();
  }
}

/** The key of a table that is made. */
const COUNTED = { name: "id", dataType: "integer", isNullable: false, isAutoIncrementing: true, hasDefaultValue: true };
