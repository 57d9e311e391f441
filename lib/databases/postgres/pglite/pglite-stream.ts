import { Duplex } from "node:stream";
import type { Pglite } from "./pglite.js";

interface Chunk {
  readonly chunk: Buffer;
}

const QUERY = 0x51;
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** What a server says of a statement that is too deep for its stack: PGlite has an end of its own then, and says nothing. */
function gaveUp(): Error {
  const message = "PGlite gave no answer: the statement may be too deep for its stack";
  return Object.assign(new Error(message), { severity: "ERROR", code: "54001" });
}

/** True for messages whose answer ends by saying that the server is ready. */
function asksForAll(message: Buffer): boolean {
  return message[0] === QUERY || message.subarray(-SYNC.length).equals(SYNC);
}

/** Its last byte tells of a transaction. */
function saysReady(answer: Uint8Array): boolean {
  return READY.equals(answer.subarray(-READY.length - 1, -1));
}

/** A socket to PGlite: what pg's client writes is run by the server in this process, and what that answers is read. */
export class PgliteStream extends Duplex {
  readonly #server: Pglite;

  constructor(server: Pglite) {
    super();
    this.#server = server;
  }

  connect(): this {
    process.nextTick(() => this.emit("connect"));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // It is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: readonly Chunk[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  /** The client says goodbye, which is no message for a server that goes on. */
  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  #send(message: Buffer, done: (error?: Error | null) => void): void {
    const server = this.#server;
    server
      .runExclusive(() => server.execProtocolRaw(message))
      .then(
        (answer) => {
          if (answer.length > 0 && !this.destroyed) this.push(Buffer.from(answer));
          done(asksForAll(message) && !saysReady(answer) ? gaveUp() : null);
        },
        (error: unknown) => done(error as Error),
      );
  }
}
