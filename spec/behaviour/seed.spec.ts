import { expect, it } from "vitest";
import { fields, manager, Model, NotLoadedError } from "dunder-orm";
import { onEngines, useDatabase } from "../support/engines.js";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 100 }),
  completed: fields.boolean({ default: false }),
}) {
  static objects = manager(this);
}

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model(
  "track",
  {
    id: fields.integer({ primaryKey: true }),
    album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
    title: fields.string({ maxLength: 100 }),
    position: fields.integer(),
  },
  { ordering: ["position"] },
) {
  static objects = manager(this);
}

onEngines("The notes of the README", (engine) => {
  useDatabase(engine, [Note]);

  it("creates, lists, filters, gets, updates and deletes", async () => {
    await Note.objects.create({ text: "Buy the groceries." });
    await Note.objects.create({ text: "Call Mum.", completed: true });
    await Note.objects.create({ text: "Send invoices.", completed: true });

    expect((await Note.objects.all()).map((note) => note.text)).toEqual([
      "Buy the groceries.",
      "Call Mum.",
      "Send invoices.",
    ]);
    expect((await Note.objects.filter({ completed: true }).all()).map((note) => note.pk)).toEqual([2, 3]);
    expect((await Note.objects.filter({ text__icontains: "mum" }).all()).map((note) => note.text)).toEqual([
      "Call Mum.",
    ]);

    const note = await Note.objects.get({ id: 1 });
    expect(String(note)).toBe("Note(id=1)");
    await note.update({ completed: true });
    expect((await Note.objects.get({ pk: 1 })).completed).toBe(true);

    expect(await note.delete()).toEqual({ total: 1, byModel: { Note: 1 } });
    expect(await Note.objects.count()).toBe(2);
    await expect(Note.objects.get({ id: 1 })).rejects.toBeInstanceOf(Note.DoesNotExist);
    await expect(Note.objects.get({ completed: true })).rejects.toBeInstanceOf(Note.MultipleObjectsReturned);
  });
});

onEngines("The albums of the README", (engine) => {
  useDatabase(engine, [Album, Track]);

  it("loads across foreign keys, sparse and joined", async () => {
    const malibu = await Album.objects.create({ name: "Malibu" });
    await Track.objects.create({ album: malibu, title: "The Bird", position: 1 });
    await Track.objects.create({ album: malibu, title: "Heart don't stand a chance", position: 2 });
    await Track.objects.create({ album: malibu, title: "The Waters", position: 3 });
    const fantasies = await Album.objects.create({ name: "Fantasies" });
    await Track.objects.create({ album: fantasies, title: "Help I'm Alive", position: 1 });
    await Track.objects.create({ album: fantasies, title: "Sick Muse", position: 2 });

    const track = await Track.objects.get({ title: "The Bird" });
    const { album } = track;
    expect(album.pk).toBe(malibu.pk);
    expect(String(album)).toBe(`Album(id=${malibu.pk}) [sparse]`);
    expect(() => (album as Album).name).toThrow(NotLoadedError);
    expect((await album.load()).name).toBe("Malibu");
    expect((album as Album).name).toBe("Malibu");

    const joined = await Track.objects.selectRelated("album").get({ title: "The Bird" });
    expect(joined.album.name).toBe("Malibu");
    expect(joined.album).toBeInstanceOf(Album);

    const titles = async (tracks: typeof Track.objects): Promise<string[]> =>
      (await tracks.all()).map((item) => item.title);
    expect(await titles(Track.objects.filter({ album: fantasies }))).toEqual(["Help I'm Alive", "Sick Muse"]);
    expect(await titles(Track.objects.filter({ album__name: "Fantasies" }))).toEqual(["Help I'm Alive", "Sick Muse"]);
    expect(await titles(Track.objects.filter({ album__name__iexact: "fantasies" }))).toEqual([
      "Help I'm Alive",
      "Sick Muse",
    ]);
    expect((await malibu.tracks.all()).map((item) => item.title)).toEqual([
      "The Bird",
      "Heart don't stand a chance",
      "The Waters",
    ]);
  });
});
