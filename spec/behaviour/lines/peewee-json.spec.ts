// What playhouse's sqlite_ext tells its users of JSON and keys, a test a line; docs/coverage.md has the table.
import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { F, fields, JsonNull, NotSupportedError, Value } from "dunder-orm";
import {
  JsonAppend,
  JsonExtract,
  JsonInsert,
  JsonLength,
  JsonMergePatch,
  JsonRemove,
  JsonReplace,
  JsonSet,
  JsonType,
} from "dunder-orm/json";
import { Model } from "dunder-orm/peewee";
import { JsonEach, JsonSource, JsonTree, sqlite, sqliteTable } from "dunder-orm/sqlite";
import { onEngines, useDatabase } from "../../support/engines.js";

class Doc extends Model("lp_doc", {
  name: fields.string({ maxLength: 20 }),
  data: fields.json<unknown>({ null: true }),
}) {}

class Reusing extends Model("lp_reusing", { n: fields.integer() }, { table: sqliteTable({ autoIncrement: false }) }) {}

onEngines("What sqlite_ext's users know", (engine) => {
  const base = useDatabase(engine, [Doc]);
  const isSqlite = engine.name === "sqlite";
  beforeEach(() => Doc.delete().execute());

  /** A document that is worked on, and what becomes of it. */
  async function after(data: unknown, change: object): Promise<unknown> {
    const { pk } = await Doc.create({ name: "x", data });
    expect(await Doc.update({ data: change }).where({ pk }).execute()).toBe(1);
    return (await Doc.getById(pk)).data;
  }

  it("SqliteExtDatabase: functions, aggregates, collations and pragmas; refused by name elsewhere", async () => {
    if (!isSqlite) return expect(() => sqlite(base.db)).toThrow(NotSupportedError);
    sqlite(base.db).function("lp_twice", { arguments: ["text"], result: "text" }, (text) => text && text + text);
    expect(await base.db.execute(sql`select lp_twice(${"ab"}) as t`)).toEqual([{ t: "abab" }]);
    expect(await sqlite(base.db).pragma("foreign_keys")).toBeDefined();
  });

  it("JSONField value: JSON there and back, SQL's NULL is null; paths are lookups", async () => {
    for (const data of [{ a: [1, { b: null }] }, [], "text", 3.5, false, null, { "a.b": 1, "": 2 }]) {
      const { pk } = await Doc.create({ name: "x", data });
      expect((await Doc.getById(pk)).data).toEqual(data);
    }
    expect(await Doc.select().where({ data__isnull: true }).count()).toBe(1);
    expect(await Doc.select().where({ data__a__1__b: null }).count()).toBe(1);
    expect(
      await Doc.select({ of: F("data").key("a", 0) })
        .where({ data__a__0: 1 })
        .scalar(),
    ).toBe(1);
    const broken = Doc.create({ name: "x", data: 1n });
    await expect(broken).rejects.toThrow("JSON cannot hold");
  });

  it(".set(v): writes or creates, with what lacks above it; nothing is sent before update", async () => {
    expect(await after({}, JsonSet("data", ["n", "m"], 5))).toEqual({ n: { m: 5 } });
    expect(await after({ k: 1 }, JsonSet("data", "k", [1, { a: 2 }]))).toEqual({ k: [1, { a: 2 }] });
    expect(await after({ k: [1] }, JsonSet("data", ["k", 0], F("name")))).toEqual({ k: ["x"] });
  });

  it(".remove(*paths): several, one after another; what is not there is no error", async () => {
    expect(await after({ a: [1, 2, 3], b: 1 }, JsonRemove("data", ["a", 0], "b", "none"))).toEqual({ a: [2, 3] });
    expect(await after({ a: 1 }, JsonRemove("data", ["x", "y"]))).toEqual({ a: 1 });
  });

  it(".update(data): RFC 7396: objects are merged, lists replaced, null takes a key out", async () => {
    const given = { a: { x: 1, y: 2 }, list: [1, 2], gone: 1 };
    const patch = { a: { y: 3 }, list: [9], gone: null, fresh: { b: null } };
    expect(await after(given, JsonMergePatch("data", patch))).toEqual({ a: { x: 1, y: 3 }, list: [9], fresh: {} });
  });

  it(".tree(), .children(): a row for each node; refused by name elsewhere", async () => {
    await Doc.create({ name: "x", data: { a: [1, "b"], c: null } });
    const nodes = Doc.select()
      .queryset()
      .join(JsonTree.alias("node"), { node__json: JsonSource("data") });
    const children = Doc.select()
      .queryset()
      .join(JsonEach.alias("child"), { child__json: JsonSource("data") });
    const asked = nodes.orderBy("node__id").values("node__fullkey", "node__type", "node__atom");
    if (!isSqlite) return expect(asked.all()).rejects.toThrow(NotSupportedError);
    expect((await asked.all()).map((row) => [row.node__fullkey, row.node__type])).toEqual([
      ["$", "object"],
      ["$.a", "array"],
      ["$.a[0]", "integer"],
      ["$.a[1]", "text"],
      ["$.c", "null"],
    ]);
    expect(await children.orderBy("child__key").valuesList("child__key", { flat: true }).all()).toEqual(["a", "c"]);
  });

  it(".json_type(): the same words on every engine, NULL where nothing is", async () => {
    const data = { o: {}, l: [], i: 1, r: 1.5, t: true, f: false, s: "x", n: null };
    await Doc.create({ name: "x", data });
    const types = await Promise.all(
      [...Object.keys(data), "none"].map((key) => Doc.select({ type: JsonType("data", key) }).scalars()),
    );
    expect(types.flat()).toEqual([
      // JSON's own words, where SQLite says integer, real, true, false and text.
      ...["object", "array", "number", "number", "boolean", "boolean", "string", "null"],
      null,
    ]);
  });

  it(".extract(*paths): one value, or a list of several; null for a path that leads nowhere", async () => {
    await Doc.create({ name: "x", data: { a: { b: [1, "é"] }, c: "t" } });
    const of = (...paths: Parameters<typeof JsonExtract> extends [unknown, ...infer P] ? P : never) =>
      Doc.select({ of: JsonExtract("data", ...paths) }).scalar();
    expect(await of("a")).toEqual({ b: [1, "é"] });
    expect(await of(["a", "b", 1], "c", "none")).toEqual(["é", "t", null]);
    expect(await of("none")).toBeNull();
  });

  it("rest of JSONField: insert, replace, append, length; contains, has_key and its like", async () => {
    expect(await after({ a: 1 }, JsonInsert("data", "a", 2))).toEqual({ a: 1 });
    expect(await after({ a: 1 }, JsonInsert("data", "b", 2))).toEqual({ a: 1, b: 2 });
    expect(await after({ a: 1 }, JsonReplace("data", "b", 2))).toEqual({ a: 1 });
    expect(await after({ a: 1 }, JsonReplace("data", "a", null))).toEqual({ a: null });
    expect(await after({ a: [1] }, JsonAppend("data", "a", { b: 2 }))).toEqual({ a: [1, { b: 2 }] });
    await Doc.delete().execute();
    await Doc.create({ name: "x", data: { a: [1, 2], b: { c: 3 } } });
    expect(await Doc.select({ n: JsonLength("data", "a") }).scalar()).toBe(2);
    for (const where of [
      { data__contains: { b: { c: 3 } } },
      { data__contained_by: { a: [1, 2, 3], b: { c: 3 }, d: 1 } },
      { data__has_key: "a" },
      { data__has_keys: ["a", "b"] },
      { data__has_any_keys: ["x", "b"] },
      { data__b__c__gt: 2 },
    ]) {
      expect(
        await Doc.select()
          .where(where as { data__has_key: string })
          .count(),
        JSON.stringify(where),
      ).toBe(1);
    }
    await Doc.create({ name: "null", data: JsonNull });
    expect(await Doc.select("name").where({ data: JsonNull }).scalars()).toEqual(["null"]);
    expect(
      await Doc.select({ v: Value(1) })
        .where({ data__has_key: "x" })
        .execute(),
    ).toEqual([]);
  });

  it("AutoIncrementField: keys never come again; on SQLite they may, where a table says so", async () => {
    await Doc.create({ name: "a" });
    const { pk } = await Doc.create({ name: "b" });
    await Doc.deleteById(pk);
    expect((await Doc.create({ name: "c" })).pk).toBeGreaterThan(pk);
    Reusing.bind(base.db);
    if (!isSqlite) return expect(base.db.createTables([Reusing])).rejects.toThrow(NotSupportedError);
    await base.db.createTables([Reusing]);
    const last = await Reusing.insert({ n: 1 }).execute();
    await Reusing.deleteById(last);
    expect(await Reusing.insert({ n: 2 }).execute()).toBe(last);
  });
});
