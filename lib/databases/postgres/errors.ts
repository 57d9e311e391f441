import * as errors from "../../errors/index.js";
import { isLostConnection } from "../network-errors.js";
import type { ErrorContext } from "../ports/index.js";
import { quietCause } from "../quiet-cause.js";
import { writtenTable } from "../written-table.js";

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
  "44000": errors.CheckViolation,
  P0001: errors.IntegrityError,
  "40P01": errors.DeadlockError,
  "40001": errors.SerializationError,
  "55P03": errors.LockNotAvailable,
  "57014": errors.QueryTimeoutError,
  "08P01": errors.DatabaseError,
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
  "22": errors.DataError,
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

const ENDED =
  "The server, or a pooler before it, ended the connection. Of pgbouncer query_wait_timeout means that no session of the " +
  "server became free in time: shorten transactions, or raise its default_pool_size.";

const AGAIN = "Run the whole transaction again: db.atomic(fn, { retries: 3 }).";
const RESTARTED = "Somebody ended the connection, or the server restarts; the next query gets another one.";

const HINTS: Readonly<Record<string, string>> = {
  "08P01": "One statement takes 65,535 values at most: send them in parts, or as one array or JSON value.",
  "25006": "Write on the primary server, or leave the read-only transaction.",
  "25P03": "The transaction waited for its next statement longer than idle_in_transaction_session_timeout allows.",
  "25P04": "The transaction took longer than transaction_timeout allows.",
  "40P01": AGAIN,
  "40001": AGAIN,
  "42501": "Grant the database's user what the statement needs, or connect as another one.",
  "42601": "Check the SQL that was written by hand: error.sql has the statement.",
  "42703": "Does the table have every column that its model declares?",
  "42804": "Does the column have the type that its model declares?",
  "42883": "Does the column have the type that its model declares, and is the extension with that function installed?",
  "53100": "Free some space on the server's disk.",
  "53300": "Lower pool.max in every process that connects to it, or raise max_connections on the server.",
  "54001": "Split the condition, or raise max_stack_depth on the server.",
  "54011": "Select fewer columns: only(…), defer(…), values(…), or fewer relations at once.",
  "55P03": "Another transaction held the lock for too long, or the query was not to wait for it.",
  "57P01": RESTARTED,
  "57P02": RESTARTED,
  "57P03": "The server is starting or stopping: try again in a moment.",
  "57P05": "The connection was unused for longer than idle_session_timeout allows.",
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
  if (isLost(error)) {
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

/** True for an error that ended an open connection. */
export function isLost(error: unknown): boolean {
  return (error instanceof Error && LOST.test(error.message)) || isLostConnection(error);
}

function translateServerError(error: ServerError, sql: string | undefined): errors.OrmError {
  const message = withoutValues(error);
  quietCause(error, message, ["detail", "where", "internalQuery"]);
  if (error.code === "25P02") {
    return new errors.TransactionError("A statement in this transaction failed; it takes no more until it ends.", {
      cause: error,
      hint: "Let the error leave the atomic block, or nest a block around what may fail.",
    });
  }
  if (error.code === "08P01" && error.severity === "FATAL") {
    return new errors.ConnectionError(`PostgreSQL: ${message}.`, { cause: error, sql, code: error.code, hint: ENDED });
  }
  if (isOfNulls(error, sql)) return withoutNulls(error);
  const ErrorOfCode = CLASSES[error.code] ?? FAMILIES[error.code.slice(0, 2)] ?? errors.DatabaseError;
  return new ErrorOfCode(`PostgreSQL: ${message}.`, {
    cause: error,
    sql,
    code: error.code,
    hint: hintFor(error),
    constraint: error.constraint ?? remoteConstraint(error),
    table: error.table ?? missingTable(error) ?? writtenTable(sql),
    columns: columnsOf(error),
  });
}

/** A server before 15 stumbles over the first of these words, and quotes it. */
function isOfNulls({ code, message }: ServerError, sql = ""): boolean {
  return code === "42601" && sql.includes("NULLS NOT DISTINCT") && /["«„“]NULLS["»“”]/.test(message);
}

function withoutNulls(cause: ServerError): errors.OrmError {
  return new errors.NotSupportedError("PostgreSQL has { nullsDistinct: false } from version 15 on.", {
    cause,
    hint: "Leave the option out, or use a newer server.",
  });
}

/** In whatever language the server speaks, it names what it does not find in quotes. */
function missingTable({ code, message }: ServerError): string | undefined {
  return code === "42P01" ? /["«„“](?:[^"»“”]*\.)?([^"»“”]+)["»“”]/.exec(message)?.[1] : undefined;
}

/** What another server told by way of postgres_fdw has its names in the message alone, as English as that server is. */
function remoteConstraint({ code, message }: ServerError): string | undefined {
  return code.startsWith("23") ? / constraint "([^"]+)"$/.exec(message)?.[1] : undefined;
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
