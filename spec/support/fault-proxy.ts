import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What happens to bytes on their way, in connections that are open and in those to come. */
type Mode = "pass" | "blackhole";

interface Trap {
  readonly text: string;
  readonly when: "before" | "after";
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A server's address with a network of moods before it. It starts out passing everything on.
 *
 * @example
 * ```ts
 * const proxy = await FaultProxy.before(await engine.url());
 * const db = new Database(proxy.url);
 * proxy.blackhole(); // bytes vanish, in both directions
 * proxy.pass(); // from now on they arrive again; what vanished stays away
 * proxy.reset(); // ends all open connections with a TCP reset
 * proxy.cutAfter(100); // a connection is reset when so many more bytes have come from the server
 * proxy.delay(50); // what the server says arrives later
 * proxy.resetOn("COMMIT", "after"); // the server gets it, and its answer never arrives
 * await proxy.refuse(); // nothing listens any more; open connections go on
 * await proxy.accept();
 * await proxy.close();
 * ```
 */
export class FaultProxy {
  /** The server's URL by way of this proxy. */
  readonly url: string;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #port: number;
  #listener: Server;
  readonly #pairs = new Set<Pair>();
  #mode: Mode = "pass";
  #delay = 0;
  /** Bytes that the server may still send; null for any number. */
  #left: number | null = null;
  #trap: Trap | null = null;
  #opened = 0;

  private constructor(url: URL, listener: Server) {
    this.#target = { host: url.hostname, port: Number(url.port) };
    this.#port = (listener.address() as AddressInfo).port;
    this.#listener = this.#serve(listener);
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(this.#port);
    this.url = through.toString();
  }

  static async before(url: string): Promise<FaultProxy> {
    return new FaultProxy(new URL(url), await listening(0));
  }

  /** Connections open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Connections made so far. */
  get opened(): number {
    return this.#opened;
  }

  /** No faults any more. */
  pass(): void {
    this.#mode = "pass";
    this.#delay = 0;
    this.#left = null;
    this.#trap = null;
  }

  blackhole(): void {
    this.#mode = "blackhole";
  }

  /** Resets the connections that are open now. */
  reset(): void {
    for (const pair of this.#pairs) this.#resetPair(pair);
  }

  cutAfter(bytes: number): void {
    this.#left = bytes;
  }

  delay(ms: number): void {
    this.#delay = ms;
  }

  /** Resets a connection when its client sends a text: before the server gets it, or when the server answers. Once. */
  resetOn(text: string, when: Trap["when"]): void {
    this.#trap = { text, when };
  }

  async refuse(): Promise<void> {
    const closed = once(this.#listener, "close");
    this.#listener.close();
    // Those that are open would keep it from being closed; they are not its own any more.
    if (this.#pairs.size === 0) await closed;
  }

  async accept(): Promise<void> {
    this.#listener = this.#serve(await listening(this.#port));
  }

  async close(): Promise<void> {
    this.reset();
    if (!this.#listener.listening) return;
    const closed = once(this.#listener, "close");
    this.#listener.close();
    await closed;
  }

  #serve(listener: Server): Server {
    return listener.on("connection", (client) => this.#join(client));
  }

  #join(client: Socket): void {
    const server = connect(this.#target);
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#opened += 1;
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    let answerIsCut = false;
    client.on("data", (bytes: Buffer) => {
      if (this.#mode === "blackhole") return;
      const trap = this.#trap;
      if (trap !== null && bytes.includes(trap.text)) {
        this.#trap = null;
        if (trap.when === "before") return this.#resetPair(pair);
        answerIsCut = true;
      }
      server.write(bytes);
    });
    server.on("data", (bytes: Buffer) => {
      if (this.#mode === "blackhole") return;
      if (answerIsCut) return this.#resetPair(pair);
      this.#answer(pair, bytes);
    });
    client.on("end", () => server.end());
    server.on("end", () => client.end());
  }

  #answer(pair: Pair, bytes: Buffer): void {
    if (this.#left !== null) {
      const kept = bytes.subarray(0, this.#left);
      this.#left -= kept.length;
      if (kept.length < bytes.length) {
        this.#left = null;
        // The reset comes behind what was let through.
        pair.client.write(kept, () => this.#resetPair(pair));
        return;
      }
    }
    if (this.#delay === 0) pair.client.write(bytes);
    else setTimeout(() => pair.client.writable && pair.client.write(bytes), this.#delay);
  }

  #resetPair(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.destroy();
  }
}

async function listening(port: number): Promise<Server> {
  const listener = createServer();
  listener.listen(port, "127.0.0.1");
  await once(listener, "listening");
  return listener;
}
