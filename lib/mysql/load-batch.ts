import type { Encode } from "../databases/ports/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { FieldError, ValidationError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import type { ColumnType } from "../fields/index.js";
import { type ColumnMeta, META } from "../models/index.js";
import { newRow, valuesByColumn } from "../objects/instances/new-row.js";
import { holdsNewRows } from "../objects/many/nested-input.js";
import { numbered } from "../objects/many/bulk-work.js";
import { validValues } from "../objects/writing/row-init.js";
import { groupOf, type InsertGroup, type WritePlan } from "../objects/writing/write-plan.js";
import { printable } from "../util/printable.js";
import { infileLine } from "./infile.js";

/** Rows that set the same columns, as text. */
export interface Loaded {
  readonly columns: readonly LoadedColumn[];
  readonly lines: string[];
}

export interface LoadedColumn {
  readonly column: ColumnMeta;
  readonly encode: Encode | null;
  /** How its values stand there: bytes, which no text can hold, as hexadecimal digits, and bits as a number. */
  readonly form: "text" | "bytes" | "bits";
}

/** Rows that go to the server together; those that leave different columns to the database by a statement each. */
export class LoadBatch {
  readonly #database: DatabaseCore;
  readonly #plan: WritePlan;
  readonly #groups = new Map<InsertGroup, Loaded>();
  rows = 0;
  characters = 0;

  constructor(database: DatabaseCore, plan: WritePlan) {
    this.#database = database;
    this.#plan = plan;
  }

  get parts(): readonly Loaded[] {
    return [...this.#groups.values()];
  }

  /** Adds a row, which is the `at`th of all. Throws where it cannot be one of the model's. */
  add(row: unknown, at: number): void {
    const values = valuesOf(this.#database, this.#plan, row, at);
    const group = groupOf(this.#plan, values);
    let loaded = this.#groups.get(group);
    if (loaded === undefined) this.#groups.set(group, (loaded = { columns: this.#columns(group), lines: [] }));
    const { name } = this.#plan.meta;
    const line = infileLine(loaded.columns.map((each) => encoded(name, each, values[each.column.index], at)));
    loaded.lines.push(line);
    this.rows += 1;
    this.characters += line.length;
  }

  #columns({ columns }: InsertGroup): LoadedColumn[] {
    const { types } = this.#database.engine;
    return columns.map((column) => {
      const { customCodec } = column.type;
      const encode = customCodec === null ? types.encoder(column.type) : customCodec.toDb;
      return { column, encode, form: formOf(column.type) };
    });
  }
}

function valuesOf(database: DatabaseCore, plan: WritePlan, row: unknown, at: number): unknown[] {
  const { meta } = plan;
  if (row === null || typeof row !== "object" || Array.isArray(row) || META in row) {
    const what = row !== null && typeof row === "object" && META in row ? "a row of a model" : printable(row);
    throw new FieldError(`${meta.name}: loadData(…): rows[${at}] is ${what}, not an object of values.`);
  }
  const found = valuesByColumn(plan, row);
  if (found !== null) return found;
  if (holdsNewRows(meta, row)) {
    throw new FieldError(
      `${meta.name}: loadData(…): rows[${at}] holds rows of other models, which bulkCreate(…) makes.`,
    );
  }
  try {
    return validValues(newRow(meta, { ...row }, database));
  } catch (error) {
    throw numbered(error, at);
  }
}

function encoded(model: string, { column, encode, form }: LoadedColumn, value: unknown, at: number): unknown {
  if (value instanceof Expression) {
    throw new FieldError(
      `${model}: loadData(…): rows[${at}]: "${column.field}" is an expression, and a file holds values alone. ` +
        `bulkCreate(…) takes them.`,
    );
  }
  const bound = value === null || value === undefined || encode === null ? value : encode(value);
  if (bound instanceof Date) return bound.toISOString().replace("T", " ").slice(0, -1);
  if (form === "bytes" && typeof bound === "string") return Buffer.from(bound);
  if (bound === null || typeof bound !== "object" || (form === "bytes" && bound instanceof Uint8Array)) return bound;
  const message = `in rows[${at}]: a column of this SQL type cannot be given ${printable(bound)}`;
  throw new ValidationError(model, [{ field: column.field, message }]);
}

/** By the column's SQL type, where that is a field's own. */
function formOf({ storage, customSqlType }: ColumnType): LoadedColumn["form"] {
  const sqlType = customSqlType?.("mysql") ?? storage;
  if (/^bit\b/i.test(sqlType)) return "bits";
  return /^(var)?binary\b|blob\b/i.test(sqlType) ? "bytes" : "text";
}
