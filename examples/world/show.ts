import { readFileSync } from "node:fs";
import Table from "cli-table3";
import type { Question } from "./question.js";

const WIDTH = 100;

/** Prints a question: title, TypeScript, SQL, and a table of its answer. `statements` collects the SQL that was sent. */
export async function show(question: Question, source: string, statements: string[]): Promise<void> {
  statements.length = 0;
  const { heads, lines } = await question.ask();
  console.log(`\n— ${question.title}\n`);
  console.log(indented(source));
  for (const statement of statements) console.log(`\n${indented(inLines(statement))}`);
  const table = new Table({ head: heads, style: { head: [], border: [] } });
  table.push(...lines.map((line) => line.map((cell) => folded(text(cell)))));
  console.log(table.toString());
}

/** The queries of queries.ts, as they are written there, in the order of the questions. */
export function readSources(): string[] {
  const file = readFileSync(new URL("queries.ts", import.meta.url), "utf8");
  const queries = /^ {4}((?:async )?\(\) =>[\s\S]*?),\n {4}(?=\{|\()/gm;
  return [...file.matchAll(queries)].map(([, query = ""]) => outdented(query.replace(/^\(\) =>\s*/, "")));
}

/** Takes away the indentation that all lines but the first have in common. */
function outdented(code: string): string {
  const [first = "", ...rest] = code.split("\n");
  const depth = Math.min(...rest.map((line) => line.search(/\S|$/)));
  // In a chain of calls only the first line stands further left.
  const keep = rest[0]?.trimStart().startsWith(".") === true ? "  " : "";
  return [first, ...rest.map((line) => keep + line.slice(depth))].join("\n");
}

/** SQL with its clauses on lines of their own. */
function inLines(sql: string): string {
  return sql.replace(/ (?=(?:from|inner join|left join|where|order by) )/g, "\n");
}

function indented(block: string): string {
  return block.replace(/^/gm, "  ");
}

function text(cell: string | number | boolean | null): string {
  if (typeof cell === "number") return cell.toLocaleString("en");
  return cell === null ? "–" : String(cell);
}

/** Long texts in several lines, broken between words. */
function folded(long: string): string {
  return long.replace(new RegExp(`(.{1,${WIDTH}})(?: |$)`, "g"), "$1\n").trimEnd();
}
