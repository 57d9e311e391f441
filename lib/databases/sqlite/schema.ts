import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import type { SchemaOperations } from "../ports/index.js";

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

export const sqliteSchema: SchemaOperations = {
  quote,
  indexesHaveSchemas: true,
  literal,
  generatedKey: () => ({ sqlType: "integer PRIMARY KEY AUTOINCREMENT", inlinePrimaryKey: true }),
  tableSuffix: () => "",
  inlineComment: () => "",
  generatedAs: (expression) => `GENERATED ALWAYS AS (${expression}) STORED`,
  virtualAs: (expression) => `GENERATED ALWAYS AS (${expression}) VIRTUAL`,
  tablesSql: (schema) =>
    `select name from ${schema === null ? "" : `${quote(schema)}.`}sqlite_master where type in ('table', 'view')`,
  deferForeignKeys: "PRAGMA defer_foreign_keys = on",
  dropForeignKey: () => {
    throw new NotSupportedError("SQLite cannot drop a foreign key from a table. Drop the whole table.");
  },
};

function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return String(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string" && !value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString("hex")}'`;
  throw new ConfigurationError("SQLite has no literal for a default or a check's value of this kind.", {
    hint: "Use a number, a text without NUL, a boolean, bytes or null.",
  });
}
