import type { Connection, Pool, QueryNode, QueryResult, Row, Statement, TransactionSettings } from "../ports/index.js";
import type { ClusterNode } from "./cluster-node.js";
import type { Errand } from "./primary-search.js";

/** A connection of one of the servers. */
export interface Lent {
  readonly node: ClusterNode;
  readonly pool: Pool;
  readonly connection: Connection;
}

/** Who lends connections of whichever server will do. */
export interface Lender {
  lend(errand: Errand, signal?: AbortSignal): Promise<Lent>;
  /** Notes an error that a server answered with; throws it, unless the errand may be tried again. */
  recover(node: ClusterNode, error: unknown, errand: Errand, wasSent: boolean): Promise<void>;
  noteError(node: ClusterNode, error: unknown): void;
  /** A server did not even answer to a request to stop. */
  noteSilence(node: ClusterNode): void;
  noteWriter(statement: Statement): void;
}

/** A result, and who gave it. */
export function answeredBy({ told }: ClusterNode, result: QueryResult): QueryResult {
  (result as { node?: QueryNode }).node = told;
  return result;
}

/**
 * A connection for one statement, one stream or a read-only block, which goes on with another server when its own is lost
 * before anything came of it.
 */
export class RoutedConnection implements Connection {
  readonly errand: Errand;
  readonly #lender: Lender;
  readonly #signal: AbortSignal | undefined;
  #lent: Lent;
  #inTransaction = false;

  constructor(lender: Lender, lent: Lent, errand: Errand, signal?: AbortSignal) {
    this.#lender = lender;
    this.#lent = lent;
    this.errand = errand;
    this.#signal = signal;
  }

  get node(): QueryNode {
    return this.#lent.node.told;
  }

  release(destroy: boolean): void {
    this.#lent.pool.release(this.#lent.connection, { destroy });
  }

  async execute(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    for (;;) {
      const { node, connection } = this.#lent;
      try {
        return answeredBy(node, await connection.execute(statement, parameters));
      } catch (error) {
        await this.#elsewhere(error, statement);
      }
    }
  }

  async *stream(...args: Parameters<Connection["stream"]>): AsyncGenerator<readonly Row[]> {
    for (;;) {
      const { node, connection } = this.#lent;
      let hasBegun = false;
      try {
        for await (const chunk of connection.stream(...args)) {
          hasBegun = true;
          yield chunk;
        }
        return;
      } catch (error) {
        // What came of it cannot be taken back.
        if (hasBegun) {
          this.#lender.noteError(node, error);
          throw error;
        }
        await this.#elsewhere(error, args[0]);
      }
    }
  }

  async begin(settings: TransactionSettings): Promise<void> {
    for (;;) {
      try {
        await this.#lent.connection.begin(settings);
        this.#inTransaction = true;
        return;
      } catch (error) {
        await this.#elsewhere(error, null);
      }
    }
  }

  async commit(): Promise<void> {
    await this.#lent.connection.commit();
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    await this.#lent.connection.rollback();
    this.#inTransaction = false;
  }

  savepoint(...args: Parameters<Connection["savepoint"]>): Promise<void> {
    return this.#lent.connection.savepoint(...args);
  }

  prepareCancel(): Promise<void> | null {
    return this.#lent.connection.prepareCancel?.() ?? null;
  }

  async cancel(): Promise<void> {
    await this.#lent.connection.cancel?.();
  }

  abandon(): void {
    this.#lender.noteSilence(this.#lent.node);
    this.#lent.connection.abandon?.();
  }

  async #elsewhere(error: unknown, statement: Statement | null): Promise<void> {
    const { node, pool, connection } = this.#lent;
    const { errand } = this;
    if (this.#inTransaction) {
      this.#lender.noteError(node, error);
      throw error;
    }
    const wasOnReplica = !errand.onPrimary;
    await this.#lender.recover(node, error, errand, true);
    if (statement !== null && wasOnReplica && errand.onPrimary) this.#lender.noteWriter(statement);
    pool.release(connection, { destroy: true });
    this.#lent = await this.#lender.lend(errand, this.#signal);
  }
}
