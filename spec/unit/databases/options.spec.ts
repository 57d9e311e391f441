import { describe, expect, it } from "vitest";
import { ConfigurationError, Database } from "dunder-orm";
import { mysqlEngine } from "../../../lib/databases/mysql/engine.js";
import { checkOptionsFor } from "../../../lib/databases/options.js";
import { postgresEngine } from "../../../lib/databases/postgres/engine.js";
import { sqliteEngine } from "../../../lib/databases/sqlite/engine.js";

describe("pipeline", () => {
  it.each([sqliteEngine, mysqlEngine])("is refused on $label", (engine) => {
    expect(() => checkOptionsFor(engine, { pipeline: true })).toThrow(ConfigurationError);
    expect(() => checkOptionsFor(engine, { pipeline: true })).toThrow(/PostgreSQL's alone.*Leave the option out/);
    expect(() => checkOptionsFor(engine, { pipeline: false })).not.toThrow();
  });

  it("is PostgreSQL's", () => {
    expect(() => checkOptionsFor(postgresEngine, { pipeline: true })).not.toThrow();
  });

  it("is true or false", () => {
    expect(() => new Database("postgres://host/name", { pipeline: 2 as never })).toThrow(
      /pipeline: expected a boolean/,
    );
  });
});

it("preparedStatements is no negative number", () => {
  expect(() => new Database("postgres://host/name", { preparedStatements: -1 })).toThrow(/preparedStatements.*from 0/);
  expect(() => new Database("postgres://host/name", { preparedStatements: 1.5 })).toThrow(/preparedStatements/);
});
