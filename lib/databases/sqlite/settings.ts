import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import { suggest } from "../../util/suggest.js";
import type { ConnectionConfig, EngineOptions } from "../ports/index.js";
import type { SqliteConnectionOptions } from "./connection.js";
import type { SqliteOpenOptions } from "./driver.js";

/** What `ConnectionConfig` and `EngineOptions` mean to SQLite. */
export interface SqliteSettings {
  readonly path: string;
  readonly readonly: boolean;
  readonly driver: SqliteOpenOptions;
  readonly connection: SqliteConnectionOptions;
}

const DRIVER_OPTIONS = ["readonly", "fileMustExist", "nativeBinding", "verbose", "busyTimeout"] as const;
const PREPARED_STATEMENTS = 256;
const BUSY_TIMEOUT = 5000;

/** A path for which SQLite makes a database that lives only as long as its connection. */
export function isMemory(path: string): boolean {
  return path === ":memory:" || path === "";
}

/** Checks the settings; throws {@link ConfigurationError} or {@link NotSupportedError}. */
export function readSettings(config: ConnectionConfig, options: EngineOptions): SqliteSettings {
  if (config.database === undefined) {
    throw new ConfigurationError("A SQLite database needs a path.", {
      hint: 'Write "sqlite:notes.sqlite", or "sqlite::memory:" for one in memory.',
    });
  }
  if ((options.statementTimeout ?? 0) > 0) {
    throw new NotSupportedError("SQLite can't stop a running statement, so it takes no statementTimeout.");
  }
  const { readonly, busyTimeout, ...driver } = driverOptions(config);
  return {
    path: config.database,
    readonly: readonly === true,
    driver,
    connection: {
      busyTimeout: typeof busyTimeout === "number" ? busyTimeout : BUSY_TIMEOUT,
      preparedStatements: statementsKept(options.preparedStatements),
    },
  };
}

function driverOptions({ driverOptions: given = {} }: ConnectionConfig): Readonly<Record<string, unknown>> {
  for (const name of Object.keys(given)) {
    if ((DRIVER_OPTIONS as readonly string[]).includes(name)) continue;
    const meant = suggest(name, DRIVER_OPTIONS);
    throw new ConfigurationError(`SQLite has no connection option "${name}".`, {
      hint: `${meant === null ? "" : `Did you mean "${meant}"? `}Options: ${DRIVER_OPTIONS.join(", ")}.`,
    });
  }
  return given;
}

function statementsKept(option: boolean | number | undefined): number {
  if (option === false) return 0;
  return typeof option === "number" ? option : PREPARED_STATEMENTS;
}
