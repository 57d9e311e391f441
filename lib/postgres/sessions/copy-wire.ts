import type { PgClient } from "../../databases/postgres/driver.js";

/** What is used of the driver's connection. */
interface Wire {
  readonly stream: {
    readonly writableNeedDrain: boolean;
    once(event: "drain" | "close", listener: () => void): unknown;
    off(event: "drain" | "close", listener: () => void): unknown;
    pause(): void;
    resume(): void;
  };
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** So many bytes that came wait to be taken; while there are more, the server is not listened to. */
const MANY = 1 << 20;

type Settled = (error: Error | null) => void;

/** A COPY as the driver's client takes a query: what the server answers it is told by the names of these methods. */
class CopyQuery {
  readonly text: string;
  /** pg puts its own in between where a query has a time limit. */
  callback: Settled;
  protected wire: Wire | null = null;
  #tag = "";

  constructor(text: string, settled: Settled) {
    this.text = text;
    this.callback = settled;
  }

  /** Rows copied. */
  get rows(): number {
    return Number(this.#tag.slice(this.#tag.lastIndexOf(" ") + 1)) || 0;
  }

  submit(connection: unknown): null {
    this.wire = connection as Wire;
    this.wire.query(this.text);
    return null;
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#tag = text;
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(_message: { chunk: Buffer }): void {}
  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail("Nothing is sent here.");
  }
}

/** Sends chunks into a table; what the iterable throws leaves nothing there. Gives the number of rows. */
export function copyIn(client: PgClient, sql: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    const query = new CopyIn(
      sql,
      chunks,
      (thrown) => (failure ??= thrown as Error),
      (error) => {
        if (failure !== null) reject(failure);
        else if (error !== null) reject(error);
        else resolve(query.rows);
      },
    );
    submit(client, query);
  });
}

class CopyIn extends CopyQuery {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #thrown: (error: unknown) => void;
  #isOver = false;

  constructor(sql: string, chunks: AsyncIterable<Uint8Array>, thrown: (error: unknown) => void, settled: Settled) {
    super(sql, settled);
    this.#chunks = chunks;
    this.#thrown = thrown;
  }

  override handleCopyInResponse(wire: Wire): void {
    void this.#send(wire);
  }

  override handleError(error: Error): void {
    this.#isOver = true;
    super.handleError(error);
  }

  async #send(wire: Wire): Promise<void> {
    try {
      for await (const chunk of this.#chunks) {
        // The server has answered with an error: it takes no more.
        if (this.#isOver) return;
        wire.sendCopyFromChunk(chunk);
        if (wire.stream.writableNeedDrain) await drained(wire);
      }
      if (!this.#isOver) wire.endCopyFrom();
    } catch (error) {
      this.#thrown(error);
      if (!this.#isOver) wire.sendCopyFail("What was to be copied could not be read.");
    }
  }
}

function drained({ stream }: Wire): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.once("drain", done);
    stream.once("close", done);
  });
}

/** What comes out of a COPY, chunk by chunk. */
export class CopyOut extends CopyQuery {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isPaused = false;
  #isOver = false;
  #failure: Error | null = null;
  #isDropped = false;
  #wake: () => void = () => undefined;
  readonly ended: Promise<void>;

  constructor(sql: string) {
    let settle!: () => void;
    const ended = new Promise<void>((resolve) => (settle = resolve));
    super(sql, (error) => {
      this.#isOver = true;
      this.#failure = error;
      this.#wake();
      settle();
    });
    this.ended = ended;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** True where nobody waits for it any more. */
  get isDropped(): boolean {
    return this.#isDropped;
  }

  override handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.#isDropped) return;
    // The driver's own memory is used again for what comes next.
    this.#chunks.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    if (this.#bytes >= MANY) this.#pause(true);
    this.#wake();
  }

  async *read(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#chunks.length > 0) yield this.#take();
      else if (this.#failure !== null) throw this.#failure;
      else if (this.#isOver) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Lets what is still to come pass by. */
  drop(): void {
    this.#isDropped = true;
    this.#chunks = [];
    this.#pause(false);
  }

  #take(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#isPaused) this.#pause(false);
    return all;
  }

  #pause(pauses: boolean): void {
    this.#isPaused = pauses;
    if (pauses) this.wire?.stream.pause();
    else this.wire?.stream.resume();
  }
}

export function submit(client: PgClient, query: object): void {
  client.query(query as never);
}
