import { PoolTimeoutError } from "../errors/index.js";
import type { Connection, PoolOptions } from "./ports/index.js";

/** A connection's life, in milliseconds of `performance.now()`. */
export interface Lease {
  readonly number: number;
  readonly openedAt: number;
  /** null while it is lent. */
  idleSince: number | null;
  lentAt: number;
  /** The line of the program that has it, where holders are traced. */
  holder: string | null;
}

/** As much of a statement as tells which one it is. */
const MOST_SQL = 100;

/** What those hear who waited in vain: how full the pool is, and who has had a connection for the longest time. */
export function poolTimeout(
  label: string,
  { acquireTimeout, max, traceHolders }: Required<PoolOptions>,
  { size, idle, waiting }: { readonly size: number; readonly idle: number; readonly waiting: number },
  leases: ReadonlyMap<Connection, Lease>,
): PoolTimeoutError {
  const lent = [...leases].filter(([, { idleSince }]) => idleSince === null);
  const oldest = lent.sort(([, one], [, other]) => one.lentAt - other.lentAt)[0];
  return new PoolTimeoutError(
    `No connection to ${label} became free within ${acquireTimeout} ms: ` +
      `${size} of at most ${max} are open, ${idle} idle, ${waiting} more waiting.` +
      (oldest === undefined ? "" : ` ${holderOf(...oldest)}`),
    {
      hint:
        "Shorten transactions, finish streams that were left half read, have what belongs to a transaction begun by " +
        `hand in its run(…), or raise pool.max.${traceHolders ? "" : " pool.traceHolders tells which line has it."}`,
    },
  );
}

function holderOf({ lastSql }: Connection, { lentAt, holder }: Lease): string {
  const age = `The one lent for longest has been so for ${Math.round(performance.now() - lentAt)} ms`;
  const where = holder === null ? "" : `, to ${holder}`;
  if (lastSql === undefined || lastSql === null) return `${age}${where}.`;
  const sql = lastSql.length > MOST_SQL ? `${lastSql.slice(0, MOST_SQL)}…` : lastSql;
  return `${age}${where}, and was asked last: ${sql}.`;
}
