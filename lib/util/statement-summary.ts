import { sqlParts } from "./readable-sql.js";

/** What a statement does, and the first table it does it to: "SELECT" and "album". */
export interface StatementSummary {
  readonly operation: string;
  readonly table: string | null;
}

const OPERATIONS = new Set("select insert update delete replace merge values".split(" "));
/** The word before a table's name, by operation. */
const BEFORE_TABLE: Readonly<Record<string, string>> = {
  update: "update",
  insert: "into",
  replace: "into",
  merge: "into",
};

export function summaryOf(sql: string): StatementSummary {
  const words = outerParts(sql);
  const at = words.findIndex((word) => OPERATIONS.has(word.toLowerCase()));
  const operation = (words[at] ?? words[0] ?? "").toLowerCase();
  const before = BEFORE_TABLE[operation] ?? "from";
  const place = words.findIndex((word, index) => index >= at && word.toLowerCase() === before);
  return { operation: operation.toUpperCase(), table: at < 0 || place < 0 ? null : nameAt(words, place + 1) };
}

/** The parts that are in no brackets; of what is in some, the opening one is left. */
function outerParts(sql: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  for (const part of sqlParts(sql)) {
    if (part === ")") depth -= 1;
    else if (depth === 0 && part.trim() !== "" && !part.startsWith("/*")) parts.push(part);
    if (part === "(") depth += 1;
  }
  return parts;
}

/** A table's name, without the schema's before it. */
function nameAt(words: readonly string[], place: number): string | null {
  const word = words[place];
  if (word === undefined || !/^["`\w]/.test(word)) return null;
  return words[place + 1] === "." ? nameAt(words, place + 2) : unquoted(word);
}

function unquoted(name: string): string {
  const quote = name.charAt(0);
  return quote === '"' || quote === "`" ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}
