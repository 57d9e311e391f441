import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ConnectionPool, type PoolSettings } from "../../../lib/databases/pool.js";
import { statsOf } from "../../../lib/databases/pool-log.js";
import type { Connection, PoolEvent, QueryResult } from "../../../lib/databases/ports/index.js";
import { PoolTimeoutError } from "../../../lib/errors/index.js";

/** A connection to nowhere that can be asked whether it lives. */
class Line implements Connection {
  healthy = true;
  closed = false;
  abandoned = false;
  /** What a ping does. */
  answers: () => Promise<unknown> = () => Promise.resolve();
  pings = 0;
  lastSql: string | null = null;
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
  abandon(): void {
    this.abandoned = true;
  }
  ping(): Promise<unknown> {
    this.pings += 1;
    return this.answers();
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("ConnectionPool", () => {
  const pools: ConnectionPool<Line>[] = [];
  let opened: Line[] = [];

  function pool(settings: Partial<PoolSettings<Line>> = {}): ConnectionPool<Line> {
    opened = [];
    const made = new ConnectionPool<Line>({
      label: "Nowhere",
      create: open,
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

  const later = async (): Promise<Line> => {
    await sleep(1);
    return open();
  };

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((each) => each.close()));
  });

  it("opens min connections when it is warmed, and sees to it that as many are open", async () => {
    const lines = pool({ create: later, options: { min: 3, max: 5, idleTimeout: 10 } });
    expect(lines.size).toBe(0);
    await lines.warm();
    expect([lines.size, lines.idle]).toEqual([3, 3]);
    const held = await lines.acquire();
    lines.release(held, { destroy: true });
    expect(held.closed).toBe(true);
    await expect.poll(() => lines.idle).toBe(3);
    expect(opened).toHaveLength(4);
    opened[0]!.healthy = opened[1]!.healthy = opened[2]!.healthy = opened[3]!.healthy = false;
    expect((await lines.acquire()).healthy).toBe(true);
    await expect.poll(() => lines.size).toBe(3);
  });

  it("tells whoever warms it what cannot be opened, and nobody what it opens by itself", async () => {
    let refuses = true;
    const lines = pool({
      options: { min: 2 },
      create: async () => {
        await sleep(1);
        if (refuses) throw new Error("refused");
        return open();
      },
    });
    await expect(lines.warm()).rejects.toThrow("refused");
    await expect.poll(() => lines.size).toBe(0);
    refuses = false;
    lines.release(await lines.acquire());
    refuses = true;
    lines.closeIdle();
    await sleep(5);
    expect([lines.size, lines.idle]).toEqual([0, 0]);
  });

  it("asks a connection that was unused for long whether it lives, and replaces a dead one", async () => {
    let now = 1;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const lines = pool({ options: { pingAfter: 5 } });
    const first = await lines.acquire();
    lines.release(first);
    now += 4;
    expect([await lines.acquire(), first.pings]).toEqual([first, 0]);
    lines.release(first);
    now += 5;
    expect([await lines.acquire(), first.pings]).toEqual([first, 1]);
    lines.release(first);
    first.answers = () => Promise.reject(new Error("gone"));
    now += 5;
    const second = await lines.acquire();
    expect([second.number, first.closed, lines.size]).toEqual([1, true, 1]);
    lines.release(second);
    expect([lines.idle, lines.stats.destroyed]).toEqual([1, 1]);
  });

  it("gives up a connection that answers nothing, and hands it to nobody meanwhile", { timeout: 15_000 }, async () => {
    const lines = pool({ options: { pingAfter: 1, max: 2 } });
    const first = await lines.acquire();
    first.answers = () => new Promise(() => undefined);
    lines.release(first);
    await sleep(5);
    const asking = lines.acquire();
    const other = await lines.acquire();
    expect(other.number).toBe(1);
    const got = await asking;
    expect([got.number, first.abandoned, first.closed]).toEqual([2, true, true]);
  });

  it("keeps a connection whose asker has left meanwhile, and closes one of a pool that is closed", async () => {
    const lines = pool({ options: { pingAfter: 1 } });
    const first = await lines.acquire();
    let answer: () => void = () => undefined;
    first.answers = () => new Promise<void>((resolve) => (answer = resolve));
    lines.release(first);
    await sleep(5);
    const left = new AbortController();
    void lines.acquire(left.signal);
    left.abort();
    answer();
    await expect.poll(() => lines.idle).toBe(1);
    await sleep(5);
    const asking = lines.acquire() as Promise<Line>;
    const closing = lines.close();
    answer();
    await expect(asking).rejects.toThrow(/is closed/);
    await closing;
    await expect.poll(() => first.closed).toBe(true);
  });

  it("closes what is idle, what is lent for too long, and all, when it is told to", async () => {
    const lines = pool({ options: { max: 3 } });
    const [held, idle] = [await lines.acquire(), await lines.acquire()];
    lines.release(idle);
    expect(lines.closeIdle()).toBe(1);
    expect([idle.closed, held.closed, lines.size, lines.closeIdle()]).toEqual([true, false, 1, 0]);
    expect(lines.closeStale()).toBe(0);
    await sleep(5);
    const young = await lines.acquire();
    expect(lines.closeStale(4)).toBe(1);
    expect([held.abandoned, held.closed, young.closed]).toEqual([true, true, false]);
    lines.release(held);
    expect([lines.size, lines.idle]).toEqual([1, 0]);
    const waiting = [lines.acquire(), lines.acquire(), lines.acquire()];
    expect(lines.closeAll()).toBe(3);
    expect(young.abandoned).toBe(true);
    const last = await waiting[2];
    expect(last?.closed).toBe(false);
  });

  it("tells, of who waited in vain, how many were lent and who has had one for longest", async () => {
    const lines = pool({ options: { max: 2, acquireTimeout: 10, traceHolders: true } });
    function borrowForLong(): Line {
      return lines.acquire() as Line;
    }
    const held = borrowForLong();
    held.lastSql = `select ${"x".repeat(200)}`;
    await sleep(5);
    await lines.acquire();
    const error = await (lines.acquire() as Promise<Line>).catch((thrown: unknown) => thrown as PoolTimeoutError);
    expect(error).toBeInstanceOf(PoolTimeoutError);
    expect((error as Error).message).toMatch(
      /2 of at most 2 are open, 0 idle, 0 more waiting\. The one lent for longest has been so for \d+ ms, to borrowForLong \(.*pool-care\.spec\.ts:\d+:\d+\), and was asked last: select x{93}…\./,
    );
    expect((error as Error).message).not.toContain("pool.traceHolders");
  });

  it("counts, and tells what becomes of connections", async () => {
    const told: PoolEvent[] = [];
    const lines = pool({ options: { max: 1, acquireTimeout: 10 }, onPool: (event) => told.push(event) });
    const held = await lines.acquire();
    const waiting = lines.acquire() as Promise<Line>;
    await sleep(2);
    lines.release(held);
    expect(await waiting).toBe(held);
    await expect(lines.acquire()).rejects.toThrow(PoolTimeoutError);
    held.healthy = false;
    lines.release(held);
    expect(told.map(({ type, connection, reason, size, idle }) => [type, connection, reason, size, idle])).toEqual([
      ["connect", 1, null, 1, 0],
      ["acquire", 1, null, 1, 0],
      ["release", 1, null, 1, 0],
      ["acquire", 1, null, 1, 0],
      ["timeout", null, null, 1, 0],
      ["release", 1, null, 1, 0],
      ["remove", 1, "broken", 0, 0],
    ]);
    expect(told[3]!.durationMs).toBeGreaterThan(0);
    expect(lines.stats).toEqual({
      ...{ size: 0, idle: 0, waiting: 0, acquired: 2, created: 1, destroyed: 1, timeouts: 1, waited: 2 },
      waitMs: expect.any(Number),
      longestWaitMs: expect.any(Number),
    });
    expect(lines.stats.longestWaitMs).toBeLessThanOrEqual(lines.stats.waitMs);
    expect(statsOf([lines, lines])).toMatchObject({ acquired: 4, longestWaitMs: lines.stats.longestWaitMs });
  });

  it("goes on where who watches fails", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    const lines = pool({
      onPool: () => {
        throw new Error("watcher");
      },
    });
    lines.release(await lines.acquire());
    const options = { type: "DunderOrmWarning", detail: expect.stringContaining("Error: watcher") as string };
    expect(warned).toHaveBeenCalledWith("onPool of a database threw: watcher", options);
    warned.mockRestore();
    expect(lines.idle).toBe(1);
  });
});
