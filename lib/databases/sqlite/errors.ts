import {
  CheckViolation,
  ConnectionError,
  DataError,
  DatabaseError,
  type DatabaseErrorDetails,
  ForeignKeyViolation,
  IntegrityError,
  LockNotAvailable,
  NotNullViolation,
  OperationalError,
  QueryTimeoutError,
  SerializationError,
  UniqueViolation,
} from "../../errors/index.js";
import type { ErrorContext } from "../ports/index.js";
import { writtenTable } from "../written-table.js";

type ErrorClass = new (message: string, details: DatabaseErrorDetails) => DatabaseError;

/** Result codes and their classes; a code not listed here is looked up by its first two words, `SQLITE_BUSY`. */
const CLASSES: Readonly<Record<string, ErrorClass>> = {
  SQLITE_CONSTRAINT: IntegrityError,
  SQLITE_CONSTRAINT_UNIQUE: UniqueViolation,
  SQLITE_CONSTRAINT_PRIMARYKEY: UniqueViolation,
  SQLITE_CONSTRAINT_ROWID: UniqueViolation,
  SQLITE_CONSTRAINT_FOREIGNKEY: ForeignKeyViolation,
  SQLITE_CONSTRAINT_NOTNULL: NotNullViolation,
  SQLITE_CONSTRAINT_CHECK: CheckViolation,
  SQLITE_MISMATCH: DataError,
  SQLITE_TOOBIG: DataError,
  SQLITE_RANGE: DataError,
  SQLITE_BUSY: LockNotAvailable,
  SQLITE_BUSY_SNAPSHOT: SerializationError,
  SQLITE_LOCKED: LockNotAvailable,
  SQLITE_INTERRUPT: QueryTimeoutError,
  SQLITE_CANTOPEN: ConnectionError,
  SQLITE_NOTADB: ConnectionError,
  SQLITE_READONLY: OperationalError,
  SQLITE_FULL: OperationalError,
  SQLITE_IOERR: OperationalError,
  SQLITE_CORRUPT: OperationalError,
  SQLITE_NOMEM: OperationalError,
  SQLITE_PROTOCOL: OperationalError,
};

const HINTS: Readonly<Record<string, string>> = {
  SQLITE_BUSY:
    "Another connection or process held the lock for too long: shorten its transactions, or raise busyTimeout.",
  SQLITE_BUSY_SNAPSHOT: "Others wrote since this transaction began to read: run the whole transaction again.",
  SQLITE_LOCKED: "Finish the streams of this table that were left half read.",
  SQLITE_MISMATCH: "Does the column have the type that its model declares?",
  SQLITE_READONLY: "The file, the connection or the transaction is read-only.",
  SQLITE_FULL: "Free some space on the disk.",
  SQLITE_IOERR: "Check the disk, and that nobody moved or cut the file.",
  SQLITE_CORRUPT: "Restore the file from a backup.",
  SQLITE_NOTADB: "Name a SQLite file, or one that does not exist yet.",
};

/** What better-sqlite3 itself refuses, by the beginning of its message: these errors carry no code. */
const REFUSALS: readonly (readonly [beginning: string, Class: ErrorClass])[] = [
  ["The database connection is not open", ConnectionError],
  ["This database connection is busy", OperationalError],
  ["SQLite3 can only bind", DatabaseError],
  ["Too few parameter values", DatabaseError],
  ["Too many parameter values", DatabaseError],
  ["Missing named parameter", DatabaseError],
  ["The supplied SQL string contains", DatabaseError],
  ["The bound string, buffer, or bigint is too big", DatabaseError],
];

/** See {@link Engine.translateError}. */
export function translateError(error: unknown, { sql }: ErrorContext): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseError) return error;
  const code: unknown = (error as { code?: unknown }).code;
  if (typeof code === "string" && code.startsWith("SQLITE_")) return fromCode(error, code, sql);
  const refusal = REFUSALS.find(([beginning]) => error.message.startsWith(beginning));
  return refusal === undefined ? error : new refusal[1](sentence(error.message), { cause: error, sql });
}

interface Wording {
  readonly text: RegExp;
  readonly Class?: ErrorClass;
  readonly hint?: string;
}

/** What only the words tell, for which SQLite has no code of its own. */
const WORDINGS: readonly Wording[] = [
  // ON DELETE RESTRICT is a trigger to SQLite. It says neither which foreign key nor which side of it.
  {
    text: /^FOREIGN KEY constraint failed/,
    Class: ForeignKeyViolation,
  },
  { text: /^no such table/, hint: "Create the table first: db.createTables([…])." },
  {
    text: /^unable to use function MATCH/,
    hint: "FTS5 answers for rows that are found alone. Ask by key: filter({ pk__in: Search.objects.filter(Search.match(…)) }).",
  },
  { text: /^no such function/, hint: "Teach it to this database: sqlite(db).function(…), of dunder-orm/sqlite." },
  {
    text: /^(no such column|table .* has no column)/,
    hint: "Does the table have every column that its model declares?",
  },
  {
    text: /syntax error$|^incomplete input$/,
    hint: "Check the SQL that was written by hand: error.sql has the statement.",
  },
  {
    text: /^(integer overflow|malformed JSON|JSON cannot hold BLOB|bad JSON path|datatype mismatch)/,
    Class: DataError,
  },
  {
    text: /^too many SQL variables|^variable number must be/,
    hint: "One statement takes 32,766 values at most: send them in parts, or as one JSON value.",
  },
  { text: /^Expression tree is too large/, hint: 'Split the condition, or use an "in" lookup.' },
  {
    text: /^too many columns/,
    hint: "Select fewer columns: only(…), defer(…), values(…), or fewer relations at once.",
  },
];

function fromCode(error: Error, code: string, sql: string | undefined): DatabaseError {
  const general = code.split("_").slice(0, 2).join("_");
  const wording = WORDINGS.find(({ text }) => text.test(error.message));
  const Class = wording?.Class ?? CLASSES[code] ?? CLASSES[general] ?? DatabaseError;
  const hint = HINTS[code] ?? HINTS[general] ?? wording?.hint;
  const details = { table: tableIn(error.message, code, sql), ...violated(error.message) };
  return new Class(sentence(error.message), { cause: error, sql, code, hint, ...details });
}

/** A foreign key may be that of another table than the one written to. */
function tableIn(message: string, code: string, sql: string | undefined): string | undefined {
  const missing = /^no such table: (?:.*\.)?(.+)$/s.exec(message)?.[1];
  if (missing !== undefined) return missing;
  return code.startsWith("SQLITE_CONSTRAINT") && !message.startsWith("FOREIGN") ? writtenTable(sql) : undefined;
}

/** Takes apart "UNIQUE constraint failed: note.a, note.b", "… failed: index 'name'" and "CHECK … failed: name". */
function violated(message: string): DatabaseErrorDetails {
  const [, kind, subject] = /^(UNIQUE|NOT NULL|CHECK) constraint failed: (.+)$/s.exec(message) ?? [];
  if (kind === undefined || subject === undefined) return {};
  if (kind === "CHECK") return { constraint: subject };
  const index = /^index '(.+)'$/s.exec(subject);
  if (index !== null) return { constraint: index[1] };
  const names = subject.split(", ").map((name) => name.split("."));
  return { table: names[0]![0], columns: names.map((name) => name.slice(1).join(".")) };
}

function sentence(message: string): string {
  return message.endsWith(".") ? message : `${message}.`;
}
