import { Q } from "dunder-orm";
import {
  Case,
  Cast,
  Concat,
  Count,
  Exists,
  Extract,
  F,
  JsonObject,
  Lower,
  Max,
  Rank,
  StringAgg,
  Subquery,
  Sum,
  Value,
  When,
  Window,
} from "../prelude.js";
import { Album, Artist, Track } from "../accepted/music.js";

export async function expressions(album: Album) {
  // @expect-error ✗ no such field: titel
  Track.objects.annotate({ x: F("titel") });
  // @expect-error ✗ no such field: album__nmae
  Track.objects.annotate({ good: F("title"), x: Lower("album__nmae") });
  // @expect-error ✗ no such field: trakcs__position
  Album.objects.annotate({ n: Max("trakcs__position") });
  // @expect-error ✗ no such field: trakcs
  Album.objects.annotate({ n: Count("trakcs") });
  // @expect-error ✗ no such field: postion
  Track.objects.annotate({ x: F("position").mul(2).add(F("postion")) });
  // @expect-error ✗ no such field: naem
  Artist.objects.annotate({ x: Concat("name", Value("x"), Lower("naem")) });
  // @expect-error ✗ no such field or lookup: positon__gt
  Track.objects.annotate({ x: Case(When(Q({ positon__gt: 3 }), Value(1))) });
  // @expect-error ✗ no such field: titel
  Track.objects.annotate({ x: Case(When({ position: 3 }, "titel"), { default: "title" }) });
  // @expect-error ✗ no such field: tilte
  Track.objects.annotate({ x: Case(When({ position: 3 }, "title"), { default: "tilte" }) });
  // @expect-error ✗ wrong type of value for: position
  Track.objects.annotate({ x: Case(When({ position: "x" }, "title")) });
  // @expect-error ✗ no such field or lookup: tracks__positon
  Album.objects.annotate({ n: Count("tracks", { filter: Q({ tracks__positon: 1 }) }) });
  // @expect-error ✗ no such field or lookup: tracks__titel
  Album.objects.annotate({ n: Count("tracks", { filter: { tracks__titel: "x" } }) });
  // @expect-error ✗ no such field: positon
  Track.objects.annotate({ x: StringAgg("title", ", ", { orderBy: "-positon" }) });
  // @expect-error ✗ no such field: albun
  Track.objects.annotate({ x: Window(Rank(), { partitionBy: "albun", orderBy: "-position" }) });
  // @expect-error ✗ no such field: postion
  Track.objects.annotate({ x: Window(Rank(), { orderBy: [F("postion").desc()] }) });
  // @expect-error NotAnExpression<"x">
  Track.objects.annotate({ x: Rank() });
  // @expect-error Type '"sideways"' is not assignable to type
  Track.objects.annotate({ x: Window(Rank(), { frame: { type: "sideways" } }) });
  // @expect-error NotAnExpression<"x">
  Track.objects.annotate({ x: "title" });
  // @expect-error ✗ there is a field of this name: title
  Track.objects.annotate({ title: Lower("title") });
  // @expect-error ✗ no such field: titel
  Track.objects.alias({ x: JsonObject({ title: "titel" }) });
  // @expect-error ✗ no such field: postion
  void Track.objects.aggregate({ n: Sum("postion") });
  // @expect-error ✗ a subquery gives one column
  Album.objects.annotate({ x: Subquery(Track.objects.values("title", "position")) });
  // @expect-error missing the following properties from type 'AnyQuery'
  Album.objects.filter(Exists(album));
  // @expect-error Argument of type '"number"' is not assignable to parameter of type 'keyof Kinds'
  Cast("position", "number");
  // @expect-error '"yaer"' is not assignable to parameter of type 'ExtractPart'
  Extract("released", "yaer");
  // @expect-error Type 'string' is not assignable to type 'object'
  Count("tracks", { filter: "x" });
  // @expect-error ✗ no such field or lookup: n__gt
  Album.objects.filter({ n__gt: 3 }).annotate({ n: Count("tracks") });
  const counted = Album.objects.annotate({ n: Count("tracks") });
  // @expect-error Type 'string' is not assignable to type 'number'
  counted.filter({ n__gt: "a" });
  // @expect-error ✗ no such field or lookup: n__contains
  counted.filter({ n__contains: 3 });
  // @expect-error ✗ no such field: -m
  counted.orderBy("-m");
  // @expect-error Property 'm' does not exist on type
  void (await counted.get()).m;
  // @expect-error Property 'n' does not exist on type
  void (await Album.objects.alias({ n: Count("tracks") }).get()).n;
}

export function conditions() {
  // @expect-error ✗ no such field or lookup: postion__gt
  Track.objects.filter(F("postion").gt(3));
  // @expect-error ✗ wrong type of value for: position__gt
  Track.objects.filter(F("position").gt("x"));
  // @expect-error ✗ no such field or lookup: album__gt
  Track.objects.filter(F("album").gt(3));
  // @expect-error ✗ no such field: postion
  Track.objects.filter(F("position").gt(F("postion")));
  // @expect-error ✗ no such field: postion
  Track.objects.filter({ position__gt: F("postion") });
  // @expect-error ✗ wrong type of value for: position__gt
  Track.objects.filter({ position__gt: F("title") });
  // @expect-error ✗ no such field: album__nmae
  Track.objects.exclude({ position: 3, title: Lower("album__nmae") });
  // @expect-error ✗ no such field or lookup: titel
  Track.objects.filter({ titel: F("title") });
  // @expect-error ✗ no such field: postion
  Track.objects.filter(Q({ position: F("postion") }).or(Q({ position: 1 })));
  // @expect-error ✗ no such field or lookup: titel
  Track.objects.filter(Q.or(Q({ position: 1 }), F("titel").eq("x")));
  // @expect-error Type 'QuerySet<Artist> & WithValues
  Track.objects.filter({ position__in: Artist.objects.values("name") });
  // @expect-error is not assignable to type
  Track.objects.filter(Value(3));
}
