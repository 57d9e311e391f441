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
import { CommitUnknownError, TransactionError } from "../errors/index.js";
import { committing, SAVEPOINT, translating } from "./block-control.js";
import { type Block, currentBlock, nextTransaction } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { isObserved, reportedControl } from "./events.js";
import { guarded, release } from "./guard.js";
import { currentLimit } from "./limits.js";
import type { Ending, Traced, Within } from "./observers.js";
import { acquired, observed, run } from "./run.js";
import { chunksFrom, streamRows } from "./stream.js";
import { failed, inside, KEPT, traceOf, UNDONE } from "./tracing.js";
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
      if (oneByOne) return new StatementConnection(database);
      const { pool, connection } = await translating(database, () => acquired(database, currentLimit()));
      const lent = new LentConnection(database, connection);
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
  /** The transaction of Kysely's that it is in. */
  #within: Within | null = null;
  #traced: Traced | null = null;
  #endsUnknown = false;

  constructor(database: DatabaseCore, connection: Connection) {
    this.#database = database;
    this.connection = connection;
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    const database = this.#database;
    if (!isObserved(database)) return this.#answer(statement, parameters);
    const request = { statement, parameters, model: null };
    return observed(database, request, this.#within, () => this.#answer(statement, parameters));
  }

  stream(
    ...[statement, parameters, chunkSize, onNames]: Parameters<Connection["stream"]>
  ): AsyncIterable<readonly Row[]> {
    const request = { statement, parameters, model: null };
    return chunksFrom(this.#database, null, this.connection, request, { chunkSize, within: this.#within, onNames });
  }

  async begin(settings: TransactionSettings): Promise<void> {
    const { isolation, readOnly } = settings;
    const traced = traceOf(this.#database, { within: null, attempt: 1, isolation, readOnly });
    const within = { id: nextTransaction(), depth: 0, marks: [{ traced }] };
    try {
      const begin = (): void | Promise<void> => this.#send(undefined, () => this.connection.begin(settings));
      await inside(traced, () => this.#control(within, "begin", begin));
    } catch (error) {
      traced?.end(failed(error));
      throw error;
    }
    this.#within = within;
    this.#traced = traced;
  }

  async commit(): Promise<void> {
    const work = (): Promise<void> => translating(this.#database, () => this.connection.commit());
    try {
      await this.#end(KEPT, (within) => committing(() => this.#control(within, "commit", work)));
    } catch (error) {
      this.#endsUnknown = error instanceof CommitUnknownError;
      throw error;
    }
  }

  async rollback(): Promise<void> {
    // Kysely rolls back what it could not commit, and would tell of that instead.
    if (this.#endsUnknown) return;
    await this.#end(UNDONE, (within) => this.#control(within, "rollback", () => this.connection.rollback()));
  }

  savepoint(...args: Parameters<Connection["savepoint"]>): Promise<void> {
    const work = (): Promise<void> => this.connection.savepoint(...args);
    return inside(this.#traced, () => this.#control(this.#within, SAVEPOINT[args[0]], work));
  }

  async #end(ending: Ending, work: (within: Within | null) => Promise<void>): Promise<void> {
    const within = this.#within;
    const traced = this.#traced;
    this.#traced = null;
    try {
      await inside(traced, () => work(within));
      traced?.end({ ...ending, transaction: within?.id });
    } catch (error) {
      traced?.end({ ...failed(error), transaction: within?.id });
      throw error;
    } finally {
      this.#within = null;
    }
  }

  async #control(within: Within | null, what: string, work: () => void | Promise<void>): Promise<void> {
    await (isObserved(this.#database) ? reportedControl(this.#database, within, what, work) : work());
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

/** For statements that stand each by itself: it takes the connection that a query of ours would. */
class StatementConnection implements Connection {
  protected readonly database: DatabaseCore;

  constructor(database: DatabaseCore) {
    this.database = database;
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    refuseControl(statement.sql);
    return run(this.database, { statement, parameters, model: null });
  }

  stream(...[statement, parameters, chunkSize]: Parameters<Connection["stream"]>): AsyncIterable<readonly Row[]> {
    return streamRows(this.database, { statement, parameters, model: null }, chunkSize);
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

/** An atomic block's connection, lent to Kysely: statements take their turns; its transaction is not Kysely's to end. */
class BlockConnection extends StatementConnection {
  readonly #block: Block;

  constructor(database: DatabaseCore, block: Block) {
    super(database);
    this.#block = block;
  }

  override async *stream(
    ...[statement, parameters, chunkSize, onNames]: Parameters<Connection["stream"]>
  ): AsyncIterable<readonly Row[]> {
    const block = this.#block;
    const request = { statement, parameters, model: null };
    block.check();
    yield* chunksFrom(this.database, block, block.connection, request, { chunkSize, within: block, onNames });
  }
}

function refuse(): Promise<never> {
  return Promise.reject(
    new TransactionError("db.kysely cannot begin a transaction inside an atomic block. Nest db.atomic(…) instead."),
  );
}
