import type { SqliteDatabase } from "../databases/sqlite/face.js";

type Text = string | number | null;

/** Functions that SQLite has got since, which our SQL calls. */
export function defineMissing(database: SqliteDatabase): void {
  database.function("instr", { deterministic: true }, (text: Text, part: Text) =>
    text === null || part === null ? null : place(String(text), String(part)),
  );
  database.function("char", { deterministic: true }, (code: number) => String.fromCodePoint(code));
  database.function("unicode", { deterministic: true }, (text: Text) =>
    text === null || text === "" ? null : BigInt(String(text).codePointAt(0)!),
  );
}

/** Counted from 1, in characters; 0 for nowhere. */
function place(text: string, part: string): bigint {
  const at = text.indexOf(part);
  return at < 0 ? 0n : BigInt([...text.slice(0, at)].length + 1);
}
