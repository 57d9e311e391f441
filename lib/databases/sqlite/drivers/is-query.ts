const SKIPPED = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$)|[(])+/;
const TOKEN = /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[()]|\w+/g;
const ENDS = /^(?:select|values|insert|replace|update|delete)$/i;

/**
 * Whether a statement that answers with rows changes nothing, for drivers that do not tell: what it begins with says so, or,
 * after WITH, the first verb outside of brackets.
 *
 * @example
 * ```ts no-run
 * isQuery("with a as (select 1) insert into b select * from a returning id"); // → false
 * ```
 */
export function isQuery(sql: string): boolean {
  const text = sql.replace(SKIPPED, "");
  const [word = ""] = /^\w*/.exec(text) ?? [];
  if (!/^with$/i.test(word)) return /^(?:select|values|explain|pragma)$/i.test(word);
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (depth === 0 && ENDS.test(token)) return /^(?:select|values)$/i.test(token);
  }
  return false;
}
