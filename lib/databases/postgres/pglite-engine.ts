import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";
import type { ConnectionConfig, Engine, EngineOptions, Pool } from "../ports/index.js";
import { postgresEngine } from "./engine.js";
import type { Pglite } from "./pglite/pglite.js";
import { PostgresPool } from "./postgres-pool.js";

/** PostgreSQL in this process, without a server: PGlite, which `pg` talks to as it does to a server. */
export const pgliteEngine: Engine = {
  ...postgresEngine,
  features: { ...postgresEngine.features, onlySession: "PGlite" },
  createPool,
  identify: () => pgliteEngine,
  checkDriver,
};

/** It has one session, so that transactions take turns. */
function createPool({ database = ":memory:", ...config }: ConnectionConfig, options: EngineOptions): Pool {
  refuse("statementTimeout", (options.statementTimeout ?? 0) > 0, "it can't stop a running statement");
  refuse("pipeline", options.pipeline === true, "it has one session");
  const { acquireTimeout, traceHolders } = options.pool ?? {};
  const pool = { max: 1, idleTimeout: 0, acquireTimeout, traceHolders };
  const given = options.driver as Pglite | undefined;
  let own: Promise<Pglite> | null = null;
  return new PostgresPool(
    { ...config, database },
    { ...options, pool },
    {
      label: `PGlite database ${JSON.stringify(database)}`,
      async connect(naming) {
        const { connectPglite, startPglite } = await import("./pglite/pglite-server.js");
        return connectPglite(given ?? (await (own ??= startPglite(database))), naming);
      },
      async close() {
        const server = (await own?.catch(() => null)) ?? null;
        if (server === null) return;
        const { stopPglite } = await import("./pglite/pglite-server.js");
        await stopPglite(server, database);
      },
    },
  );
}

function refuse(option: string, isGiven: boolean, reason: string): void {
  if (isGiven) throw new NotSupportedError(`PGlite takes no ${option}: ${reason}.`, { hint: "Leave the option out." });
}

function checkDriver(driver: unknown): void {
  if (typeof (driver as Partial<Pglite> | null | undefined)?.execProtocolRaw === "function") return;
  throw new ConfigurationError(`driver: expected an instance of PGlite, got ${printable(driver)}.`, {
    hint: 'Leave the option out, or: new Database("pglite:", { driver: new PGlite({ extensions }) }).',
  });
}
