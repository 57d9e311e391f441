/** A database server the tests may use. */
export interface StartedServer {
  /** How to connect, the database included. */
  url: string;
  stop: () => Promise<void>;
}
