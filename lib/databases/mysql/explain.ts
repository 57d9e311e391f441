import { checkFormat } from "../explain-formats.js";
import type { Explain, ExplainFormat, ExplainSettings, Row } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

const MARIADB: readonly ExplainFormat[] = ["text", "json"];
const MYSQL: readonly ExplainFormat[] = ["text", "json", "tree"];
/** What MySQL measured it tells as a tree, and in no other way. */
const MYSQL_MEASURED: readonly ExplainFormat[] = ["text", "tree"];

export function mysqlExplain(flavour: Flavour): Explain {
  return {
    prefix: (settings) => (flavour.isMariadb ? mariadbPrefix(settings) : mysqlPrefix(settings)),
    read: (rows, columns) =>
      columns.length === 1 ? rows.map(([line]) => text(line)).join("\n") : table(rows, columns),
  };
}

function mariadbPrefix(settings: ExplainSettings): string {
  checkFormat("MariaDB", settings, MARIADB);
  return `${settings.analyze ? "analyze" : "explain"} ${settings.format === "json" ? "format=json " : ""}`;
}

function mysqlPrefix(settings: ExplainSettings): string {
  checkFormat("MySQL", settings, settings.analyze ? MYSQL_MEASURED : MYSQL);
  if (settings.analyze) return "explain analyze ";
  return `explain format=${settings.format === "text" ? "traditional" : settings.format} `;
}

function table(rows: readonly Row[], columns: readonly string[]): string {
  const lines = [columns, ...rows.map((row) => row.map(text))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function text(value: unknown): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
