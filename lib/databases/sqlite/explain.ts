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
  read: (rows) => steps(rows, 0, "").join("\n"),
};

function steps(rows: readonly Row[], parent: number, indent: string): string[] {
  const own = rows.filter((row) => Number(row[1]) === parent);
  return own.flatMap((row) => [`${indent}${String(row[3])}`, ...steps(rows, Number(row[0]), `${indent}  `)]);
}
