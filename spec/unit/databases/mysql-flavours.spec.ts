import { describe, expect, test } from "vitest";
import * as errors from "../../../lib/errors/index.js";
import { mariadbEngine, mysqlEngine } from "../../../lib/databases/mysql/engine.js";
import type { Connection, Engine } from "../../../lib/databases/ports/index.js";

/** What the driver makes of an error packet. */
function packet(errno: number, message: string): Error {
  return Object.assign(new Error(message), { errno, sqlState: "HY000", code: "ER_OF_WHATEVER_NAME" });
}

type ErrorClass = abstract new (...parameters: never[]) => Error;
type Case = readonly [engine: Engine, errno: number, text: string, ErrorOf: ErrorClass, found: object];

const duplicate = "Duplicate entry 's3cret' for key 'note.note_text'";
const cases: readonly Case[] = [
  [mysqlEngine, 1062, duplicate, errors.UniqueViolation, { constraint: "note_text", table: "note" }],
  [mysqlEngine, 1062, "Duplicate entry 'a' for key 'x'' for key 'k'", errors.UniqueViolation, { constraint: "k" }],
  [mysqlEngine, 3819, "Check constraint 'positive' is violated.", errors.CheckViolation, { constraint: "positive" }],
  [mysqlEngine, 3024, "Query execution was interrupted", errors.QueryTimeoutError, {}],
  [mysqlEngine, 3572, "Statement aborted because NOWAIT is set", errors.LockNotAvailable, {}],
  [mysqlEngine, 4025, "An InnoDB setting", errors.DatabaseError, { code: 4025 }],
  [
    mariadbEngine,
    4025,
    "CONSTRAINT `c` failed for `db`.`note`",
    errors.CheckViolation,
    { constraint: "c", table: "note" },
  ],
  [mariadbEngine, 4025, "CONSTRAINT `note.n` failed for `db`.`note`", errors.CheckViolation, { constraint: "n" }],
  [mariadbEngine, 1020, "Record has changed since last read", errors.SerializationError, {}],
  [mariadbEngine, 1366, "Incorrect integer value: 's3cret' for column `db`.`note`.`n`", errors.DatabaseError, {}],
  [mariadbEngine, 1292, "Truncated incorrect DOUBLE value: 's3cret'", errors.DatabaseError, {}],
];

test.each(cases)("%j: %d %s", (engine, errno, text, ErrorOf, found) => {
  const error = engine.translateError(packet(errno, text), {}) as Error;
  expect(error).toBeInstanceOf(ErrorOf);
  expect(error).toMatchObject(found);
  expect(error.message).not.toContain("s3cret");
});

describe("a server is known by its version", () => {
  const answering = (version: string) =>
    ({ execute: () => Promise.resolve({ rows: [[version]], affected: 0, insertId: null }) }) as unknown as Connection;

  test.each([
    ["8.4.3", "MySQL", false, "all"],
    ["8.0.30", "MySQL", false, "union"],
    ["8.0.31", "MySQL", false, "all"],
    ["9.7.4-2", "MySQL", false, "all"],
    ["10.11.6-MariaDB-log", "MariaDB", true, "all"],
    ["5.5.5-10.6.18-MariaDB", "MariaDB", true, "all"],
    ["10.4.34-MariaDB", "MariaDB", false, "distinct"],
  ])("%s is %s", async (version, label, insertReturning, setOperations) => {
    for (const guess of [mysqlEngine, mariadbEngine]) {
      const engine = await guess.identify(answering(version));
      expect(engine.label).toBe(label);
      expect(engine.features).toMatchObject({ insertReturning, setOperations });
    }
  });

  test("the usual flavours are the engines themselves, so that plans made before are kept", async () => {
    expect(await mysqlEngine.identify(answering("8.4.3"))).toBe(mysqlEngine);
    expect(await mariadbEngine.identify(answering("11.4.2-MariaDB"))).toBe(mariadbEngine);
  });

  test.each(["5.6.24", "5.7.44-log", "8.0.16", "10.2.44-MariaDB"])("%s is too old", async (version) => {
    await expect(mysqlEngine.identify(answering(version))).rejects.toThrow(
      /is too old. Use MySQL 8.0.17 or MariaDB 10.3/,
    );
  });
});
