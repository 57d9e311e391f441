import type { Engine } from "./ports/index.js";
import { mariadbEngine, mysqlEngine } from "./mysql/engine.js";
import { pgliteEngine } from "./postgres/pglite-engine.js";
import { postgresEngine } from "./postgres/engine.js";
import { sqliteEngine } from "./sqlite/engine.js";

/** Engines by the schemes that `parseUrl` gives. */
const engines: Readonly<Record<string, Engine>> = {
  sqlite: sqliteEngine,
  postgres: postgresEngine,
  pglite: pgliteEngine,
  mysql: mysqlEngine,
  mariadb: mariadbEngine,
};

export const schemes: readonly string[] = Object.keys(engines);

export function engineFor(scheme: string): Engine | undefined {
  return Object.hasOwn(engines, scheme) ? engines[scheme] : undefined;
}
