import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fields, Model } from "dunder-orm";
import { DataSet, type FileProgress } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";

class Known extends Model("pw_known", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  at: fields.datetime({ null: true }),
  on: fields.boolean({ default: true }),
  raw: fields.binary({ null: true }),
}) {}

onEngines("peewee DataSet", (engine) => {
  const base = useDatabase(engine, [Known]);
  let ds: DataSet;
  let folder: string;
  beforeAll(async () => {
    ds = new DataSet(base.db);
    folder = await mkdtemp(join(tmpdir(), "dunder-dataset-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("insert makes the table, and the columns that it lacks; find, findOne, all, count, columns", async () => {
    const people = ds.table("pw_people");
    expect([await people.columns(), await people.all(), await people.findOne()]).toEqual([[], [], null]);
    const huey = await people.insert({ name: "Huey", age: 3 });
    const mickey = await people.insert({ name: "Mickey", color: "black", tall: true, weight: 4.5 });
    expect(await people.columns()).toEqual(["id", "name", "age", "color", "tall", "weight"]);
    const nothing = { color: null, tall: null, weight: null };
    expect(await people.find({ name: "Huey" })).toEqual([{ id: huey, name: "Huey", age: 3, ...nothing }]);
    expect(await people.findOne({ tall: true })).toEqual({
      ...{ id: mickey, name: "Mickey", age: null, color: "black", tall: true, weight: 4.5 },
    });
    expect(await people.count({ age__gt: 2 })).toBe(1);
    expect(await people.insertMany([{ name: "Zaizee" }, { age: 2 ** 20 }])).toHaveLength(2);
    const names: unknown[] = [];
    for await (const { name } of people) names.push(name);
    expect(names).toEqual(["Huey", "Mickey", "Zaizee", null]);
    expect(await ds.has("pw_people")).toBe(true);
    expect((await new DataSet(base.db).table("pw_people").find({ tall: true })).length).toBe(1);
    await expect(people.find({ nmae: "x" })).rejects.toThrow('Did you mean "name"?');
  });

  it("update and delete, of all rows or of those that are equal", async () => {
    const pets = ds.table("pw_pets");
    await pets.insertMany([
      { name: "a", kind: "cat" },
      { name: "b", kind: "cat" },
      { name: "c", kind: "dog" },
    ]);
    expect(await pets.update({ kind: "cat", loud: false }, { columns: ["kind"] })).toBe(2);
    expect(await pets.find({ loud: false })).toHaveLength(2);
    expect(await pets.update({ age: 1 })).toBe(3);
    await expect(pets.update({ age: 1 }, { columns: ["kind"] })).rejects.toThrow("values lack");
    expect(await pets.delete({ name: "a" })).toBe(1);
    expect(await pets.delete()).toBe(2);
    expect(await pets.delete({ name: "a" })).toBe(0);
  });

  it("keeps columns of any name, and values of any kind; what is not simple as the text of its JSON", async () => {
    const odd = ds.table("pw_odd");
    const at = new Date("2024-05-06T07:08:09.123Z");
    const row = { "first name": "x", a__b: 1, save: "y", big: 2n ** 60n, at, bytes: new Uint8Array([1, 255]) };
    await odd.insert({ ...row, list: [1, { a: 2 }] });
    const [found] = await odd.find({ "first name": "x", a__b: 1 });
    expect(found).toMatchObject(row);
    expect(JSON.parse(found?.["list"] as string)).toEqual([1, { a: 2 }]);
    await expect(odd.insert({ f: () => 1 })).rejects.toThrow("no column can hold");
  });

  it("reads and writes tables that models have", async () => {
    const known = ds.table("pw_known");
    const id = await known.insert({ name: "k", on: false });
    expect(await known.findOne({ id })).toEqual({ id, name: "k", at: null, on: false, raw: null });
    expect(await known.delete()).toBe(1);
  });

  it("a transaction that is undone takes its rows with it", async () => {
    const known = ds.table("pw_known");
    const undone = ds.transaction(async () => {
      await known.insert({ name: "k", on: true });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await known.count()).toBe(0);
  });

  it("freeze and thaw: JSON and CSV there and back, with word of progress", async () => {
    const known = ds.table("pw_known");
    const at = new Date("1969-12-31T23:59:59.999Z");
    const rows = Array.from({ length: 205 }, (_, i) => ({ name: `n"${i},\r\n`, at: i % 2 ? at : null, on: i % 3 > 0 }));
    await known.insertMany(rows);
    await known.update({ raw: new Uint8Array([7, 0]) });
    const before = await known.all();
    for (const format of ["json", "csv", "tsv"] as const) {
      const file = join(folder, `known.${format}`);
      const told: FileProgress[] = [];
      expect(await known.freeze({ format, file, onProgress: (progress) => told.push(progress) })).toBe(205);
      expect(told.map(({ done }) => done)).toEqual([100, 200, 205]);
      expect(told[0]?.total).toBe(205);
      await known.delete();
      const read: number[] = [];
      expect(await known.thaw({ format, file, onProgress: ({ done }) => read.push(done) })).toBe(205);
      expect(read).toEqual([100, 200, 205]);
      expect(await known.all()).toEqual(before);
    }
    expect((await readFile(join(folder, "known.csv"), "utf8")).split("\r\n")[0]).toBe("id,name,at,on,raw");
    await known.delete();
  });

  it("thaw adds columns, unless strict; without a header columns are the table's; errors undo all", async () => {
    const file = join(folder, "new.csv");
    await writeFile(file, '\uFEFFname,size\r\n"a ""quoted"" one",3\nplain,\n');
    const fresh = ds.table("pw_thawed");
    expect(await fresh.thaw({ file })).toBe(2);
    expect(await fresh.find()).toMatchObject([
      { name: 'a "quoted" one', size: "3" },
      { name: "plain", size: null },
    ]);
    await writeFile(file, "name,other\nx,1\n");
    expect(await fresh.thaw({ file, strict: true })).toBe(1);
    expect(await fresh.columns()).toEqual(["id", "name", "size"]);
    await writeFile(file, "100,y,2\n");
    expect(await fresh.thaw({ file, header: false })).toBe(1);
    expect(await fresh.findOne({ id: 100 })).toMatchObject({ name: "y", size: "2" });
    await writeFile(file, "name,size\nz,1\nz\n");
    await expect(fresh.thaw({ file })).rejects.toThrow("a line has 1 values for 2 columns");
    expect(await fresh.count({ name: "z" })).toBe(0);
    await writeFile(file, "{}");
    await expect(fresh.thaw({ file, format: "json" })).rejects.toThrow("expected a list of objects");
  });

  it("draws a bar on a terminal, and nothing elsewhere", async () => {
    const rows = ds.table("pw_bars");
    await rows.insertMany(Array.from({ length: 150 }, (_, n) => ({ n })));
    const file = join(folder, "bars.csv");
    const drawn: string[] = [];
    const write = (text: string) => drawn.push(text);
    await rows.freeze({ file, bar: { isTTY: true, write } });
    await ds.table("pw_bars_again").thaw({ file, bar: { isTTY: true, write } });
    const what = 'The table "pw_bars": freeze';
    expect(drawn.slice(0, 3)).toEqual([
      `\r${what} [${"#".repeat(20)}${"-".repeat(10)}] 100/150`,
      `\r${what} [${"#".repeat(30)}] 150/150`,
      "\n",
    ]);
    expect(drawn.slice(3)).toEqual([
      '\rThe table "pw_bars_again": thaw 100',
      '\rThe table "pw_bars_again": thaw 150',
      "\n",
    ]);
    await rows.freeze({ file, bar: { write } });
    expect(drawn).toHaveLength(6);
    await expect(rows.freeze({ file, bar: 3 as never })).rejects.toThrow("bar is true, false or a terminal");
  });

  it("refuses what is no table, no format and no option", async () => {
    expect(() => ds.table("")).toThrow("not a usable name");
    expect(() => new DataSet(3 as never)).toThrow("takes a Database or its URL");
    const known = ds.table("pw_known");
    await expect(known.freeze({ format: "xml", file: "x" } as never)).rejects.toThrow("one of json, csv, tsv");
    await expect(known.freeze({ file: "" })).rejects.toThrow("path of a file");
    await expect(known.thaw({ fiel: "x" } as never)).rejects.toThrow('Did you mean "file"?');
    await expect(known.freeze({ file: "x", onProgress: 3 } as never)).rejects.toThrow("onProgress is a function");
    await expect(known.insert(3 as never)).rejects.toThrow("takes values by column");
  });
});
