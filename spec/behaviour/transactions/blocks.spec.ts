import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import {
  ConfigurationError,
  fields,
  manager,
  Model,
  NotSupportedError,
  TransactionError,
  UniqueViolation,
} from "dunder-orm";
import { readsBesideWriter } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

class Entry extends Model("entry", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
}) {
  static objects = manager(this);
}

class Boom extends Error {}

onEngines("An atomic block", (engine) => {
  const holder = useDatabase(engine, [Entry], { pool: { max: 4 } });
  beforeEach(() => Entry.objects.delete({ all: true }));
  const names = async (): Promise<string[]> => (await Entry.objects.orderBy("name").all()).map((entry) => entry.name);
  const add = (name: string): Promise<Entry> => Entry.objects.create({ name });
  const boom = (): never => {
    throw new Boom("boom");
  };

  it("keeps everything when its function returns, and gives what it returned", async () => {
    const result = await holder.db.atomic(async () => {
      await add("a");
      await add("b");
      return 42;
    });
    expect(result).toBe(42);
    expect(await names()).toEqual(["a", "b"]);
  });

  it("undoes everything when it throws, and throws the same error", async () => {
    const error = new Boom("boom");
    await expect(
      holder.db.atomic(async () => {
        await add("a");
        const row = await add("b");
        await row.update({ name: "c" });
        expect(await names()).toEqual(["a", "c"]);
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await names()).toEqual([]);
  });

  it("in another one is a savepoint", async () => {
    await holder.db.atomic(async () => {
      await add("a");
      await expect(
        holder.db.atomic(async () => {
          await add("b");
          await holder.db.atomic(async () => add("c"));
          boom();
        }),
      ).rejects.toBeInstanceOf(Boom);
      await holder.db.atomic(async () => {
        await add("d");
        await holder.db.atomic(async () => add("e").then(boom)).catch(() => null);
      });
      expect(await names()).toEqual(["a", "d"]);
    });
    expect(await names()).toEqual(["a", "d"]);
    await holder.db
      .atomic(async () => {
        await holder.db.atomic(async () => add("f"));
        boom();
      })
      .catch(() => null);
    expect(await names()).toEqual(["a", "d"]);
  });

  it("goes on after an error that an inner one took", async () => {
    await holder.db.atomic(async () => {
      await add("a");
      await expect(holder.db.atomic(async () => add("a"))).rejects.toBeInstanceOf(UniqueViolation);
      await add("b");
    });
    expect(await names()).toEqual(["a", "b"]);
  });

  it("in which a statement failed can only be rolled back, on every engine", async () => {
    let later: unknown;
    let commit: unknown;
    try {
      await holder.db.atomic(async () => {
        await add("a");
        await add("a").catch(() => null);
        later = await add("b").catch((error: unknown) => error);
      });
    } catch (error) {
      commit = error;
    }
    expect(later).toBeInstanceOf(TransactionError);
    expect((later as Error).cause).toBeInstanceOf(UniqueViolation);
    expect(commit).toBeInstanceOf(TransactionError);
    expect((commit as Error).message).toMatch(/can only be rolled back/);
    expect(await names()).toEqual([]);
  });

  it("that is broken inside breaks nothing outside of it", async () => {
    await holder.db.atomic(async () => {
      await add("a");
      await expect(
        holder.db.atomic(async () => {
          await add("a").catch(() => null);
        }),
      ).rejects.toBeInstanceOf(TransactionError);
      await add("c");
    });
    expect(await names()).toEqual(["a", "c"]);
  });

  it("is not broken by errors that never reached the database", async () => {
    await holder.db.atomic(async () => {
      await expect(Entry.objects.get({ name: "none" })).rejects.toBeInstanceOf(Entry.DoesNotExist);
      await expect(Entry.objects.create({ name: 5 as never })).rejects.toThrow();
      await add("a");
    });
    expect(await names()).toEqual(["a"]);
  });

  it("runs what is started together one after another", async () => {
    await holder.db.atomic(async () => {
      await Promise.all(Array.from({ length: 20 }, (_, index) => add(`n${index}`)));
      const counts = await Promise.all([Entry.objects.count(), Entry.objects.all(), Entry.objects.exists()]);
      expect(counts.map((item) => (Array.isArray(item) ? item.length : item))).toEqual([20, 20, true]);
    });
    expect(await Entry.objects.count()).toBe(20);
  });

  it("keeps inner blocks apart that are started together", async () => {
    await holder.db.atomic(async () => {
      const outcomes = await Promise.allSettled(
        ["a", "b", "c", "d"].map((name) =>
          holder.db.atomic(async () => {
            await add(name);
            await sleep(1);
            await add(`${name}2`);
            if (name === "b") boom();
            if (name === "d") await add("a");
          }),
        ),
      );
      expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
      expect(await names()).toEqual(["a", "a2", "c", "c2"]);
    });
    expect(await names()).toEqual(["a", "a2", "c", "c2"]);
  });

  it("mixes statements of its own and inner blocks", async () => {
    await holder.db.atomic(async () => {
      await Promise.all([
        add("own"),
        holder.db.atomic(async () => {
          await add("kept");
        }),
        holder.db
          .atomic(async () => {
            await add("lost");
            boom();
          })
          .catch(() => null),
        add("own2"),
      ]);
    });
    expect(await names()).toEqual(["kept", "own", "own2"]);
  });

  it.skipIf(!readsBesideWriter)("does not draw in code that runs outside of it", async () => {
    let inside!: () => void;
    let finish!: () => void;
    const isInside = new Promise<void>((resolve) => (inside = resolve));
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    const block = holder.db
      .atomic(async () => {
        await add("uncommitted");
        inside();
        await mayFinish;
        boom();
      })
      .catch((error: unknown) => error);
    await isInside;
    // On SQLite, too: files are read beside a writer.
    expect(await Entry.objects.count()).toBe(0);
    expect(await Entry.objects.timeout(5000).count()).toBe(0);
    finish();
    expect(await block).toBeInstanceOf(Boom);
  });

  it.skipIf(!readsBesideWriter)("does not take part in what others write meanwhile", async () => {
    const work = Array.from({ length: 8 }, (_, index) =>
      index % 2 === 0
        ? add(`free${index}`)
        : holder.db
            .atomic(async () => {
              await add(`block${index}`);
              await sleep(2);
              if (index % 4 === 1) boom();
            })
            .catch(() => null),
    );
    await Promise.all(work);
    expect(await names()).toEqual(["block3", "block7", "free0", "free2", "free4", "free6"]);
  });

  it.skipIf(!readsBesideWriter)("ends for what was started in it and not awaited", async () => {
    let late: Promise<unknown> = Promise.resolve();
    let stray: Promise<unknown> = Promise.resolve();
    await holder.db.atomic(async () => {
      await add("a");
      late = sleep(20).then(() => add("late"));
      stray = sleep(20).then(() => holder.db.atomic(async () => add("stray")));
      late.catch(() => null);
      stray.catch(() => null);
    });
    await expect(late).rejects.toBeInstanceOf(TransactionError);
    await expect(late).rejects.toThrow(/after the atomic block.*had ended.*Await/);
    await expect(stray).rejects.toBeInstanceOf(TransactionError);
    expect(await names()).toEqual(["a"]);
    await add("fine");
  });

  it("an inner one ends for what was not awaited in it", async () => {
    await holder.db.atomic(async () => {
      let late: Promise<unknown> = Promise.resolve();
      let end!: () => void;
      const ended = new Promise<void>((resolve) => (end = resolve));
      await holder.db.atomic(async () => {
        late = ended.then(() => add("late"));
        late.catch(() => null);
        await add("a");
      });
      end();
      await expect(late).rejects.toBeInstanceOf(TransactionError);
      await add("b");
    });
    expect(await names()).toEqual(["a", "b"]);
  });

  it("shares its transaction with db.execute and db.kysely", async () => {
    const { db } = holder;
    await db
      .atomic(async () => {
        await add("a");
        const [row] = await db.execute(sql<{ n: unknown }>`select count(*) as n from entry`);
        expect(Number(row?.n)).toBe(1);
        await db.execute(sql`insert into entry (name) values (${"raw"})`);
        const kysely = db.kysely as unknown as {
          insertInto(table: string): { values(row: object): { execute(): Promise<unknown> } };
          transaction(): { execute(work: () => Promise<unknown>): Promise<unknown> };
        };
        await kysely.insertInto("entry").values({ name: "built" }).execute();
        expect(await names()).toEqual(["a", "built", "raw"]);
        await expect(kysely.transaction().execute(() => Promise.resolve(null))).rejects.toBeInstanceOf(
          TransactionError,
        );
        boom();
      })
      .catch((error: unknown) => expect(error).toBeInstanceOf(Boom));
    expect(await names()).toEqual([]);
  });

  it("that raw SQL broke can only be rolled back", async () => {
    const { db } = holder;
    const failed = db.atomic(async () => {
      await add("a");
      await db.execute(sql`insert into entry (name) values (${"a"})`).catch(() => null);
      await add("b");
    });
    await expect(failed).rejects.toBeInstanceOf(TransactionError);
    expect(await names()).toEqual([]);
  });

  it("calls back after the outermost commit, in order, and forgets what was undone", async () => {
    const { db } = holder;
    const calls: string[] = [];
    await db.atomic(async () => {
      await db.onCommit(() => calls.push("1"));
      await db
        .atomic(async () => {
          await db.onCommit(() => calls.push("undone"));
          boom();
        })
        .catch(() => null);
      await db.atomic(async () => {
        await db.onCommit(() => calls.push("2"));
      });
      await add("a");
      await db.onCommit(async () => {
        calls.push(`3 of ${await Entry.objects.count()}`);
      });
      calls.push("inside");
    });
    expect(calls).toEqual(["inside", "1", "2", "3 of 1"]);
    await db.atomic(async () => db.onCommit(() => calls.push("never")).then(boom)).catch(() => null);
    expect(calls).toHaveLength(4);
    await db.onCommit(() => calls.push("at once"));
    expect(calls.at(-1)).toBe("at once");
  });

  it("calls back outside of the transaction, which may open another", async () => {
    const { db } = holder;
    await db.atomic(async () => {
      await db.onCommit(() => db.atomic(async () => add("after")));
      await add("a");
    });
    expect(await names()).toEqual(["a", "after"]);
  });

  it("that is durable must be the outermost", async () => {
    const { db } = holder;
    await db.atomic(async () => add("a"), { durable: true });
    await expect(db.atomic(async () => db.atomic(async () => add("b"), { durable: true }))).rejects.toThrow(
      /durable.*outermost/,
    );
    expect(await names()).toEqual(["a"]);
  });

  it("takes isolation and readOnly on the outside only", async () => {
    const { db } = holder;
    await db.atomic(async () => add("a"), { isolation: "serializable" });
    const other = db.atomic(async () => add("b"), { isolation: "repeatable read" });
    if (engine.name === "sqlite") {
      await expect(other).rejects.toBeInstanceOf(NotSupportedError);
      await add("b");
    } else await other;
    expect(await db.atomic(() => Entry.objects.count(), { readOnly: true })).toBe(2);
    await expect(db.atomic(async () => add("c"), { readOnly: true })).rejects.toMatchObject({
      name: "OperationalError",
    });
    await add("d");
    for (const options of [{ isolation: "serializable" }, { readOnly: true }] as const) {
      await expect(db.atomic(async () => db.atomic(() => Promise.resolve(1), options))).rejects.toBeInstanceOf(
        TransactionError,
      );
    }
    expect(await names()).toEqual(["a", "b", "d"]);
  });

  it("refuses what it does not know", async () => {
    const { db } = holder;
    await expect(db.atomic(() => Promise.resolve(1), { isolaton: "serializable" } as never)).rejects.toBeInstanceOf(
      ConfigurationError,
    );
    await expect(db.atomic(() => Promise.resolve(1), { isolation: "serialisable" as never })).rejects.toThrow(
      /serializable/,
    );
    await expect(db.atomic("begin" as never)).rejects.toBeInstanceOf(ConfigurationError);
    await expect(db.atomic(() => Promise.resolve(1), { retries: -1 })).rejects.toBeInstanceOf(ConfigurationError);
    await expect(db.atomic(() => Promise.resolve(1), { retries: Number.NaN })).rejects.toBeInstanceOf(
      ConfigurationError,
    );
  });

  it("takes a function that throws before it waits", async () => {
    await expect(holder.db.atomic(() => boom())).rejects.toBeInstanceOf(Boom);
    await add("fine");
    expect(await names()).toEqual(["fine"]);
  });

  it("does not let its database be closed", async () => {
    await holder.db.atomic(async () => {
      await expect(holder.db.close()).rejects.toBeInstanceOf(TransactionError);
      await add("a");
    });
    expect(await names()).toEqual(["a"]);
  });

  it("of another database is another transaction", async () => {
    const other = await engine.database();
    await other.createTables([Entry]);
    const elsewhere = Entry.objects.using(other);
    await holder.db
      .atomic(async () => {
        await add("here");
        await other.atomic(async () => {
          await elsewhere.create({ name: "there" });
          expect(await names()).toEqual(["here"]);
          await add("here2");
        });
        boom();
      })
      .catch(() => null);
    expect(await names()).toEqual([]);
    expect((await elsewhere.all()).map((entry) => entry.name)).toEqual(["there"]);
  });

  it("rows made in it belong to it: getOrCreate, bulkCreate, delete", async () => {
    await add("old");
    await holder.db
      .atomic(async () => {
        await Entry.objects.getOrCreate({ name: "new" });
        await Entry.objects.bulkCreate([{ name: "x" }, { name: "y" }], { batchSize: 1 });
        await Entry.objects.filter({ name: "old" }).delete();
        expect(await names()).toEqual(["new", "x", "y"]);
        boom();
      })
      .catch(() => null);
    expect(await names()).toEqual(["old"]);
  });
});
