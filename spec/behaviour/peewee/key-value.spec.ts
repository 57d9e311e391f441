import { beforeEach, expect, it } from "vitest";
import { F, type QueryEvent } from "dunder-orm";
import { type Entries, KeyValue } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";

onEngines("peewee KeyValue", (engine) => {
  const events: QueryEvent[] = [];
  const base = useDatabase(engine, [], { onQuery: (event) => events.push(event) });
  let kv: KeyValue;
  beforeEach(async () => {
    kv = new KeyValue(base.db, { ordered: true });
    await kv.clear();
  });

  it("set, get, contains: any JSON, by one statement, be the key there or not", async () => {
    for (const value of ["text", 3, 1.5, true, null, [1, { a: "b" }], { deep: [null] }, ""]) {
      await kv.set("k", value);
      expect(await kv.get("k")).toEqual(value);
    }
    events.length = 0;
    await kv.set("k", 1);
    expect(events.filter(({ sql }) => /insert/i.test(sql))).toHaveLength(1);
    expect([await kv.contains("k"), await kv.contains("K"), await kv.size()]).toEqual([true, false, 1]);
    expect([await kv.get("none"), await kv.get("none", 7)]).toEqual([null, 7]);
  });

  it("update, keys, values, items, for await: many at once, in the order of keys", async () => {
    await kv.update({ b: 2, a: 1 });
    await kv.update([
      ["c", 3],
      ["b", 4],
      ["b", 5],
    ]);
    await kv.update(new Map([["d", 6]]));
    await kv.update({});
    expect(await kv.keys()).toEqual(["a", "b", "c", "d"]);
    expect(await kv.values()).toEqual([1, 5, 3, 6]);
    expect(await kv.items()).toEqual([
      ["a", 1],
      ["b", 5],
      ["c", 3],
      ["d", 6],
    ]);
    const seen: unknown[] = [];
    for await (const [key, value] of kv) seen.push(key, value);
    expect(seen).toEqual(["a", 1, "b", 5, "c", 3, "d", 6]);
  });

  it("delete, pop, setDefault, clear", async () => {
    await kv.update({ a: 1, b: 2 });
    expect([await kv.delete("a"), await kv.delete("a")]).toEqual([true, false]);
    expect([await kv.pop("b"), await kv.pop("b"), await kv.pop("b", 9)]).toEqual([2, null, 9]);
    expect([await kv.setDefault("c", 3), await kv.setDefault("c", 4)]).toEqual([3, 3]);
    await kv.clear();
    expect(await kv.size()).toBe(0);
  });

  it("where: the entries of which a condition holds", async () => {
    await kv.update({ "u:1": 1, "u:2": 2, "x:1": 1 });
    const users: Entries<unknown> = kv.where({ key__startswith: "u:" });
    expect(await users.values()).toEqual([1, 2]);
    expect(await kv.where({ key__gt: "u:1", value: 1 }).keys()).toEqual(["x:1"]);
    expect(await kv.where(F("key").in(["u:1", "x:1"])).values()).toEqual([1, 1]);
    expect(await users.set(7)).toBe(2);
    expect(await kv.values()).toEqual([7, 7, 1]);
    expect([await users.contains(), await users.delete(), await users.contains()]).toEqual([true, 2, false]);
    expect(await kv.keys()).toEqual(["x:1"]);
  });

  it("keeps apart what has a table of its own, and what is written in a transaction that is undone", async () => {
    const other = new KeyValue<{ n: number }>(base.db, { table: "pw_other_values" });
    await other.set("a", { n: 1 });
    expect((await other.get("a"))?.n).toBe(1);
    expect(await kv.contains("a")).toBe(false);
    const undone = base.db.atomic(async () => {
      await other.set("b", { n: 2 });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await other.contains("b")).toBe(false);
  });

  it("refuses what is no key, no value and no option", async () => {
    await expect(kv.get(3 as never)).rejects.toThrow("a key is a text, got number 3");
    await expect(kv.set("a", undefined as never)).rejects.toThrow("is undefined");
    await expect(kv.where({ kez: 1 } as never).values()).rejects.toThrow('Did you mean "key"?');
    expect(() => new KeyValue(base.db, { tabel: "x" } as never)).toThrow('Did you mean "table"?');
    expect(() => new KeyValue({ database: base.db } as never)).toThrow("expected a Database or the alias of one");
  });
});
