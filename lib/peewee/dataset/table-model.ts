import { FieldError } from "../../errors/index.js";
import type { ScalarField } from "../../fields/index.js";
import { checkIdentifier, isFieldName } from "../../models/index.js";
import type { Database } from "../../objects/instances/database.js";
import { Model } from "../../objects/instances/model.js";
import { QuerySetBase } from "../../objects/querysets/query-set.js";
import { didYouMean } from "../../util/suggest.js";
import type { FoundColumn } from "../found-tables.js";
import { fieldFor, fieldOfValue, isPlain } from "./kinds.js";

type Values = Readonly<Record<string, unknown>>;
type Declare = (table: string, declared: object, options: object) => new (values: object) => object;

const declare = Model as unknown as Declare;

/** A table as it is now: the model that stands for it, and what its columns are called there. */
export class TableModel {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: QuerySetBase;
  readonly model: object;
  /** The columns that hold JSON. */
  readonly json: ReadonlySet<string>;
  /** Fields by column: a column's name need not be one that a field can have. */
  readonly #fields: ReadonlyMap<string, string>;
  readonly #columns: ReadonlyMap<string, string>;

  private constructor(database: Database, name: string, declared: readonly (readonly [string, ScalarField])[]) {
    this.name = name;
    this.columns = declared.map(([column]) => column);
    const fieldNames = declared.map(([column], at) => [column, isFieldName(column) ? column : `column${at}x`] as const);
    this.#fields = new Map(fieldNames);
    this.#columns = new Map(fieldNames.map(([column, field]) => [field, column]));
    this.json = new Set(declared.filter(([, { family }]) => family === "json").map(([column]) => column));
    const entries = declared.map(([column, field]) => [this.#fields.get(column) as string, field]);
    this.model = class extends declare(name, Object.fromEntries(entries) as object, { database }) {};
    Object.defineProperty(this.model, "name", { value: name });
    this.rows = new QuerySetBase(this.model);
  }

  /** That of a table which is there. */
  static found(database: Database, name: string, columns: readonly FoundColumn[]): TableModel {
    // Nobody tells which column is the key: the one that counts itself, or the one that is called so, or the first.
    const counted =
      columns.find((column) => column.isAutoIncrementing) ?? columns.find((column) => column.name === "id");
    const key = (counted ?? columns[0])?.name ?? "id";
    return new TableModel(
      database,
      name,
      columns.map((column) => [column.name, fieldFor(column, column.name === key)] as const),
    );
  }

  /** Fields for columns that there are not yet. */
  missing(values: Values): [string, ScalarField][] {
    return Object.keys(values)
      .filter((column) => !this.#fields.has(column))
      .map((column) => {
        checkIdentifier(`The table "${this.name}"`, column);
        return [column, fieldOfValue(this.name, column, values[column])];
      });
  }

  /** Values by field, as a row takes them. */
  toFields(values: Values): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(values).map(([column, value]) => [
        this.#fieldOf(column),
        this.#isText(column, value) ? JSON.stringify(value) : value,
      ]),
    );
  }

  /** True for a list or an object in a column that does not hold such: it is kept as the text of its JSON. */
  #isText(column: string, value: unknown): boolean {
    return value !== null && typeof value === "object" && isPlain(value) && !this.json.has(column);
  }

  /** The same of conditions, which may be lookups on a column whose name a field can have. */
  toLookups(values: Values): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(values).map(([lookup, value]) => {
        if (this.#fields.has(lookup)) return [this.#fieldOf(lookup), value];
        const [column = ""] = lookup.split("__");
        if (this.#fields.get(column) !== column) this.#fieldOf(column);
        return [lookup, value];
      }),
    );
  }

  #fieldOf(column: string): string {
    const field = this.#fields.get(column);
    if (field !== undefined) return field;
    throw new FieldError(
      `The table "${this.name}" has no column "${column}".${didYouMean(column, this.columns)} Columns: ${this.columns.join(", ")}.`,
    );
  }

  /** A row by column. */
  toColumns(row: object): Record<string, unknown> {
    const entries = Object.entries(row).map(([field, value]) => [this.#columns.get(field) ?? field, value as unknown]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }
}
