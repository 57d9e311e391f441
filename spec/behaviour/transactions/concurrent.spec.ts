import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { DeadlockError, fields, manager, Model, OperationalError, SerializationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Account extends Model("account", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 10, unique: true }),
  balance: fields.integer(),
}) {
  static objects = manager(this);
}

const POOL = 4;

/** Lets so many callers through only together. */
function meetingOf(callers: number): () => Promise<void> {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  return async () => {
    waiting += 1;
    if (waiting >= callers) open();
    await Promise.race([opened, sleep(2_000)]);
  };
}

onEngines("Transactions side by side", (engine) => {
  const hasOneSession = engine.name === "sqlite" || engine.isPglite;
  const holder = useDatabase(engine, [Account], { pool: { max: POOL, acquireTimeout: 20_000 } });
  beforeEach(async () => {
    await Account.objects.delete({ all: true });
    await Account.objects.bulkCreate(Array.from({ length: 6 }, (_, index) => ({ name: `a${index}`, balance: 100 })));
  });
  const read = (name: string): Promise<Account> => Account.objects.get({ name });
  const sum = async (): Promise<number> => (await Account.objects.all()).reduce((total, row) => total + row.balance, 0);
  /** Every connection can be had at once: none was left behind in a transaction. */
  const expectAllFree = async (): Promise<void> => {
    const { pool } = holder.db as unknown as { pool: { acquire(): unknown; release(connection: unknown): void } };
    const connections = await Promise.all(Array.from({ length: hasOneSession ? 1 : POOL }, () => pool.acquire()));
    for (const connection of connections) pool.release(connection);
    expect(new Set(connections).size).toBe(connections.length);
  };

  it("fifty transfers keep the sum, and give back their connections", async () => {
    const transfers = Array.from({ length: 50 }, (_, index) => {
      const from = `a${index % 6}`;
      const to = `a${(index * 5 + 1) % 6}`;
      return holder.db.atomic(
        async () => {
          const giver = await read(from);
          await giver.update({ balance: giver.balance - 1 });
          if (index % 10 === 3) throw new RangeError("changed my mind");
          const taker = await read(to);
          await taker.update({ balance: taker.balance + 1 });
        },
        { isolation: "serializable", retries: 60 },
      );
    });
    const outcomes = await Promise.allSettled(transfers);
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
    expect(failures.map((error) => error.name)).toEqual(Array<string>(5).fill("RangeError"));
    expect(await sum()).toBe(600);
    await expectAllFree();
  });

  it("that wait for each other end in a DeadlockError for one of them, or run again", async () => {
    if (hasOneSession) {
      // Its one connection makes transactions wait for their turn: they cannot meet halfway.
      const order: string[] = [];
      await Promise.all(
        ["x", "y"].map((name) =>
          holder.db.atomic(async () => {
            order.push(`${name} begins`);
            await sleep(5);
            order.push(`${name} ends`);
          }),
        ),
      );
      return expect(order).toEqual(["x begins", "x ends", "y begins", "y ends"]);
    }
    const cross = async (retries: number, take = (second: Promise<unknown>) => second): Promise<unknown[]> => {
      const meet = meetingOf(2);
      let runs = 0;
      const one = (first: string, second: string): Promise<void> =>
        holder.db.atomic(
          async () => {
            runs += 1;
            await Account.objects.filter({ name: first }).update({ balance: 1 });
            await meet();
            await take(Account.objects.filter({ name: second }).update({ balance: 2 }));
          },
          { retries },
        );
      const outcomes = await Promise.allSettled([one("a0", "a1"), one("a1", "a0")]);
      const errors = outcomes.flatMap((outcome): unknown[] => (outcome.status === "rejected" ? [outcome.reason] : []));
      expect(runs).toBe(retries === 0 ? 2 : 3);
      return errors;
    };
    const errors = await cross(0);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(DeadlockError);
    expect(errors[0]).toBeInstanceOf(OperationalError);
    expect(await cross(3)).toEqual([]);
    // Its function may take the error for itself, and the block is broken by it all the same.
    expect(await cross(3, (second) => second.catch(() => undefined))).toEqual([]);
    await expectAllFree();
  });

  it("that cannot be put in an order are a SerializationError, or run again", async () => {
    if (engine.name !== "postgres" || hasOneSession) return expect(await sum()).toBe(600);
    const skew = async (retries: number): Promise<unknown[]> => {
      const meet = meetingOf(2);
      const one = (name: string): Promise<void> =>
        holder.db.atomic(
          async () => {
            const rows = await Account.objects.all();
            await meet();
            await Account.objects.filter({ name }).update({ balance: rows.length });
          },
          { isolation: "serializable", retries },
        );
      const outcomes = await Promise.allSettled([one("a0"), one("a1")]);
      return outcomes.flatMap((outcome): unknown[] => (outcome.status === "rejected" ? [outcome.reason] : []));
    };
    const errors = await skew(0);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(SerializationError);
    expect(await skew(3)).toEqual([]);
    await expectAllFree();
  });

  it("are run again for nothing else", async () => {
    let runs = 0;
    const failing = holder.db.atomic(
      async () => {
        runs += 1;
        await Account.objects.create({ name: "a0", balance: 0 });
      },
      { retries: 5 },
    );
    await expect(failing).rejects.toMatchObject({ name: "UniqueViolation" });
    expect(runs).toBe(1);
  });

  it("getOrCreate of the same row makes one", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => Account.objects.getOrCreate({ name: "same" }, { defaults: { balance: 5 } })),
    );
    expect(answers.filter(([, created]) => created)).toHaveLength(1);
    expect(new Set(answers.map(([row]) => row.pk)).size).toBe(1);
    expect(await Account.objects.filter({ name: "same" }).count()).toBe(1);
  });

  it("getOrCreate inside a block, beaten by a constraint, leaves the block whole", async () => {
    await holder.db.atomic(async () => {
      // The lookup finds nothing, but the name is taken.
      const failing = Account.objects.getOrCreate({ balance: 12_345 }, { defaults: { name: "a0" } });
      await expect(failing).rejects.toMatchObject({ name: "UniqueViolation" });
      await Account.objects.create({ name: "fine", balance: 0 });
    });
    expect(await Account.objects.filter({ name: "fine" }).count()).toBe(1);
  });

  it("a hundred queries share a small pool", async () => {
    const counts = await Promise.all(Array.from({ length: 100 }, () => Account.objects.count()));
    expect(new Set(counts)).toEqual(new Set([6]));
    await expectAllFree();
  });
});
