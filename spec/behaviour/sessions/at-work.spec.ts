import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, UniqueViolation } from "dunder-orm";
import { objectState, PendingRollbackError, Session, SessionError } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shop extends Model("at_work_shop", {
  name: fields.string({ maxLength: 20, unique: true }),
  goods: () => fields.hasMany(Good, "shop"),
}) {
  static objects = manager(this);
}

class Good extends Model("at_work_good", {
  shop: () => fields.foreignKey(Shop, { null: true }),
  name: fields.string({ maxLength: 20 }),
  marks: () => fields.manyToMany(Mark),
}) {
  static objects = manager(this);
}

class Mark extends Model("at_work_mark", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

const models = [Shop, Good, Mark, Good.marks.through];
/** So many turns of the event loop a flush takes, at most. */
const TURNS = 30;

onEngines("sessions at work", (engine) => {
  const holder = useDatabase(engine, models);

  beforeEach(async () => {
    for (const model of [...models].reverse()) await (model as typeof Mark).objects.delete({ all: true });
  });

  /** Does something while a flush that has something to write is under way, after some turns. */
  async function during(session: Session, shop: Shop, turns: number, work: () => unknown): Promise<void> {
    shop.name = `shop ${turns}`;
    const flushing = session.flush();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    work();
    await flushing;
    await session.commit();
  }

  it("what is changed while a flush is under way is written by the next one, whenever that was", async () => {
    await using session = new Session(holder.db);
    const [shop, mark] = [new Shop({ name: "a" }), new Mark({ name: "m" })];
    const good = new Good({ name: "tied" });
    session.addAll([shop, mark, good]);
    await session.commit();
    for (let turns = 0; turns < TURNS; turns += 1) {
      const gone = new Good({ name: "gone", shop });
      session.add(gone);
      const fresh = new Good({ name: "fresh", shop });
      await session.flush();
      await during(session, shop, turns, () => {
        session.delete(gone);
        session.add(fresh);
        good.marks.append(mark);
      });
      const names = await Good.objects.orderBy("name").valuesList("name", { flat: true }).all();
      expect(names, `after ${turns} turns`).toEqual(["fresh", "tied"]);
      expect(await Good.marks.through.objects.count(), `after ${turns} turns`).toBe(1);
      expect([objectState(gone), objectState(fresh)]).toEqual(["detached", "persistent"]);
      await during(session, shop, turns, () => {
        session.collection(good, "marks").remove(mark);
        session.delete(fresh);
        shop.name = "late";
      });
      expect(await Good.marks.through.objects.count(), `after ${turns} turns`).toBe(0);
      expect((await Shop.objects.get({})).name).toBe("late");
    }
  });

  it("after a statement that failed it says that it is to be rolled back, and then goes on", async () => {
    await using session = new Session(holder.db);
    const [a, b] = [new Shop({ name: "a" }), new Shop({ name: "b" })];
    session.addAll([a, b]);
    await session.commit();
    a.name = "c";
    await expect(session.query(Shop).update({ name: "z" }, { all: true })).rejects.toThrow(UniqueViolation);
    expect(() => session.query(Shop)).toThrow(PendingRollbackError);
    await expect(session.commit()).rejects.toThrow(PendingRollbackError);
    await session.rollback();
    expect(a.name).toBe("a");
    const twins = session.beginNested(() => session.query(Shop).update({ name: "z" }, { all: true }));
    await expect(twins).rejects.toThrow(UniqueViolation);
    expect(await session.query(Shop).filter({ name: "b" }).update({ name: "d" })).toBe(1);
    await session.commit();
    expect(b.name).toBe("d");
  });

  it("knows rows of one schema", async () => {
    await using session = new Session(holder.db);
    await expect(holder.db.withSchema("main", async () => session.query(Shop).count())).rejects.toThrow(SessionError);
    expect(await session.query(Shop).count()).toBe(0);
  });

  it("a listener cannot end the session that calls it, which goes on", async () => {
    const session = new Session(holder.db);
    const refused: unknown[] = [];
    session.on("beforeFlush", async () => {
      for (const end of [session.rollback(), session.close()]) refused.push(await end.catch((error: unknown) => error));
    });
    const shop = new Shop({ name: "open" });
    session.add(shop);
    await session.commit();
    expect(refused).toEqual([expect.any(SessionError), expect.any(SessionError)]);
    expect(await session.get(Shop, shop.pk)).toBe(shop);
    await session.close();
  });
});
