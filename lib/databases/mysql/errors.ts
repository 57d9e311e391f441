import * as errors from "../../errors/index.js";
import { isLostConnection } from "../network-errors.js";
import type { ErrorContext } from "../ports/index.js";
import type { Flavour } from "./flavour.js";
import { describeError, type ServerError } from "./error-text.js";

type ErrorClass = new (message: string, details: errors.DatabaseErrorDetails) => errors.DatabaseError;

const SHARED: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [1062, errors.UniqueViolation],
  [1169, errors.UniqueViolation],
  [1586, errors.UniqueViolation],
  [1216, errors.ForeignKeyViolation],
  [1217, errors.ForeignKeyViolation],
  [1451, errors.ForeignKeyViolation],
  [1452, errors.ForeignKeyViolation],
  [1048, errors.NotNullViolation],
  [1364, errors.NotNullViolation],
  [1213, errors.DeadlockError],
  [1205, errors.LockNotAvailable],
  [1317, errors.QueryTimeoutError],
  [1040, errors.ConnectionError],
  [1044, errors.ConnectionError],
  [1045, errors.ConnectionError],
  [1049, errors.ConnectionError],
  [1047, errors.ConnectionError],
  [1053, errors.ConnectionError],
  [1129, errors.ConnectionError],
  [1130, errors.ConnectionError],
  [1153, errors.OperationalError],
  [1203, errors.ConnectionError],
  [1226, errors.ConnectionError],
  [1290, errors.OperationalError],
  [1698, errors.ConnectionError],
  [1792, errors.OperationalError],
  [1836, errors.OperationalError],
]);

// The flavours give some numbers different meanings, and the driver names them all by MySQL's.
const MYSQL_ONLY: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [3819, errors.CheckViolation],
  [3024, errors.QueryTimeoutError],
  [3572, errors.LockNotAvailable],
  [4031, errors.ConnectionError],
]);
const MARIADB_ONLY: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [4025, errors.CheckViolation],
  [1020, errors.SerializationError],
  [1927, errors.ConnectionError],
  [1969, errors.QueryTimeoutError],
]);

const HINTS: ReadonlyMap<number, string> = new Map([
  [1020, "Run the whole transaction again."],
  [1205, "Run the whole transaction again: this statement alone was undone."],
  [1213, "Run the whole transaction again."],
  [1153, "Send less at once, or raise max_allowed_packet on the server."],
  [1290, "Write on the primary server."],
  [1792, "Leave the read-only transaction before writing."],
  [1836, "Write on the primary server."],
  [1969, "It ran longer than statementTimeout."],
  [3024, "It ran longer than statementTimeout."],
  [1146, "Create the table first: db.createTables([…])."],
]);

const LOST_CODES = new Set(["PROTOCOL_CONNECTION_LOST", "PROTOCOL_ERROR", "PROTOCOL_UNEXPECTED_PACKET"]);

export function translateMysqlError(flavour: Flavour, error: unknown, { sql }: ErrorContext): unknown {
  if (!(error instanceof Error) || error instanceof errors.OrmError) return error;
  if (isServerError(error)) return translateServerError(flavour, error, sql);
  const { code } = error as { code?: unknown };
  if (isLost(error, code)) {
    const reason = error.message.replace(/\.$/, "");
    return new errors.ConnectionError(`The connection to ${flavour.label} was lost: ${reason}.`, { cause: error, sql });
  }
  if (code === "PROTOCOL_SEQUENCE_TIMEOUT") {
    return new errors.QueryTimeoutError(`${flavour.label} did not answer in time.`, { cause: error, sql });
  }
  return error;
}

function translateServerError(flavour: Flavour, error: ServerError, sql: string | undefined): errors.DatabaseError {
  const { errno } = error;
  const own = flavour.isMariadb ? MARIADB_ONLY : MYSQL_ONLY;
  const ErrorOfNumber = own.get(errno) ?? SHARED.get(errno) ?? errors.DatabaseError;
  const { message, constraint, table, columns } = describeError(error);
  return new ErrorOfNumber(`${flavour.label}: ${message.replace(/\.$/, "")}.`, {
    cause: error,
    sql,
    code: errno,
    hint: HINTS.get(errno),
    constraint,
    table,
    columns,
  });
}

/** An error packet of the server: the network's own errors have negative numbers, or none. */
function isServerError(error: Error): error is ServerError {
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  return typeof errno === "number" && errno >= 1000 && typeof sqlState === "string";
}

function isLost(error: Error, code: unknown): boolean {
  if (typeof code === "string" && LOST_CODES.has(code)) return true;
  return error.message.includes("closed state") || isLostConnection(error);
}
