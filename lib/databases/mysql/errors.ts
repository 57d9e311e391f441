import * as errors from "../../errors/index.js";
import { isLostConnection } from "../network-errors.js";
import type { ErrorContext } from "../ports/index.js";
import { quietCause } from "../quiet-cause.js";
import { writtenTable } from "../written-table.js";
import type { Flavour } from "./flavour.js";
import { describeError, type ServerError } from "./error-text.js";

type ErrorClass = new (message: string, details: errors.DatabaseErrorDetails) => errors.DatabaseError;

const SHARED: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [1062, errors.UniqueViolation],
  [1169, errors.UniqueViolation],
  [1586, errors.UniqueViolation],
  [1859, errors.UniqueViolation],
  [1216, errors.ForeignKeyViolation],
  [1217, errors.ForeignKeyViolation],
  [1451, errors.ForeignKeyViolation],
  [1452, errors.ForeignKeyViolation],
  [1048, errors.NotNullViolation],
  [1364, errors.NotNullViolation],
  [1644, errors.IntegrityError],
  [1213, errors.DeadlockError],
  [1614, errors.DeadlockError],
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
  [1021, errors.OperationalError],
  [1041, errors.OperationalError],
  [1104, errors.OperationalError],
  [1114, errors.OperationalError],
  [1153, errors.OperationalError],
  [1158, errors.ConnectionError],
  [1159, errors.ConnectionError],
  [1160, errors.ConnectionError],
  [1161, errors.ConnectionError],
  [1184, errors.ConnectionError],
  [1429, errors.ConnectionError],
  [1203, errors.ConnectionError],
  [1226, errors.ConnectionError],
  [1290, errors.OperationalError],
  [1698, errors.ConnectionError],
  [1792, errors.OperationalError],
  [1836, errors.OperationalError],
  [1927, errors.ConnectionError],
  ...[1264, 1265, 1292, 1366, 1365, 1367, 1406, 1411, 1416, 1441, 1525, 1690, 3140, 3141, 3143, 3144, 3146, 3903].map(
    (errno) => [errno, errors.DataError] as const,
  ),
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
  [4037, errors.DataError],
  [4038, errors.DataError],
  [1969, errors.QueryTimeoutError],
]);

const AGAIN = "Run the whole transaction again: db.atomic(fn, { retries: 3 }).";
const TOO_MANY = "Lower pool.max in every process that connects to it, or raise max_connections on the server.";
const GRANT = "Grant the database's user what the statement needs, or connect as another one.";
const SYNTAX = "Check the SQL that was written by hand: error.sql has the statement.";
const COLUMN = "Does the table have every column that its model declares?";

const HINTS: ReadonlyMap<number, string> = new Map([
  [1020, AGAIN],
  [1205, "Another transaction held the lock for too long; this statement alone was undone. Run the whole block again."],
  [1213, AGAIN],
  [1614, AGAIN],
  [1021, "Free some space on the server's disk."],
  [1040, TOO_MANY],
  [1203, "Lower pool.max in every process that connects as this user, or raise max_user_connections on the server."],
  [1226, "Lower pool.max in every process that connects as this user, or raise the user's limits on the server."],
  [1047, "This node is cut off from its cluster: wait until it is back, or connect to another one."],
  [1054, COLUMN],
  [1064, SYNTAX],
  [1114, "Free some space on the server's disk, or raise the table's limit."],
  [1142, GRANT],
  [1143, GRANT],
  [1227, GRANT],
  [1370, GRANT],
  [1191, "Declare a fullTextIndex(…) over exactly these fields."],
  [1317, "It was cancelled on the server."],
  [1390, "One statement takes 65,535 values at most: send them in parts, or as one JSON value."],
  [1927, "Somebody or a time limit ended the connection on the server; the next query gets another one."],
  [1153, "Send less at once, or raise max_allowed_packet on the server."],
  [1290, "This server is read-only: write on the primary server."],
  [1792, "Leave the read-only transaction before writing."],
  [1836, "This server is read-only: write on the primary server."],
  [1969, "It ran longer than statementTimeout."],
  [3024, "It ran longer than statementTimeout."],
  [1146, "Create the table first: db.createTables([…])."],
]);

const LOST_CODES = new Set(["PROTOCOL_CONNECTION_LOST", "PROTOCOL_ERROR", "PROTOCOL_UNEXPECTED_PACKET"]);

/** Functions that MySQL has moved out of the server, from 9.6 on. */
const MISSING_HASH = /^FUNCTION (?:.*\.)?(MD5|SHA1) does not exist$/i;
const NO_FUNCTION = 1305;

export function translateMysqlError(flavour: Flavour, error: unknown, { sql }: ErrorContext): unknown {
  if (!(error instanceof Error) || error instanceof errors.OrmError) return error;
  if (isServerError(error)) return missingHash(error) ?? translateServerError(flavour, error, sql);
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

function missingHash(error: ServerError): errors.NotSupportedError | null {
  const name = error.errno === NO_FUNCTION ? MISSING_HASH.exec(error.message)?.[1] : undefined;
  if (name === undefined) return null;
  return new errors.NotSupportedError(
    `This MySQL server has no ${name.toUpperCase()}: newer ones keep it in a component.`,
    {
      cause: error,
      hint: "Run once on the server: INSTALL COMPONENT 'file://component_classic_hashing'; or use SHA256(…).",
    },
  );
}

function translateServerError(flavour: Flavour, error: ServerError, sql: string | undefined): errors.DatabaseError {
  const { errno } = error;
  const own = flavour.isMariadb ? MARIADB_ONLY : MYSQL_ONLY;
  const ErrorOfNumber = own.get(errno) ?? SHARED.get(errno) ?? errors.DatabaseError;
  const { message, constraint, table = writtenTable(sql), columns } = describeError(error);
  quietCause(error, message, ["sqlMessage"]);
  return new ErrorOfNumber(`${flavour.label}: ${message.replace(/\.$/, "")}.`, {
    cause: error,
    sql,
    code: errno,
    hint: hintFor(errno, sql),
    constraint,
    table,
    columns,
  });
}

/** MariaDB answers NOWAIT as it does a wait that took too long. */
function hintFor(errno: number, sql: string | undefined): string | undefined {
  const waited = errno !== 1205 || sql === undefined || !/\bnowait\b/i.test(sql);
  return waited ? HINTS.get(errno) : "Another transaction holds the lock, and the query was not to wait for it.";
}

/** An error packet of the server: the network's own errors have negative numbers, or none. */
function isServerError(error: Error): error is ServerError {
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  return typeof errno === "number" && errno >= 1000 && typeof sqlState === "string";
}

/** True for an error that ended an open connection. */
export function isLost(error: Error, code: unknown): boolean {
  if (typeof code === "string" && LOST_CODES.has(code)) return true;
  return error.message.includes("closed state") || isLostConnection(error);
}
