import { inspect } from "node:util";
import { beforeEach, expect, it } from "vitest";
import { FieldError, fields, manager, Model, type QueryEvent, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

interface Settings {
  theme?: string;
  tags?: string[];
}

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 20 }),
  body: fields.text({ default: "" }),
  seen: fields.datetime({ null: true }),
  settings: fields.json<Settings>({ default: {} }),
  bytes: fields.binary({ null: true }),
  rank: fields.bigInteger({ null: true }),
  parent: () => fields.foreignKey(Note, { null: true }),
}) {
  static objects = manager(this);
}

class Other extends Model("other", { id: fields.integer({ primaryKey: true }) }) {
  static objects = manager(this);
}

onEngines("A row", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, [Note, Other], { onQuery: (event) => events.push(event) });
  beforeEach(() => {
    events = [];
  });
  const sent = (): string[] => events.map((event) => event.sql);
  const setColumns = (): string[] => {
    const [sql = ""] = sent();
    const list = /^update .* set (.*) where /is.exec(sql)?.[1] ?? "";
    return [...list.matchAll(/["`](\w+)["`] = /g)].map((match) => match[1] as string);
  };

  it("that is new has no key, is dirty, and inserts itself once", async () => {
    const note = new Note({ title: "a" });
    expect(note.pk).toBeNull();
    expect(note.isDirty()).toBe(true);
    expect(sent()).toEqual([]);
    expect(await note.save()).toBe(note);
    expect(note.pk).toBeTypeOf("number");
    expect(note.pk).toBe(note.id);
    expect(note.isDirty()).toBe(false);
    expect(sent()).toHaveLength(1);
    expect(sent()[0]).toMatch(/^insert into/i);
    await note.save();
    expect(sent()).toHaveLength(1);
  });

  it("that did not change sends no query", async () => {
    const { pk } = await Note.objects.create({
      title: "a",
      seen: new Date(0),
      settings: { tags: ["x"] },
      bytes: Buffer.from([1]),
      rank: 5n,
    });
    const note = await Note.objects.get({ pk });
    events = [];
    note.title = "a";
    note.seen = new Date(0);
    note.settings = { tags: ["x"] };
    note.bytes = new Uint8Array([1]);
    note.rank = 5n;
    expect(note.dirtyFields()).toEqual([]);
    await note.save();
    await note.save({ only: [] });
    expect(sent()).toEqual([]);
  });

  it("sends the columns that changed, and no others", async () => {
    const { pk } = await Note.objects.create({ title: "a", body: "b" });
    const note = await Note.objects.get({ pk });
    await Note.objects.filter({ pk }).update({ body: "by someone else" });
    events = [];
    note.title = "c";
    expect(note.dirtyFields()).toEqual(["title"]);
    await note.save();
    expect(sent()).toHaveLength(1);
    expect(setColumns()).toEqual(["title"]);
    const read = await Note.objects.get({ pk });
    expect([read.title, read.body]).toEqual(["c", "by someone else"]);
  });

  it("notices changes inside of values", async () => {
    const made = await Note.objects.create({
      title: "a",
      seen: new Date("2024-01-01T00:00:00Z"),
      settings: { tags: ["x"] },
      bytes: new Uint8Array([1, 2]),
    });
    for (const note of [made, await Note.objects.get({ pk: made.pk })]) {
      note.settings.tags?.push("y");
      expect(note.dirtyFields()).toEqual(["settings"]);
      note.seen?.setUTCFullYear(1999);
      note.bytes!.set([9]);
      expect(note.dirtyFields()).toEqual(["seen", "settings", "bytes"]);
      events = [];
      await note.save();
      expect(setColumns()).toEqual(["seen", "settings", "bytes"]);
      expect(note.isDirty()).toBe(false);
      const read = await Note.objects.get({ pk: note.pk });
      expect(read.settings.tags?.at(-1)).toBe("y");
      expect(read.seen?.getUTCFullYear()).toBe(1999);
      expect(read.bytes).toEqual(new Uint8Array([9, 2]));
    }
  });

  it("is what the values were when it was saved, whatever happens to them later", async () => {
    const settings = { tags: ["x"] };
    const seen = new Date("2024-01-01T00:00:00Z");
    const note = await Note.objects.create({ title: "a", settings, seen });
    settings.tags.push("y");
    expect(note.isDirty()).toBe(true);
    await note.save();
    expect((await Note.objects.get({ pk: note.pk })).settings).toEqual({ tags: ["x", "y"] });
  });

  it("is refreshed in place, and loses what was not saved", async () => {
    const note = await Note.objects.create({ title: "a" });
    await Note.objects.filter({ pk: note.pk }).update({ title: "b" });
    note.body = "lost";
    expect(await note.refresh()).toBe(note);
    expect([note.title, note.body, note.isDirty()]).toEqual(["b", "", false]);
    events = [];
    expect(await note.load()).toBe(note);
    expect(sent()).toEqual([]);
  });

  it("updates the fields it is told, and leaves other changes unsaved", async () => {
    const note = await Note.objects.create({ title: "a", body: "b" });
    note.body = "unsaved";
    events = [];
    expect(await note.update({ title: "c", rank: 7n })).toBe(note);
    expect(setColumns()).toEqual(["title", "rank"]);
    const read = await Note.objects.get({ pk: note.pk });
    expect([read.title, read.body, read.rank]).toEqual(["c", "b", 7n]);
    expect(note.body).toBe("unsaved");
    expect(note.dirtyFields()).toEqual(["body"]);
    await note.save();
    expect((await Note.objects.get({ pk: note.pk })).body).toBe("unsaved");
  });

  it("is left as it was by an update that is refused", async () => {
    const note = await Note.objects.create({ title: "a" });
    await expect(note.update({ title: "x".repeat(21), body: "y" })).rejects.toBeInstanceOf(ValidationError);
    expect([note.title, note.body, note.isDirty()]).toEqual(["a", "", false]);
  });

  it("saves only the fields named", async () => {
    const note = await Note.objects.create({ title: "a", body: "b" });
    note.title = "c";
    note.body = "d";
    events = [];
    await note.save({ only: ["body"] });
    expect(setColumns()).toEqual(["body"]);
    expect((await Note.objects.get({ pk: note.pk })).title).toBe("a");
    expect(note.dirtyFields()).toEqual(["title"]);
    await expect(note.save({ only: ["titel"] })).rejects.toThrow(/no field "titel".*Did you mean "title"/);
  });

  it("inserts with forceInsert, whatever it was", async () => {
    const note = await Note.objects.create({ title: "a" });
    const key = note.pk + 1000;
    Object.assign(note, { id: key });
    await note.save({ forceInsert: true });
    expect(await Note.objects.filter({ pk__in: [key - 1000, key] }).count()).toBe(2);
    await note.delete();
  });

  it("updates with forceUpdate, or throws", async () => {
    const { pk } = await Note.objects.create({ title: "a", body: "kept" });
    const same = new Note({ id: pk, title: "b", body: "new" });
    await same.save({ forceUpdate: true });
    expect(await Note.objects.filter({ pk }).count()).toBe(1);
    expect((await Note.objects.get({ pk })).title).toBe("b");
    expect(same.isDirty()).toBe(false);
    await expect(new Note({ id: 999_999, title: "b" }).save({ forceUpdate: true })).rejects.toBeInstanceOf(
      Note.DoesNotExist,
    );
    await expect(new Note({ title: "b" }).save({ forceUpdate: true })).rejects.toThrow(/primary key/);
    const clean = await Note.objects.get({ pk });
    events = [];
    await clean.save({ forceUpdate: true });
    expect(sent()).toHaveLength(1);
  });

  it("refuses options that contradict each other, and unknown ones", async () => {
    const note = await Note.objects.create({ title: "a" });
    await expect(note.save({ forceInsert: true, forceUpdate: true })).rejects.toBeInstanceOf(FieldError);
    await expect(note.save({ forceInsert: true, only: ["title"] })).rejects.toBeInstanceOf(FieldError);
    await expect(note.save({ forceinsert: true } as never)).rejects.toThrow(/forceinsert.*forceInsert/);
    await expect(note.save({ only: "title" } as never)).rejects.toBeInstanceOf(FieldError);
  });

  it("inserts with a key of its own choosing; one that is taken is refused", async () => {
    const note = await new Note({ id: 70_000, title: "a" }).save();
    expect(note.pk).toBe(70_000);
    await expect(Note.objects.create({ pk: 70_000, title: "b" })).rejects.toThrow(/UNIQUE|duplicate|Duplicate/);
    await note.delete();
  });

  it("can be given another key, which moves it", async () => {
    const note = await Note.objects.create({ title: "moved" });
    const old = note.pk;
    note.id = 80_000;
    await note.save();
    expect(await Note.objects.filter({ title: "moved" }).count()).toBe(1);
    expect((await Note.objects.get({ title: "moved" })).pk).toBe(80_000);
    expect(await Note.objects.getOrNull({ pk: old })).toBeNull();
    await note.delete();
  });

  it("that was deleted is gone, has no key, and cannot be saved by update or refreshed", async () => {
    const note = await Note.objects.create({ title: "a" });
    const copy = await Note.objects.get({ pk: note.pk });
    expect(await note.delete()).toEqual({ total: 1, byModel: { Note: 1 } });
    expect(note.pk).toBeNull();
    await expect(note.delete()).rejects.toThrow(/no primary key/);
    expect(await copy.delete()).toMatchObject({ total: 0 });
    const stale = await Note.objects.create({ title: "a" });
    const again = await Note.objects.get({ pk: stale.pk });
    await Note.objects.filter({ pk: stale.pk }).delete();
    again.title = "b";
    await expect(again.save()).rejects.toBeInstanceOf(Note.DoesNotExist);
    await expect(again.update({ title: "c" })).rejects.toBeInstanceOf(Note.DoesNotExist);
    await expect(again.refresh()).rejects.toBeInstanceOf(Note.DoesNotExist);
    await expect(again.refresh()).rejects.toThrow(/Note\(id=\d+\) is not in the database any more/);
    await expect(new Note({ title: "x" }).refresh()).rejects.toBeInstanceOf(FieldError);
  });

  it("that was deleted can be saved as a new one", async () => {
    const note = await Note.objects.create({ title: "phoenix" });
    await note.delete();
    await note.save();
    expect(note.pk).toBeTypeOf("number");
    expect(await Note.objects.filter({ title: "phoenix" }).count()).toBe(1);
  });

  it("shows itself by class and key", async () => {
    const note = await Note.objects.create({ title: "a" });
    expect(String(note)).toBe(`Note(id=${note.pk})`);
    expect(inspect(note)).toBe(`Note(id=${note.pk})`);
    expect(inspect([note])).toBe(`[ Note(id=${note.pk}) ]`);
    expect(String(new Note({ title: "a" }))).toBe("Note(id=null)");
  });

  it("becomes plain JSON", async () => {
    const parent = await Note.objects.create({ title: "p" });
    const note = await Note.objects.create({
      title: "a",
      seen: new Date("2024-01-01T00:00:00Z"),
      settings: { theme: "dark" },
      bytes: new Uint8Array([104, 105]),
      rank: 9_007_199_254_740_993n,
      parent,
    });
    const expected = {
      id: note.pk,
      title: "a",
      body: "",
      seen: "2024-01-01T00:00:00.000Z",
      settings: { theme: "dark" },
      bytes: "aGk=",
      rank: "9007199254740993",
      parent: parent.pk,
    };
    expect(JSON.parse(JSON.stringify(note))).toEqual(expected);
    const read = await Note.objects.selectRelated("parent").get({ pk: note.pk });
    expect(JSON.parse(JSON.stringify(read))).toEqual(expected);
    expect(Object.keys(note.toJSON())).toEqual(Object.keys(expected));
  });

  it("shows only its fields to those who list its properties", async () => {
    const { pk } = await Note.objects.create({ title: "a" });
    const note = await Note.objects.get({ pk });
    const names = ["id", "title", "body", "seen", "settings", "bytes", "rank"];
    expect(Object.keys(note)).toEqual(names);
    expect(Object.keys({ ...note })).toEqual(names);
  });

  it("equals rows of the same model and key", async () => {
    const note = await Note.objects.create({ title: "a" });
    const other = await Other.objects.create({ pk: note.pk });
    expect(note.equals(await Note.objects.get({ pk: note.pk }))).toBe(true);
    expect(note.equals(note)).toBe(true);
    expect(note.equals(await Note.objects.create({ title: "a" }))).toBe(false);
    expect(note.equals(other)).toBe(false);
    expect([null, undefined, note.pk, {}, { pk: note.pk }].map((value) => note.equals(value))).toEqual(
      Array(5).fill(false),
    );
    const unsaved = new Note({ title: "a" });
    expect(unsaved.equals(new Note({ title: "a" }))).toBe(false);
    expect(unsaved.equals(unsaved)).toBe(true);
  });

  it("validates itself without a query", () => {
    const note = new Note({ title: "a" });
    expect(note.validate()).toBeUndefined();
    Object.assign(note, { title: 5, rank: 1.5 });
    expect(() => note.validate()).toThrow(ValidationError);
    expect(() => note.validate()).toThrow(/Note\.title: .*number 5.*Note\.rank:/);
    expect(sent()).toEqual([]);
  });

  it("that is wrong is not sent, and stays as it is", async () => {
    const note = await Note.objects.create({ title: "a" });
    events = [];
    Object.assign(note, { title: null });
    await expect(note.save()).rejects.toThrow(/Note\.title: cannot be null/);
    expect(sent()).toEqual([]);
    await note.refresh();
    expect(note.title).toBe("a");
  });

  it("that an insert refused is still new", async () => {
    const taken = await Note.objects.create({ title: "a" });
    const note = new Note({ id: taken.pk, title: "b" });
    await expect(note.save()).rejects.toThrow();
    expect(note.isDirty()).toBe(true);
    note.id = taken.pk + 50_000;
    await note.save();
    expect((await Note.objects.get({ pk: note.pk })).title).toBe("b");
  });
});
