import { Excluded, F, Lower, Q, Value } from "dunder-orm";
import { type } from "./equal.js";
import { Album, Artist, type Biography, Seat, Track } from "./music.js";

export async function rows(album: Album, seat: Seat, artist: Artist) {
  type(seat.pk).is<readonly [string, number]>();
  type(album.pk).is<number>();
  const track = await Track.objects.selectRelated("album").get({ title: "The Bird" });
  type(track.album.name).is<string>();
  type(track.loud).is<string>();
  const tracks = await Track.objects.selectRelated("album__artist").filter({ album__name__iexact: "x" }).all();
  for (const each of tracks) {
    type(each.album.artist?.name).is<string | undefined>();
    type(each.album.tracks.count()).is<Promise<number>>();
    each.loud.toLowerCase();
  }
  const wide = await Track.objects.selectRelated("album__artist__biography", "next__album", "next").get({ pk: 1 });
  type(wide.next?.album.name).is<string | undefined>();
  const biography: Biography | null = wide.album.artist!.biography;
  type(wide.album.artist?.biography?.text).is<string | undefined>();
  type(wide.album.artist?.biography?.editor?.pk).is<number | undefined>();
  type(biography?.text).is<string | undefined>();
  const chained = await Track.objects.selectRelated("album").selectRelated("album__artist").first();
  type(chained?.album.artist?.name).is<string | undefined>();
  type(await artist.biography.load()).is<Biography | null>();
}

export async function plainRows() {
  type(await Track.objects.all()).is<Track[]>();
  type(await Track.objects.getOrNull({ pk: 1 })).is<Track | null>();
  for await (const each of Track.objects.iterator({ chunkSize: 10 })) type(each).is<Track>();
  for await (const each of Track.early.reverse().slice(1, 3)) type(each).is<Track>();
}

export function filters(album: Album, track: Track) {
  Track.objects.filter();
  Track.objects.filter({ album__artist__name__in: ["a"], album__artist__albums__tracks__title: "x" });
  Track.objects.filter({ album, position__gte: 3, next__next__next__title__length__gt: 3 });
  Track.objects.filter({ album__released__year__gte: 2000, album__pk: 3, pk: 1, album__status: "out" });
  Track.objects.filter({ album__in: [album, 1], album__ne: 2, album__isnull: false });
  Track.objects.filter({ album__in: Album.objects.filter({ name: "x" }) });
  Track.objects.filter({ album__in: Album.objects.selectRelated("artist"), pk__in: [track, 2] });
  Track.objects.filter({ pk__in: Track.early, pk__gte: 2, next: null, next__isnull: true, next__ne: null });
  Track.objects.filter({ album__artist__albums: album, album__artist__biography__text__icontains: "x" });
  Track.objects.filter({ album__artist__biography: null, album__tracks__in: [track] });
  Track.objects.filter({ album: track.album });
  Track.objects.filter(
    Q({ title: "x" })
      .or(Q({ album__name: "y" }))
      .not(),
  );
  Track.objects.filter({ position: 1 }, Q({ title: "x" }).xor(Q({ title__in: ["y"] })), { pk: 1 });
  Track.objects.exclude(Q.or(Q({ title: "x" }), Q({ position__range: [1, 2] }), Q.and(Q({ album: album }))));
  Album.objects.filter({ released: null, released__date: "2001-01-01", released__time__gte: "10:00:00" });
  Album.objects.filter({ released__range: [new Date(0), new Date()], released__date__year: 2001 });
  Album.objects.filter({ name__trim__lower__startswith: "x", name__regex: "^a", name__length__abs__in: new Set([3]) });
  Album.objects.filter({ status__icontains: "ou", status__in: ["out"], artist__born__year__ne: null });
  Seat.objects.filter({ pk: ["A", 1], row__in: ["A"] });
  const spread = { title__contains: "x" };
  const given: { position?: number } = {};
  Track.objects.filter({ ...spread, position: given.position ?? 1 });
  Track.objects.filter(spread).orderBy("-position", "album__name", "?", "pk", "-album__artist__born", "next");
  Track.objects.orderBy().distinct().distinct("album", "album__name").limit(1).offset(2).none();
}

export async function writes(album: Album, track: Track) {
  type(await Album.objects.create({ name: "x" })).is<Album>();
  await Track.objects.create({ album: 1, title: "x", position: 2 });
  const made = new Track({ album, title: "x", position: 2, next: track, pk: 7 });
  made.album = album;
  made.album = track.album;
  made.next = null;
  made.position += 1;
  type(made.album.pk).is<number>();
  type(await made.save({ only: ["title"] })).is<Track>();
  type(await made.update({ title: "y", album: 3, pk: 9 })).is<Track>();
  type((await made.delete()).byModel).is<Readonly<Record<string, number>>>();
  type((await made.delete({ dryRun: true })).updates).is<Readonly<Record<string, number>>>();
  type((await Track.objects.delete({ all: true, dryRun: true })).blockers[0]?.rule).is<
    "protect" | "restrict" | undefined
  >();
  type((await Track.objects.delete({ all: true, dryRun: false })).total).is<number>();
  await album.tracks.create({ title: "x", position: 1 });
  await Artist.objects.create({
    name: "x",
    albums: [{ name: "y", tracks: [{ title: "z", position: 1, next: { title: "w", position: 2, album } }] }],
    biography: { text: "x", editor: { name: "e" } },
  });
  await Track.objects.create({ title: "x", position: 1, album: { name: Lower(Value("y")), artist: { name: "z" } } });
  await Track.objects.bulkCreate([{ title: "x", position: 1, album: { name: "y" } }, track]);
  await album.tracks.create({ title: "x", position: 1, next: { title: "y", position: 2, album: 1 } });
  await Artist.objects.create({ name: "x", albums: [], biography: null });
  type(await album.tracks.filter({ position: 1 }).all()).is<Track[]>();
  await Album.objects.bulkCreate([{ name: "x" }, album], { batchSize: 10 });
  await Album.objects.bulkCreate([{ name: "x" }, album], {
    updateConflicts: true,
    uniqueFields: ["pk"],
    updateFields: ["name"],
    onProgress: ({ done, total }) => type(done / total).is<number>(),
  });
  await Album.objects.bulkCreate([{ name: "x" }], { ignoreConflicts: true, uniqueFields: ["name"] });
  type(await Track.objects.upsert({ title: "x", position: 1, album })).is<Track>();
  type(await Track.objects.replace({ title: "x", position: 1, album })).is<Track>();
  type((await album.tracks.createOrGet({ title: "x", position: 1 }))[0]).is<Track>();
  type(await Track.objects.bulkUpdate([track], ["title", "album"], { batchSize: 3 })).is<number>();
  type(await Track.objects.insertFrom(Album.objects.values("name", "pk"), ["title", "album"])).is<number>();
  await Track.objects.upsert(track, {
    uniqueFields: ["album", "position"],
    updateFields: { position: F("position").add(Excluded("position")), title: Lower(Excluded("title")), album: 2 },
  });
  await Track.objects.upsert(track, { updateFields: { title: Lower(Value("x")) } });
  await album.tracks.upsert({ title: "x", position: 1 }, { uniqueFields: ["pk"] });
  type(await Track.objects.filter({ pk: 1 }).update({ title: "x", next: null })).is<number>();
  type((await Track.objects.delete({ all: true })).total).is<number>();
  const [row, created] = await Album.objects.getOrCreate({ name: "x" }, { defaults: { status: "out" } });
  type(row).is<Album>();
  type(created).is<boolean>();
  await Seat.objects.create({ row: "A", number: 1, track });
  await Seat.objects.create({ pk: ["A", 1], track: 1 });
  type(Track.objects.sql().sql).is<string>();
  type(Track.meta.fields.title.kind).is<string>();
  if (new Error("x") instanceof Track.DoesNotExist) return;
  type(album.equals(track)).is<boolean>();
}
