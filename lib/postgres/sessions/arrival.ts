import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../databases/ports/index.js";
import { postgresSchema } from "../../databases/postgres/schema.js";
import { NotSupportedError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { ask, isPooled, openOwn, withClient } from "./own-connection.js";

/** How long what is told may take to arrive. */
const TIMEOUT = 3000;

/**
 * Makes sure that what is told arrives on a connection. Behind a pooler it has somebody tell it something: one that gives each
 * transaction another session passes nothing on in between, and says nothing of that.
 */
export async function checkArrival(database: DatabaseCore, connection: Connection): Promise<void> {
  if (!(await isPooled(connection, "listen"))) return;
  const channel = `dunder_${crypto.randomUUID()}`;
  const over = new AbortController();
  let hasArrived = false;
  await withClient(connection, "listen", (client) => {
    client.on("notification", (told) => {
      if (told.channel !== channel) return;
      hasArrived = true;
      over.abort();
    });
    return Promise.resolve();
  });
  const name = postgresSchema.quote(channel);
  await ask(connection, `LISTEN ${name}`);
  const teller = await openOwn(database);
  try {
    await ask(teller.connection, "select pg_notify($1, '')", [channel]);
    await sleep(TIMEOUT, undefined, { signal: over.signal }).catch(() => undefined);
  } finally {
    await teller.close();
  }
  await ask(connection, `UNLISTEN ${name}`);
  if (hasArrived) return;
  throw new NotSupportedError(
    "listen(db, channels): a pooler stands before the server, and what is told does not arrive through it.",
    {
      hint: "One that gives each transaction another session of the server keeps none that listens: connect past it for listen.",
    },
  );
}
