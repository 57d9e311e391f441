import type { EventEmitter } from "node:events";
import type { PgClient } from "./driver.js";

/** How long the server has for taking the request. */
const TIMEOUT = 5000;

/** What is used of the driver's connections, below its clients. */
interface Wire extends EventEmitter {
  readonly stream: { destroy(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly ssl: unknown;
  readonly sslNegotiation?: string;
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: { readonly constructor: unknown };
}

/**
 * Asks the server to stop what a session is doing, over a connection of its own that needs no log-in: it works where no
 * session is left to be had, and through poolers. Settles when the server has passed it on.
 */
export function requestCancel(client: PgClient): Promise<void> {
  const { host, port, ssl, sslNegotiation, processID, secretKey, connection } = client as unknown as Target;
  const WireClass = connection.constructor as new (config: object) => Wire;
  const wire = new WireClass({ ssl, sslNegotiation });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => wire.stream.destroy(), TIMEOUT);
    const ask = (): void => wire.cancel(processID, secretKey);
    wire.on("connect", () => {
      if (ssl === false) ask();
      else if (sslNegotiation !== "direct") wire.requestSsl();
    });
    wire.on("sslconnect", ask);
    wire.on("error", reject);
    wire.on("end", () => {
      clearTimeout(timer);
      resolve();
    });
    if (host.startsWith("/")) wire.connect(`${host}/.s.PGSQL.${port}`);
    else wire.connect(port, host);
  });
}
