import type { SqliteDatabase } from "../databases/sqlite/face.js";

type Text = string | number | null;

/** Functions that SQLite has got since, which our SQL calls. */
export function defineMissing(database: SqliteDatabase): void {
  database.function("instr", { deterministic: true }, (text: Text, part: Text) =>
    text === null || part === null
      ? null
      : BigInt([...String(text).split(String(part))[0]!].length + 1) * found(text, part),
  );
  database.function("char", { deterministic: true }, (code: number) => String.fromCodePoint(code));
  database.function("unicode", { deterministic: true }, (text: Text) =>
    text === null || text === "" ? null : BigInt(String(text).codePointAt(0)!),
  );
}

function found(text: string | number, part: string | number): bigint {
  return String(text).includes(String(part)) ? 1n : 0n;
}
