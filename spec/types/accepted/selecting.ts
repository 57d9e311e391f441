import { fields, Model, Q, QuerySet } from "dunder-orm";
import { Count, F, FilteredRelation, Length, Lower, Max, Now, Sum, Upper, Value } from "../prelude.js";
import { type } from "./equal.js";
import { Album, Artist, Seat, Track } from "./music.js";
import { Brand, Item } from "./shop.js";

export async function annotated() {
  const albums = Album.objects.annotate({ n: Count("tracks"), last: Max("tracks__position") });
  const row = await albums.filter({ n__gt: 3, name: "x", last: null, last__isnull: true }).orderBy("-n", "last").get();
  type(row.n).is<number>();
  type(row.last).is<number | null>();
  type(row.artist?.pk).is<number | undefined>();
  const joined = await albums
    .selectRelated("artist")
    .exclude(Q({ n__in: [1, 2] }).or(F("n").gt(F("last"))))
    .first();
  type(joined?.artist?.name).is<string | undefined>();
  type(joined?.n).is<number | undefined>();
  const twice = await albums.annotate({ more: F("n").add(1), again: Sum("n") }).latest("n", "-more");
  type(twice.more).is<number>();
  type(twice.again).is<number | null>();
  const hidden = Album.objects
    .alias({ n: Count("tracks") })
    .filter({ n: 1 })
    .orderBy("n")
    .annotate({ m: F("n") });
  type((await hidden.get()).m).is<number>();
  const days = Item.objects.annotate({ day: F("made"), at: F("added"), code: F("brand"), sum: F("price").mul(2) });
  days.filter({ day__year: 2001, at__date: "2001-01-01", code__in: ["x"], sum__gte: "1.00", sum__abs: 3n });
}

export async function values() {
  type(await Track.objects.values("title", "album__name", "album", "next").all()).is<
    { title: string; album__name: string; album: number; next: number | null }[]
  >();
  type(await Album.objects.values("artist__name", "tracks__title", "artist__biography__text", "pk").first()).is<{
    artist__name: string | null;
    tracks__title: string | null;
    artist__biography__text: string | null;
    pk: number;
  } | null>();
  type(await Track.objects.values().get()).is<{
    id: number;
    album: number;
    title: string;
    position: number;
    next: number | null;
  }>();
  type(await Track.objects.values("id", { upper: Upper("title"), far: F("album__artist__born") }).get()).is<{
    id: number;
    upper: string;
    far: string | null;
  }>();
  const grouped = Track.objects
    .values("album")
    .annotate({ n: Count("*"), last: Max("position") })
    .filter({ n__gt: 1 });
  for await (const each of grouped.orderBy("-n")) type(each).is<{ album: number; n: number; last: number | null }>();
  const named = Album.objects.annotate({ n: Count("tracks") }).alias({ m: Count("*") });
  type(await named.values("name", "n", "m").get()).is<{ name: string; n: number; m: number }>();
  type((await named.values().get()).n).is<number>();
  type(await named.values("name").values("n").get()).is<{ n: number }>();
  type(await Item.objects.values("pk", "brand", "data", "price", "views").get()).is<{
    pk: bigint;
    brand: string | null;
    data: { size: number } | null;
    price: string;
    views: bigint;
  }>();
  type(await Seat.objects.values("pk", "track__album__status").get()).is<{
    pk: readonly [string, number];
    track__album__status: "draft" | "out";
  }>();
}

export async function lists() {
  type(await Track.objects.valuesList("title", "album__name").all()).is<[string, string][]>();
  type(await Track.objects.valuesList("next").first()).is<[number | null] | null>();
  type(await Track.objects.valuesList("next", { flat: true }).all()).is<(number | null)[]>();
  type(await Track.objects.valuesList(Length("title"), { flat: true }).get()).is<number>();
  type(await Track.objects.valuesList(Length("title"), "title").get()).is<[number, string]>();
  type(await Artist.objects.dates("born", "year", "desc").all()).is<string[]>();
  type(await Album.objects.datetimes("released", "hour").first()).is<Date | null>();
}

export async function more(album: Album, track: Track) {
  const lower = Lower("name");
  Album.objects.orderBy(F("released").desc({ nulls: "last" }), lower, "-id", Q({ name: "x" }), lower.asc());
  Album.objects.orderBy(lower).orderBy("?", "-tracks__position").reverse();
  type(await Album.objects.inBulk()).is<Map<number, Album>>();
  type(await Brand.objects.inBulk(["x"])).is<Map<string, Brand>>();
  type(await Brand.objects.inBulk(["x"], { field: "name" })).is<Map<string, Brand>>();
  type(await Item.objects.inBulk([1n])).is<Map<bigint, Item>>();
  type(await Album.objects.earliest("released", "-id")).is<Album>();
  type(await Album.objects.contains(album)).is<boolean>();
  type(await Track.objects.only("title", "album__name").defer("position").all()).is<Track[]>();
  type(
    await Track.objects
      .annotate({ n: Length("title") })
      .only("n")
      .defer(null)
      .first(),
  ).is<(Track & { readonly n: number }) | null>();
  type(await track.load("title", "album")).is<Track>();
  Track.objects.selectRelated("album").selectForUpdate({ of: ["self", "album"], nowait: true, noKey: true });
  Track.objects.selectForUpdate().selectForUpdate({ skipLocked: true, share: true, of: "album" });
  type(await Album.objects.comment("x").explain({ analyze: true, format: "json" })).is<string>();
  Track.objects.union(Track.early, Track.objects.none(), { all: true }).intersection(Track.early).orderBy("-id");
  const chain = await Track.early.recursive("next", { depth: "steps", maxDepth: 3 }).filter({ steps__gt: 1 }).all();
  type(chain[0]?.steps).is<number | undefined>();
  type(await Track.early.recursive("next").all()).is<Track[]>();
  const named = Album.objects.annotate({ n: Count("tracks") }).asCte("named", { materialized: true });
  type((await named.filter({ n__gt: 2, name: "x" }).orderBy("-n").get()).n).is<number>();
  Artist.objects.values("name").difference(Album.objects.values("name"));
  type(
    await Track.early
      .or(Track.objects.filter({ title: "x" }))
      .and(Track.early)
      .first(),
  ).is<Track | null>();
  Track.objects.search("bird").search("bird", "title", "album__name");
  await Track.objects.filter({ album }).update({ position: F("position").add(1), title: Lower("title"), next: track });
  await Item.objects.update(
    { price: F("price").mul("1.1"), sold: null, added: Now(), stock: F("sold") },
    { all: true },
  );
  await Artist.objects.create({ name: Lower(Value("ABBA")) });
  await Artist.objects.bulkCreate([{ name: Lower(Value("ABBA")) }, { name: "x" }]);
  await track.update({ position: F("position").add(1) });
  Track.objects.filter({
    title__contains: F("album__name"),
    position__in: [F("id"), 3],
    id__range: [1, F("position")],
  });
  Item.objects.filter({ sold__gt: F("stock"), price__lte: F("discount").mul(2), name: Lower("brand__name") });
  Item.objects.filter(F("active"), F("price").lt("1.00"), F("stock").in([1, 2]), F("note").isNull(), { left: Now() });
  Item.objects.filter(Q.or(Q({ stock: 1 }), F("stock").add(F("sold")).gte(3)), Q({ sold: F("stock") }));
  Item.objects.get({ name: "x" }, F("note").eq(null)).catch(() => null);
}

// Methods of one's own go on after annotations, and may add some.
class NoteQuery extends QuerySet<Note> {
  done() {
    return this.filter({ done: true });
  }
  long() {
    return this.done().annotate({ size: Length("text") });
  }
  longerThan(size: number) {
    return sized(this).filter({ size__gt: size }).orderBy("-size", F("text").asc());
  }
  texts() {
    return this.done().valuesList("text", { flat: true });
  }
}

// The compiler forgets what was added to `this` at the next call; to what a function is given, it does not.
const sized = (notes: QuerySet<Note>) => notes.annotate({ size: Length("text") });

class Note extends Model("note", { text: fields.string(), done: fields.boolean() }) {
  static objects = NoteQuery.asManager(this);
}

export async function own() {
  const row = await Note.objects
    .done()
    .annotate({ n: Count("*") })
    .done()
    .filter({ n: 1 })
    .long()
    .done()
    .get({ size: 3 });
  type(row.n).is<number>();
  type(row.size).is<number>();
  type(row.text).is<string>();
  type((await Note.objects.longerThan(3).get()).size).is<number>();
  type(await Note.objects.done().texts().done().all()).is<string[]>();
  type(await Note.objects.values("text").long().get()).is<{ text: string; size: number }>();
}

export async function namedRelations() {
  const late = FilteredRelation("tracks", Q({ tracks__position__gt: 9, name: F("tracks__title") }));
  const albums = Album.objects.alias({ late, own: FilteredRelation("artist", { artist__name: "x" }) });
  const row = await albums
    .filter({ late__title__icontains: "x", own__name: "x", late__isnull: false })
    .exclude({ late: 1, own__in: [1] })
    .annotate({ n: Count("late"), title: F("late__title") })
    .orderBy("late__position", "-own__name")
    .get();
  type(row.n).is<number>();
  type(row.title).is<string | null>();
  type(await albums.values("late__title", "own__name").get()).is<{
    late__title: string | null;
    own__name: string | null;
  }>();
  const first = Track.objects.alias({ on: FilteredRelation("album", { album__name: "x" }) });
  type(await first.values("on__name").get()).is<{ on__name: string | null }>();
}

export async function joins() {
  const twins = Track.objects.join(Track.alias("twin"), { twin__title: F("title"), twin__id__gt: F("id") });
  const row = await twins
    .filter({ twin__album__name__icontains: "x", twin: 1, twin__isnull: false })
    .exclude(Q({ twin__position__gt: F("position") }))
    .annotate({ gap: F("twin__position").sub(F("position")), name: F("twin__album__artist__name") })
    .orderBy("-twin__title", "gap")
    .get();
  type(row.gap).is<number>();
  type(row.name).is<string | null>();
  type(row.title).is<string>();
  type(await twins.values("id", "twin__id", "twin__album__name").get()).is<{
    id: number;
    twin__id: number;
    twin__album__name: string;
  }>();
  const named = Album.alias("namesake");
  const left = Artist.objects.join(named, Q({ namesake__name: F("name") }).or(Q({ namesake__id: 1 })), { left: true });
  type(await left.values("name", "namesake__name", "namesake__tracks__title").get()).is<{
    name: string;
    namesake__name: string | null;
    namesake__tracks__title: string | null;
  }>();
  const several = left.join(Seat.alias("seat"), { seat__track__album: F("namesake") });
  type(await several.values("seat", "seat__number").get()).is<{
    seat: readonly [string, number];
    seat__number: number;
  }>();
  type(await several.aggregate({ n: Count("namesake"), most: Max("seat__number") })).is<{
    n: number;
    most: number | null;
  }>();
  const from = (album: Album) => album.tracks.join(Track.alias("later"), { later__position__gt: F("position") });
  type((await from(await Album.objects.get({ id: 1 })).all())[0]?.title).is<string | undefined>();
}

export async function lineage(track: Track) {
  const before = Track.objects.ancestorsOf(track, "next", { depth: "steps", maxDepth: 3 });
  type((await before.filter({ steps__gt: 1 }).orderBy("-steps").get({ title: "x" })).steps).is<number>();
  type((await Track.objects.descendantsOf(7, "next", { includeSelf: true }).all())[0]?.title).is<string | undefined>();
  if (track.next !== null) Track.early.descendantsOf(track.next, "next");
}
