const CONSTRAINT = 19;
const NAMES: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  18: "SQLITE_TOOBIG",
  20: "SQLITE_MISMATCH",
  25: "SQLITE_RANGE",
  26: "SQLITE_NOTADB",
};
const WRITTEN = /^\s*(?:insert(?:\s+or\s+\w+)?\s+into|replace\s+into|update(?:\s+or\s+\w+)?)\s+["'`[]?([^"'`\]\s(]+)/i;

/** An error as SQLite tells it since 2013, when constraints got codes and words of their own. */
export function berkeleyError(result: number, message: string, sql: string): Error {
  if ((result & 255) !== CONSTRAINT) return coded(NAMES[result & 255] ?? "SQLITE_ERROR", message);
  const table = WRITTEN.exec(sql)?.[1] ?? "";
  for (const [said, code, reworded] of CONSTRAINTS) {
    const match = said.exec(message);
    if (match !== null) return coded(`SQLITE_CONSTRAINT_${code}`, reworded(match[1] ?? "", table));
  }
  return coded("SQLITE_CONSTRAINT", message);
}

/** What constraints said then, and what they say now. */
const CONSTRAINTS: readonly (readonly [RegExp, string, (subject: string, table: string) => string])[] = [
  [
    /^columns? (.+) (?:is|are) not unique$/,
    "UNIQUE",
    (columns, table) => `UNIQUE constraint failed: ${columns.replaceAll(/[^, ]+/g, (name) => `${table}.${name}`)}`,
  ],
  [/^(.+) may not be NULL$/, "NOTNULL", (column) => `NOT NULL constraint failed: ${column}`],
  [/^foreign key/i, "FOREIGNKEY", () => "FOREIGN KEY constraint failed"],
  [/^primary key/i, "PRIMARYKEY", (_, table) => `UNIQUE constraint failed: ${table}`],
  [/^constraint (.+) failed$/, "CHECK", (name) => `CHECK constraint failed: ${name}`],
  // Which one is not said; all others have words of their own.
  [/^constraint failed$/, "CHECK", () => "CHECK constraint failed"],
];

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: "SqliteError", code });
}
