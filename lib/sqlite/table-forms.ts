import { ConfigurationError } from "../errors/index.js";
import { TableForm } from "../models/index.js";
import type { OwnTable } from "../types/model.js";
import { refuseElsewhere } from "./fts/form.js";

/** Forms of a table. */
export interface SqliteTableOptions {
  /** Columns hold values of their types alone; those of ours that SQLite has no such type for are TEXT, REAL or INTEGER. */
  readonly strict?: boolean;
  /** Rows are kept in the order of the primary key, without a number of their own beside it. */
  readonly withoutRowid?: boolean;
  /** False: the key of a row that was deleted last may come again, which saves a write; else no key is used twice. */
  readonly autoIncrement?: boolean;
}

const OPTIONS = ["strict", "withoutRowid", "autoIncrement"] as const;

/** By the declared type: the one that a STRICT table takes in its place. */
const STRICT: readonly (readonly [declared: RegExp, strict: string])[] = [
  [/^(?:integer|smallint|bigint|boolean)\b/i, "INTEGER"],
  [/^real\b/i, "REAL"],
  [/^blob\b/i, "BLOB"],
  [/^any\b/i, "ANY"],
  [/^(?:text|varchar|char|date|time|datetime|json_text|decimal_text)\b(?:\(\d+(?:, ?\d+)?\))?/i, "TEXT"],
];

/**
 * A form of tables of SQLite, for a model's option `table`.
 *
 * @example
 * ```ts
 * class Word extends Model("word", {
 *   text: fields.string({ maxLength: 50, primaryKey: true }),
 *   uses: fields.integer(),
 * }, { table: sqliteTable({ strict: true, withoutRowid: true }) }) {}
 * // CREATE TABLE "word" ("text" TEXT NOT NULL PRIMARY KEY, "uses" INTEGER NOT NULL) STRICT, WITHOUT ROWID
 * ```
 * @throws ConfigurationError for options that are none, and for types that a strict table has not; NotSupportedError
 *   where the table is created on another engine.
 */
export function sqliteTable(options: SqliteTableOptions): OwnTable<never> {
  const { strict = false, withoutRowid = false, autoIncrement = true } = checked(options);
  const suffixes = [...(strict ? ["STRICT"] : []), ...(withoutRowid ? ["WITHOUT ROWID"] : [])];
  const form = new TableForm({
    create({ head, columns, constraints, suffix }, context) {
      refuseElsewhere(context, "tables of this form", "sqliteTable(…) is for models of SQLite alone.");
      if (withoutRowid && columns.some((column) => column.includes("AUTOINCREMENT")) && autoIncrement) {
        throw new ConfigurationError(
          `${context.model}: a table without rowid makes no keys. Declare the key as one that is given, or say ` +
            `{ autoIncrement: false }.`,
        );
      }
      const kept = autoIncrement ? columns : columns.map((column) => column.replace(" AUTOINCREMENT", ""));
      const written = strict ? kept.map((column) => strictly(column, context.model)) : kept;
      return [`${head} (${[...written, ...constraints].join(", ")})${suffix} ${suffixes.join(", ")}`.trim()];
    },
  });
  return form as unknown as OwnTable<never>;
}

function checked(options: unknown): SqliteTableOptions {
  const given = options as Readonly<Record<string, unknown>> | null | undefined;
  const wrong =
    given === null || typeof given !== "object"
      ? "its options"
      : Object.keys(given).find(
          (name) => !(OPTIONS as readonly string[]).includes(name) || typeof given[name] !== "boolean",
        );
  if (wrong === undefined) return given as SqliteTableOptions;
  throw new ConfigurationError(`sqliteTable takes ${OPTIONS.join(", ")}, each true or false; not ${wrong}.`);
}

/** A column's clause with a type that STRICT tables know. */
function strictly(column: string, model: string): string {
  const [, name = "", rest = ""] = /^("(?:[^"]|"")*") (.*)$/s.exec(column) ?? [];
  const found = STRICT.find(([declared]) => declared.test(rest));
  if (found !== undefined) return `${name} ${rest.replace(found[0], found[1])}`;
  throw new ConfigurationError(`${model}: a strict table has no type for the column ${name}: ${rest}.`);
}
