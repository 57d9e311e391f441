import { beforeEach, expect, it } from "vitest";
import type { ValidationError } from "dunder-orm";
import { fields, manager, Model, type QueryEvent, type SaveOptions } from "dunder-orm";
import { tellsNewRows } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

let numbers = 0;

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20 }),
  number: fields.integer({ default: () => (numbers += 1) }),
  state: fields.string({ maxLength: 5, dbDefault: "new" }),
  made: fields.datetime({ autoNowAdd: true }),
  parent: () => fields.foreignKey(Note, { null: true }),
}) {
  static objects = manager(this);
}

/** Saves itself in a way of its own. */
class Loud extends Model("loud", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);

  override async save(options?: SaveOptions): Promise<this> {
    this.text = this.text.toUpperCase();
    return super.save(options);
  }
}

/** Its class holds more than columns. */
class Counted extends Model("counted", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
  seen = 1;
}

class Huge extends Model("huge", { id: fields.bigInteger({ primaryKey: true }), text: fields.text() }) {
  static objects = manager(this);
}

class Wrong extends Model("wrong", {
  id: fields.integer({ primaryKey: true }),
  short: fields.string({ maxLength: 3, default: "too long" }),
}) {
  static objects = manager(this);
}

onEngines("A row created", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Note, Loud, Counted, Huge, Wrong], { onQuery: (event) => events.push(event) });
  beforeEach(() => {
    events.length = 0;
    numbers = 0;
  });

  it("is one statement, and saved", async () => {
    const note = await Note.objects.create({ text: "a" });
    expect(note).toBeInstanceOf(Note);
    expect([note.text, note.number, note.state, note.isDirty()]).toEqual(["a", 1, "new", false]);
    // What an engine without RETURNING makes of a row is read by a second one.
    expect(events).toHaveLength(tellsNewRows(engine.label) ? 1 : 2);
    events.length = 0;
    await note.save();
    expect(events).toEqual([]);
    note.text = "b";
    expect(note.dirtyFields()).toEqual(["text"]);
    await note.save();
    const read = await Note.objects.get({ pk: note.pk });
    expect(Object.entries(read)).toEqual(Object.entries(note));
  });

  it("has each default made once", async () => {
    await Note.objects.create({ text: "a" });
    await Note.objects.create({ text: "b", number: undefined });
    await Note.objects.create({ text: "c", number: 5 });
    await Note.objects.bulkCreate([{ text: "d" }, { text: "e" }, { text: "f", number: 9 }]);
    expect(numbers).toBe(4);
  });

  it("leaves alone what it was given", async () => {
    const values = Object.freeze({ text: "a", state: "old" });
    const [first, second] = [await Note.objects.create(values), await Note.objects.create(values)];
    expect(first.id).not.toBe(second.id);
    expect([first.state, second.state]).toEqual(["old", "old"]);
  });

  it("takes its values under the key's other name, in any order, one call after another", async () => {
    for (const values of [
      { pk: 501, text: "a" },
      { text: "a", pk: 502 },
      { id: 503, text: "a" },
      { text: "a", id: 504, number: 1 },
    ]) {
      const note = await Note.objects.create(values);
      expect(note.pk).toBe("pk" in values ? values.pk : values.id);
      expect((await Note.objects.get({ pk: note.pk })).text).toBe("a");
    }
  });

  it("may be made of another row's own values, relations not among them", async () => {
    const parent = await Note.objects.create({ text: "p" });
    const first = await Note.objects.create({ text: "c", parent });
    await first.delete();
    const second = await Note.objects.create(first);
    expect([second === first, second.text, second.parent, second.number]).toEqual([false, "c", null, first.number]);
    expect((await Note.objects.get({ pk: second.pk })).parent).toBeNull();
  });

  it("keeps the row that a relation was given", async () => {
    const parent = await Note.objects.create({ text: "p" });
    const child = await Note.objects.create({ text: "c", parent });
    expect(child.parent).toBe(parent);
    expect((await Note.objects.create({ text: "c", parent: parent.id })).parent?.pk).toBe(parent.id);
    const refused = await Note.objects.create({ text: "c", parent: new Note({ text: "new" }) }).catch(String);
    expect(refused).toMatch(/Note\.parent.*not saved yet/);
  });

  it("is refused with all that is wrong, and no statement is sent", async () => {
    const refused = await Note.objects.create({ text: 5, number: "x" } as never).catch((error: unknown) => error);
    expect((refused as ValidationError).problems.map(({ field }) => field)).toEqual(["text", "number"]);
    await expect(Note.objects.create({} as never)).rejects.toThrow(/Note\.text: is required/);
    await expect(Note.objects.create({ text: "a", nobody: 1 } as never)).rejects.toThrow(/no field "nobody"/);
    await expect(Wrong.objects.create({})).rejects.toThrow(/Wrong\.short: has 8 characters/);
    await expect(Wrong.objects.bulkCreate([{}])).rejects.toThrow(/Wrong\.short: in rows\[0\]: has 8 characters/);
    expect(events).toEqual([]);
  });

  it("is saved the way its class saves rows", async () => {
    expect((await Loud.objects.create({ text: "quiet" })).text).toBe("QUIET");
  });

  it("has what its class gives rows", async () => {
    const [one] = await Counted.objects.bulkCreate([{ text: "b" }]);
    const rows = [await Counted.objects.create({ text: "a" }), one!];
    expect(rows.map((row) => [row.seen, row.isDirty()])).toEqual([
      [1, false],
      [1, false],
    ]);
  });

  it("may have a key beyond the numbers that a double holds", async () => {
    const start = 2n ** 60n + 1n;
    await Huge.objects.create({ id: start, text: "a" });
    const next = await Huge.objects.create({ text: "b" });
    const more = await Huge.objects.bulkCreate([{ text: "c" }, { text: "d" }]);
    for (const row of [next, ...more]) expect((await Huge.objects.get({ pk: row.pk })).text).toBe(row.text);
    if (engine.name !== "postgres")
      expect([next, ...more].map((row) => row.pk)).toEqual([1n, 2n, 3n].map((n) => start + n));
  });

  it("is new again once its block is undone", async () => {
    let note: Note | null = null;
    const block = holder.db.atomic(async () => {
      note = await Note.objects.create({ text: "gone" });
      throw new Error("undo");
    });
    await expect(block).rejects.toThrow("undo");
    const found = note as unknown as Note;
    expect([found.pk, found.state, found.isDirty()]).toEqual([null, undefined, true]);
    await found.save();
    expect((await Note.objects.get({ text: "gone" })).pk).toBe(found.pk);
  });
});
