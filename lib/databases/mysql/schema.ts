import { ConfigurationError } from "../../errors/index.js";
import type { SchemaOperations } from "../ports/index.js";
import type { Flavour } from "./flavour.js";
import { mysqlTypes } from "./types.js";

export function mysqlSchema(flavour: Flavour): SchemaOperations {
  const types = mysqlTypes(flavour);
  return {
    quote: (identifier) => `\`${identifier.replaceAll("`", "``")}\``,
    // MySQL takes a default for a text, blob or JSON column as an expression only.
    literal: (value) => (flavour.isMariadb || isNumeric(value) ? literal(value) : `(${literal(value)})`),
    generatedKey: (type) => ({
      sqlType: `${type.customSqlType?.("mysql") ?? types.sqlType(type)} AUTO_INCREMENT`,
      inlinePrimaryKey: false,
    }),
    indexesHaveSchemas: false,
    tableSuffix: ({ comment }) =>
      ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${flavour.binaryCollation}` +
      (comment === null ? "" : ` COMMENT=${quoteText(comment)}`),
    inlineComment: (comment) => ` COMMENT ${quoteText(comment)}`,
    generatedAs: (expression) => `GENERATED ALWAYS AS (${expression}) STORED`,
    virtualAs: (expression) => `GENERATED ALWAYS AS (${expression}) VIRTUAL`,
    tablesSql: (schema) =>
      `select table_name from information_schema.tables ` +
      `where table_schema = ${schema === null ? "database()" : quoteText(schema)}`,
    dropForeignKey: (table, name) => `ALTER TABLE ${table} DROP FOREIGN KEY ${name}`,
  };
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoteText(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return String(value);
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString("hex")}'`;
  throw new ConfigurationError(`A ${typeof value} cannot be written into SQL as a default.`, {
    hint: "Give the field a default that is a function instead of a database default.",
  });
}

/** Backslashes escape in our sessions: their SQL mode, which we set, has no NO_BACKSLASH_ESCAPES. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
