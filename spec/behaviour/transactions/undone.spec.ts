import { expect, it } from "vitest";
import { Database, fields, manager, Model, SerializationError, TransactionError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

/** A table called as a join's alias would be. */
class T1 extends Model("t1", { name: fields.string({ maxLength: 9 }), kids: () => fields.hasMany(Kid, "parent") }) {
  static objects = manager(this);
}

class Kid extends Model("kid", { name: fields.string({ maxLength: 9 }), parent: () => fields.foreignKey(T1) }) {
  static objects = manager(this);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const create = (text: string): Promise<unknown> => Note.objects.create({ text });
const ignore = (): void => undefined;

onEngines("What is undone", (engine) => {
  const holder = useDatabase(engine, [Note, T1, Kid], { pool: { max: 2, acquireTimeout: 3000 } });

  /** The texts in the table, which is emptied. */
  async function texts(): Promise<string[]> {
    const found = (await Note.objects.orderBy("id").all()).map((note) => note.text);
    await Note.objects.delete({ all: true });
    return found;
  }

  it("leaves nothing of statements that were waiting for their turn", async () => {
    const block = holder.db.atomic(async () => {
      for (let index = 0; index < 4; index += 1) void create(`q${index}`).catch(ignore);
      await pause(0);
      throw new Error("boom");
    });
    await expect(block).rejects.toThrow("boom");
    await pause(60);
    expect(await texts()).toEqual([]);
  });

  it("leaves nothing of the others, when one of many fails", async () => {
    const block = holder.db.atomic(() =>
      Promise.all(
        [1, 2, 3, 4, 5].map(async (index) => {
          await create(`p${index}`);
          if (index === 1) throw new Error("bad");
        }),
      ),
    );
    await expect(block).rejects.toThrow("bad");
    await pause(60);
    expect(await texts()).toEqual([]);
  });

  it("ends the blocks inside, which then write nowhere else", async () => {
    let inner: unknown = null;
    const block = holder.db.atomic(() =>
      Promise.all([
        holder.db
          .atomic(async () => {
            await pause(30);
            await create("ghost");
          })
          .catch((error: unknown) => (inner = error)),
        pause(5).then(() => Promise.reject(new Error("boom"))),
      ]),
    );
    await expect(block).rejects.toThrow("boom");
    await holder.db.atomic(async () => {
      await create("other");
      await pause(60);
    });
    expect(await texts()).toEqual(["other"]);
    expect(inner).toBeInstanceOf(TransactionError);
  });

  it("leaves nothing of an inner block's waiting statements in the outer one", async () => {
    await holder.db.atomic(async () => {
      const inner = holder.db.atomic(() => {
        for (let index = 0; index < 4; index += 1) void create(`i${index}`).catch(ignore);
        return Promise.reject(new Error("inner"));
      });
      await expect(inner).rejects.toThrow("inner");
      await pause(30);
    });
    expect(await texts()).toEqual([]);
  });

  it("makes rows new again, so that a second run inserts them", async () => {
    const note = new Note({ text: "r" });
    let runs = 0;
    await holder.db.atomic(
      async () => {
        await note.save();
        await holder.db.atomic(async () => {
          note.text = "r2";
          await note.save();
        });
        runs += 1;
        if (runs === 1) throw new SerializationError("again");
      },
      { retries: 1 },
    );
    expect(runs).toBe(2);
    expect(note.isDirty()).toBe(false);
    expect(await texts()).toEqual(["r2"]);
  });

  it("takes any number of rows, in blocks in blocks", async () => {
    const many = Array.from({ length: 150_000 }, (_, index) => ({ text: String(index) }));
    let made: { readonly pk: number | null }[] = [];
    const block = holder.db.atomic(async () => {
      made = await Note.objects.bulkCreate(many);
      expect(await Note.objects.count()).toBe(150_000);
      throw new Error("all of it");
    });
    await expect(block).rejects.toThrow("all of it");
    expect(await texts()).toEqual([]);
    expect(made.every((note) => note.pk === null)).toBe(true);
  });

  it("gives a deleted row its key back", async () => {
    const note = await Note.objects.create({ text: "d" });
    const block = holder.db.atomic(async () => {
      await note.delete();
      throw new Error("x");
    });
    await expect(block).rejects.toThrow("x");
    note.text = "e";
    await note.save();
    expect(await texts()).toEqual(["e"]);
  });

  it("is no committed transaction, whatever a callback throws after it", async () => {
    let runs = 0;
    const block = holder.db.atomic(
      async () => {
        runs += 1;
        await create("once");
        await holder.db.onCommit(() => {
          throw new SerializationError("from the callback");
        });
      },
      { retries: 3 },
    );
    await expect(block).rejects.toThrow("from the callback");
    expect(runs).toBe(1);
    expect(await texts()).toEqual(["once"]);
  });

  it("is no field set while its row was being saved", async () => {
    const note = await Note.objects.create({ text: "a" });
    note.text = "b";
    const saving = note.save();
    note.text = "c";
    await saving;
    expect(note.dirtyFields()).toEqual(["text"]);
    await note.save();
    expect(await texts()).toEqual(["c"]);
  });

  it("tables may be called as aliases are", async () => {
    const parent = await T1.objects.create({ name: "p" });
    const other = await T1.objects.create({ name: "q" });
    await Kid.objects.create({ name: "k", parent });
    const names = async (found: typeof T1.objects): Promise<string[]> => (await found.all()).map((row) => row.name);
    expect(await names(T1.objects.exclude({ kids__name: "k" }))).toEqual(["q"]);
    expect(await names(T1.objects.filter({ kids__name: "k" }))).toEqual(["p"]);
    expect(await T1.objects.filter({ kids__name: "k" }).update({ name: "z" })).toBe(1);
    expect((await parent.kids.create({ name: "l", parent: other })).parent.pk).toBe(parent.pk);
  });
});

it("A stream from a database in memory leaves the loop its connection", async () => {
  const db = new Database("sqlite::memory:", { pool: { acquireTimeout: 500 } });
  await db.createTables([Note]);
  const notes = Note.objects.using(db);
  await notes.create({ text: "a" });
  for await (const note of notes) await note.update({ text: "b" });
  expect((await notes.get()).text).toBe("b");
  await expect(notes.bulkCreate([], { ignoreConflict: true } as object)).rejects.toThrow(/takes no option/);
  await db.close();
});
