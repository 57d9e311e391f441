import { ConnectionError, SerializationError } from "../../errors/index.js";
import type {
  Connection,
  ConnectionUse,
  NodeState,
  Pool,
  PoolStats,
  QueryNode,
  QueryResult,
  Statement,
} from "../ports/index.js";
import { statsOf } from "../pool-log.js";
import type { ReplicaOptions } from "../replica-options.js";
import type { ClusterNode } from "./cluster-node.js";
import { Freshness } from "./freshness.js";
import { type Errand, errandFor, PrimarySearch } from "./primary-search.js";
import { noteWriter, readsOnly } from "./reads-only.js";
import { answeredBy, type Lender, type Lent, RoutedConnection } from "./routed-connection.js";
import type { Roster } from "./roster.js";

/**
 * The servers of a database: what only reads goes to the replicas in turn, all else to the primary. A replica that fails is
 * left out until it is back, and what it was asked is asked of another server; when the primary is lost, the replica that was
 * made the primary takes its place.
 */
export class ClusterPool implements Pool, Lender {
  readonly noteWriter = noteWriter;
  readonly #roster: Roster;
  readonly #search: PrimarySearch;
  readonly #freshness: Freshness;
  /** Whether statements by themselves go by way of pools that send them ahead of each other's answers. */
  readonly #isPipelined: boolean;
  /** Connections of the primary that are lent out, and whether something may be written on them. */
  readonly #lent = new Map<Connection, { readonly pool: Pool; readonly writes: boolean }>();
  readonly #errors = new WeakMap<object, QueryNode>();

  constructor(owner: object, roster: Roster, options: ReplicaOptions & { readonly pipeline?: boolean }) {
    this.#roster = roster;
    this.#search = new PrimarySearch(roster, options.failover);
    this.#freshness = new Freshness(owner, roster, options.readYourWrites);
    this.#isPipelined = options.pipeline === true;
  }

  get nodes(): readonly NodeState[] {
    return [...this.#roster.nodes].sort(byRole).map((node) => node.state);
  }

  get primaryConfig(): object {
    return (this.#roster.primary ?? this.#roster.lastPrimary).config;
  }

  execute(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    if (!readsOnly(statement)) return this.#send(errandFor(false), statement, parameters);
    const reader = this.#freshness.reader();
    if (reader instanceof Promise) return this.#askLater(reader, statement, parameters);
    return this.#ask(reader, statement, parameters);
  }

  async #askLater(reader: Promise<ClusterNode | null>, ...call: Parameters<Pool["execute"]>): Promise<QueryResult> {
    return this.#ask(await reader, ...call);
  }

  /** Asks a replica; null for the primary. */
  async #ask(reader: ClusterNode | null, statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    const node = reader ?? this.#roster.primary;
    if (node === null) return this.#send(onPrimary(errandFor(true)), statement, parameters);
    try {
      return answeredBy(node, await node.pool.execute(statement, parameters));
    } catch (error) {
      const errand = reader === null ? onPrimary(errandFor(true)) : errandFor(true);
      await this.recover(node, error, errand, true);
      if (reader !== null && errand.onPrimary) noteWriter(statement);
      return this.#send(errand, statement, parameters);
    }
  }

  async #send(errand: Errand, statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    if (this.#isPipelined && !statement.named) return this.#sendAhead(errand, statement, parameters);
    const connection = await this.#route(errand);
    try {
      return await connection.execute(statement, parameters);
    } finally {
      this.release(connection);
    }
  }

  async #sendAhead(errand: Errand, statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    for (;;) {
      const node = await this.#nodeFor(errand);
      try {
        return answeredBy(node, await node.pool.execute(statement, parameters));
      } catch (error) {
        await this.recover(node, error, errand, true);
      } finally {
        if (!errand.reads) this.#freshness.noteWrite();
      }
    }
  }

  acquire(signal?: AbortSignal, use?: ConnectionUse): Promise<Connection> {
    if (use === undefined || use === "block" || use === "look") return this.#lendPrimary(use === undefined, signal);
    return this.#route(errandFor(typeof use === "string" || readsOnly(use)), signal);
  }

  async #lendPrimary(writes: boolean, signal?: AbortSignal): Promise<Connection> {
    const { pool, connection } = await this.lend(errandFor(false), signal);
    this.#lent.set(connection, { pool, writes });
    return connection;
  }

  async #route(errand: Errand, signal?: AbortSignal): Promise<RoutedConnection> {
    return new RoutedConnection(this, await this.lend(errand, signal), errand, signal);
  }

  async lend(errand: Errand, signal?: AbortSignal): Promise<Lent> {
    for (;;) {
      const node = await this.#nodeFor(errand);
      const { pool } = node;
      try {
        return { node, pool, connection: await pool.acquire(signal) };
      } catch (error) {
        await this.recover(node, error, errand, false);
      }
    }
  }

  async #nodeFor(errand: Errand): Promise<ClusterNode> {
    if (this.#roster.isClosed)
      throw new ConnectionError("This database was closed. Call await db.connect() to open it again.");
    const node = errand.reads && !errand.onPrimary ? await this.#freshness.reader() : null;
    if (node !== null) return node;
    for (;;) {
      const { primary } = this.#roster;
      if (primary !== null) return primary;
      await this.#search.settled(this.#noPrimary(), errand);
    }
  }

  #noPrimary(): ConnectionError {
    const { told } = this.#roster.lastPrimary;
    return new ConnectionError(`The primary at ${told.address} is lost, and no replica was made the primary so far.`, {
      cause: new Error(`${told.address} was lost`),
      hint: "What needs the primary waits for the next one as long as failover.wait says.",
    });
  }

  async recover(node: ClusterNode, error: unknown, errand: Errand, wasSent: boolean): Promise<void> {
    this.noteError(node, error);
    const ours = this.#roster.engine.translateError(error, {});
    if (node !== this.#roster.primary && errand.reads && !errand.onPrimary) {
      return this.#recoverRead(node, ours, error, errand);
    }
    const isUndone = this.#search.isLoss(ours) ? errand.reads || !wasSent : this.#search.concerns(ours);
    if (!isUndone) throw error;
    await this.#search.settled(error, errand);
  }

  #recoverRead(node: ClusterNode, ours: unknown, error: unknown, errand: Errand): void {
    if (ours instanceof ConnectionError) return this.#roster.eject(node, ours);
    // It would have written; or what it reads was about to be taken away by what the replica has to copy.
    if (!this.#search.concerns(ours) && !(ours instanceof SerializationError)) throw error;
    errand.onPrimary = true;
  }

  noteError({ told }: ClusterNode, error: unknown): void {
    if (error !== null && typeof error === "object") this.#errors.set(error, told);
  }

  noteSilence(node: ClusterNode): void {
    this.#roster.eject(node, new Error(`${node.told.address} did not answer.`));
  }

  hears(error: unknown): boolean {
    return this.#search.hears(error);
  }

  nodeOf(error: unknown): QueryNode {
    const { cause } = (error ?? {}) as { cause?: object };
    const known = this.#errors.get(error as object) ?? this.#errors.get(cause as object);
    return known ?? (this.#roster.primary ?? this.#roster.lastPrimary).told;
  }

  release(connection: Connection, { destroy = false }: { destroy?: boolean } = {}): void {
    if (connection instanceof RoutedConnection) {
      if (!connection.errand.reads) this.#freshness.noteWrite();
      return connection.release(destroy);
    }
    const lent = this.#lent.get(connection);
    if (lent === undefined) return;
    this.#lent.delete(connection);
    if (lent.writes) this.#freshness.noteWrite();
    lent.pool.release(connection, { destroy });
  }

  get stats(): PoolStats {
    return statsOf(this.#pools);
  }

  async warm(): Promise<void> {
    await Promise.all(this.#pools.map(async (pool) => pool.warm?.()));
  }

  closeIdle(): number {
    return this.#pools.reduce((sum, pool) => sum + pool.closeIdle(), 0);
  }

  closeStale(age?: number): number {
    return this.#pools.reduce((sum, pool) => sum + pool.closeStale(age), 0);
  }

  closeAll(): number {
    return this.#pools.reduce((sum, pool) => sum + pool.closeAll(), 0);
  }

  get #pools(): Pool[] {
    return [...this.#roster.nodes].map(({ pool }) => pool);
  }

  async close(): Promise<void> {
    await this.#roster.close();
  }
}

function onPrimary(errand: Errand): Errand {
  errand.onPrimary = true;
  return errand;
}

function byRole(a: ClusterNode, b: ClusterNode): number {
  return Number(a.told.role === "replica") - Number(b.told.role === "replica");
}
