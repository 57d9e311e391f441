import type { Connection } from "./connection.js";

/** How a server stands among those that copy one another. */
export interface Standing {
  readonly takesWrites: boolean;
  /** What servers that copy one another have in common, where the engine tells it. */
  readonly family: string | null;
  /** Grows with every promotion, where the engine tells it. */
  readonly generation: number;
}

/** What is asked of the servers of a database with replicas. */
export interface Replication {
  standing(connection: Connection): Promise<Standing>;
  /** Up to where a primary has written by now; null where it keeps no account of that. */
  position(connection: Connection): Promise<string | null>;
  /** Whether a replica has come to a position, waiting at most so many milliseconds for it. */
  hasReached(connection: Connection, position: string, milliseconds: number): Promise<boolean>;
  /** True for the code by which a server says that it, or the transaction, takes no writes. */
  refusesWrites(code: string | number | undefined): boolean;
  /** True for the code by which a server that is well says that it does not let somebody in. */
  refusesGuests(code: string | number | undefined): boolean;
}
