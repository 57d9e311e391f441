/** Whether commits survive a server's death: that takes time, and most tests need it not. */
export type Durability = "durable" | "quick";

/** A database server the tests may use. */
export interface StartedServer {
  /** How to connect, the database included. */
  url: string;
  stop: () => Promise<void>;
  /** Kills the server, as a loss of power would, and starts it again. */
  crash: () => Promise<void>;
}
