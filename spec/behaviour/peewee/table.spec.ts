import { beforeEach, describe, expect, it } from "vitest";
import { fields, Model } from "dunder-orm";
import { Table } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";

class Item extends Model("pw_item", {
  code: fields.integer({ primaryKey: true }),
  label: fields.string({ maxLength: 40, null: true }),
}) {}

onEngines("peewee Table", (engine) => {
  const base = useDatabase(engine, [Item]);
  const unbound = new Table("pw_item", { columns: ["code", "label"] });
  let items: typeof unbound;
  beforeEach(async () => {
    items = unbound.bind(base.db);
    await items.delete().execute();
  });

  it("insert of objects and of lists; select, update and delete with conditions; counts", async () => {
    expect(await items.insert({ code: 1, label: "a" }).execute()).toBe(1);
    const lists = [
      [2, "b"],
      [3, null],
    ];
    expect(await items.insert(lists, { columns: ["code", "label"] }).execute()).toBe(2);
    expect(await items.select().where({ code: 2 }).execute()).toEqual([{ code: 2, label: "b" }]);
    expect(await items.select("code").where({ label: null }).execute()).toEqual([{ code: 3 }]);
    expect(
      await items
        .select("code")
        .where({ code: [1, 2], label: "b" })
        .execute(),
    ).toEqual([{ code: 2 }]);
    expect(
      await items
        .update({ label: "x'); drop table pw_item; --" })
        .where({ code: [1, 2] })
        .execute(),
    ).toBe(2);
    expect(await items.delete().where({ code: 1 }).execute()).toBe(1);
    expect(await items.update({ label: "y" }).execute()).toBe(2);
  });

  it("replace, where the engine has it", async () => {
    await items.insert({ code: 1, label: "a" }).execute();
    const replace = items.replace([{ code: 1 }]);
    if (engine.name === "postgres") await expect(replace.execute()).rejects.toThrow();
    else {
      expect(await replace.execute()).toBe(1);
      expect(await items.select("label").execute()).toEqual([{ label: null }]);
    }
  });

  it("takes part in transactions, and tells its SQL", async () => {
    const undone = base.db.atomic(async () => {
      await items.insert({ code: 1 }).execute();
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await items.select().execute()).toEqual([]);
    const { sql, parameters } = items.select("code").where({ label: "a" }).sql();
    expect(sql.toLowerCase()).toMatch(/^select .code. from .pw_item. where .label. = /);
    expect(parameters).toEqual(["a"]);
  });
});

describe("Table", () => {
  const table = new Table("q", { columns: ["a", "b"] });
  it("refuses other columns, and what is no row", () => {
    const any = table as unknown as Record<string, (...given: unknown[]) => { where(given: object): unknown }>;
    expect(() => any["select"]?.("c")).toThrow('Table "q" has no column "c"');
    expect(() => any["insert"]?.({ aa: 1 })).toThrow('Did you mean "a"?');
    expect(() => any["update"]?.({ x: 1 })).toThrow("Columns: a, b.");
    expect(() => any["delete"]?.().where({ x: 1 })).toThrow("has no column");
    expect(() => any["delete"]?.().where({ a: undefined })).toThrow("is undefined");
    expect(() => table.insert([[1]])).toThrow("need { columns }");
    expect(() => table.insert([])).toThrow("there are no rows");
    expect(() => table.insert([3 as never])).toThrow("takes values by column");
    expect(() => table.select().sql()).toThrow("has no database");
    expect(() => new Table("q", { columns: [] })).toThrow("columns is a list of names");
    expect(() => new Table("", { columns: ["a"] })).toThrow("not a usable name");
    expect(() => new Table("q", { columns: ["a"], database: 3 as never })).toThrow("expected a Database or the alias");
  });
});
