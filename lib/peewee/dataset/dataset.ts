import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { checkIdentifier } from "../../models/index.js";
import { columnType, type ScalarField } from "../../fields/index.js";
import { Database } from "../../objects/instances/database.js";
import { printable } from "../../util/printable.js";
import { DataSetTable } from "./dataset-table.js";
import type { FoundColumn } from "./kinds.js";
import { TableModel } from "./table-model.js";

interface FoundTable {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly FoundColumn[];
}

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
 */
export class DataSet {
  readonly database: Database;
  readonly #known = new Map<string, TableModel>();

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
    return (await this.#found()).map((table) => table.name).sort();
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

  async #found(): Promise<readonly FoundTable[]> {
    await this.connect();
    const tables = await this.database.kysely.introspection.getTables();
    return tables.filter((table) => !table.isView);
  }

  /** A table as it is; null where there is none. */
  async #modelOf(name: string): Promise<TableModel | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const named = (await this.#found()).filter((table) => table.name === name);
    // PostgreSQL tells of those in other schemas, too.
    const found = named.find(({ schema }) => schema === "public") ?? named[0];
    return found === undefined ? null : this.#keep(TableModel.found(this.database, name, found.columns));
  }

  #keep(model: TableModel): TableModel {
    this.#known.set(model.name, model);
    return model;
  }

  /** A table that has columns for some values: it is made, and they are added, where they are not there. */
  async #growing(name: string, values: Readonly<Record<string, unknown>>): Promise<TableModel> {
    const model = (await this.#modelOf(name)) ?? (await this.#create(name));
    const missing = model.missing(values);
    if (missing.length === 0) return model;
    for (const [column, field] of missing) await this.#addColumn(name, column, field);
    this.#known.delete(name);
    return (await this.#modelOf(name)) as TableModel;
  }

  async #create(name: string): Promise<TableModel> {
    const counted = {
      name: "id",
      dataType: "integer",
      isNullable: false,
      isAutoIncrementing: true,
      hasDefaultValue: true,
    };
    const model = TableModel.found(this.database, name, [counted]);
    await this.database.createTables([model.model]);
    return this.#keep(model);
  }

  async #addColumn(table: string, column: string, field: ScalarField): Promise<void> {
    const type = this.database.engine.types.sqlType(columnType(field.type.storage, field.type));
    await this.database.kysely.schema.alterTable(table).addColumn(column, sql.raw(type)).execute();
  }
}
