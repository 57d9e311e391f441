import { afterEach, describe, expect, it } from "vitest";
import { ConnectionPool, type PoolSettings } from "../../../lib/databases/pool.js";
import type { Connection, QueryResult } from "../../../lib/databases/ports/index.js";
import { SerialQueue } from "../../../lib/databases/serial.js";
import { ConnectionError, PoolTimeoutError } from "../../../lib/errors/index.js";

/** A connection to nowhere: a pool only opens, lends and closes. */
class Line implements Connection {
  healthy = true;
  closed = false;
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
  execute(): QueryResult {
    return { rows: [], affected: 0, insertId: null };
  }
  async *stream(): AsyncIterable<never> {}
  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async savepoint(): Promise<void> {}
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("ConnectionPool", () => {
  const pools: ConnectionPool<Line>[] = [];
  let opened: Line[] = [];

  function pool(settings: Partial<PoolSettings<Line>> = {}): ConnectionPool<Line> {
    opened = [];
    const made = new ConnectionPool<Line>({
      label: "Nowhere",
      create: async () => {
        await sleep(1);
        opened.push(new Line(opened.length));
        return opened.at(-1)!;
      },
      destroy: (line) => {
        line.closed = true;
      },
      isHealthy: (line) => line.healthy,
      ...settings,
    });
    pools.push(made);
    return made;
  }

  const open = (): Line => {
    opened.push(new Line(opened.length));
    return opened.at(-1)!;
  };

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((each) => each.close()));
  });

  it("answers without a promise when a connection is idle or opens at once", () => {
    const lines = pool({ create: open });
    const first = lines.acquire();
    expect(first).toBeInstanceOf(Line);
    lines.release(first as Line);
    expect(lines.acquire()).toBe(first);
    expect(opened).toHaveLength(1);
  });

  it("lends nothing to those who gave up before they came", async () => {
    const lines = pool({ create: open, options: { max: 1 } });
    const first = await lines.acquire();
    void lines.acquire(AbortSignal.abort());
    expect(lines.waiting).toBe(0);
    lines.release(first);
    expect(lines.acquire()).toBe(first);
  });

  it("opens at most max connections for many first callers and serves all of them", async () => {
    const lines = pool({ options: { max: 3 } });
    let using = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const line = await lines.acquire();
        most = Math.max(most, ++using);
        await sleep(0);
        using--;
        lines.release(line);
      }),
    );
    expect([most, opened.length, lines.size, lines.idle, lines.waiting]).toEqual([3, 3, 3, 3, 0]);
  });

  it("serves callers in the order in which they came", async () => {
    const lines = pool({ create: open, options: { max: 1 } });
    const held = await lines.acquire();
    const order: number[] = [];
    const callers = [0, 1, 2].map(async (caller) => {
      const line = await lines.acquire();
      order.push(caller);
      lines.release(line);
    });
    lines.release(held);
    await Promise.all(callers);
    expect(order).toEqual([0, 1, 2]);
  });

  it("says what is wrong when none becomes free in time, and forgets the caller", async () => {
    const lines = pool({ create: open, options: { max: 1, acquireTimeout: 20 } });
    const held = await lines.acquire();
    await expect(lines.acquire()).rejects.toThrow(PoolTimeoutError);
    await expect(lines.acquire()).rejects.toThrow(
      /^No connection to Nowhere became free within 20 ms: 1 of at most 1 are open, 0 idle, 0 more waiting\. The one lent for longest has been so for \d+ ms\. Shorten transactions, finish streams that were left half read, have what belongs to a transaction begun by hand in its run\(…\), or raise pool\.max\. pool\.traceHolders tells which line has it\.$/,
    );
    lines.release(held);
    expect(lines.idle).toBe(1);
  });

  it("drops broken connections at checkout and at release", async () => {
    const lines = pool({ create: open });
    const first = await lines.acquire();
    lines.release(first);
    first.healthy = false;
    const second = await lines.acquire();
    expect([second.number, first.closed]).toEqual([1, true]);
    second.healthy = false;
    lines.release(second);
    expect([second.closed, lines.size]).toEqual([true, 0]);
  });

  it("opens another for those in line when one is destroyed", async () => {
    const lines = pool({ create: open, options: { max: 1 } });
    const held = await lines.acquire();
    const next = lines.acquire() as Promise<Line>;
    lines.release(held, { destroy: true });
    expect((await next).number).toBe(1);
    expect(opened[0]!.closed).toBe(true);
  });

  it("passes the error of a failed opening to one caller each and frees the place", async () => {
    let attempts = 0;
    const lines = pool({
      options: { max: 1 },
      create: async () => {
        await sleep(1);
        if (++attempts <= 2) throw new Error(`refused ${attempts}`);
        return open();
      },
    });
    const results = await Promise.allSettled([lines.acquire(), lines.acquire(), lines.acquire()]);
    expect(results.map((each) => (each.status === "rejected" ? String(each.reason) : "ok"))).toEqual([
      "Error: refused 1",
      "Error: refused 2",
      "ok",
    ]);
    expect(lines.size).toBe(1);
  });

  it("lets an opening that fails at once be tried again", () => {
    let fails = true;
    const lines = pool({
      create: () => {
        if (fails) throw new Error("refused");
        return open();
      },
    });
    expect(() => lines.acquire()).toThrow("refused");
    fails = false;
    expect(lines.acquire()).toBeInstanceOf(Line);
  });

  it("ignores a second release, so that nobody shares a connection", async () => {
    const lines = pool({ create: open });
    const line = await lines.acquire();
    lines.release(line);
    lines.release(line);
    expect(lines.idle).toBe(1);
  });

  it("closes idle connections after idleTimeout, down to min", async () => {
    const lines = pool({ create: open, options: { min: 1, idleTimeout: 20 } });
    const held = [await lines.acquire(), await lines.acquire(), await lines.acquire()];
    for (const line of held) lines.release(line);
    await expect.poll(() => lines.size, { timeout: 2000 }).toBe(1);
    expect(opened.filter((line) => line.closed)).toHaveLength(2);
  });

  it("lends no connection older than staleTimeout", async () => {
    const lines = pool({ create: open, options: { staleTimeout: 10 } });
    lines.release(await lines.acquire());
    await sleep(20);
    expect((await lines.acquire()).number).toBe(1);
    expect(opened[0]!.closed).toBe(true);
  });

  it("on close refuses those in line, closes what is idle now and the rest as it comes back", async () => {
    const lines = pool({ create: open, options: { max: 2 } });
    const [idle, held] = [await lines.acquire(), await lines.acquire()];
    const waiting = expect(lines.acquire()).rejects.toThrow("The pool of Nowhere is closed.");
    await lines.close();
    await waiting;
    expect(() => lines.acquire()).toThrow(ConnectionError);
    lines.release(idle);
    expect([idle.closed, held.closed, lines.size]).toEqual([true, false, 1]);
    lines.release(held);
    expect([held.closed, lines.size]).toEqual([true, 0]);
  });

  it("closes a connection that was still being opened when the pool closed", async () => {
    const lines = pool();
    const waiting = expect(lines.acquire()).rejects.toThrow(ConnectionError);
    await lines.close();
    await waiting;
    await expect.poll(() => opened[0]?.closed).toBe(true);
  });

  it("swallows what closing a broken connection throws", async () => {
    const lines = pool({
      create: open,
      destroy: () => {
        throw new Error("already gone");
      },
    });
    lines.release(await lines.acquire(), { destroy: true });
    await lines.close();
    expect(lines.size).toBe(0);
  });
});

describe("SerialQueue", () => {
  it("runs synchronous work at once", () => {
    expect(new SerialQueue().run(() => 7)).toBe(7);
  });

  it("runs work one after another, whether it fails or not", async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        log.push(`${name} begins`);
        await sleep(1);
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([queue.run(work("a", true)), queue.run(work("b")), queue.run(() => "c")]);
    expect(results.map((each) => each.status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("starts at once again when what was under way is done", async () => {
    const queue = new SerialQueue();
    await queue.run(async () => sleep(1));
    expect(queue.run(() => "now")).toBe("now");
  });

  it("holds back later work until a held turn is given back", async () => {
    const queue = new SerialQueue();
    const release = await queue.hold();
    let ran = false;
    const later = queue.run(() => (ran = true));
    await sleep(2);
    expect(ran).toBe(false);
    release();
    expect(await later).toBe(true);
  });
});
