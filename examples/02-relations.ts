// Foreign keys and their other sides: sparse rows, joins, and lookups across them.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Database, fields, manager, Model, NotLoadedError, setDefaultDatabase } from "dunder-orm";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
  cover: () => fields.hasOne(Cover, "album"),
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

class Cover extends Model("cover", {
  album: () => fields.oneToOne(Album, { onDelete: "cascade" }),
  artist: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

await using db = new Database("sqlite::memory:");
setDefaultDatabase(db);
await db.createTables([Album, Track, Cover]);

const malibu = await Album.objects.create({ name: "Malibu" });
await malibu.tracks.create({ title: "The Bird", position: 1 });
await malibu.tracks.create({ title: "The Waters", position: 3 });
const fantasies = await Album.objects.create({ name: "Fantasies" });
await Track.objects.bulkCreate([
  { album: fantasies, title: "Help I'm Alive", position: 1 },
  { album: fantasies, title: "Sick Muse", position: 2 },
]);
await Cover.objects.create({ album: malibu, artist: "Dewey Saunders" });

// A foreign key knows its key at once, and the rest once it is loaded.
const track = await Track.objects.get({ title: "The Bird" });
console.log(track.album);
assert.equal(inspect(track.album), "Album(id=1) [sparse]");
assert.equal(track.album.pk, malibu.pk);
assert.throws(() => (track.album as Album).name, NotLoadedError);
const album = await track.album.load();
assert.equal(album.name, "Malibu");

// Or it comes with its row, by a join.
for (const each of await Track.objects.selectRelated("album").all()) {
  console.log(`${each.album.name}: ${each.title}`);
}

// Lookups go along relations, either way.
const titles = async (query: typeof Track.objects) => (await query.all()).map((each) => each.title);
assert.deepEqual(await titles(Track.objects.filter({ album__name__iexact: "FANTASIES" })), [
  "Help I'm Alive",
  "Sick Muse",
]);
assert.deepEqual(await titles(Track.objects.filter({ album: malibu })), ["The Bird", "The Waters"]);
assert.deepEqual(await titles(malibu.tracks.filter({ position__gt: 1 })), ["The Waters"]);
const withMuse = await Album.objects.get({ tracks__title__contains: "Muse" });
assert.equal(withMuse.name, "Fantasies");

// The other side of a one-to-one relation is a row or null.
assert.equal((await malibu.cover.load())?.artist, "Dewey Saunders");
assert.equal(await fantasies.cover.load(), null);
const drawn = await Album.objects.selectRelated("cover").orderBy("id").all();
assert.deepEqual(
  drawn.map((each) => each.cover?.artist ?? "none"),
  ["Dewey Saunders", "none"],
);
