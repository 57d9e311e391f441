import { sql } from "kysely";
import type { Database } from "dunder-orm";
import type { SqliteConnection } from "../../lib/databases/sqlite/connection.js";

/** Statements that a driver has prepared, and those that it has run, of which a BEGIN or COMMIT is one, too. */
export interface DriverStatements {
  readonly prepared: number;
  readonly sent: number;
}

type Work = () => Promise<unknown>;
type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Counts them while some work is done, by the driver's or the server's own account. For a pool of one connection. */
export async function statementsDuring(db: Database, work: Work): Promise<DriverStatements> {
  const { name } = db.engine;
  if (name === "sqlite") return sqliteStatements(db, work);
  return name === "postgres" ? postgresStatements(work) : mysqlStatements(db, work);
}

/** By the face that the library asks, whichever driver is behind it. */
async function sqliteStatements(db: Database, work: Work): Promise<DriverStatements> {
  const pool = await db.open();
  const connection = (await pool.acquire()) as SqliteConnection;
  const [opened, asked] = connection.direct((database) => [database, database.prepare("select 1")] as const);
  pool.release(connection);
  const depth = { now: 0 };
  const statement = countCalls(Object.getPrototypeOf(asked), ["run", "get", "all", "iterate"], depth);
  const database = countCalls(Object.getPrototypeOf(opened), ["prepare", "exec", "pragma"], depth);
  await work();
  const [prepared, sent] = [database.stop(), statement.stop()];
  const all = (counts: Map<string, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { prepared: all(prepared), sent: all(sent) + (prepared.get("exec") ?? 0) + (prepared.get("pragma") ?? 0) };
}

async function postgresStatements(work: Work): Promise<DriverStatements> {
  const { default: pg } = await import("pg");
  const messages = countCalls(pg.Connection.prototype, ["parse", "execute", "query"]);
  await work();
  const counts = messages.stop();
  const of = (name: string): number => counts.get(name) ?? 0;
  return { prepared: of("parse"), sent: of("execute") + of("query") };
}

async function mysqlStatements(db: Database, work: Work): Promise<DriverStatements> {
  const idle = await mysqlChanges(db, () => Promise.resolve());
  const { prepared, sent } = await mysqlChanges(db, work);
  return { prepared: Math.max(0, prepared - idle.prepared), sent: sent - idle.sent };
}

async function mysqlChanges(db: Database, work: Work): Promise<DriverStatements> {
  const before = await mysqlStatus(db);
  await work();
  const after = await mysqlStatus(db);
  return { prepared: after.prepared - before.prepared, sent: after.sent - before.sent };
}

async function mysqlStatus(db: Database): Promise<DriverStatements> {
  const rows = await db.execute(
    sql<{ Variable_name: string; Value: string }>`
      show session status where variable_name in ('Com_stmt_prepare', 'Questions')`,
  );
  const of = (name: string): number => Number(rows.find((row) => row.Variable_name === name)?.Value);
  return { prepared: of("Com_stmt_prepare"), sent: of("Questions") };
}

/** Counts the calls of an object's methods until it is stopped, without those that they make of each other. */
function countCalls(target: unknown, names: readonly string[], depth = { now: 0 }) {
  const methods = target as Methods;
  const counts = new Map(names.map((name) => [name, 0]));
  const originals = names.map((name) => {
    const original = methods[name] as Methods[string];
    methods[name] = function (...args) {
      if (depth.now === 0) counts.set(name, (counts.get(name) ?? 0) + 1);
      depth.now += 1;
      try {
        return original.apply(this, args);
      } finally {
        depth.now -= 1;
      }
    };
    return [name, original] as const;
  });
  const stop = (): Map<string, number> => {
    Object.assign(methods, Object.fromEntries(originals));
    return counts;
  };
  return { stop };
}
