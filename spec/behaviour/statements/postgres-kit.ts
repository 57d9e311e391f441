import { describe, inject } from "vitest";
import type { Connection, EngineOptions, QueryResult, Statement } from "../../../lib/databases/ports/index.js";
import { postgresEngine } from "../../../lib/databases/postgres/engine.js";
import { run, Server } from "../databases/server-kit.js";

/** Declares a suite for PostgreSQL alone; where that is skipped by name, the suite shows as skipped. */
export function onPostgres(title: string, body: (url: string) => void): void {
  const url = inject("postgresUrl");
  describe.skipIf(url === null)(`${title} on postgres`, () => body(url ?? ""));
}

/** A pool with names as they are by default, whatever this run of the suite does without. */
export function openServer(url: string, options: EngineOptions = {}): Promise<Server> {
  return Server.open(postgresEngine, url, { preparedStatements: true, ...options });
}

/** A statement as our own plans are. */
export function planned(sql: string): Statement {
  return { sql, returnsRows: /^\s*(select|with)|returning/i.test(sql), wideIntegers: false, named: false };
}

export async function ask(
  connection: Connection,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<QueryResult> {
  return await connection.execute(planned(sql), parameters);
}

/** The texts that the server has prepared for a session, oldest first. */
export async function prepared(connection: Connection): Promise<unknown[]> {
  return (await preparedNames(connection)).map(([, text]) => text);
}

/** Name and text of what the server has prepared for a session, oldest first. */
export async function preparedNames(connection: Connection): Promise<readonly (readonly unknown[])[]> {
  const { rows } = await run(
    connection,
    "select name, statement from pg_prepared_statements where name not like '%manual' order by prepare_time, name",
  );
  return rows;
}

/** Has the server forget all statements of the session, in a way that nobody can see from outside. */
export async function loseNames(connection: Connection): Promise<void> {
  await run(connection, "do $$ begin execute 'deallocate all'; end $$");
}
