import { sql } from "kysely";
import { expect, it } from "vitest";
import { ConfigurationError, fields, manager, Model, NotSupportedError } from "dunder-orm";
import { JsonEach, JsonNode, JsonRoot, JsonSource, JsonTree, sqliteTable } from "dunder-orm/sqlite";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Plain extends Model("plain_item", {
  id: fields.integer({ primaryKey: true }),
  data: fields.json<Record<string, unknown>>({ null: true }),
}) {
  static objects = manager(this);
}

class Word extends Model(
  "strict_word",
  {
    text: fields.string({ maxLength: 50, primaryKey: true }),
    uses: fields.integer(),
    share: fields.float({ null: true }),
    price: fields.decimal({ precision: 6, scale: 2, null: true }),
    at: fields.datetime({ null: true }),
    done: fields.boolean({ default: false }),
    data: fields.json({ null: true }),
    bytes: fields.binary({ null: true }),
  },
  { table: sqliteTable({ strict: true, withoutRowid: true }) },
) {
  static objects = manager(this);
}

class Reused extends Model(
  "reused",
  { id: fields.integer({ primaryKey: true }), n: fields.integer() },
  { table: sqliteTable({ autoIncrement: false }) },
) {
  static objects = manager(this);
}

onEngines("Forms of tables of SQLite", (engine) => {
  if (engine.name !== "sqlite") {
    const spec = useDatabase(engine, [Plain]);
    it("are refused by name, and so are the tables of JSON's nodes", async () => {
      await expect(spec.db.createTables([Word])).rejects.toThrow(NotSupportedError);
      await expect(spec.db.createTables([Word])).rejects.toThrow(/Word: .* has no tables of this form/);
      const joined = Plain.objects.join(JsonTree.alias("node"), { node__json: JsonSource("data") });
      await expect(joined.values("id").all()).rejects.toThrow(NotSupportedError);
    });
    return;
  }

  const spec = useDatabase(engine, [Plain, Word, Reused]);

  it("are strict, without rowid", async () => {
    const at = new Date("2024-01-31T10:20:30.456Z");
    const given = { share: 0.5, price: "1.50", at, done: true, data: { a: 1 }, bytes: new Uint8Array([1]) };
    await Word.objects.create({ text: "é", uses: 3, ...given });
    const row = await Word.objects.get({ text: "é" });
    expect({ ...row.toJSON() }).toMatchObject({ uses: 3, share: 0.5, price: "1.50", done: true, data: { a: 1 } });
    expect(row.at).toEqual(at);
    await expect(
      spec.db.execute(sql`insert into strict_word (text, uses, done) values ('x', 'many', 0)`),
    ).rejects.toThrow(/cannot store TEXT value in INTEGER column/);
    await expect(spec.db.execute(sql`select rowid from strict_word`)).rejects.toThrow(/no such column: rowid/);
    expect(await Word.objects.filter({ uses__gte: 2 }).update({ uses: 5 })).toBe(1);
  });

  it("never use a key again, unless told that they may", async () => {
    for (const model of [Plain, Reused]) await spec.db.execute(sql`delete from ${sql.table(model.meta.table)}`);
    const plain = await Plain.objects.create({});
    const { id } = plain;
    await plain.delete();
    expect((await Plain.objects.create({})).id).toBe(id + 1);
    await Reused.objects.create({ n: 1 });
    const last = await Reused.objects.create({ n: 2 });
    await Reused.objects.filter({ id: last.id }).delete();
    expect((await Reused.objects.create({ n: 3 })).id).toBe(2);
  });

  it("are refused for options and columns that they have not", async () => {
    expect(() => sqliteTable({ strct: true } as never)).toThrow(ConfigurationError);
    expect(() => sqliteTable({ strict: "yes" } as never)).toThrow(/each true or false; not strict/);
    const odd = fields.custom({ sqlType: () => "money", toDb: String, fromDb: String });
    const Odd = class extends Model("odd_table", { odd }, { table: sqliteTable({ strict: true }) }) {};
    await expect(spec.db.createTables([Odd])).rejects.toThrow(/no type for the column "odd"/);
    const Keyless = class extends Model(
      "keyless",
      { n: fields.integer() },
      { table: sqliteTable({ withoutRowid: true }) },
    ) {};
    await expect(spec.db.createTables([Keyless])).rejects.toThrow(/without rowid makes no keys/);
  });

  it("are there for the nodes of JSON", async () => {
    await Plain.objects.delete({ all: true });
    await Plain.objects.bulkCreate([
      { id: 101, data: { a: [1, "ü", null], b: { c: true } } },
      { id: 102, data: {} },
      { id: 103 },
    ]);
    const tree = Plain.objects.join(JsonTree.alias("node"), { node__json: JsonSource("data") });
    const rows = await tree
      .filter({ id: 101 })
      .orderBy("node__id")
      .values("node__fullkey", "node__type", "node__atom", { value: JsonNode("node") })
      .all();
    expect(rows.map((row) => [row.node__fullkey, row.node__type, row.node__atom, row.value])).toEqual([
      ["$", "object", null, { a: [1, "ü", null], b: { c: true } }],
      ["$.a", "array", null, [1, "ü", null]],
      ["$.a[0]", "integer", "1", 1],
      ["$.a[1]", "text", "ü", "ü"],
      ["$.a[2]", "null", null, null],
      ["$.b", "object", null, { c: true }],
      ["$.b.c", "true", "1", true],
    ]);
    expect(await tree.filter({ node__key: "c" }).valuesList("id", { flat: true }).all()).toEqual([101]);
    expect(await tree.filter({ id: 102 }).count()).toBe(1);
    const items = Plain.objects.join(JsonEach.alias("item"), {
      item__json: JsonSource("data"),
      item__root: JsonRoot("a"),
    });
    expect(await items.orderBy("item__id").valuesList("item__key", { flat: true }).all()).toEqual(["0", "1", "2"]);
    expect(await items.count()).toBe(3);
  });
});
