import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";
import { suggest } from "../../util/suggest.js";
import type { ConnectionConfig, EngineOptions } from "../ports/index.js";
import type { SqliteConnectionOptions } from "./connection.js";
import type { SqliteKey, SqliteOpenOptions } from "./face.js";

/** What `ConnectionConfig` and `EngineOptions` mean to SQLite. */
export interface SqliteSettings {
  readonly path: string;
  readonly readonly: boolean;
  /** Which driver was asked for. */
  readonly wanted: unknown;
  readonly driver: SqliteOpenOptions;
  /** null for a file in the clear. */
  readonly encryption: SqliteKey | null;
  readonly connection: SqliteConnectionOptions;
}

const DRIVER_OPTIONS = ["readonly", "fileMustExist", "nativeBinding", "verbose", "busyTimeout", "cipher"] as const;
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
  const { readonly, busyTimeout, cipher, ...driver } = driverOptions(config);
  return {
    path: config.database,
    readonly: readonly === true,
    wanted: options.driver,
    driver,
    encryption: encryptionOf(options.key, cipher, driver.verbose),
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

/** What is wrong about a key is told without it. */
function encryptionOf(key: unknown, cipher: unknown, verbose: unknown): SqliteKey | null {
  if (key === undefined && cipher === undefined) return null;
  if (typeof key !== "string" || key === "") {
    throw new ConfigurationError("key: expected the key of an encrypted file, a string that is not empty.");
  }
  if (verbose !== undefined)
    throw new ConfigurationError("verbose would print the key with the statements: leave it out.");
  if (cipher === undefined) return { key };
  if (typeof cipher === "string" && /^\w+$/.test(cipher)) return { key, cipher };
  throw new ConfigurationError(`cipher: expected the name of a cipher such as "sqlcipher", got ${printable(cipher)}.`);
}

function statementsKept(option: boolean | number | undefined): number {
  if (option === false) return 0;
  return typeof option === "number" ? option : PREPARED_STATEMENTS;
}
