import { checkFormat } from "../explain-formats.js";
import type { Explain, ExplainFormat } from "../ports/index.js";

const FORMATS: readonly ExplainFormat[] = ["text", "json", "xml", "yaml"];

export const postgresExplain: Explain = {
  prefix(settings) {
    checkFormat("PostgreSQL", settings, FORMATS);
    return `explain (${settings.analyze ? "analyze, " : ""}format ${settings.format}) `;
  },
  read: (rows) => rows.map(([line]) => asText(line)).join("\n"),
};

/** JSON may come parsed already. */
function asText(line: unknown): string {
  return typeof line === "string" ? line : JSON.stringify(line, null, 2);
}
