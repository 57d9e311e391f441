const NAME = '(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^\\s(."`]+)';
const WRITTEN = new RegExp(
  `^\\s*(?:insert(?:\\s+or\\s+\\w+)?(?:\\s+ignore)?\\s+into|replace\\s+into|update(?:\\s+or\\s+\\w+)?)\\s+` +
    `(?:${NAME}\\s*\\.\\s*)?(${NAME})`,
  "i",
);

/** The table that an INSERT or UPDATE is about, for errors whose engine does not tell it. */
export function writtenTable(sql: string | undefined): string | undefined {
  const name = sql === undefined ? undefined : WRITTEN.exec(sql)?.[1];
  if (name === undefined) return undefined;
  const quote = name.charAt(0);
  return quote === '"' || quote === "`" ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}
