const PRIMARY =
  "OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL " +
  "EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB";
const NAMES = PRIMARY.split(" ");
/** Those that mean something to us beside the first eight bits. */
const EXTENDED: Readonly<Record<number, string>> = {
  275: "CONSTRAINT_CHECK",
  517: "BUSY_SNAPSHOT",
  787: "CONSTRAINT_FOREIGNKEY",
  1299: "CONSTRAINT_NOTNULL",
  1555: "CONSTRAINT_PRIMARYKEY",
  1811: "CONSTRAINT_TRIGGER",
  2067: "CONSTRAINT_UNIQUE",
  2579: "CONSTRAINT_ROWID",
};

/** SQLite's name of a result code, which better-sqlite3 puts into its errors: "SQLITE_CONSTRAINT_UNIQUE" of 2067. */
export function codeName(result: number): string {
  return `SQLITE_${EXTENDED[result] ?? NAMES[result & 255] ?? "ERROR"}`;
}
