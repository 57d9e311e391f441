import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Connection, createConnection } from "mysql2/promise";

/** One address for the nodes of a cluster: its connections go to one after another. */
export interface Spread {
  readonly url: string;
  /** Connections that each node was given so far. */
  readonly served: readonly number[];
  stop(): Promise<void>;
}

/**
 * Spreads connections over the nodes of a Galera cluster, as a load balancer does. A node gets one when it has applied what
 * the others had written by then, so that a database that was just created is there to log in to.
 */
export async function spreadOver(urls: readonly string[]): Promise<Spread> {
  const served = urls.map(() => 0);
  const controls: Connection[] = [];
  for (const url of urls) {
    const control = await createConnection(url);
    await control.query("set session wsrep_sync_wait = 15");
    controls.push(control);
  }
  const sockets = new Set<Socket>();
  let next = 0;
  const join = async (client: Socket): Promise<void> => {
    const at = next++ % urls.length;
    served[at]! += 1;
    client.pause();
    await controls[at]!.query("select 1");
    const { hostname, port } = new URL(urls[at]!);
    const server = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  };
  const listener = createServer((client) => {
    client.on("error", () => undefined);
    join(client).catch(() => client.destroy());
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const url = new URL(urls[0]!);
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.toString(),
    served,
    async stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await Promise.all(controls.map((control) => control.end()));
    },
  };
}
