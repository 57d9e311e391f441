import { NotSupportedError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { PostgresConnection } from "../../databases/postgres/connection.js";
import type { PgClient } from "../../databases/postgres/driver.js";
import type { Connection } from "../../databases/ports/index.js";
import { translated } from "../../execute/translated.js";

/** A session beside the pool's, which lasts until it is closed. */
export interface OwnConnection {
  readonly connection: Connection;
  close(): Promise<void>;
}

export async function openOwn(database: DatabaseCore): Promise<OwnConnection> {
  const { onlySession } = database.engine.features;
  if (onlySession !== undefined) {
    throw new NotSupportedError(`${onlySession} lacks: sessions beside its one, to listen or to hold locks in.`, {
      hint: "Use a server.",
    });
  }
  // Where a database was closed, or cannot be reached, it says so itself.
  if (!database.isConnected) await database.open();
  const pool = database.poolBeside();
  try {
    const connection = await pool.acquire();
    const close = (): Promise<void> => {
      pool.release(connection, { destroy: true });
      return pool.close();
    };
    return { connection, close };
  } catch (error) {
    await pool.close();
    throw translated(database, error);
  }
}

/** Has some work done with the driver's own client, which other drivers than `pg` have not. */
export function withClient<T>(
  connection: Connection,
  feature: string,
  work: (client: PgClient) => Promise<T>,
): Promise<T> {
  const { lend } = connection as Partial<PostgresConnection>;
  if (typeof lend === "function") return lend.call(connection, work as never) as Promise<T>;
  throw new NotSupportedError(`${feature} takes a connection by the driver pg, and this database has another one.`);
}

/** Whether a pooler stands in between, which may give each transaction another session: it tells an id of its own. */
export async function isPooled(connection: Connection, feature: string): Promise<boolean> {
  const told = await withClient(connection, feature, (client) =>
    Promise.resolve((client as PgClient & { readonly processID: number }).processID),
  );
  return (await ask(connection, "select pg_backend_pid()")) !== told;
}

/** Runs SQL that is no plan's on a connection. */
export async function ask(connection: Connection, sql: string, parameters: readonly unknown[] = []): Promise<unknown> {
  const statement = { sql, returnsRows: true, wideIntegers: false, named: true };
  const { rows } = await connection.execute(statement, parameters);
  return rows[0]?.[0];
}
