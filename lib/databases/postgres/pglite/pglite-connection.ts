import { PostgresConnection } from "../connection.js";

/** A statement cannot be stopped: it runs in this very thread. */
export class PgliteConnection extends PostgresConnection {
  /** There is no other session for what a loop over a stream asks: outside of a transaction all rows come at once. */
  readonly buffersStreams = true;

  override cancel(): Promise<void> {
    return Promise.resolve();
  }
}
