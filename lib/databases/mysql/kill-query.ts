import { ConnectionError } from "../../errors/index.js";
import type { Row } from "../ports/index.js";
import type { MysqlError, MysqlSession } from "./driver.js";

/** A session by the number that its server gave it: others have sessions of the same number. */
export interface SessionOnServer {
  readonly thread: number;
  /** What tells its server from others; null where that is not known. */
  readonly server: string | null;
}

/** Asks a server for what no other one behind the same address answers. MariaDB reads the first comment, MySQL the second. */
export const WHICH_SERVER =
  "SELECT /*M! CONCAT_WS(' ', @@hostname, @@port, @@server_id, @@datadir) */ /*!80000 @@server_uuid */";

/** By then a balancer has led to each of as many servers as most have, in turn or by chance. */
const TRIES = 10;

/**
 * Has the server stop what a session is doing, from a session of its own, for the one that is to be stopped listens to nobody.
 * A balancer, or a name of several addresses, may lead to another server, where the number is a stranger's.
 */
export async function killQuery(open: () => MysqlSession, { thread, server }: SessionOnServer): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const session = open();
    session.on("error", () => undefined);
    try {
      await opened(session);
      if (server !== null && (await ask(session, WHICH_SERVER)) !== server) continue;
      await ask(session, `KILL QUERY ${thread}`);
      return;
    } finally {
      session.destroy();
    }
  }
  throw new ConnectionError(
    `${TRIES} connections in a row led to other servers than the one that is to stop a statement.`,
  );
}

/** Waits until a session is there. */
export function opened(session: MysqlSession): Promise<void> {
  return new Promise((resolve, reject) => {
    session.connect((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function ask(session: MysqlSession, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.query({ sql }, (error: MysqlError | null, result) => {
      if (error === null) resolve((result as readonly Row[])[0]?.[0]);
      else reject(error);
    });
  });
}
