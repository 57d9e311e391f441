import * as errors from "../../errors/index.js";
import { isLostConnection } from "../network-errors.js";
import type { ErrorContext } from "../ports/index.js";

/** What the server says of an error, as the driver hands it on. */
interface ServerError extends Error {
  readonly severity: string;
  /** SQLSTATE */
  readonly code: string;
  readonly detail?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  /** The function of the server that noticed it. */
  readonly routine?: string;
}

/** The function that finds a prepared statement's columns changed; its code alone could be about other things. */
export const REVALIDATION = "RevalidateCachedQuery";

type ErrorClass = new (message: string, details: errors.DatabaseErrorDetails) => errors.DatabaseError;

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  "23505": errors.UniqueViolation,
  "23503": errors.ForeignKeyViolation,
  "23001": errors.ForeignKeyViolation,
  "23502": errors.NotNullViolation,
  "23514": errors.CheckViolation,
  "40P01": errors.DeadlockError,
  "40001": errors.SerializationError,
  "55P03": errors.LockNotAvailable,
  "57014": errors.QueryTimeoutError,
  "25P03": errors.ConnectionError,
  "25P04": errors.ConnectionError,
  "25006": errors.OperationalError,
  "3D000": errors.ConnectionError,
  "53300": errors.ConnectionError,
  "57P01": errors.ConnectionError,
  "57P02": errors.ConnectionError,
  "57P03": errors.ConnectionError,
  "57P05": errors.ConnectionError,
};

/** By the first two characters of a SQLSTATE, where the whole is not listed above. */
const FAMILIES: Readonly<Record<string, ErrorClass>> = {
  "08": errors.ConnectionError,
  "23": errors.IntegrityError,
  "28": errors.ConnectionError,
  "40": errors.OperationalError,
  "53": errors.OperationalError,
  "55": errors.OperationalError,
  "57": errors.OperationalError,
  "58": errors.OperationalError,
};

const NO_NAMES =
  "Something between us and the server, a pooler maybe, does not keep prepared statements: " +
  "new Database(url, { preparedStatements: false }).";

const HINTS: Readonly<Record<string, string>> = {
  "25006": "Write on the primary server, or leave the read-only transaction.",
  "40P01": "Run the whole transaction again.",
  "40001": "Run the whole transaction again.",
  "57014": "It ran longer than statementTimeout, or was cancelled on the server.",
  "26000": NO_NAMES,
  "42P05": NO_NAMES,
  "42P01": "Create the table first: db.createTables([…]).",
};

// The driver gives these no code.
const LOST = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;

export function translatePostgresError(error: unknown, { sql }: ErrorContext): unknown {
  if (!(error instanceof Error) || error instanceof errors.OrmError) return error;
  if (isServerError(error)) return translateServerError(error, sql);
  if (LOST.test(error.message) || isLostConnection(error)) {
    return new errors.ConnectionError(`The connection to PostgreSQL was lost: ${error.message}.`, {
      cause: error,
      sql,
    });
  }
  if (error.message === "Query read timeout") {
    return new errors.QueryTimeoutError("PostgreSQL did not answer in time.", { cause: error, sql });
  }
  return error;
}

function translateServerError(error: ServerError, sql: string | undefined): errors.OrmError {
  if (error.code === "25P02") {
    return new errors.TransactionError("A statement in this transaction failed; it takes no more until it ends.", {
      cause: error,
      hint: "Let the error leave the atomic block, or nest a block around what may fail.",
    });
  }
  const ErrorOfCode = CLASSES[error.code] ?? FAMILIES[error.code.slice(0, 2)] ?? errors.DatabaseError;
  return new ErrorOfCode(`PostgreSQL: ${withoutValues(error)}.`, {
    cause: error,
    sql,
    code: error.code,
    hint: hintFor(error),
    constraint: error.constraint,
    table: error.table,
    columns: columnsOf(error),
  });
}

function hintFor({ code, routine }: ServerError): string | undefined {
  return code === "0A000" && routine === REVALIDATION
    ? "A table was altered since the statement was prepared: run the whole transaction again."
    : HINTS[code];
}

function isServerError(error: Error): error is ServerError {
  const { code, severity } = error as Partial<ServerError>;
  return typeof code === "string" && code.length === 5 && typeof severity === "string";
}

/** Data exceptions quote the value they complain of, in whatever language the server speaks. */
function withoutValues({ code, message }: ServerError): string {
  return code.startsWith("22") ? message.replace(/["«„“].*["»“”]/s, "…") : message;
}

/** `Key (a, "b c")=(1, 2) already exists.`: the names in the first brackets, never what is in the second. */
function columnsOf({ column, detail }: ServerError): string[] {
  if (column !== undefined) return [column];
  const names = detail === undefined ? null : /^[^(]*\(((?:[^()"]|"(?:[^"]|"")*")+)\)=\(/.exec(detail);
  const list = names?.[1]?.match(/"(?:[^"]|"")*"|[^,"]+/g) ?? [];
  return list.map(unquote).filter((name) => name !== "");
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.trim();
}
