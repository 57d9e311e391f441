import { sql } from "kysely";
import { beforeEach, describe, expect, it } from "vitest";
import { Excluded, F, fields, ForeignKeyViolation, NotSupportedError, UniqueViolation, Upper, Value } from "dunder-orm";
import { Model } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Book, models, seed, Shelf, Writer } from "./library.js";

class Indexed extends Model("pw_indexed", { a: fields.integer(), b: fields.integer() }) {
  static {
    this.addIndex("a", "b", { unique: true, name: "pw_indexed_pair" });
    this.addIndex(sql`create index pw_indexed_by_b on pw_indexed (b)`);
  }
}

onEngines("peewee writes", (engine) => {
  const base = useDatabase(engine, [...models, Indexed]);
  beforeEach(seed);

  it("create, get, getOrNone: by lookups or by key; several are no error", async () => {
    const made = await Writer.create({ name: "Eliot", born: 1888 });
    expect(made).toBeInstanceOf(Writer);
    expect((await Writer.get({ name: "Eliot" })).pk).toBe(made.pk);
    expect((await Writer.get(made.pk)).name).toBe("Eliot");
    expect((await Writer.get({ born__gt: 1800 })).born).toBeGreaterThan(1800);
    await expect(Writer.get({ name: "Nobody" })).rejects.toThrow(Writer.DoesNotExist);
    expect(await Writer.getOrNone({ name: "Nobody" })).toBeNull();
    expect(await Writer.getOrNone(-1)).toBeNull();
  });

  it("getById, setById, deleteById, has: DoesNotExist, or counts of rows", async () => {
    const { pk } = await Writer.get({ name: "Woolf" });
    expect((await Writer.getById(pk)).name).toBe("Woolf");
    await expect(Writer.getById(-1)).rejects.toThrow(Writer.DoesNotExist);
    expect(await Writer.setById(pk, { born: F("born").add(1) })).toBe(1);
    expect((await Writer.getById(pk)).born).toBe(1883);
    expect(await Writer.setById(-1, { born: 1 })).toBe(0);
    await expect(Writer.setById(null as never, { born: 1 })).rejects.toThrow("takes a primary key");
    expect([await Writer.has(pk), await Writer.has(-1)]).toEqual([true, false]);
    expect(await Writer.deleteById(-1)).toBe(0);
    await expect(Writer.deleteById(pk)).rejects.toThrow(ForeignKeyViolation);
    const beckett = await Writer.get({ name: "Beckett" });
    expect(await Writer.deleteById(beckett.pk)).toBe(1);
  });

  it("the same by a key of several parts", async () => {
    expect(await Shelf.insert({ room: 1, place: 2 }).execute()).toEqual([1, 2]);
    expect((await Shelf.getById([1, 2])).room).toBe(1);
    expect(await Shelf.setById([1, 2], { label: "x" })).toBe(1);
    expect((await Shelf.get([1, 2])).label).toBe("x");
    expect(await Shelf.deleteById([1, 2])).toBe(1);
    expect(await Shelf.has([1, 2])).toBe(false);
  });

  it("getOrCreate: the row and whether it was made", async () => {
    const [found, created] = await Writer.getOrCreate({ name: "Woolf" }, { defaults: { born: 1 } });
    expect([found.born, created]).toEqual([1882, false]);
    const [made, isNew] = await Writer.getOrCreate({ name: "Eliot" }, { defaults: { born: 1888 } });
    expect([made.born, isNew]).toEqual([1888, true]);
  });

  it("insert: the new key; expressions and defaults count", async () => {
    const key = await Book.insert({ title: Upper(Value("loud")), writer: null }).execute();
    expect((await Book.getById(key)).title).toBe("LOUD");
    const pk = await Book.insert({ title: "Quiet" }).execute();
    expect(await Book.getById(pk)).toMatchObject({ title: "Quiet", pages: 100 });
    await expect(Writer.insert({ name: "Woolf" }).execute()).rejects.toThrow(UniqueViolation);
  });

  it("onConflict: target, preserve and update; the key is that of the row which is there", async () => {
    const { pk } = await Writer.get({ name: "Woolf" });
    const insert = Writer.insert({ name: "Woolf", born: 7 });
    expect(await insert.onConflict({ target: ["name"], preserve: ["born"] }).execute()).toBe(pk);
    expect((await Writer.getById(pk)).born).toBe(7);
    const added = { born: F("born").add(Excluded("born")) };
    expect(await insert.onConflict({ target: ["name"], update: added }).execute()).toBe(pk);
    expect((await Writer.getById(pk)).born).toBe(14);
    expect(await insert.onConflict({ action: "update" }).execute()).toBe(pk);
    expect((await Writer.getById(pk)).born).toBe(7);
    await expect(insert.onConflict({ target: ["born"], preserve: ["born"] }).execute()).rejects.toThrow("not unique");
  });

  it("onConflictIgnore: tells whether it was inserted, never a stale key", async () => {
    const eliot = await Writer.insert({ name: "Eliot" }).onConflictIgnore().execute();
    expect(eliot.inserted).toBe(true);
    expect((await Writer.getById(eliot.pk ?? -1)).name).toBe("Eliot");
    const again = Writer.insert({ name: "Eliot" }).onConflict({ action: "ignore" });
    expect(await again.execute()).toEqual({ inserted: false, pk: null });
    await base.db.atomic(async () => {
      expect(await again.execute()).toEqual({ inserted: false, pk: null });
      expect(await Writer.count()).toBe(4);
    });
  });

  it("insertMany: objects, lists with fields, anything that can be gone through; keys, or nothing of none", async () => {
    const keys = await Writer.insertMany([{ name: "a" }, { name: "b", born: 2 }]).execute();
    expect((await Writer.getById(keys[1] ?? -1)).born).toBe(2);
    const rows = function* () {
      yield ["c", 3];
      yield ["d", 4];
    };
    expect(await Writer.insertMany(rows(), { fields: ["name", "born"], batchSize: 1 }).execute()).toHaveLength(2);
    expect(await Writer.insertMany([]).execute()).toEqual([]);
    expect(
      await Writer.insertMany([{ name: "a" }, { name: "e" }])
        .onConflictIgnore()
        .execute(),
    ).toBeUndefined();
    expect(
      await Writer.select()
        .where({ name__in: ["a", "b", "c", "d", "e"] })
        .count(),
    ).toBe(5);
    const kept = await Writer.insertMany([{ name: "a", born: 9 }])
      .onConflict({ preserve: ["born"] })
      .execute();
    expect(kept).toEqual(keys.slice(0, 1));
    expect(() => Writer.insertMany([["x"]])).toThrow("Say of which fields");
    expect(() => Writer.insertMany([["x"]], { fields: ["name", "born"] })).toThrow("1 values for 2 fields");
    expect(() => Writer.insertMany(3 as never)).toThrow("takes a list of rows");
  });

  it("insertFrom: what a select gives, column by column", async () => {
    const select = Writer.select("name", "born").where({ born__isnull: false });
    expect(await Book.insertFrom(select, ["title", "pages"]).execute()).toBe(2);
    expect((await Book.get({ title: "Huxley" })).pages).toBe(1894);
  });

  it("replace, replaceMany: what is not given begins anew; refused where there is no such thing", async () => {
    const replace = Writer.replace({ name: "Beckett" });
    await Writer.update({ born: 1906 }).where({ name: "Beckett" }).execute();
    if (engine.name === "postgres") {
      await expect(replace.execute()).rejects.toThrow(NotSupportedError);
      return;
    }
    const pk = await replace.execute();
    expect((await Writer.getById(pk)).born).toBeNull();
    const keys = await Writer.replaceMany(
      [
        ["Beckett", 1],
        ["Eliot", 2],
      ],
      { fields: ["name", "born"] },
    ).execute();
    expect((await Writer.getById(keys[0] ?? -1)).born).toBe(1);
    expect(await Writer.insert({ name: "Eliot" }).onConflictReplace().execute()).not.toBe(keys[1]);
    expect(await Writer.count()).toBe(4);
  });

  it("update: with and without where, expressions over columns, the number of rows", async () => {
    expect(
      await Book.update({ pages: F("pages").add(1) })
        .where({ writer__name: "Woolf" })
        .execute(),
    ).toBe(2);
    expect((await Book.get({ title: "Waves" })).pages).toBe(251);
    expect(await Book.update({ pages: 1 }).where({ title: "Ape" }).orwhere({ title: "Waves" }).execute()).toBe(2);
    expect(await Book.update({ pages: 1 }).execute()).toBe(4);
    const { sql: text, parameters } = Book.update({ pages: 5 }).where({ title: "Ape" }).sql();
    expect([text.slice(0, 6).toLowerCase(), parameters]).toEqual(["update", [5, "Ape"]]);
  });

  it("delete: with and without where, the number of rows", async () => {
    const some = Book.delete().where({ writer__name: "Woolf" });
    expect(some.sql().sql.toLowerCase()).toContain("delete from");
    expect(await Book.count()).toBe(4);
    expect(await some.execute()).toBe(2);
    await expect(Writer.delete().execute()).rejects.toThrow(ForeignKeyViolation);
    expect(await Book.delete().execute()).toBe(2);
    expect(await Writer.delete().where({ name: "Woolf" }).orwhere({ name: "Huxley" }).execute()).toBe(2);
  });

  it("insert: sql() tells the statement, and sends nothing", async () => {
    const { sql: text, parameters } = Writer.insert({ name: "x", born: 3 }).sql();
    expect(text.toLowerCase()).toMatch(/^insert into .pw_writer./);
    expect(parameters).toEqual(["x", 3]);
    const upsert = Writer.insert({ name: "x", born: 3 }).onConflict({ target: ["name"], update: { born: 4 } });
    expect(upsert.sql().parameters).toEqual(["x", 3, 4]);
    expect(() => Book.insertMany([{ title: "a" }, { title: "b", id: 7 }]).sql()).toThrow("2 statements");
    expect(await Writer.count()).toBe(3);
  });

  it("raw: a template, a text with parameters, Kysely's tag; rows, dicts, tuples", async () => {
    const name = "Woolf";
    const [row] = await Writer.raw`select * from pw_writer where name = ${name}`.execute();
    expect([row?.name, row instanceof Writer]).toEqual(["Woolf", true]);
    const byText = Writer.raw("select name, 'a?' as b from pw_writer where name = ? or born > ?", "Woolf", 1890);
    expect((await byText.tuples().execute()).toSorted()).toEqual([
      ["Huxley", "a?"],
      ["Woolf", "a?"],
    ]);
    expect(
      await Writer.raw(sql`select name from pw_writer where name = ${name}`)
        .dicts()
        .first(),
    ).toEqual({ name });
    const names: string[] = [];
    for await (const one of Writer.raw`select * from pw_writer where name = ${name}`) names.push(one.name);
    expect(names).toEqual(["Woolf"]);
    expect(() => Writer.raw("select ?", 1, 2)).toThrow('1 places "?" and 2 parameters');
    expect(() => Writer.raw(3 as never)).toThrow("takes SQL");
  });

  it("bulkCreate and bulkUpdate: the rows with their keys, the number of rows, 0 of none", async () => {
    const made = await Book.bulkCreate([new Book({ title: "x" }), new Book({ title: "y" })], { batchSize: 1 });
    expect(made.every(({ pk }) => pk > 0)).toBe(true);
    for (const book of made) book.pages = 7;
    expect(await Book.bulkUpdate(made, ["pages"])).toBe(2);
    expect(await Book.select().where({ pages: 7 }).count()).toBe(2);
    expect(await Book.bulkUpdate([], ["pages"])).toBe(0);
  });

  it("addIndex: made by createTables, of fields or as SQL; too late once the model was used", async () => {
    await Indexed.create({ a: 1, b: 2 });
    await expect(Indexed.create({ a: 1, b: 2 })).rejects.toThrow(UniqueViolation);
    await Indexed.delete().execute();
    expect(() => Indexed.addIndex("a")).toThrow("comes too late");
    const drop =
      engine.name === "mysql" ? sql`drop index pw_indexed_by_b on pw_indexed` : sql`drop index pw_indexed_by_b`;
    await base.db.execute(drop);
  });

  it("using: each statement on another database", async () => {
    const other = await engine.database();
    await other.createTables(models);
    const pk = await Writer.insert({ name: "There" }).using(other).execute();
    expect(await Writer.has(pk + 1000)).toBe(false);
    expect(await Writer.update({ born: 3 }).using(other).execute()).toBe(1);
    expect(await Writer.select("name", "born").dicts().using(other).execute()).toEqual([{ name: "There", born: 3 }]);
    expect(await Writer.raw("select name from pw_writer").using(other).tuples().execute()).toEqual([["There"]]);
    const from = Writer.select("name").using(other).where({ born: 3 });
    expect(await Book.insertFrom(from, ["title"]).using(other).execute()).toBe(1);
    expect(await Writer.delete().using(other).execute()).toBe(1);
    expect(await Writer.count()).toBe(3);
  });

  it("deleteInstance as a method of rows", async () => {
    const woolf = await Writer.get({ name: "Woolf" });
    expect(await woolf.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1);
    expect(await Book.count()).toBe(2);
  });
});

describe("addIndex", () => {
  it("refuses what is no index", () => {
    class Bare extends Model("pw_bare", { a: fields.integer() }) {}
    expect(() => Bare.addIndex()).toThrow("takes names of fields");
    expect(() => Bare.addIndex(sql`create index x on pw_bare (a) where a > ${1}`)).toThrow("takes no values");
    expect(() => Bare.addIndex("a", { uniqe: true } as never)).toThrow('Did you mean "unique"?');
  });
});
