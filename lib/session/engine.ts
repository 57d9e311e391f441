import type { ConnectionConfig } from "../databases/ports/index.js";
import type { DatabaseOptions } from "../databases/options.js";
import { ConfigurationError } from "../errors/index.js";
import { Database } from "../objects/instances/database.js";
import { printable } from "../util/printable.js";

/** Where sessions find their rows: a database that connects by itself, and can be begun anew. */
export class Engine implements AsyncDisposable {
  readonly database: Database;
  readonly #config: string | ConnectionConfig;

  constructor(config: string | ConnectionConfig, options: DatabaseOptions = {}) {
    this.#config = config;
    this.database = new Database(config, options);
  }

  /**
   * Closes all connections. The engine can be used again at once, with new ones: what was in a database in memory is gone
   * then.
   */
  async dispose(): Promise<void> {
    await this.database.init(this.#config);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
  }
}

/**
 * Makes an engine. Nothing is connected until something is asked.
 *
 * @example
 * ```ts no-run
 * const engine = createEngine("sqlite:music.sqlite", { echo: true });
 * const Session = sessionMaker(engine);
 * ```
 * As SQLAlchemy's `create_engine`; options are those of `Database`.
 * @throws ConfigurationError for a URL or options that make no sense.
 */
export function createEngine(config: string | ConnectionConfig, options: DatabaseOptions = {}): Engine {
  return new Engine(config, options);
}

/** The database of an engine, or one that was given itself. */
export function databaseIn(given: unknown, where: string): Database {
  if (given instanceof Engine) return given.database;
  if (given instanceof Database) return given;
  throw new ConfigurationError(`${where} takes an engine, or a Database, got ${printable(given)}.`, {
    hint: 'Make one: createEngine("sqlite:app.sqlite").',
  });
}
