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
import { translating } from "./block-control.js";
import { type Block, currentBlock, nextTransaction } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { isObserved, type Within } from "./events.js";
import { guarded, release } from "./guard.js";
import { currentLimit } from "./limits.js";
import { acquired, observed, run } from "./run.js";
import { inTime } from "./stream.js";
import { refuseControl } from "./transaction-control.js";
import { translated } from "./translated.js";

type Instances = WeakMap<DatabaseCore, { readonly engine: Engine; readonly kysely: UntypedKysely }>;

const instances: Instances = new WeakMap();
const runners: Instances = new WeakMap();

/** The Kysely instance of a database, made when first asked for. */
export function kyselyOf(database: DatabaseCore): UntypedKysely {
  return instanceIn(instances, database, false);
}

/** One that runs statements each by itself: on a connection that is given back at once no transaction can be begun. */
export function statementRunnerOf(database: DatabaseCore): UntypedKysely {
  return instanceIn(runners, database, true);
}

function instanceIn(known: Instances, database: DatabaseCore, oneByOne: boolean): UntypedKysely {
  const { engine } = database;
  const found = known.get(database);
  // init() may have moved the database to another engine, which speaks other SQL.
  if (found?.engine === engine) return found.kysely;
  const kysely = makeKysely(settingsFor(database, oneByOne));
  known.set(database, { engine, kysely });
  return kysely;
}

/** What `db.kysely` is given: connections of the pool, or inside an atomic block that block's own. */
function settingsFor(database: DatabaseCore, oneByOne: boolean): PortDialectSettings {
  const pools = new WeakMap<Connection, Pool>();
  return {
    get engine() {
      return database.engine;
    },
    async acquire(): Promise<Connection> {
      const block = currentBlock(database);
      if (block !== null) return new BlockConnection(database, block);
      const { pool, connection } = await translating(database, () => acquired(database, currentLimit()));
      const lent = new LentConnection(database, connection, oneByOne);
      pools.set(lent, pool);
      return lent;
    },
    onStatement(): void {
      database.plans.countUnplanned();
    },
    release(connection: Connection): void {
      const pool = pools.get(connection);
      if (pool !== undefined) release(pool, (connection as LentConnection).connection);
    },
  };
}

/** A connection of the pool, lent to Kysely, whose user may have set limits to what it runs. */
class LentConnection implements Connection {
  readonly connection: Connection;
  readonly #database: DatabaseCore;
  readonly #oneByOne: boolean;
  /** The transaction of Kysely's that it is in. */
  #within: Within = null;

  constructor(database: DatabaseCore, connection: Connection, oneByOne: boolean) {
    this.#database = database;
    this.connection = connection;
    this.#oneByOne = oneByOne;
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    if (this.#oneByOne) refuseControl(statement.sql);
    const database = this.#database;
    if (!isObserved(database)) return this.#answer(statement, parameters);
    const request = { statement, parameters, model: null };
    return observed(database, request, this.#within, () => this.#answer(statement, parameters));
  }

  stream(...args: Parameters<Connection["stream"]>): AsyncIterable<readonly Row[]> {
    return inTime(this.#database, null, this.connection, args[0].sql, this.connection.stream(...args));
  }

  async begin(settings: TransactionSettings): Promise<void> {
    await this.#send(undefined, () => this.connection.begin(settings));
    this.#within = { id: nextTransaction(), depth: 0 };
  }

  async commit(): Promise<void> {
    await this.connection.commit();
    this.#within = null;
  }

  async rollback(): Promise<void> {
    await this.connection.rollback();
    this.#within = null;
  }

  savepoint(...args: Parameters<Connection["savepoint"]>): Promise<void> {
    return this.connection.savepoint(...args);
  }

  async #answer(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    try {
      return await this.#send(statement.sql, () => this.connection.execute(statement, parameters));
    } catch (error) {
      throw translated(this.#database, error, statement.sql);
    }
  }

  #send<T>(sql: string | undefined, work: () => T | Promise<T>): T | Promise<T> {
    const bounds = { limit: currentLimit(), patience: this.#database.patience, mayCancel: true };
    return guarded(this.connection, bounds, sql, work);
  }
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
    refuseControl(statement.sql);
    return run(this.#database, { statement, parameters, model: null });
  }

  async *stream(...args: Parameters<Connection["stream"]>): AsyncIterable<readonly Row[]> {
    const block = this.#block;
    block.check();
    try {
      yield* inTime(this.#database, block, block.connection, args[0].sql, block.connection.stream(...args));
    } catch (error) {
      block.brokenBy ??= error;
      throw error;
    }
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
