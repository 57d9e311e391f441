// What files make of odd values, and what a data set does where tables cannot be made.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fields, Model, TransactionError, ValidationError } from "dunder-orm";
import { DataSet, KeyValue } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";

class Odd extends Model("pw_odd_values", {
  id: fields.integer({ primaryKey: true }),
  name: fields.text({ null: true }),
  must: fields.text(),
  at: fields.datetime({ null: true }),
  big: fields.bigInteger({ null: true }),
  share: fields.float({ null: true }),
  data: fields.json<unknown>({ null: true }),
  raw: fields.binary({ null: true }),
}) {}

class Single extends Model("pw_single_column", { word: fields.string({ maxLength: 20, primaryKey: true }) }) {}

const TEXTS = [
  "",
  " ",
  '"',
  '""',
  "a,b",
  "a\tb",
  "x\r\ny",
  "\n",
  "naïve 🐈 \u0301",
  "'; drop table x; --",
  "\\N",
  "NULL",
];

onEngines("peewee DataSet and odd values", (engine) => {
  const base = useDatabase(engine, [Odd, Single]);
  const isTextual = engine.label === "MariaDB";
  let ds: DataSet;
  let folder: string;
  const fileOf = (name: string) => join(folder, name);
  const written = async (text: string, name = "given.csv") => {
    await writeFile(fileOf(name), text);
    return fileOf(name);
  };
  beforeAll(async () => {
    ds = new DataSet(base.db);
    folder = await mkdtemp(join(tmpdir(), "dunder-odd-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("come back as they were: NULL and the empty text, moments, bigints, JSON, bytes, texts of all kinds", async () => {
    const odd = ds.table("pw_odd_values");
    const nothing = { name: null, must: "", at: null, big: null, share: null, data: null, raw: null };
    await odd.insertMany([
      nothing,
      ...TEXTS.map((name) => ({ ...nothing, name, must: name })),
      { ...nothing, at: new Date("0001-02-03T04:05:06.789Z"), big: -(2n ** 63n), share: -1.5e-300 },
      { ...nothing, at: new Date("9999-12-31T23:59:59.999Z"), big: 2n ** 63n - 1n, raw: new Uint8Array(0) },
      { ...nothing, data: "3", raw: new Uint8Array([0, 255, 10]) },
      // MariaDB's JSON is text to whoever asks what a table has.
      ...(isTextual ? [] : ["a text", { a: [null, "", '"'] }, []].map((data) => ({ ...nothing, data }))),
    ]);
    const before = await odd.all();
    for (const format of ["csv", "tsv", "json"] as const) {
      for (const base64 of [false, true]) {
        const file = fileOf(`odd.${format}`);
        expect(await odd.freeze({ format, file, base64 })).toBe(before.length);
        await odd.delete();
        expect(await odd.thaw({ format, file, base64 })).toBe(before.length);
        expect(await odd.all()).toEqual(before);
      }
    }
  });

  it("an empty table is a line of names, and one that is not there an empty file", async () => {
    const odd = ds.table("pw_odd_values");
    await odd.delete();
    expect(await odd.freeze({ file: fileOf("none.csv") })).toBe(0);
    expect(await readFile(fileOf("none.csv"), "utf8")).toBe("id,name,must,at,big,share,data,raw\r\n");
    expect(await odd.thaw({ file: fileOf("none.csv") })).toBe(0);
    expect(await odd.freeze({ format: "json", file: fileOf("none.json") })).toBe(0);
    expect(await odd.thaw({ format: "json", file: fileOf("none.json") })).toBe(0);
    expect(await ds.table("pw_nowhere").freeze({ file: fileOf("nowhere.csv") })).toBe(0);
    expect(await readFile(fileOf("nowhere.csv"), "utf8")).toBe("");
    expect(await ds.table("pw_nowhere").thaw({ file: fileOf("nowhere.csv") })).toBe(0);
    expect(await ds.has("pw_nowhere")).toBe(false);
  });

  it("a table of one column: an empty text is no empty line", async () => {
    const single = ds.table("pw_single_column");
    await single.insertMany([{ word: "a" }, { word: "" }, { word: "b" }]);
    const before = await single.all();
    await single.freeze({ file: fileOf("single.csv") });
    await single.delete();
    expect(await single.thaw({ file: fileOf("single.csv") })).toBe(3);
    expect(await single.all()).toEqual(before);
  });

  it("files of others: a mark at the beginning, moments without a zone, empty lines, any line ends", async () => {
    const odd = ds.table("pw_odd_values");
    await odd.delete();
    const names = "\uFEFFmust,at,name,big\n\n";
    await odd.thaw({ file: await written(`${names}x,2024-05-06 07:08:09.5,,+7\r"y",,"",\n`) });
    expect(await odd.find()).toMatchObject([
      { must: "x", at: new Date("2024-05-06T07:08:09.500Z"), name: null, big: 7n },
      { must: "y", at: null, name: "", big: null },
    ]);
    await odd.thaw({ format: "json", file: await written('\uFEFF[{"must":"z","at":"2024-05-06T07:08:09+02:00"}]') });
    expect((await odd.findOne({ must: "z" }))?.["at"]).toEqual(new Date("2024-05-06T05:08:09Z"));
  });

  it("says of which row a value is none of its column's, and puts nothing in", async () => {
    const odd = ds.table("pw_odd_values");
    await odd.delete();
    const wrong = async (column: string, text: string) => {
      const file = await written(`must,${column}\nx,\nx,${text}\n`);
      const thawed = odd.thaw({ file });
      await expect(thawed).rejects.toThrow(ValidationError);
      await expect(odd.thaw({ file })).rejects.toThrow(`pw_odd_values.${column}: row 2 of ${file} has string`);
    };
    for (const text of ["abc", "1.5", "0x10", " "]) await wrong("big", text);
    for (const text of ["abc", "1,5".slice(0, 1) + "e", " "]) await wrong("share", text);
    await wrong("at", "yesterday");
    if (!isTextual) await wrong("data", "{a:1}");
    for (const text of ["xyz", "abc"]) await wrong("raw", text);
    expect(await odd.count()).toBe(0);
    await expect(odd.thaw({ file: await written('must\n"open') })).rejects.toThrow("the file ends within quotes");
    await expect(odd.thaw({ file: await written("must,must\na,b\n") })).rejects.toThrow(
      'two columns are called "must"',
    );
    await expect(odd.thaw({ format: "json", file: await written("[{]") })).rejects.toThrow("no JSON:");
  });

  it("a column that is undone with its transaction is made again; on some engines it cannot be made there", async () => {
    const grown = ds.table("pw_grown");
    await grown.insert({ a: 1 });
    const undone = ds.transaction(async () => {
      await grown.insert({ a: 2, b: 3 });
      throw new Error("undo");
    });
    if (engine.name === "mysql") {
      await expect(undone).rejects.toThrow(TransactionError);
      const kept = ds.transaction(async () => {
        await grown.insert({ a: 4 });
        await ds.table("pw_fresh").insert({ a: 1 });
      });
      await expect(kept).rejects.toThrow(/"pw_fresh" is not there yet.*would end the transaction on M/);
      expect(await grown.count()).toBe(1);
    } else {
      await expect(undone).rejects.toThrow("undo");
      expect(await grown.columns()).toEqual(["id", "a"]);
    }
    await grown.insert({ a: 2, b: 3 });
    expect(await grown.find({ b: 3 })).toHaveLength(1);
  });

  it("rows that come at the same time may ask for the same table and columns", async () => {
    const many = ds.table("pw_at_once");
    await Promise.all(Array.from({ length: 8 }, (_, n) => many.insert({ n, [n % 2 ? "odd" : "even"]: true })));
    expect(await many.count()).toBe(8);
    expect((await many.columns()).toSorted()).toEqual(["even", "id", "n", "odd"]);
  });

  it("refuses what is no list, no condition and no option", async () => {
    const odd = ds.table("pw_odd_values");
    await expect(odd.insertMany("ab" as never)).rejects.toThrow("takes a list of rows");
    await expect(odd.find(null as never)).rejects.toThrow("takes values by column, got null");
    await expect(odd.delete([] as never)).rejects.toThrow("takes values by column");
    await expect(odd.find({ must: { gt: "" } })).rejects.toThrow("must");
    await expect(odd.find({ must: undefined })).rejects.toThrow("undefined");
    await expect(odd.update({ must: "x" }, { columns: "must" as never })).rejects.toThrow("columns is a list of names");
    await expect(odd.update({ must: "x" }, { column: ["must"] } as never)).rejects.toThrow('Did you mean "columns"?');
  });

  it("KeyValue: its table is not made in a transaction that it would end; once it is there all goes on", async () => {
    const kv = new KeyValue(base.db, { table: "pw_kv_in_transaction" });
    const used = base.db.atomic(() => kv.set("a", 1));
    if (engine.name === "mysql") {
      await expect(used).rejects.toThrow(/"pw_kv_in_transaction" is not there yet.*would end the transaction/);
      expect(await kv.setDefault("a", 1)).toBe(1);
    } else await used;
    const again = new KeyValue(base.db, { table: "pw_kv_in_transaction" });
    await base.db.atomic(() => again.set("b", 2));
    expect((await again.items()).toSorted()).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  it("KeyValue: of several at once one takes a value out, and all agree on a default", async () => {
    const kv = new KeyValue<number>(base.db, { table: "pw_kv_at_once" });
    await kv.set("a", 1);
    const popped = await Promise.all([kv.pop("a"), kv.pop("a"), kv.pop("a")]);
    expect(popped.filter((value) => value === 1)).toHaveLength(1);
    const defaults = await Promise.all([1, 2, 3].map((value) => kv.setDefault("b", value)));
    expect(new Set(defaults).size).toBe(1);
    expect(await kv.get("b")).toBe(defaults[0]);
    await expect(kv.update(null as never)).rejects.toThrow("takes an object, a Map or a list of pairs");
    await expect(kv.update(["ab"] as never)).rejects.toThrow('takes pairs of a key and a value, got string "ab"');
    expect(() => new KeyValue(base.db, { ordered: "yes" as never })).toThrow("ordered is true or false");
  });
});
