import { Count, F, FilteredRelation, Lower, Sum, Value } from "../prelude.js";
import { type Artist, Album, Track } from "../accepted/music.js";

export async function selecting(artist: Artist) {
  // @expect-error ✗ no such field: album__nmae
  Track.objects.values("title", "album__nmae");
  // @expect-error ✗ no such field: titel
  Track.objects.values("id", { x: Lower("titel") });
  // @expect-error NotAnExpression<"x">
  Track.objects.values({ x: "title" });
  // @expect-error ✗ no such field: titel
  Track.objects.valuesList("titel", { flat: true });
  // @expect-error ✗ no such field: n
  Track.objects.values("title", "n");
  // @expect-error ✗ no such field: titel
  Track.objects.only("titel");
  // @expect-error ✗ no such field: album__nmae
  Track.objects.defer("title", "album__nmae");
  // @expect-error Argument of type '"titel"' is not assignable to parameter of type
  void (await Track.objects.get()).load("titel");
  // @expect-error ✗ no such field: -postion
  void Track.objects.earliest("-postion");
  // @expect-error ✗ no such field: postion
  Track.objects.orderBy("title", F("postion").desc({ nulls: "last" }));
  // @expect-error ✗ no such field: -postion
  Track.objects.orderBy(F("position").desc(), "-postion");
  // @expect-error Type '"end"' is not assignable to type '"first" | "last" | undefined'
  F("position").desc({ nulls: "end" });
  // @expect-error ✗ no such field: nmae
  void Album.objects.inBulk(undefined, { field: "nmae" });
  // @expect-error Type 'string' is not assignable to type 'number'
  void Album.objects.inBulk(["x"]);
  // @expect-error Type 'Artist' is missing the following properties from type 'Album'
  void Album.objects.contains(artist);
  // @expect-error ✗ no such field: borne
  Track.objects.dates("borne", "year");
  // @expect-error Argument of type '"hour"' is not assignable to parameter of type
  Album.objects.dates("released", "hour");
  // @expect-error ✗ no such field: titel
  Track.objects.search("x", "titel");
  // @expect-error Type '"xls"' is not assignable to type
  void Track.objects.explain({ format: "xls" });
  // @expect-error ✗ not a relation to one row: albun
  Track.objects.selectForUpdate({ of: "albun" });
  // @expect-error ✗ not a relation of the model to itself: album
  Track.objects.recursive("album");
  // @expect-error ✗ not a relation of the model to itself: title
  Track.objects.recursive("title", { depth: "n" });
  // @expect-error ✗ no such field or lookup: step
  Track.objects.recursive("next", { depth: "steps" }).filter({ step: 1 });
  // @expect-error Object literal may only specify known properties
  Track.objects.asCte("x", { materialised: true });
  // @expect-error is not assignable to parameter of type
  Track.objects.union("x");
  // @expect-error is not assignable to parameter of type 'QueryOf<Track>'
  Track.objects.or(Album.objects);
  const row = await Track.objects.values("title").get();
  // @expect-error Property 'position' does not exist on type '{ title: string; }'
  void row.position;
  // @expect-error Property 'loud' does not exist on type '{ title: string; }'
  void row.loud;
  // @expect-error Object is possibly 'null'
  (await Track.objects.aggregate({ sum: Sum("position") })).sum.toFixed();
}

export async function writes() {
  // @expect-error ✗ no such field: postion
  await Track.objects.update({ position: F("postion").add(1) }, { all: true });
  // @expect-error ✗ wrong type of value for: position
  await Track.objects.update({ position: Lower("title") }, { all: true });
  // @expect-error ✗ no such field: postion
  await Track.objects.update({ title: "x", postion: F("position") }, { all: true });
  // @expect-error Type 'string' is not assignable to type 'number
  await Track.objects.update({ title: Lower("title"), position: "x" }, { all: true });
  // @expect-error is not assignable to type 'string | FreeExpression'
  await Album.objects.create({ name: F("name") });
  // @expect-error is not assignable to type 'string'
  void new Album({ name: Lower(Value("x")) });
  // @expect-error is not assignable to type
  await Album.objects.create({ name: Count("tracks") });
}

export function namedRelations() {
  // @expect-error ✗ not an expression
  Album.objects.annotate({ late: FilteredRelation("tracks", {}) });
  // @expect-error ✗ no such field: trcks
  Album.objects.alias({ late: FilteredRelation("trcks", {}) });
  // @expect-error ✗ no such field or lookup: tracks__positon
  Album.objects.alias({ late: FilteredRelation("tracks", { tracks__positon: 1 }) });
  const albums = Album.objects.alias({ late: FilteredRelation("tracks", { tracks__position: 1 }) });
  // @expect-error ✗ no such field or lookup: late__titel
  albums.filter({ late__titel: "x" });
  // @expect-error Type 'number' is not assignable to type 'string
  albums.filter({ late__title: 1 });
  // @expect-error ✗ no such field: late__titel
  albums.values("late__titel");
}

export function joins() {
  const twin = Track.alias("twin");
  // @expect-error ✗ no such field or lookup: twin__titel
  Track.objects.join(twin, { twin__titel: F("title") });
  // @expect-error ✗ no such field: titel
  Track.objects.join(twin, { twin__title: F("titel") });
  // @expect-error ✗ no such field or lookup: other__title
  Track.objects.join(twin, { other__title: F("title") });
  // @expect-error ✗ wrong type of value for: twin__position
  Track.objects.join(twin, { twin__position: F("title") });
  // @expect-error JoinNameTaken<"next">
  Track.objects.join(Track.alias("next"), { next__id: 1 });
  // @expect-error Argument of type 'typeof Track' is not assignable
  Track.objects.join(Track, { id: 1 });
  // @expect-error Expected 2-3 arguments, but got 1
  Track.objects.join(twin);
  // @expect-error 'lft' does not exist in type 'JoinOptions<false>'
  Track.objects.join(twin, { twin__title: F("title") }, { lft: true });
  const twins = Track.objects.join(twin, { twin__title: F("title") });
  // @expect-error ✗ no such field or lookup: twin__titel
  twins.filter({ twin__titel: "x" });
  // @expect-error ✗ no such field: twin__titel
  twins.values("twin__titel");
  // @expect-error ✗ no such field: twni__title
  twins.orderBy("twni__title");
}

export function lineage(artist: Artist) {
  // @expect-error ✗ not a relation of the model to itself: album
  Track.objects.descendantsOf(1, "album");
  // @expect-error ✗ not a relation of the model to itself: tracks
  Album.objects.descendantsOf(1, "tracks");
  // @expect-error Argument of type 'Artist' is not assignable
  Track.objects.descendantsOf(artist, "next");
  // @expect-error Argument of type 'string' is not assignable
  Track.objects.ancestorsOf("x", "next");
  // @expect-error ✗ no such field or lookup: steps
  Track.objects.ancestorsOf(1, "next", { depth: "step" }).filter({ steps: 1 });
}
