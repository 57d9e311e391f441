import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Database } from "dunder-orm";

type Isolation = "read uncommitted" | "read committed" | "repeatable read" | "serializable";
type Transaction = Awaited<ReturnType<Database["transaction"]>>;

/** What one of two sessions does next. Work runs in its transaction, which begins with it. */
export type Step = readonly [session: 1 | 2, work: (() => Promise<unknown>) | "commit" | "rollback"];

/** Two transactions that do their steps in a given order, as far as locks let them. */
export class Interleaving {
  readonly #db: Database;
  readonly #isolation: Isolation;
  readonly #sessions = new Map<number, Promise<unknown>>();
  readonly #begun = new Map<number, Transaction>();
  readonly #failed = new Set<number>();

  constructor(db: Database, isolation: Isolation) {
    this.#db = db;
    this.#isolation = isolation;
  }

  /** Does the steps, each when the one before it is done, or waits for a lock. True where both sessions committed. */
  async run(steps: readonly Step[]): Promise<boolean> {
    for (const [session, work] of steps) {
      const before = this.#sessions.get(session) ?? Promise.resolve();
      const step = before.then(() => this.#do(session, work));
      this.#sessions.set(session, step);
      await this.#settledOrWaiting(step);
    }
    await Promise.all(this.#sessions.values());
    return this.#failed.size === 0;
  }

  async #do(session: number, work: Step[1]): Promise<void> {
    if (this.#failed.has(session)) return;
    try {
      const transaction = await this.#transactionOf(session);
      if (typeof work === "function") await transaction.run(work);
      else await transaction[work]();
    } catch {
      this.#failed.add(session);
      const transaction = this.#begun.get(session);
      if (transaction?.isActive === true) await transaction.rollback();
    }
  }

  async #transactionOf(session: number): Promise<Transaction> {
    const known = this.#begun.get(session);
    if (known !== undefined) return known;
    const transaction = await this.#db.transaction({ isolation: this.#isolation });
    this.#begun.set(session, transaction);
    return transaction;
  }

  async #settledOrWaiting(step: Promise<unknown>): Promise<void> {
    let isDone = false;
    const done = step.then(() => (isDone = true));
    for (;;) {
      // InnoDB keeps what it tells of locks for as long as it is asked again within a tenth of a second.
      await Promise.race([done, sleep(this.#db.engine.name === "mysql" ? 150 : 5)]);
      if (isDone || (await this.#waitForLocks())) return;
    }
  }

  /** On SQLite a session waits as soon as another one has begun. */
  async #waitForLocks(): Promise<boolean> {
    const { name } = this.#db.engine;
    if (name === "sqlite") return true;
    const waiting =
      name === "postgres"
        ? sql<{ n: unknown }>`select count(*) as n from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
        : sql<{ n: unknown }>`select count(*) as n from information_schema.innodb_trx t
            join information_schema.processlist p on p.id = t.trx_mysql_thread_id
            where p.db = database() and t.trx_state = 'LOCK WAIT'`;
    return Number((await this.#db.execute(waiting))[0]?.n) > 0;
  }
}
