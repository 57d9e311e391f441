import { Excluded, F } from "dunder-orm";
import { Album, Artist, Seat, Track } from "../accepted/music.js";
import { Cell, Country } from "../accepted/keys.js";

export async function writes(album: Album, artist: Artist, track: Track) {
  // @expect-error 'titel' does not exist in type 'CreateInput<Track, never>'. Did you mean to write 'title'?
  await Track.objects.create({ titel: "x", album: 1, position: 1 });
  // @expect-error Property 'album' is missing
  await Track.objects.create({ title: "x", position: 1 });
  // @expect-error Type 'Artist' is not assignable to type
  await Track.objects.create({ title: "x", position: 1, album: artist });
  // @expect-error Type 'undefined' is not assignable to type
  await Track.objects.create({ title: undefined, position: 1, album: 1 });
  // @expect-error Type 'null' is not assignable to type
  await Track.objects.create({ title: "x", position: 1, album: null });
  // @expect-error "✗ the other model's rows hold this relation"
  await album.update({ tracks: [] });
  // @expect-error "✗ the other model's rows hold this relation"
  void new Album({ name: "x", tracks: [] });
  // @expect-error Property 'position' is missing
  await Album.objects.create({ name: "x", tracks: [{ title: "x" }] });
  // @expect-error Type 'number' is not assignable to type 'undefined'
  await Album.objects.create({ name: "x", tracks: [{ title: "x", position: 1, album: 1 }] });
  // @expect-error 'titel' does not exist
  await Album.objects.create({ name: "x", tracks: [{ titel: "x", position: 1 }] });
  // @expect-error Type 'number' is not assignable to type
  await Album.objects.create({ name: "x", artist: { name: 1 } });
  // @expect-error 'nmae' does not exist
  await Album.objects.create({ name: "x", artist: { name: "y", nmae: "z" } });
  // @expect-error '{}' is not assignable to type
  await Album.objects.create({ name: "x", artist: {} });
  // @expect-error Property 'text' is missing
  await Artist.objects.create({ name: "x", biography: {} });
  // @expect-error Type 'Track' is missing the following properties from type 'readonly Child<Track, "album">[]'
  await Album.objects.create({ name: "x", tracks: track });
  // @expect-error Type 'Track' is not assignable to type 'Child<Track, "album">'
  await Album.objects.create({ name: "x", tracks: [track] });
  // @expect-error Type 'number' is not assignable to type 'string'
  void new Track({ title: 1, position: 1, album });
  // @expect-error 'loud' does not exist
  void new Track({ title: "x", position: 1, album, loud: "X" });
  // @expect-error Property 'title' is missing
  await album.tracks.create({ position: 1 });
  // @expect-error Property 'number' is missing
  await Seat.objects.create({ row: "A", track: 1 });
  // @expect-error Property 'pk' is missing
  await Country.objects.create({ name: "France" });
  // @expect-error Type '[string]' is not assignable to type 'readonly [string, number]'
  await Cell.objects.create({ pk: ["A"], place: 1 });
  // @expect-error Type 'string' is not assignable to type 'number | FreeExpression
  await Track.objects.update({ position: "x" });
  // @expect-error ✗ no such field: postion
  await Track.objects.filter({ pk: 1 }).update({ postion: 1 });
  // @expect-error 'nmae' does not exist
  await Track.objects.getOrCreate({ title: "x" }, { defaults: { nmae: "x" } });
  // @expect-error Type 'Artist' is not assignable to type 'Sparse<Album>'
  track.album = artist;
  // @expect-error Type 'null' is not assignable to type 'Sparse<Album>'
  track.album = null;
  // @expect-error Type 'number' is not assignable to type 'Sparse<Album>'
  track.album = 1;
  // @expect-error Cannot assign to 'pk' because it is a read-only property
  track.pk = 3;
  // @expect-error Type '"oot"' is not assignable to type '"draft" | "out"'
  album.status = "oot";
  // @expect-error Argument of type 'string' is not assignable to parameter of type 'number'
  Track.objects.limit("3");
  // @expect-error 'everything' does not exist
  await Track.objects.delete({ everything: true });
  // @expect-error Property 'updates' does not exist on type 'DeleteResult'
  (await Track.objects.delete({ all: true })).updates;
  // @expect-error 'all' does not exist
  await track.delete({ all: true });
  // @expect-error Type '"titel"' is not assignable to type 'FieldName<Track>'
  await Track.objects.upsert(track, { uniqueFields: ["titel"] });
  // @expect-error "✗ no such field: postion"
  await Track.objects.upsert(track, { updateFields: { position: Excluded("postion") } });
  // @expect-error "✗ no such field: titel"
  await Track.objects.upsert(track, { updateFields: { titel: F("title") } });
  // @expect-error Type 'number' is not assignable to type
  await Track.objects.upsert({ title: 1, position: 1, album });
  // @expect-error 'ignoreConflict' does not exist
  await Track.objects.bulkCreate([track], { ignoreConflict: true });
  // @expect-error Type '"titel"' is not assignable to type 'FieldName<Track>'
  await Track.objects.bulkUpdate([track], ["titel"]);
  // @expect-error Type 'Artist' is missing the following properties from type 'Track'
  await Track.objects.bulkUpdate([artist], ["title"]);
  // @expect-error Property 'title' is missing
  await Track.objects.createOrGet({ position: 1, album });
}
