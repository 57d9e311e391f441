import { describe, expect, it } from "vitest";
import { Database, NotSupportedError } from "dunder-orm";
import { listen } from "dunder-orm/postgres";
import type { Pglite } from "../../../lib/databases/postgres/pglite/pglite.js";
import { PgliteStream } from "../../../lib/databases/postgres/pglite/pglite-stream.js";

const READY = Uint8Array.from([0x5a, 0, 0, 0, 5, 0x49]);
const PARSED = Uint8Array.from([0x31, 0, 0, 0, 4]);
const QUERY = Buffer.from([0x51, 0, 0, 0, 5, 0]);
const SYNC = Buffer.from([0x50, 0, 0, 0, 8, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);
const FLUSH = Buffer.from([0x50, 0, 0, 0, 8, 0, 0, 0, 0, 0x48, 0, 0, 0, 4]);

/** An instance that gives the same bytes whatever it is told. */
function answering(answer: Uint8Array): Pglite {
  return {
    waitReady: Promise.resolve(),
    execProtocolRaw: () => Promise.resolve(answer),
    runExclusive: (work) => work(),
    close: () => Promise.resolve(),
  };
}

/** What a client reads after it has written that, or the error that ends its socket. */
function told(message: Buffer, answer: Uint8Array): Promise<unknown> {
  const stream = new PgliteStream(answering(answer));
  return new Promise((resolve) => {
    stream.once("error", resolve);
    stream.write(message, (error) => {
      if (error === null || error === undefined) resolve(new Uint8Array(stream.read() as Buffer));
    });
  });
}

describe("PGlite's socket", () => {
  it("passes answers on, in the middle of a conversation too", async () => {
    const whole = Uint8Array.from([...PARSED, ...READY]);
    expect(await told(QUERY, READY)).toEqual(READY);
    expect(await told(SYNC, whole)).toEqual(whole);
    expect(await told(FLUSH, PARSED)).toEqual(PARSED);
  });

  it.each([
    ["a query", QUERY, new Uint8Array()],
    ["a conversation", SYNC, PARSED],
  ])("ends where %s is given up without an answer", async (_, message, answer) => {
    expect(await told(message, answer)).toMatchObject({ code: "54001", message: expect.stringMatching(/no answer/) });
  });
});

describe("PGlite's one session", () => {
  it("takes no listener beside it", async () => {
    const db = new Database("pglite:", { driver: answering(READY) as never });
    const listening = listen(db, "jobs");
    await expect(listening).rejects.toBeInstanceOf(NotSupportedError);
    await expect(listening).rejects.toThrow(/^PGlite lacks: sessions beside its one/);
  });
});
