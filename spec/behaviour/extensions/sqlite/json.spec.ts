import { beforeEach, expect, it } from "vitest";
import { F, fields, JsonNull, Lower, manager, Model, NotSupportedError, Q } from "dunder-orm";
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
import { onEngines, useDatabase } from "../../../support/engines.js";
import { without } from "../../../support/without.js";
import { at, type Json, lengthOf, type Mode, patched, removed, type Step, typeOf, written } from "./json-oracle.js";

class Item extends Model("json_item", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50, default: "Ünï" }),
  data: fields.json<Json>({ null: true }),
  other: fields.json<Json>({ null: true }),
}) {
  static objects = manager(this);
}

const VALUES: readonly Json[] = [
  {},
  [],
  5,
  "text",
  true,
  null,
  { a: 1 },
  { a: null },
  { a: { b: { c: 1 } }, "0": "zero" },
  { a: [1, { b: 2 }, [3]] },
  [[], { a: [] }],
  { "": 1, "ä b": { "c.d": [] }, 'q"u\\o': 1, "1a": 2 },
];
const PATHS: readonly (readonly Step[])[] = [
  ["a"],
  ["a", "b"],
  ["a", "b", "c"],
  ["a", "b", "c", "d"],
  ["a", 0],
  ["a", 1, "b"],
  ["a", 3],
  ["a", 4],
  ["a", 2, 1],
  [0],
  [1, "a", 0],
  ["0"],
  ["x", 0, "y", 0],
  ["x", 1],
  [""],
  ["ä b", "c.d", 0],
  ['q"u\\o'],
  ["1a"],
];
const HELD: readonly Json[] = [7, "täxt'\"", { k: [null] }, null, false, 2.5];

onEngines("JSON that is worked on in the database", (engine) => {
  const spec = useDatabase(engine, [Item]);

  async function hold(...values: readonly (Json | undefined)[]): Promise<void> {
    await Item.objects.delete({ all: true });
    const rows = values.map((data, index) => ({
      id: index + 1,
      data: data === null ? JsonNull : (data ?? null),
      other: { id: index },
    }));
    await Item.objects.bulkCreate(rows);
  }
  const now = async (): Promise<unknown[]> => await Item.objects.orderBy("id").valuesList("data", { flat: true }).all();

  beforeEach(() => hold(...VALUES));

  const writers = [
    ["set", JsonSet],
    ["insert", JsonInsert],
    ["replace", JsonReplace],
    ["append", JsonAppend],
  ] as const satisfies readonly (readonly [Mode, unknown])[];

  it.each(writers)("%ss at every path of every value as JavaScript would", async (mode, write) => {
    const expected: unknown[] = [];
    const found: unknown[] = [];
    for (const [index, path] of PATHS.entries()) {
      const held = HELD[index % HELD.length] as Json;
      const rows = await Item.objects
        .orderBy("id")
        .annotate({ made: write("data", path, held) })
        .valuesList("made", { flat: true })
        .all();
      found.push([path, rows]);
      expected.push([path, VALUES.map((value) => written(value, path, held, mode))]);
    }
    expect(found).toEqual(expected);
  });

  it("removes what paths lead to, and nothing else", async () => {
    for (const path of PATHS) {
      const rows = await Item.objects
        .orderBy("id")
        .annotate({ made: JsonRemove("data", path) })
        .valuesList("made", { flat: true })
        .all();
      expect(rows, JSON.stringify(path)).toEqual(VALUES.map((value) => removed(value, path)));
    }
  });

  it("removes one path after another, so that items have moved up", async () => {
    await hold({ a: [1, 2, 3, 4], b: 1, c: { d: 1 } });
    await Item.objects.update({ data: JsonRemove("data", ["a", 0], ["a", 1], "b", ["c", "x"]) }, { all: true });
    expect(await now()).toEqual([{ a: [2, 4], c: { d: 1 } }]);
  });

  it("merges patches as RFC 7396 says", async () => {
    const patches: readonly Json[] = [
      {},
      { a: 1, "0": null },
      { a: { b: null, x: { y: null, z: [null] } } },
      { a: null, "ä b": { "c.d": "x" } },
      [1, null],
      5,
      null,
      { 'q"u\\o': { n: 1 } },
    ];
    for (const patch of patches) {
      const rows = await Item.objects
        .orderBy("id")
        .annotate({ made: JsonMergePatch("data", patch) })
        .valuesList("made", { flat: true })
        .all();
      expect(rows, JSON.stringify(patch)).toEqual(VALUES.map((value) => patched(value, patch)));
    }
  });

  it("merges what is worked out for each row, but on PostgreSQL, which says so", async () => {
    const merged = Item.objects.filter({ id: 7 }).annotate({ made: JsonMergePatch("data", F("other")) });
    if (engine.name === "postgres") return expect(merged.all()).rejects.toThrow(NotSupportedError);
    expect((await merged.get()).made).toEqual({ a: 1, id: 6 });
  });

  it("tells types and lengths, NULL where nothing is", async () => {
    for (const path of [[], ...PATHS]) {
      const rows = await Item.objects
        .orderBy("id")
        .values({ type: JsonType("data", path), length: JsonLength("data", path) })
        .all();
      const found = VALUES.map((value) => at(value, path));
      expect(rows, JSON.stringify(path)).toEqual(
        found.map((value) => ({ type: typeOf(value), length: lengthOf(value) })),
      );
    }
  });

  it("extracts one value, or a list of several", async () => {
    await hold({ a: { b: "é" }, c: [1, { d: null }] }, {}, undefined);
    const rows = await Item.objects
      .orderBy("id")
      .values({ one: JsonExtract("data", ["a", "b"]), several: JsonExtract("data", ["c", 0], "nothing", ["c", 1]) })
      .all();
    expect(rows).toEqual([
      { one: "é", several: [1, null, { d: null }] },
      { one: null, several: [null, null, null] },
      { one: null, several: [null, null, null] },
    ]);
  });

  it("keeps NULL, where there is no JSON to work on", async () => {
    await hold(undefined);
    for (const made of [
      JsonSet("data", "a", 1),
      JsonInsert("data", ["a", "b"], 1),
      JsonReplace("data", "a", 1),
      JsonAppend("data", "a", 1),
      JsonRemove("data", "a"),
      JsonMergePatch("data", { a: 1 }),
      JsonMergePatch("data", 5),
    ]) {
      await Item.objects.update({ data: made }, { all: true });
      expect(await Item.objects.filter({ data__isnull: true }).count()).toBe(1);
    }
  });

  it("writes by update, once for every row, with what JSON makes of expressions", async () => {
    await hold({ n: 1 }, { n: 2 });
    const changed = await Item.objects.update({ data: JsonSet("data", "name", Lower("name")) }, { all: true });
    expect(changed).toBe(2);
    await Item.objects.filter({ data__n: 2 }).update({ data: JsonSet("data", "copy", F("other")) });
    await Item.objects.filter({ data__n: 1 }).update({ data: JsonSet("data", "is", Q({ id: 1 })) });
    expect(await now()).toEqual([
      { n: 1, name: "ünï", is: true },
      { n: 2, name: "ünï", copy: { id: 1 } },
    ]);
  });

  it("nests, and is filtered and ordered by", async () => {
    await hold({ n: [1, 2] }, { n: [3] }, {});
    const made = JsonRemove(JsonAppend(JsonSet("data", "x", { y: 1 }), "n", 9), ["x", "y"]);
    await Item.objects.update({ data: made }, { all: true });
    expect(await now()).toEqual([
      { n: [1, 2, 9], x: {} },
      { n: [3, 9], x: {} },
      { n: [9], x: {} },
    ]);
    const long = Item.objects.annotate({ n: JsonLength("data", "n") }).filter({ n__gte: 2 });
    expect(await long.orderBy("-n").valuesList("id", { flat: true }).all()).toEqual([1, 2]);
    expect(await long.count()).toBe(2);
    expect(await Item.objects.filter(JsonType("data", ["n", 0]).eq("number")).count()).toBe(3);
    expect(await Item.objects.filter({ id: 1 }).annotate({ made }).filter({ made__x: {} }).exists()).toBe(true);
  });

  it.skipIf(without.has("plans"))("has one plan for all values, and for all paths of one kind", async () => {
    const set = (key: string, value: Json) =>
      Item.objects.filter({ id: 1 }).update({ data: JsonSet("data", key, value) });
    await set("a", 1);
    const { compiled } = spec.db.stats.plans;
    await set("b", { c: "other" });
    await set("'; drop table json_item; --", null);
    expect(spec.db.stats.plans.compiled).toBe(compiled);
    expect((await now())[0]).toEqual({ a: 1, b: { c: "other" }, "'; drop table json_item; --": null });
  });

  it("works at keys that begin with a hyphen, or says that MariaDB cannot", async () => {
    await hold({ "-a": 1 });
    const write = Item.objects.update({ data: JsonSet("data", "-a", 2) }, { all: true });
    const remove = () => Item.objects.update({ data: JsonRemove("data", "-a") }, { all: true });
    if (engine.label === "MariaDB") {
      await expect(write).rejects.toThrow(/MariaDB has no way to a key of JSON that begins with a hyphen/);
      await expect(remove()).rejects.toThrow(NotSupportedError);
      return;
    }
    await write;
    expect(await now()).toEqual([{ "-a": 2 }]);
    await remove();
    expect(await now()).toEqual([{}]);
  });

  it("refuses what is no path, no JSON, and no value", async () => {
    const all = (data: unknown) => Item.objects.update({ data } as never, { all: true });
    expect(() => JsonSet("data", [-1], 1)).toThrow(/JsonSet: a path is a list of keys.*got number -1/);
    expect(() => JsonSet("data", [{}] as never, 1)).toThrow(/a path is a list of keys/);
    expect(() => JsonSet("data", undefined as never, 1)).toThrow(/got undefined/);
    expect(() => JsonSet("data", "a\0", 1)).toThrow(/not every engine stores/);
    expect(() => JsonSet("data", "a", undefined as never)).toThrow(/got undefined for the value/);
    expect(() => JsonSet("data", "a", 5n as never)).toThrow(/JSON has no bigint/);
    expect(() => JsonSet({} as never, "a", 1)).toThrow(/expected the path of a field/);
    expect(() => (JsonRemove as (target: string) => unknown)("data")).toThrow(/takes paths to what is to go/);
    expect(() => JsonRemove("data", [])).toThrow(/takes paths to what is to go/);
    expect(() => (JsonExtract as (target: string) => unknown)("data")).toThrow(/at least one path/);
    await expect(all(JsonSet("name", "a", 1))).rejects.toThrow(/is of JSON, not of a text/);
    await expect(all(JsonRemove("name", "a"))).rejects.toThrow(/JsonRemove works on JSON, and this is a text/);
    await expect(all(JsonSet("dat" as "data", "a", 1))).rejects.toThrow(/Did you mean "data"/);
    await expect(all(JsonSet("data", "a", { b: undefined, c: new Map() } as never))).rejects.toThrow(
      /JSON cannot hold/,
    );
  });
});
