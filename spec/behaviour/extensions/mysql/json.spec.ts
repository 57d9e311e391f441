import { describe, expect, it } from "vitest";
import { F, FieldError, fields, manager, Model, NotSupportedError } from "dunder-orm";
import { JsonContainsPath, JsonMemberOf, JsonOverlaps, JsonSearch } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

class Item extends Model("my_json_item", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20, default: "x" }),
  data: fields.json<Json>({ null: true }),
}) {
  static objects = manager(this);
}

const VALUES: readonly Json[] = [
  [],
  [1, "a", null, true],
  ["b", 1.5, false],
  [[1], { k: "v" }],
  { a: 1, b: { c: ["x", "50%", "a_b", "a|b"] } },
  { a: 2, "odd key": { "": "x" } },
  "a",
  1,
  true,
  [[1, 2], "1"],
  { k: [1, 2] },
  [{ k: [1, 2], l: null }],
];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isSame = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);
const itemsOf = (value: Json): readonly Json[] => (isList(value) ? value : [value]);

/** What the server's manual says, in JavaScript; objects by themselves have a key and its value in common. */
function overlap(one: Json, other: Json): boolean {
  if (isObject(one) && isObject(other)) {
    return Object.entries(one).some(([key, value]) => Object.hasOwn(other, key) && isSame(value, other[key] as Json));
  }
  return itemsOf(one).some((item) => itemsOf(other).some((it) => isSame(item, it)));
}

function holdsList(value: Json): boolean {
  return (
    value !== null && typeof value === "object" && Object.values(value).some((it: Json) => isList(it) || holdsList(it))
  );
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

onEngines("JSON of MySQL's own", (engine) => {
  const spec = useDatabase(engine, [Item]);

  if (engine.name !== "mysql") {
    it("is refused by name", async () => {
      for (const [name, condition] of Object.entries({
        JsonOverlaps: JsonOverlaps("data", [1]),
        JsonMemberOf: JsonMemberOf(1, "data"),
        JsonContainsPath: JsonContainsPath("data", ["a"]),
      })) {
        await expect(Item.objects.filter(condition).all()).rejects.toThrow(NotSupportedError);
        await expect(Item.objects.filter(condition).all()).rejects.toThrow(
          `${name}(…) is there on MySQL and MariaDB, and this database is on ${spec.db.engine.label}.`,
        );
      }
      await expect(Item.objects.annotate({ at: JsonSearch("data", "a") }).all()).rejects.toThrow(/^JsonSearch\(…\) is/);
    });
    return;
  }

  const keep = async (): Promise<void> => {
    await Item.objects.delete({ all: true });
    await Item.objects.bulkCreate([
      ...VALUES.map((data, index) => ({ id: index + 1, data })),
      { id: VALUES.length + 1, data: null },
    ]);
  };
  const { objects } = Item;
  const found = async (rows: typeof objects): Promise<Json[]> => {
    const ids = await rows.orderBy("id").valuesList("id", { flat: true }).all();
    return ids.map((id) => VALUES[id - 1] as Json);
  };

  it("tells what overlaps", async () => {
    await keep();
    const others: Json[] = [
      [1, 2],
      ["50%"],
      { a: 1 },
      { b: 1 },
      [null],
      [{ k: "v" }],
      { k: [1] },
      [{ k: [1], l: null }],
    ];
    for (const other of [...VALUES, ...others]) {
      if (engine.label === "MariaDB" && holdsList(other)) {
        await expect(found(objects.filter(JsonOverlaps("data", other)))).rejects.toThrow(NotSupportedError);
        await expect(found(objects.filter(JsonOverlaps("data", other)))).rejects.toThrow(
          /MariaDB does not compare lists that stand in other values/,
        );
        continue;
      }
      const wanted = VALUES.filter((value) => overlap(value, other));
      expect([other, await found(objects.filter(JsonOverlaps("data", other)))]).toEqual([other, wanted]);
    }
  });

  it("tells the items of lists", async () => {
    await keep();
    for (const item of [
      1,
      1.5,
      2,
      "a",
      "1",
      "b",
      true,
      false,
      [1],
      [1, 2],
      { k: "v" },
      { k: [1] },
      { k: [1, 2] },
      "A",
    ] satisfies Json[]) {
      if (engine.label === "MariaDB" && (isList(item) || holdsList(item))) {
        await expect(found(objects.filter(JsonMemberOf(item, "data")))).rejects.toThrow(NotSupportedError);
        continue;
      }
      const wanted = VALUES.filter((value) => itemsOf(value).some((it) => isSame(it, item)));
      expect([item, await found(objects.filter(JsonMemberOf(item, "data")))]).toEqual([item, wanted]);
    }
    expect(await found(objects.filter(JsonMemberOf(F("name"), "data")))).toEqual([]);
    await Item.objects.filter({ id: 2 }).update({ name: "a" });
    expect(await found(objects.filter(JsonMemberOf(F("name"), "data")))).toEqual([VALUES[1]]);
  });

  it("tells whether there is something at paths", async () => {
    await keep();
    expect(await found(objects.filter(JsonContainsPath("data", ["a"])))).toEqual([VALUES[4], VALUES[5]]);
    expect(
      await found(
        objects.filter(
          JsonContainsPath("data", [
            ["b", "c", 1],
            ["odd key", ""],
          ]),
        ),
      ),
    ).toEqual([VALUES[4], VALUES[5]]);
    expect(await found(objects.filter(JsonContainsPath("data", ["a", ["b", "c"]], { all: true })))).toEqual([
      VALUES[4],
    ]);
    expect(await found(objects.filter(JsonContainsPath("data", [[0]])))).toEqual(
      VALUES.filter((value) => !isList(value) || value.length > 0),
    );
    const without = await Item.objects.exclude(JsonContainsPath("data", ["a"])).count();
    expect(without).toBe(VALUES.length - 1);
  });

  it("tells where a text is", async () => {
    await keep();
    const at = async (expression: ReturnType<typeof JsonSearch>) =>
      Item.objects.filter({ id: 5 }).annotate({ at: expression }).valuesList("at", { flat: true }).get();
    expect(await at(JsonSearch("data", "x"))).toBe("$.b.c[0]");
    expect(await at(JsonSearch("data", "X"))).toBeNull();
    expect(await at(JsonSearch("data", "50%"))).toBe("$.b.c[1]");
    expect(await at(JsonSearch("data", "a_b"))).toBe("$.b.c[2]");
    expect(await at(JsonSearch("data", "a|b"))).toBe("$.b.c[3]");
    expect(await at(JsonSearch("data", "%"))).toBeNull();
    expect(await at(JsonSearch("data", "5%", { pattern: true }))).toBe("$.b.c[1]");
    expect(await at(JsonSearch("data", "x", { path: "a" }))).toBeNull();
    expect(await at(JsonSearch("data", "x", { path: ["b", "c"] }))).toBe("$.b.c[0]");
    const all = Item.objects.annotate({ at: JsonSearch("data", "a_b", { all: true, pattern: true }) }).orderBy("id");
    const rows = await all
      .filter({ id__in: [5, 7, 8, 11] })
      .valuesList("at", { flat: true })
      .all();
    expect(rows).toEqual([["$.b.c[2]", "$.b.c[3]"], null, null, null]);
    const one = await all.filter({ at__isnull: false }).count();
    expect(one).toBe(1);
  });

  describe("refuses", () => {
    it("what is no JSON, no path and no text", () => {
      expect(() => Item.objects.filter(JsonOverlaps("name", [1]))).toThrow(
        /JsonOverlaps works on JSON, and this is a text/,
      );
      expect(() => JsonOverlaps("data", undefined as never)).toThrow(FieldError);
      expect(() => JsonContainsPath("data", [] as never)).toThrow(/takes a list of paths/);
      expect(() => JsonContainsPath("data", ["a"], { al: true } as never)).toThrow(
        /options are \{ all \}, got string "al"/,
      );
      expect(() => JsonContainsPath("data", ["-a"])).toThrow(NotSupportedError);
      expect(() => JsonSearch("data", 1 as never)).toThrow(/takes the text to be found, got number 1/);
      expect(() => JsonSearch("data", "a", { pattern: 1 } as never)).toThrow(/pattern is true or false/);
    });
  });
});
