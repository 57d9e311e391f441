/** Why a connection was closed. */
export type RemovalReason =
  /** Unused for `idleTimeout`, or `closeIdle()` was called. */
  | "idle"
  /** Older than `staleTimeout`, or lent for longer than `closeStale(…)` said. */
  | "stale"
  /** Lost, left inside a transaction, or with settings that its user changed. */
  | "broken"
  /** It did not answer the ping of `pingAfter`. */
  | "dead"
  /** Whoever had it could not be sure of its state. */
  | "untrusted"
  /** The database was closed, or `closeAll()` was called. */
  | "closed";

/** What became of a connection, or of somebody who waited for one. Handed to `onPool`. */
export interface PoolEvent {
  /** "connect": opened; "acquire": lent; "release": given back; "remove": closed; "timeout": nobody gave one back. */
  readonly type: "connect" | "acquire" | "release" | "remove" | "timeout";
  /** The number of the connection in its pool; null for "timeout". */
  readonly connection: number | null;
  /** Of "connect": what opening took; of "acquire" and "timeout": the wait; of "release": for how long it was lent. */
  readonly durationMs: number;
  /** Of "remove": why. */
  readonly reason: RemovalReason | null;
  /** Connections open, and of them free, and callers in line, after it. */
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
}

/** How a pool is doing: now, and since it was made. See `db.stats.pool`. */
export interface PoolStats {
  /** Connections open or being opened, and of them free ones. */
  readonly size: number;
  readonly idle: number;
  /** Callers in line for one. */
  readonly waiting: number;
  /** How often one was lent, was opened, was closed. */
  readonly acquired: number;
  readonly created: number;
  readonly destroyed: number;
  /** Callers who waited in vain. */
  readonly timeouts: number;
  /** How many had to wait, for how long together, and the longest, in milliseconds. */
  readonly waited: number;
  readonly waitMs: number;
  readonly longestWaitMs: number;
}
