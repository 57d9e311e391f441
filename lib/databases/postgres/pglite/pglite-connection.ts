import { PostgresConnection } from "../connection.js";

/** A statement cannot be stopped: it runs in this very thread. */
export class PgliteConnection extends PostgresConnection {
  override cancel(): Promise<void> {
    return Promise.resolve();
  }
}
