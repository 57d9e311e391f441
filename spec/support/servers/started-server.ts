import type { Certificate } from "./certificate.js";

/** Whether commits survive a server's death: that takes time, and most tests need it not. */
export type Durability = "durable" | "quick";

/** What a server is told beside. */
export interface ServerOptions {
  readonly durability?: Durability;
  /** It speaks TLS with this certificate; another one later on by `present`. */
  readonly certificate?: Certificate;
  /** Further arguments of the server's program; of MariaDB's. */
  readonly args?: readonly string[];
}

/** A database server the tests may use. */
export interface StartedServer {
  /** How to connect, the database included. */
  url: string;
  stop: () => Promise<void>;
  /** Writes another certificate where the server has its own; it is told to read it by SQL. */
  present: (certificate: Certificate) => void;
  /** Kills the server, as a loss of power would, and starts it again. */
  crash: () => Promise<void>;
}
