import { makeKysely, type UntypedKysely } from "../databases/kysely-bridge.js";
import type { PortDialectSettings } from "../databases/kysely-dialect.js";
import type {
  Connection,
  Engine,
  Pool,
  QueryResult,
  Row,
  Statement,
  TransactionSettings,
} from "../databases/ports/index.js";
import { TransactionError } from "../errors/index.js";
import { type Block, currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { run } from "./run.js";

const instances = new WeakMap<DatabaseCore, { readonly engine: Engine; readonly kysely: UntypedKysely }>();

/** The Kysely instance of a database, made when first asked for. */
export function kyselyOf(database: DatabaseCore): UntypedKysely {
  const { engine } = database;
  const known = instances.get(database);
  // init() may have moved the database to another engine, which speaks other SQL.
  if (known?.engine === engine) return known.kysely;
  const kysely = makeKysely(settingsFor(database));
  instances.set(database, { engine, kysely });
  return kysely;
}

/** What `db.kysely` is given: connections of the pool, or inside an atomic block that block's own. */
function settingsFor(database: DatabaseCore): PortDialectSettings {
  const pools = new WeakMap<Connection, Pool>();
  return {
    get engine() {
      return database.engine;
    },
    async acquire(): Promise<Connection> {
      const pool = database.pool ?? (await database.open());
      const block = currentBlock(database);
      if (block !== null) return new BlockConnection(database, block);
      const connection = await pool.acquire();
      pools.set(connection, pool);
      return connection;
    },
    onStatement(): void {
      database.plans.countUnplanned();
    },
    release(connection: Connection): void {
      pools.get(connection)?.release(connection);
    },
  };
}

/** An atomic block's connection, lent to Kysely: statements take their turns; its transaction is not Kysely's to end. */
class BlockConnection implements Connection {
  readonly #database: DatabaseCore;
  readonly #block: Block;

  constructor(database: DatabaseCore, block: Block) {
    this.#database = database;
    this.#block = block;
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    return run(this.#database, { statement, parameters, model: null });
  }

  stream(...args: Parameters<Connection["stream"]>): AsyncIterable<readonly Row[]> {
    this.#block.check();
    return this.#block.connection.stream(...args);
  }

  begin(_settings: TransactionSettings): Promise<void> {
    return refuse();
  }

  commit(): Promise<void> {
    return refuse();
  }

  rollback(): Promise<void> {
    return refuse();
  }

  savepoint(): Promise<void> {
    return refuse();
  }
}

function refuse(): Promise<never> {
  return Promise.reject(
    new TransactionError("db.kysely cannot begin a transaction inside an atomic block. Nest db.atomic(…) instead."),
  );
}
