import { ConnectionError } from "../../errors/index.js";
import type { PoolOptions, QueryResult, Statement } from "../ports/index.js";
import type { PostgresConnection } from "./connection.js";

/** More than one, so that a slow statement does not stop all others; few, so that they have something to share. */
const LANES = 2;
const IDLE_TIMEOUT = 30_000;

/** A connection on which statements are sent ahead of the answers to those before them. */
interface Lane {
  readonly connection: PostgresConnection;
  readonly openedAt: number;
  /** Statements not answered yet. */
  users: number;
  usedAt: number;
  isRetired: boolean;
}

/** Few connections, shared by statements that stand by themselves. They are opened as needed, and closed when idle. */
export class Pipeline {
  readonly #connect: () => Promise<PostgresConnection>;
  readonly #idleTimeout: number;
  readonly #staleTimeout: number;
  #lanes: Lane[] = [];
  #opening: Promise<Lane> | null = null;
  #reaper: NodeJS.Timeout | null = null;
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(connect: () => Promise<PostgresConnection>, { idleTimeout, staleTimeout }: PoolOptions = {}) {
    this.#connect = connect;
    this.#idleTimeout = idleTimeout ?? IDLE_TIMEOUT;
    this.#staleTimeout = staleTimeout ?? 0;
  }

  execute(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    if (this.#closed) throw closedError();
    const lane = this.#leastBusy();
    if (lane === null) return this.#open().then((opened) => this.#executeOn(opened, statement, parameters));
    // Those asking now do not wait for it, nor need they hear of its failure.
    if (lane.users > 0 && this.#lanes.length < LANES) void this.#open().catch(() => undefined);
    return this.#executeOn(lane, statement, parameters);
  }

  /** Waits for nobody: a lane in use is closed when it has answered. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reaper !== null) clearTimeout(this.#reaper);
    for (const lane of this.#lanes) this.#retire(lane);
    await Promise.all(this.#closing);
  }

  closeIdle(): number {
    return this.#retireAll(this.#lanes.filter(({ users }) => users === 0));
  }

  /** What is under way fails. */
  closeAll(): number {
    for (const { connection, users } of this.#lanes) if (users > 0) connection.abandon();
    return this.#retireAll(this.#lanes);
  }

  #retireAll(lanes: readonly Lane[]): number {
    for (const lane of lanes) this.#retire(lane);
    return lanes.length;
  }

  #leastBusy(): Lane | null {
    let found: Lane | null = null;
    for (const lane of this.#lanes) {
      if (!this.#isUsable(lane)) this.#retire(lane);
      else if (found === null || lane.users < found.users) found = lane;
    }
    return found;
  }

  #isUsable({ connection, openedAt }: Lane): boolean {
    if (this.#staleTimeout > 0 && performance.now() - openedAt > this.#staleTimeout) return false;
    return connection.isHealthy;
  }

  #executeOn(lane: Lane, statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    lane.users += 1;
    const answer = lane.connection.executeAtOnce(statement, parameters);
    const done = (): void => this.#leave(lane);
    answer.then(done, done);
    return answer;
  }

  #leave(lane: Lane): void {
    lane.users -= 1;
    if (lane.users > 0) return;
    if (lane.isRetired) this.#end(lane);
    else lane.usedAt = performance.now();
  }

  /** One at a time, shared by those who wait for it. */
  #open(): Promise<Lane> {
    this.#opening ??= this.#openLane().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #openLane(): Promise<Lane> {
    const connection = await this.#connect();
    const now = performance.now();
    const lane: Lane = { connection, openedAt: now, users: 0, usedAt: now, isRetired: false };
    if (this.#closed) {
      this.#end(lane);
      throw closedError();
    }
    this.#lanes = [...this.#lanes, lane];
    if (this.#idleTimeout > 0 && this.#reaper === null) this.#scheduleReaper();
    return lane;
  }

  #scheduleReaper(): void {
    this.#reaper = setTimeout(() => this.#reap(), this.#idleTimeout);
    this.#reaper.unref();
  }

  #reap(): void {
    const before = performance.now() - this.#idleTimeout;
    for (const lane of this.#lanes) if (lane.users === 0 && lane.usedAt <= before) this.#retire(lane);
    this.#reaper = null;
    if (this.#lanes.length > 0) this.#scheduleReaper();
  }

  #retire(lane: Lane): void {
    this.#lanes = this.#lanes.filter((other) => other !== lane);
    lane.isRetired = true;
    if (lane.users === 0) this.#end(lane);
  }

  #end({ connection }: Lane): void {
    // It was to be closed: that it is broken, too, is no news to anybody.
    const closing = connection.close().catch(() => undefined);
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}

function closedError(): ConnectionError {
  return new ConnectionError("This database was closed. Call await db.connect() to open it again.");
}
