import { beforeEach, describe, expect, it } from "vitest";
import { F, fields, manager, Model, NotLoadedError, preUpdate, ProtectedError, set, StaleRowError } from "dunder-orm";
import { objectState, relationship, Session, SessionError } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";

class Label extends Model("bulk_label", {
  name: fields.string({ maxLength: 20 }),
  bands: () => fields.hasMany(Band, "label"),
}) {
  static objects = manager(this);
}

class Band extends Model(
  "bulk_band",
  {
    label: () => fields.foreignKey(Label, { null: true }),
    former: () => fields.foreignKey(Label, { null: true, onDelete: set(1) }),
    name: fields.string({ maxLength: 20 }),
    fans: fields.integer({ default: 0 }),
    double: fields.integer({ generatedAs: "fans * 2", null: true }),
    records: () => relationship(Record, { backPopulates: "band" }),
    styles: () => fields.manyToMany(Style),
    page: () => fields.hasOne(Page, "band"),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

class Page extends Model("bulk_page", {
  band: () => fields.oneToOne(Band, { null: true, onDelete: "set null" }),
  text: fields.string({ maxLength: 20 }),
  version: fields.version(),
}) {
  static objects = manager(this);
}

class Record extends Model("bulk_record", {
  band: () => fields.foreignKey(Band, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 20 }),
  songs: () => fields.hasMany(Song, "record"),
}) {
  static objects = manager(this);
}

class Song extends Model("bulk_song", {
  record: () => fields.foreignKey(Record, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 20 }),
  touched: fields.datetime({ autoNow: true }),
}) {
  static objects = manager(this);
}

class Style extends Model("bulk_style", {
  name: fields.string({ maxLength: 20 }),
  bands: () => fields.manyToMany(Band, { reverse: "styles" }),
}) {
  static objects = manager(this);
}

class Kept extends Model("bulk_kept", { label: () => fields.foreignKey(Label, { onDelete: "protect" }) }) {
  static objects = manager(this);
}

class Venue extends Model("bulk_venue", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

class Club extends Model("bulk_club", { seats: fields.integer({ default: 0 }) }, { parent: Venue }) {
  static objects = manager(this);
}

const models = [Label, Band, Page, Record, Song, Style, Kept, Venue, Club, Band.styles.through];

onEngines("sessions: bulk writes", (engine) => {
  const statements: string[] = [];
  const holder = useDatabase(engine, models, { onQuery: ({ sql }) => statements.push(sql) });

  beforeEach(async () => {
    for (const model of [...models].reverse()) await (model as typeof Label).objects.delete({ all: true });
  });

  /** Two bands of a label with two records each, all of a session. */
  async function loaded(session: Session) {
    const label = new Label({ name: "Stax" });
    const [a, b] = [new Band({ name: "a", label, fans: 1 }), new Band({ name: "b", label, fans: 2 })];
    for (const band of [a, b]) {
      for (const title of ["x", "y"]) band.records.append(new Record({ band, title }));
    }
    session.addAll([label, a, b]);
    await session.commit();
    await label.bands.all();
    for (const band of [a, b]) await band.records.all();
    return { label, a, b };
  }

  describe("update", () => {
    it("writes what was changed before, gives the number of rows, and objects know of it", async () => {
      await using session = new Session(holder.db);
      const { a, b } = await loaded(session);
      b.fans = 10;
      session.add(new Band({ name: "c", fans: 20 }));
      expect(
        await session
          .query(Band)
          .filter({ fans__gte: 10 })
          .update({ fans: F("fans").add(1) }),
      ).toBe(2);
      expect([a.fans, b.fans, b.double]).toEqual([1, 11, 22]);
      expect(session.dirty.size).toBe(0);
      expect(await Band.objects.filter({ fans__gt: 10 }).count()).toBe(0);
      await session.commit();
      expect(await Band.objects.filter({ fans__gt: 10 }).count()).toBe(2);
    });

    it("is undone with the transaction, and with a savepoint, in objects, too", async () => {
      await using session = new Session(holder.db);
      const { a } = await loaded(session);
      await session.query(Band).filter({ name: "a" }).update({ fans: 5 });
      const nested = await session.beginNested();
      await session.query(Band).update({ fans: 7, name: "z" }, { all: true });
      expect([a.fans, a.name]).toEqual([7, "z"]);
      await nested.rollback();
      expect([a.fans, a.name]).toEqual([5, "a"]);
      await session.rollback();
      expect(a.fans).toBe(1);
      expect(session.isModified(a)).toBe(false);
      expect((await Band.objects.get({ pk: a.pk })).fans).toBe(1);
    });

    it("reads nothing again where the session has no such rows, or none was found", async () => {
      await using session = new Session(holder.db);
      const { a } = await loaded(session);
      await session.query(Label).exists();
      statements.length = 0;
      expect(await session.query(Venue).update({ name: "v" }, { all: true })).toBe(0);
      expect(await session.query(Band).filter({ name: "nobody" }).update({ fans: 3 })).toBe(0);
      expect(statements).toHaveLength(2);
      await session.query(Band).filter({ name: "a" }).update({ fans: 3 });
      expect(statements).toHaveLength(4);
      expect(a.fans).toBe(3);
    });

    it("keeps what was changed and not written, and writes it later", async () => {
      await using session = new Session(holder.db);
      const { a } = await loaded(session);
      a.fans = 50;
      await session.noAutoflush(() => session.query(Band).update({ fans: 3, name: "n" }, { all: true }));
      expect([a.fans, a.name]).toEqual([50, "n"]);
      expect(session.changes(a)).toEqual({ fans: { before: 3, after: 50 } });
      await session.commit();
      const stored = await Band.objects.get({ pk: a.pk });
      expect([stored.fans, stored.name]).toEqual([50, "n"]);
    });

    it("of a foreign key: rows lead to others, whose collections are to be loaded again", async () => {
      await using session = new Session(holder.db);
      const { label, a, b } = await loaded(session);
      const other = new Label({ name: "Motown" });
      session.add(other);
      await session.flush();
      expect(await other.bands.all()).toEqual([]);
      await session.query(Band).filter({ name: "a" }).update({ label: other });
      expect(a.label).toBe(other);
      expect(b.label).toBe(label);
      expect(() => session.collection(other, "bands").length).toThrow(NotLoadedError);
      expect([...(await session.collection(other, "bands").load())]).toEqual([a]);
      expect([...(await session.collection(label, "bands").load())]).toEqual([b]);
      await session.rollback();
      expect(a.label).toBe(label);
      expect([...session.collection(label, "bands")]).toEqual([a, b]);
    });

    it("leaves columns alone that an object has not loaded, or that expired", async () => {
      await using session = new Session(holder.db);
      await Band.objects.create({ name: "lone" });
      const lone = await session.query(Band).filter({ name: "lone" }).only("name").one();
      await session.query(Band).filter({ name: "lone" }).update({ fans: 4, name: "some" });
      expect(lone.name).toBe("some");
      expect(() => lone.fans).toThrow(NotLoadedError);
      await session.refresh(lone);
      expect(lone.fans).toBe(4);
    });

    it("tells of versions, of what the database computes, and of moments", async () => {
      await using session = new Session(holder.db);
      const { a } = await loaded(session);
      const page = new Page({ band: a, text: "one" });
      session.add(page);
      await session.commit();
      await session.query(Page).filter({ text: "one" }).update({ text: "two" });
      expect([page.text, page.version]).toEqual(["two", 2]);
      page.text = "three";
      await session.commit();
      expect(page.version).toBe(3);
      await session.query(Page).filter({ text: "three" }).update({ text: "four" });
      await session.rollback();
      expect([page.text, page.version]).toEqual(["three", 3]);
      const record = await session.query(Record).first();
      if (record === null) throw new Error("a record");
      const song = new Song({ record, title: "s" });
      session.add(song);
      await session.commit();
      const before = song.touched;
      await new Promise((resolve) => setTimeout(resolve, 5));
      await session.query(Song).update({ title: "t" }, { all: true });
      expect(song.touched.getTime()).toBeGreaterThan(before.getTime());
    });

    it("does not hide what somebody else wrote behind a version of its own", async () => {
      await using session = new Session(holder.db);
      const page = new Page({ text: "one" });
      session.add(page);
      await session.commit();
      await Page.objects.filter({ pk: page.pk }).update({ text: "theirs" });
      page.text = "mine";
      await session.noAutoflush(() => session.query(Page).update({ band: null }, { all: true }));
      await expect(session.commit()).rejects.toThrow(StaleRowError);
      await session.rollback();
      expect(page.text).toBe("one");
    });

    it("goes by related managers, and by rows in two tables", async () => {
      await using session = new Session(holder.db);
      const { label, a, b } = await loaded(session);
      expect(await label.bands.filter({ name: "b" }).update({ fans: 8 })).toBe(1);
      expect([a.fans, b.fans]).toEqual([1, 8]);
      const club = new Club({ name: "Ivy", seats: 10 });
      session.add(club);
      await session.commit();
      const venue = await session.query(Venue).one();
      await session.query(Club).filter({ seats: 10 }).update({ name: "Oak", seats: 11 });
      expect([club.name, club.seats, venue.name]).toEqual(["Oak", 11, "Oak"]);
      await session.query(Venue).filter({ name: "Oak" }).update({ name: "Elm" });
      expect([club.name, venue.name]).toEqual(["Elm", "Elm"]);
    });

    it("is heard of by signals, and may set more by them", async () => {
      const off = preUpdate.connect(Band, ({ values }) => {
        values.fans = 99;
      });
      try {
        await using session = new Session(holder.db);
        const { a } = await loaded(session);
        await session.query(Band).filter({ name: "a" }).update({ name: "A" });
        expect([a.name, a.fans]).toEqual(["A", 99]);
      } finally {
        off();
      }
    });

    it("refuses keys, values that cannot be, and every row by mistake", async () => {
      await using session = new Session(holder.db);
      const { a } = await loaded(session);
      await expect(
        session
          .query(Band)
          .filter({ name: "a" })
          .update({ id: 4711 } as never),
      ).rejects.toThrow(/key that a session knows rows by/);
      await expect(
        session
          .query(Band)
          .filter({ name: "a" })
          .update({ nmae: "x" } as never),
      ).rejects.toThrow(/nmae/);
      await expect(session.query(Band).update({ name: "x" })).rejects.toThrow(/all: true/);
      expect(a.name).toBe("a");
      await session.close();
      await expect(
        Promise.resolve().then(() => session.query(Band).update({ name: "x" }, { all: true })),
      ).rejects.toThrow(/closed/);
    });
  });

  describe("delete", () => {
    it("has objects know that their rows are gone, those that went along, and collections they were in", async () => {
      await using session = new Session(holder.db);
      const { label, a, b } = await loaded(session);
      const [gone, kept] = [[...session.collection(a, "records")], [...session.collection(b, "records")]];
      const result = await session.query(Band).filter({ name: "a" }).delete();
      expect(result).toEqual({ total: 3, byModel: { Band: 1, Record: 2 } });
      expect([a, ...gone].map(objectState)).toEqual(["deleted", "deleted", "deleted"]);
      expect([b, ...kept].map(objectState)).toEqual(["persistent", "persistent", "persistent"]);
      expect([...session.collection(label, "bands")]).toEqual([b]);
      expect(await session.get(Band, a.pk)).toBe(null);
      expect(session.dirty.size).toBe(0);
      await session.commit();
      expect([a, ...gone].map(objectState)).toEqual(["detached", "detached", "detached"]);
      expect(await Record.objects.count()).toBe(2);
    });

    it("is undone with the transaction, and with a savepoint, in objects, too", async () => {
      await using session = new Session(holder.db);
      const { label, a, b } = await loaded(session);
      const records = [...session.collection(a, "records")];
      const nested = await session.beginNested();
      await session.query(Band).filter({ name: "a" }).delete();
      await nested.rollback();
      expect([a, ...records].map(objectState)).toEqual(["persistent", "persistent", "persistent"]);
      expect([...session.collection(label, "bands")]).toEqual([a, b]);
      await session.query(Label).delete({ all: true });
      expect(objectState(label)).toBe("deleted");
      expect(a.label).toBe(null);
      await session.rollback();
      expect(objectState(label)).toBe("persistent");
      expect(a.label).toBe(label);
      expect(session.dirty.size).toBe(0);
      expect(await session.get(Label, label.pk)).toBe(label);
    });

    it("follows rules that set keys, and the versions of those rows", async () => {
      await using session = new Session(holder.db);
      const { a, b } = await loaded(session);
      const first = new Label({ id: 1, name: "first" });
      const old = new Label({ name: "old" });
      const page = new Page({ band: a, text: "p" });
      session.addAll([first, old, page]);
      a.former = old;
      await session.commit();
      await session.query(Label).filter({ name: "old" }).delete();
      expect(a.former).toBe(first);
      await session.query(Band).filter({ name: "a" }).delete();
      expect(page.band).toBe(null);
      expect(session.isModified(page)).toBe(false);
      page.text = "q";
      await session.commit();
      expect(page.version).toBe(3);
      expect(objectState(b)).toBe("persistent");
    });

    it("unties pairs, whichever side is deleted, or the rows between themselves", async () => {
      await using session = new Session(holder.db);
      const { a, b } = await loaded(session);
      const [soul, funk] = [new Style({ name: "soul" }), new Style({ name: "funk" })];
      for (const band of [a, b]) band.styles.append(soul, funk);
      session.addAll([soul, funk]);
      await session.commit();
      for (const band of [a, b]) await band.styles.all();
      await soul.bands.all();
      await session.query(Style).filter({ name: "funk" }).delete();
      expect([...session.collection(a, "styles")]).toEqual([soul]);
      await session.query(Band).filter({ name: "b" }).delete();
      expect([...session.collection(soul, "bands")]).toEqual([a]);
      await session.query(Band.styles.through).delete({ all: true });
      expect(session.collection(a, "styles").isLoaded).toBe(false);
      expect([...(await session.collection(soul, "bands").load())]).toEqual([]);
      await session.rollback();
      expect([...session.collection(soul, "bands")]).toEqual([a, b]);
      expect(await Band.styles.through.objects.count()).toBe(4);
    });

    it("with rows in two tables, both, unless those above are kept", async () => {
      await using session = new Session(holder.db);
      const [ivy, oak] = [new Club({ name: "Ivy" }), new Club({ name: "Oak" })];
      session.addAll([ivy, oak]);
      await session.commit();
      const venues = await session.query(Venue).orderBy("name").all();
      await session.query(Club).filter({ name: "Ivy" }).delete();
      expect([ivy, ...venues].map(objectState)).toEqual(["deleted", "deleted", "persistent"]);
      await session.query(Club).filter({ name: "Oak" }).delete({ keepParents: true });
      expect([oak, ...venues].map(objectState)).toEqual(["deleted", "deleted", "persistent"]);
      await session.rollback();
      await session.query(Venue).filter({ name: "Oak" }).delete();
      expect([ivy, oak].map(objectState)).toEqual(["persistent", "deleted"]);
    });

    it("changes nothing where rules stand in the way, and the session goes on", async () => {
      await using session = new Session(holder.db);
      const { label, a } = await loaded(session);
      session.add(new Kept({ label }));
      a.name = "A";
      await expect(session.query(Label).delete({ all: true })).rejects.toThrow(ProtectedError);
      expect(objectState(label)).toBe("persistent");
      await session.commit();
      expect((await Band.objects.get({ pk: a.pk })).name).toBe("A");
      const preview = await session.query(Band).filter({ name: "A" }).delete({ dryRun: true });
      expect([preview.total, objectState(a)]).toEqual([3, "persistent"]);
    });

    it("forgets what was to be done about rows that are gone", async () => {
      await using session = new Session(holder.db);
      const { a, b } = await loaded(session);
      await session.noAutoflush(async () => {
        session.delete(a);
        b.fans = 77;
        await session.query(Band).delete({ all: true });
      });
      expect([session.deleted.size, session.dirty.size]).toEqual([0, 0]);
      await session.commit();
      expect([a, b].map(objectState)).toEqual(["detached", "detached"]);
    });
  });

  it("can be asked for by those who hear of a flush", async () => {
    await using session = new Session(holder.db);
    const { b } = await loaded(session);
    session.on("beforeFlush", () => session.query(Band).filter({ name: "b" }).update({ fans: 6 }));
    session.add(new Label({ name: "new" }));
    await session.commit();
    expect(b.fans).toBe(6);
  });

  it("other writes past a session say what to do instead", async () => {
    await using session = new Session(holder.db);
    const { a } = await loaded(session);
    await expect(session.query(Band).bulkCreate([{ name: "x" }])).rejects.toThrow(SessionError);
    await expect(session.query(Band).bulkCreate([{ name: "x" }])).rejects.toThrow(/session\.addAll\(rows\)/);
    a.name = "A";
    await expect(a.save()).rejects.toThrow(/await session\.flush\(\)/);
    await expect(a.delete()).rejects.toThrow(/session\.delete\(row\)/);
  });
});
