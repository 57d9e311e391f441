import { NotSupportedError } from "../../../errors/index.js";
import { PostgresConnection } from "../connection.js";

/** A statement cannot be stopped: it runs in this very thread. */
export class PgliteConnection extends PostgresConnection {
  /** There is no other session for what a loop over a stream asks: outside of a transaction all rows come at once. */
  readonly buffersStreams = true;

  /** What is said in a COPY would end PGlite. */
  override lend(): Promise<never> {
    throw new NotSupportedError("PGlite lacks: COPY.", {
      hint: "bulkCreate(…) writes many rows, and iterator() reads them.",
    });
  }

  override cancel(): Promise<void> {
    return Promise.resolve();
  }
}
