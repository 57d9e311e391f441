// What the guide of encode/orm tells its users, a test a line; docs/coverage.md has the table.
import { beforeEach, expect, it } from "vitest";
import { DoesNotExist, F, fields, manager, Model, NotLoadedError, type QuerySet, ValidationError } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";

class Note extends Model("ln_note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 100 }),
  completed: fields.boolean({ default: false }),
  author: fields.string({ maxLength: 40, null: true }),
}) {
  static objects = manager(this);
}

class Album extends Model("ln_album", {
  name: fields.string({ maxLength: 100 }),
  label: () => fields.foreignKey(Label, { null: true, onDelete: "set null" }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Label extends Model("ln_label", { name: fields.string({ maxLength: 100 }) }) {
  static objects = manager(this);
}

class Track extends Model(
  "ln_track",
  {
    album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
    title: fields.string({ maxLength: 100 }),
    position: fields.integer(),
    writer: () => fields.foreignKey(Label, { null: true, onDelete: "set null" }),
  },
  { ordering: ["position"] },
) {
  static objects = manager(this);
}

const MODELS = [Note, Label, Album, Track];

onEngines("What encode/orm's users know", (engine) => {
  useDatabase(engine, MODELS);

  beforeEach(async () => {
    for (const model of [Track, Album, Label, Note]) await model.objects.delete({ all: true });
  });

  async function malibu(): Promise<{ album: Album; track: Track }> {
    const label = await Label.objects.create({ name: "Steel Wool" });
    const album = await Album.objects.create({ name: "Malibu", label });
    const track = await Track.objects.create({ album, title: "The Bird", position: 1 });
    await Track.objects.create({ album, title: "Heart don't stand a chance", position: 2, writer: label });
    return { album, track };
  }

  it("nothing is null unless it may be, and all that is wrong of a row is told at once", async () => {
    const wrong = Note.objects.create({ text: null, completed: "yes" } as never);
    await expect(wrong).rejects.toThrow(ValidationError);
    await expect(wrong).rejects.toThrow(/Note\.text: .*Note\.completed: /s);
    await expect(Note.objects.create({ text: "x".repeat(101) })).rejects.toThrow(/101 characters/);
    expect((await Note.objects.create({ text: "x", author: null })).author).toBeNull();
  });

  it("objects.create validates, inserts and gives the instance with its key", async () => {
    const note = await Note.objects.create({ text: "Buy the groceries." });
    expect(note).toBeInstanceOf(Note);
    expect(note.pk).toBeGreaterThan(0);
    expect(note.completed).toBe(false);
  });

  it("objects.all, with filters before it", async () => {
    await Note.objects.bulkCreate([{ text: "a" }, { text: "b", completed: true }]);
    expect(await Note.objects.all()).toHaveLength(2);
    expect((await Note.objects.filter({ completed: true }).all()).map(({ text }) => text)).toEqual(["b"]);
  });

  it("filter by exact, iexact, contains, icontains, lt, lte, gt, gte, in; wildcards are themselves", async () => {
    const texts = ["100%", "1000", "a_b", "aXb", "Mum", "mum"];
    const notes = await Note.objects.bulkCreate(texts.map((text) => ({ text })));
    const found = async (matching: QuerySet<Note>): Promise<string[]> =>
      (await matching.orderBy("id").all()).map(({ text }) => text);
    const keys = notes.map(({ pk }) => pk);
    expect(await found(Note.objects.filter({ text: "Mum" }))).toEqual(["Mum"]);
    expect(await found(Note.objects.filter({ text__exact: "mum" }))).toEqual(["mum"]);
    expect(await found(Note.objects.filter({ text__iexact: "MUM" }))).toEqual(["Mum", "mum"]);
    expect(await found(Note.objects.filter({ text__contains: "0%" }))).toEqual(["100%"]);
    expect(await found(Note.objects.filter({ text__icontains: "A_B" }))).toEqual(["a_b"]);
    expect(await found(Note.objects.filter({ id__lt: keys[1]! }))).toEqual(["100%"]);
    expect(await found(Note.objects.filter({ id__lte: keys[1]! }))).toEqual(["100%", "1000"]);
    expect(await found(Note.objects.filter({ id__gt: keys[4]! }))).toEqual(["mum"]);
    expect(await found(Note.objects.filter({ id__gte: keys[4]! }))).toEqual(["Mum", "mum"]);
    expect(await found(Note.objects.filter({ id__in: [keys[0]!, keys[5]!] }))).toEqual(["100%", "mum"]);
    expect(await found(Note.objects.filter({ author: null }))).toEqual(texts);
    expect(await Note.objects.filter(F("text").eq("Mum")).count()).toBe(1);
  });

  it("get: no row is NoMatch, and two are MultipleMatches, by other names", async () => {
    await Note.objects.bulkCreate([{ text: "a" }, { text: "a" }]);
    await expect(Note.objects.get({ text: "b" })).rejects.toThrow(Note.DoesNotExist);
    await expect(Note.objects.get({ text: "a" })).rejects.toThrow(Note.MultipleObjectsReturned);
    expect((await Note.objects.filter({ text: "a" }).limit(1).get()).text).toBe("a");
  });

  it("instance.update writes what it is given, checked, and throws where the row is gone", async () => {
    const note = await Note.objects.create({ text: "a" });
    const same = await Note.objects.get({ pk: note.pk });
    note.text = "not saved";
    await note.update({ completed: true });
    expect(await Note.objects.get({ pk: note.pk })).toMatchObject({ text: "a", completed: true });
    await expect(note.update({ completed: "no" } as never)).rejects.toThrow(ValidationError);
    await note.delete();
    await expect(same.update({ completed: true })).rejects.toThrow(DoesNotExist);
  });

  it("instance.delete deletes by key, and is silent about a row that is gone", async () => {
    const note = await Note.objects.create({ text: "a" });
    const same = await Note.objects.get({ pk: note.pk });
    expect((await note.delete()).total).toBe(1);
    expect((await same.delete()).total).toBe(0);
  });

  it("pk is the key everywhere, 0 too", async () => {
    const zero = await Label.objects.create({ name: "x" });
    expect((await Label.objects.get({ pk: zero.pk })).pk).toBe(zero.pk);
    expect(await Label.objects.filter({ pk: 0 }).count()).toBe(0);
    expect(await Label.objects.filter({ pk__in: [0, zero.pk] }).count()).toBe(1);
    expect(new Note({ id: 7, text: "x" }).pk).toBe(7);
  });

  it("a foreign key takes an instance or a key, is sparse until it is loaded, and null where it is null", async () => {
    const { album } = await malibu();
    const byKey = await Track.objects.create({ album: album.pk, title: "The Waters", position: 3 });
    const track = await Track.objects.get({ pk: byKey.pk });
    expect(track.album.pk).toBe(album.pk);
    expect(track.album.isSparse).toBe(true);
    expect(() => (track.album as unknown as Album).name).toThrow(NotLoadedError);
    expect(track.writer).toBeNull();
  });

  it("load fetches into the same object; a row that is gone is DoesNotExist", async () => {
    const { track } = await malibu();
    const fresh = await Track.objects.get({ pk: track.pk });
    const sparse = fresh.album;
    const loaded = await expectQueries(1, () => fresh.album.load());
    expect(loaded.name).toBe("Malibu");
    expect(loaded).toBe(sparse);
    const label = await Label.objects.create({ name: "gone" });
    const { pk } = await Album.objects.create({ name: "x", label });
    const stale = await Album.objects.get({ pk });
    await label.delete();
    await expect(stale.label!.load()).rejects.toThrow(Label.DoesNotExist);
  });

  it("select_related joins along one path or several, and keeps rows whose key is NULL", async () => {
    await malibu();
    const tracks = await expectQueries(1, () => Track.objects.selectRelated("album__label", "writer").all());
    expect(tracks.map((track) => [track.album.label?.name, track.writer?.name])).toEqual([
      ["Steel Wool", undefined],
      ["Steel Wool", "Steel Wool"],
    ]);
  });

  it("filter across a relation joins it, and loads nothing of it", async () => {
    await malibu();
    const tracks = await Track.objects
      .filter({ album__name__iexact: "MALIBU", album__label__name: "Steel Wool" })
      .all();
    expect(tracks).toHaveLength(2);
    expect(tracks[0]!.album.isSparse).toBe(true);
  });

  it("what came later: exclude, order_by, limit, offset, first, count, exists, search, bulk_create, update, delete", async () => {
    const rows = [{ text: "a" }, { text: "b", author: "Ada" }, { text: "c", author: "Bea" }];
    expect(await Note.objects.bulkCreate(rows)).toHaveLength(3);
    // NULL is kept: it is not Ada.
    expect(await Note.objects.exclude({ author: "Ada" }).count()).toBe(2);
    const ordered = Note.objects.orderBy("-text");
    expect((await ordered.offset(1).limit(1).all()).map(({ text }) => text)).toEqual(["b"]);
    expect(await ordered.limit(0).all()).toEqual([]);
    expect((await ordered.first())?.text).toBe("c");
    expect(await Note.objects.filter({ text: "x" }).first()).toBeNull();
    expect(await ordered.limit(2).count()).toBe(2);
    expect(await Note.objects.filter({ author__isnull: true }).exists()).toBe(true);
    expect((await Note.objects.search("AD").all()).map(({ text }) => text)).toEqual(["b"]);
    const narrowed = Note.objects.filter({ text: "a" });
    narrowed.filter({ text: "b" });
    expect(await narrowed.count()).toBe(1);
    expect(await Note.objects.filter({ author__isnull: false }).update({ completed: true })).toBe(2);
    expect((await Note.objects.filter({ completed: true }).delete()).total).toBe(2);
  });

  it("get_or_create and update_or_create give the row, and whether it was made", async () => {
    const [made, isMade] = await Note.objects.getOrCreate({ text: "a" }, { defaults: { author: "Ada" } });
    const [found, isNew] = await Note.objects.updateOrCreate({ text: "a" }, { defaults: { author: "Bea" } });
    expect([isMade, isNew]).toEqual([true, false]);
    expect([found.pk, found.author]).toEqual([made.pk, "Bea"]);
  });

  it("on_delete: CASCADE, RESTRICT, SET NULL", async () => {
    const { album } = await malibu();
    await Label.objects.delete({ all: true });
    expect((await Album.objects.get({ pk: album.pk })).label).toBeNull();
    await album.delete();
    expect(await Track.objects.count()).toBe(0);
  });

  it("rows are equal that are the same row", async () => {
    const note = await Note.objects.create({ text: "a" });
    const same = await Note.objects.get({ pk: note.pk });
    expect(note.equals(same)).toBe(true);
    expect(note.equals(await Note.objects.create({ text: "a" }))).toBe(false);
  });
});
