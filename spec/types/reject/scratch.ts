import { fields, manager, Model, Q, QuerySet } from "../prelude.js";
import { Album, Artist, Track, Seat } from "../accept/music.js";
class Note extends Model("note", { text: fields.string(), completed: fields.boolean({ default: false }) }) {
  static objects = NoteQuery.asManager(this);
}
class NoteQuery extends QuerySet<Note> {
  done() { return this.filter({ completed: true }); }
  async firstText() { const n = await this.first(); return n?.text; }
  bad() { return this.filter({ compleeted: true }); }
  bad2() { return this.filter({ completed: "x" }); }
  bad3() { return this.orderBy("nope"); }
}
export async function f(album: Album, track: Track, artist: Artist, t: Track) {
  const n = await Note.objects.filter({ text: "x" }).done().selectRelated().done().all();
  n[0]!.id.toFixed();
  Track.objects.filter({ album__nmae: "x" });
  Track.objects.filter({ album__name: 3 });
  Track.objects.filter({ position__gte: "x" });
  Track.objects.filter({ position__contains: "x" });
  Track.objects.filter({ title__year: 1 });
  Track.objects.filter({ title: undefined });
  Track.objects.filter({ title: null });
  Track.objects.filter({ title: {} });
  Track.objects.filter({ album: artist });
  Track.objects.filter({ album__in: Artist.objects });
  Track.objects.filter({ album__status: "oot" });
  Track.objects.filter({ position__range: [1] });
  Track.objects.filter({ position__in: 3 });
  Track.objects.filter(Q({ title: "x" }).or(Q({ album__nam: "y" })));
  Track.objects.filter(Q({ title: 3 }));
  Track.objects.filter({ title: "x" }, Q({ titel: "x" }));
  Track.objects.filter(Q({ titel: "x" }), Q({ title: "x" }));
  Track.objects.orderBy("-postion");
  Track.objects.orderBy("position", "album__nmae");
  Track.objects.selectRelated("albun");
  Track.objects.selectRelated("next", "album__artst");
  Track.objects.selectRelated("album__tracks");
  Track.objects.distinct("titel");
  Track.objects.create({ titel: "x", album: 1, position: 1 });
  Track.objects.create({ title: "x", position: 1 });
  Track.objects.create({ title: "x", position: 1, album: artist });
  new Track({ title: 1, position: 1, album });
  Seat.objects.create({ row: "A", track: 1 });
  track.album = artist;
  track.album = null;
  track.album.name;
  for (const x of album.tracks) x;
  track.update({ titel: "x" });
  Track.objects.update({ position: "x" });
  album.tracks.create({ position: 1 });
  fields.string({ maxLenght: 3 });
  fields.string({ null: true, maxLenght: 3 });
  fields.integer({ default: "x" });
  fields.decimal();
  fields.string({ choices: ["a"], default: "b" });
  (await Track.objects.selectRelated("album").first())!.album.nmae;
  Track.objects.get({ pk: "x" });
  Track.objects.limit("x");
  Model("x", { a: fields.integer(), b: () => fields.foreignKey(Track) }, { primaryKey: ["a", "c"] });
  t.pk = 3;
  fields.foreignKey(Track, { onDelete: "casade" });
  fields.foreignKey(Track, { onDelte: "cascade" });
}
