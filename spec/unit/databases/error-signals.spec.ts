import { describe, expect, it } from "vitest";
import { mariadbEngine, mysqlEngine } from "../../../lib/databases/mysql/engine.js";
import type { Engine } from "../../../lib/databases/ports/index.js";
import { postgresEngine } from "../../../lib/databases/postgres/engine.js";
import { sqliteEngine } from "../../../lib/databases/sqlite/engine.js";
import * as errors from "../../../lib/errors/index.js";

type Signal = readonly [what: string, error: Error, is: keyof typeof errors, says?: RegExp];

/** Errors of a whole server or its disk, as their drivers hand them on: those that no test can raise on a shared one. */
const fromMysql = (errno: number, message: string, sqlState = "HY000"): Error =>
  Object.assign(new Error(message), { errno, sqlState, sqlMessage: message, code: "ER_X", sql: "select ?" });
const fromPostgres = (code: string, message: string): Error =>
  Object.assign(new Error(message), { name: "error", code, severity: "FATAL", detail: "Key (a)=(s3cr3t) is there" });
const fromSqlite = (code: string, message: string): Error =>
  Object.assign(new Error(message), { name: "SqliteError", code });
const fromNode = (code: string): Error =>
  Object.assign(new Error(`read ${code}`), { code, errno: -104, syscall: "read" });

const anyMysql: readonly Signal[] = [
  ["every connection is taken", fromMysql(1040, "Too many connections", "08004"), "ConnectionError", /pool\.max/],
  ["a user's connections are taken", fromMysql(1203, "User u has already more than …"), "ConnectionError", /pool\.max/],
  [
    "a node cut off from its cluster",
    fromMysql(1047, "WSREP has not yet prepared node"),
    "ConnectionError",
    /another one/,
  ],
  ["a server that shuts down", fromMysql(1053, "Server shutdown in progress", "08S01"), "ConnectionError"],
  ["too large a packet", fromMysql(1153, "Got a packet bigger than …"), "OperationalError", /max_allowed_packet/],
  ["a server set read-only", fromMysql(1290, "… with the --read-only option"), "OperationalError", /primary/],
  ["a server in recovery", fromMysql(1836, "Running in read-only mode"), "OperationalError", /primary/],
  ["a full disk", fromMysql(1021, "Disk full (/tmp)"), "OperationalError", /disk/],
  ["a full table", fromMysql(1114, "The table 't' is full"), "OperationalError", /disk/],
  ["a dead shard", fromMysql(1429, "Unable to connect to foreign data source"), "ConnectionError"],
  ["a query that is cancelled", fromMysql(1317, "Query execution was interrupted", "70100"), "QueryTimeoutError"],
  ["a lost connection", Object.assign(new Error("Gone"), { code: "PROTOCOL_CONNECTION_LOST" }), "ConnectionError"],
  [
    "a connection that was closed",
    new Error("Can't add new command when connection is in closed state"),
    "ConnectionError",
  ],
  ["a silent server", Object.assign(new Error("Late"), { code: "PROTOCOL_SEQUENCE_TIMEOUT" }), "QueryTimeoutError"],
  ["a network that resets", fromNode("ECONNRESET"), "ConnectionError"],
  ["a statement nobody knows", fromMysql(1235, "This version doesn't yet support …"), "DatabaseError"],
];

const signals: readonly (readonly [string, Engine, readonly Signal[]])[] = [
  [
    "PostgreSQL",
    postgresEngine,
    [
      [
        "every connection is taken",
        fromPostgres("53300", "sorry, too many clients already"),
        "ConnectionError",
        /pool\.max/,
      ],
      ["a full disk", fromPostgres("53100", "could not extend file: No space left"), "OperationalError", /disk/],
      ["a server out of memory", fromPostgres("53200", "out of memory"), "OperationalError"],
      [
        "a replica",
        fromPostgres("25006", "cannot execute INSERT in a read-only transaction"),
        "OperationalError",
        /primary/,
      ],
      ["a server that shuts down", fromPostgres("57P01", "terminating connection"), "ConnectionError", /next query/],
      ["a server that crashed", fromPostgres("57P02", "terminating connection"), "ConnectionError"],
      [
        "a server that starts",
        fromPostgres("57P03", "the database system is starting up"),
        "ConnectionError",
        /try again/,
      ],
      ["a session idle for too long", fromPostgres("57P05", "idle-session timeout"), "ConnectionError"],
      ["a transaction idle for too long", fromPostgres("25P03", "idle-in-transaction timeout"), "ConnectionError"],
      ["a transaction that takes too long", fromPostgres("25P04", "transaction timeout"), "ConnectionError"],
      ["a transaction that failed before", fromPostgres("25P02", "current transaction is aborted"), "TransactionError"],
      ["a recovery conflict", fromPostgres("40001", "conflict with recovery"), "SerializationError", /retries/],
      ["a transaction whose end is not known", fromPostgres("08007", "unknown"), "ConnectionError"],
      [
        "a pooler without names",
        fromPostgres("26000", 'prepared statement "x" does not exist'),
        "DatabaseError",
        /preparedStatements/,
      ],
      [
        "a pooler with others' names",
        fromPostgres("42P05", 'prepared statement "x" already exists'),
        "DatabaseError",
        /preparedStatements/,
      ],
      ["a broken file", fromPostgres("XX001", "invalid page in block 0"), "DatabaseError"],
      ["a disk that fails", fromPostgres("58030", "could not read file"), "OperationalError"],
      ["a connection that ended", new Error("Connection terminated unexpectedly"), "ConnectionError"],
      [
        "a connection that ended before",
        new Error("Client has encountered a connection error and is not queryable"),
        "ConnectionError",
      ],
      ["a silent server", new Error("Query read timeout"), "QueryTimeoutError"],
      ["a network that resets", fromNode("ECONNRESET"), "ConnectionError"],
      ["a view's check", fromPostgres("44000", "new row violates check option"), "CheckViolation"],
    ],
  ],
  [
    "MySQL",
    mysqlEngine,
    [
      ...anyMysql,
      ["a check", fromMysql(3819, "Check constraint 'positive' is violated."), "CheckViolation"],
      ["a statement that takes too long", fromMysql(3024, "Query execution was interrupted"), "QueryTimeoutError"],
      ["a lock that is not free", fromMysql(3572, "Statement aborted because lock(s) …"), "LockNotAvailable"],
      ["a connection idle for too long", fromMysql(4031, "The client was disconnected"), "ConnectionError"],
      [
        "malformed JSON",
        fromMysql(3140, "Invalid JSON text: \"Invalid value.\" at position 1 in value for column 't.doc'."),
        "DataError",
      ],
      ["MariaDB's number for a check", fromMysql(4025, "autoextend size"), "DatabaseError"],
    ],
  ],
  [
    "MariaDB",
    mariadbEngine,
    [
      ...anyMysql,
      ["a check", fromMysql(4025, "CONSTRAINT `positive` failed for `db`.`t`"), "CheckViolation"],
      ["a changed row", fromMysql(1020, "Record has changed since last read"), "SerializationError", /retries/],
      ["a connection that was killed", fromMysql(1927, "Connection was killed", "70100"), "ConnectionError"],
      ["a statement that takes too long", fromMysql(1969, "Query execution was interrupted"), "QueryTimeoutError"],
    ],
  ],
  [
    "SQLite",
    sqliteEngine,
    [
      ["a disk that fails", fromSqlite("SQLITE_IOERR_WRITE", "disk I/O error"), "OperationalError", /disk/],
      ["a full disk", fromSqlite("SQLITE_FULL", "database or disk is full"), "OperationalError", /space/],
      [
        "a file that moved",
        fromSqlite("SQLITE_READONLY_DBMOVED", "attempt to write a readonly database"),
        "OperationalError",
        /read-only/,
      ],
      ["no memory", fromSqlite("SQLITE_NOMEM", "out of memory"), "OperationalError"],
      ["a statement stopped", fromSqlite("SQLITE_INTERRUPT", "interrupted"), "QueryTimeoutError"],
      [
        "a table that is being read",
        fromSqlite("SQLITE_LOCKED", "database table is locked"),
        "LockNotAvailable",
        /streams/,
      ],
      [
        "a damaged index",
        fromSqlite("SQLITE_CORRUPT_INDEX", "database disk image is malformed"),
        "OperationalError",
        /backup/,
      ],
      ["a text too long", fromSqlite("SQLITE_TOOBIG", "string or blob too big"), "DataError"],
      ["a file gone", fromSqlite("SQLITE_CANTOPEN", "unable to open database file"), "ConnectionError"],
      ["a connection that was closed", new TypeError("The database connection is not open"), "ConnectionError"],
      ["an unknown code", fromSqlite("SQLITE_MISUSE", "bad parameter or other API misuse"), "DatabaseError"],
    ],
  ],
];

describe.each(signals)("%s", (_, engine, table) => {
  const rows = table.map(([what, signal, name, says]) => [what, { signal, name, says }] as const);
  it.each(rows)("%s", (_what, { signal, name, says }) => {
    const error = engine.translateError(signal, { sql: "insert into t values (?)" }) as errors.DatabaseError;
    expect(error.name).toBe(name);
    expect(error).toBeInstanceOf(errors[name]);
    expect(error.cause).toBe(signal);
    if (says !== undefined) {
      expect(error.message).toMatch(says);
      expect(error.hint).toMatch(says);
    }
    expect(error.message + JSON.stringify(error) + JSON.stringify(error.cause)).not.toContain("s3cr3t");
  });
});
