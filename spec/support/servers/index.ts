import { labelOf, startMysqlOrMariadb } from "./mysql-or-mariadb.js";
import { startPostgres } from "./postgres.js";
import type { StartedServer } from "./started-server.js";

/** Where the tests' servers answer; `null` for one that is skipped by name. */
export interface TestServers {
  /** SQLite has no server, but may be skipped as well. */
  sqliteIsSkipped: boolean;
  postgresUrl: string | null;
  mysqlUrl: string | null;
  /** Which of the two servers that speak MySQL's protocol answers there. */
  mysqlLabel: "MySQL" | "MariaDB";
  stop: () => Promise<void>;
}

const SKIPPABLE = ["sqlite", "postgres", "mysql"];

/**
 * Starts PostgreSQL and MariaDB (or MySQL: see `startMysqlOrMariadb`) at the same time and says where they answer.
 *
 * - `DUNDER_TEST_POSTGRES` and `DUNDER_TEST_MYSQL`: URLs of servers to use instead of starting one.
 * - `DUNDER_TEST_SKIP=postgres,mysql`: engines to leave out, by name.
 *
 * Throws when an engine that is not skipped cannot be had; whatever was started is stopped first.
 */
export async function startServers(): Promise<TestServers> {
  const skipped = skippedEngines();
  const started: StartedServer[] = [];
  const stop = async () => void (await Promise.all(started.map((server) => server.stop())));

  const obtain = async (name: string, variable: string, start: () => Promise<StartedServer>) => {
    if (skipped.has(name)) {
      return null;
    }
    const given = process.env[variable];
    if (given !== undefined && given !== "") {
      return given;
    }
    try {
      const server = await start();
      started.push(server);
      return server.url;
    } catch (cause) {
      throw new Error(explain(name, variable, cause), { cause });
    }
  };

  const results = await Promise.allSettled([
    obtain("postgres", "DUNDER_TEST_POSTGRES", () => startPostgres()),
    obtain("mysql", "DUNDER_TEST_MYSQL", () => startMysqlOrMariadb()),
  ]);
  const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  if (failed.length > 0) {
    await stop();
    throw new Error(failed.map((error) => error.message).join("\n\n"), { cause: failed[0] });
  }
  const [postgresUrl, mysqlUrl] = results.map((result) => (result as PromiseFulfilledResult<string | null>).value);
  return {
    sqliteIsSkipped: skipped.has("sqlite"),
    postgresUrl: postgresUrl ?? null,
    mysqlUrl: mysqlUrl ?? null,
    mysqlLabel: mysqlUrl === null || mysqlUrl === undefined ? "MariaDB" : await labelOf(mysqlUrl),
    stop,
  };
}

function skippedEngines(): Set<string> {
  const names = (process.env.DUNDER_TEST_SKIP ?? "").split(",").map((name) => name.trim());
  const skipped = names.filter((name) => name !== "");
  for (const name of skipped) {
    if (!SKIPPABLE.includes(name)) {
      throw new Error(`DUNDER_TEST_SKIP has no engine "${name}". Choices: ${SKIPPABLE.join(", ")}.`);
    }
  }
  return new Set(skipped);
}

function explain(name: string, variable: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return (
    `The tests could not start ${name}: ${reason}\n` +
    `Give a server of your own with ${variable}=${name}://user:password@host:port/database, ` +
    `or leave the engine out with DUNDER_TEST_SKIP=${name}.`
  );
}
