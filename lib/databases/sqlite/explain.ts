import { NotSupportedError } from "../../errors/index.js";
import { checkFormat } from "../explain-formats.js";
import type { Explain, Row } from "../ports/index.js";

/** EXPLAIN QUERY PLAN, whose steps are listed with the number of the step that each is part of. */
export const sqliteExplain: Explain = {
  prefix(settings) {
    if (settings.analyze) {
      throw new NotSupportedError("SQLite has no explain({ analyze }).", { hint: "Leave it out." });
    }
    checkFormat("SQLite", settings, ["text"]);
    return "explain query plan ";
  },
  read: (rows) => (isTree(rows) ? steps(rows, 0, "") : rows.map((row) => String(row[3]))).join("\n"),
};

/** Old ones tell in these columns something else: a plan was a list. */
function isTree(rows: readonly Row[]): boolean {
  return rows.every((row) => Number(row[1]) < Number(row[0]));
}

function steps(rows: readonly Row[], parent: number, indent: string): string[] {
  const own = rows.filter((row) => Number(row[1]) === parent);
  return own.flatMap((row) => [`${indent}${String(row[3])}`, ...steps(rows, Number(row[0]), `${indent}  `)]);
}
