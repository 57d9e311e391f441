import { describe, expect, it } from "vitest";
import { F, fields, manager, Model, StaleRowError } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";

class Page extends Model("page", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 40 }),
  text: fields.text({ default: "" }),
  version: fields.version(),
  parent: () => fields.foreignKey(Page, { null: true, onDelete: "set null" }),
  children: () => fields.hasMany(Page, "parent"),
}) {
  static objects = manager(this);
}

onEngines("Versions of rows", (engine) => {
  const test = useDatabase(engine, [Page]);

  const make = async (title = "a") => {
    await Page.objects.delete({ all: true });
    return Page.objects.create({ id: 1, title });
  };
  const versionOf = async (id = 1) => (await Page.objects.get({ id })).version;

  it("begin with 1 and grow with every write that changes something", async () => {
    const page = await make();
    expect([page.version, await versionOf()]).toEqual([1, 1]);
    page.title = "b";
    await expectQueries(1, () => page.save());
    await page.save();
    await page.update({ text: "x" });
    expect([page.version, await versionOf(), page.isDirty()]).toEqual([3, 3, false]);
  });

  it("keep a row from being saved over another's change", async () => {
    const mine = await make();
    const theirs = await Page.objects.get({ id: 1 });
    await theirs.update({ title: "theirs" });
    mine.title = "mine";
    await expect(mine.save()).rejects.toThrow(StaleRowError);
    await expect(mine.save()).rejects.toThrow(
      "Page(id=1) could not be updated: it has another version than 1 by now, so somebody else wrote it. Read it again",
    );
    expect([mine.version, mine.title, mine.dirtyFields()]).toEqual([1, "mine", ["title"]]);
    await mine.refresh();
    await mine.update({ title: "mine" });
    expect(await versionOf()).toBe(3);
  });

  it("are compared with what a program says that it saw", async () => {
    const page = await make();
    await page.update({ title: "b" });
    const found = await Page.objects.get({ id: 1 });
    found.version = 1;
    found.title = "c";
    await expect(found.save()).rejects.toThrow(StaleRowError);
    await expect((await Page.objects.get({ id: 1 })).update({ title: "c", version: 1 })).rejects.toThrow(StaleRowError);
    await (await Page.objects.get({ id: 1 })).update({ title: "c", version: 2 });
    expect(await versionOf()).toBe(3);
  });

  it("keep a row from being deleted over another's change", async () => {
    const mine = await make();
    await (await Page.objects.get({ id: 1 })).update({ title: "b" });
    await expect(mine.delete()).rejects.toThrow(
      "Page(id=1) could not be deleted: it has another version than 1 by now",
    );
    expect(await Page.objects.count()).toBe(1);
    await mine.refresh();
    expect(await mine.delete()).toEqual({ total: 1, byModel: { Page: 1 } });
  });

  it("tell rows that are gone from rows that changed", async () => {
    const page = await make();
    const other = await Page.objects.get({ id: 1 });
    await page.delete();
    await expect(other.update({ title: "x" })).rejects.toThrow(Page.DoesNotExist);
    expect(await other.delete()).toEqual({ total: 0, byModel: {} });
  });

  it("grow with updates of querysets and with what is done to rows that point at others", async () => {
    const page = await make();
    const child = await page.children.create({ id: 2, title: "child" });
    expect(await Page.objects.filter({ id: 2 }).update({ text: "x" })).toBe(1);
    expect(await Page.objects.filter({ id: 2 }).update({ title: F("title"), text: "y" })).toBe(1);
    expect(await versionOf(2)).toBe(3);
    await expect(child.update({ title: "z" })).rejects.toThrow(StaleRowError);
    await page.delete();
    expect(await versionOf(2)).toBe(4);
    await Page.objects.filter({ id: 2 }).update({ version: 1 });
    expect(await versionOf(2)).toBe(1);
  });

  it("are what they were where a transaction is undone", async () => {
    const page = await make();
    const undone = test.db.atomic(async () => {
      await page.update({ title: "b" });
      await page.update({ title: "c" });
      expect(page.version).toBe(3);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(page.version).toBe(1);
    await page.save();
    expect([page.version, await versionOf()]).toEqual([2, 2]);
  });

  it("let one of many through who read the same", async () => {
    await make();
    const rows = await Promise.all(Array.from({ length: 8 }, () => Page.objects.get({ id: 1 })));
    const saved = await Promise.allSettled(rows.map((row, at) => row.update({ title: `t${at}` })));
    expect(saved.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of saved) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(StaleRowError);
  });
});

describe("fields.version()", () => {
  it("is one of a model, and takes the column's own options", () => {
    expect(() => fields.version({ default: 3 } as never)).toThrow(
      'takes no option "default". Options: column, comment.',
    );
    class Twice extends Model("twice", { a: fields.version(), b: fields.version() }) {
      static objects = manager(this);
    }
    expect(() => new Twice({})).toThrow('Twice: "a" and "b" are both fields.version(), and a row has one version.');
  });
});
