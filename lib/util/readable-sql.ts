const LONGEST_LINE = 100;
const CLAUSES = new Set([
  ..."from where having limit returning values set union intersect except window".split(" "),
  ..."group order inner left right cross full".split(" "),
]);
/** Text in quotes, a comment, a bracket, a word, or anything else. */
const PART = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\/\*.*?\*\/|[()]|\w+|./gs;

/** A statement's words, names, texts, brackets and what is between them. */
export function sqlParts(sql: string): readonly string[] {
  return sql.match(PART) ?? [];
}

/** A statement as people read it: a long one has a line for each of its clauses. */
export function readableSql(sql: string): string {
  if (sql.length <= LONGEST_LINE) return sql;
  let depth = 0;
  let text = "";
  for (const part of sqlParts(sql)) {
    if (part === "(") depth += 1;
    if (part === ")") depth -= 1;
    const begins = depth === 0 && text.endsWith(" ") && CLAUSES.has(part.toLowerCase());
    text = begins ? `${text.trimEnd()}\n  ${part}` : text + part;
  }
  return text;
}
