import { Q } from "dunder-orm";
import {
  Abs,
  Avg,
  BoolOr,
  Case,
  Cast,
  Coalesce,
  Concat,
  Count,
  Exists,
  Extract,
  F,
  Greatest,
  JsonAgg,
  JsonObject,
  Lag,
  Length,
  Lower,
  Max,
  Min,
  Now,
  NthValue,
  NullIf,
  OuterRef,
  Rank,
  Round,
  RowNumber,
  Sqrt,
  StdDev,
  StringAgg,
  Subquery,
  Substr,
  Sum,
  Trunc,
  Value,
  When,
  Window,
} from "../prelude.js";
import { type } from "./equal.js";
import { Album, Artist, Track } from "./music.js";
import { Brand, Item } from "./shop.js";

export async function arithmetic() {
  const row = await Item.objects
    .annotate({
      whole: F("stock").mul(2).add(1),
      unknown: F("stock").add(F("sold")),
      total: F("price").mul(2).add(F("discount")),
      exact: F("price").mul("1.5"),
      big: F("views").add(1),
      ratio: F("stock").div(F("weight")),
      negative: F("views").neg(),
      spent: F("left").sub(F("added")),
      until: F("added").add(F("keeps")),
      twice: F("keeps").mul(2),
      key: F("pk"),
      owner: F("brand"),
      far: F("brand__motto"),
      near: F("brand__code"),
    })
    .get({ pk: 1 });
  type(row.whole).is<number>();
  type(row.unknown).is<number | null>();
  type(row.total).is<string | null>();
  type(row.exact).is<string>();
  type(row.big).is<bigint>();
  type(row.ratio).is<number>();
  type(row.negative).is<bigint>();
  type(row.spent).is<number | null>();
  type(row.until).is<Date>();
  type(row.twice).is<number>();
  type(row.key).is<bigint>();
  type(row.owner).is<string | null>();
  type(row.far).is<string | null>();
  type(row.near).is<string | null>();
  type(row.name).is<string>();
}

export async function functions() {
  const row = await Item.objects
    .annotate({
      lower: Lower("name"),
      empty: Lower("note"),
      length: Length("brand__name"),
      joined: Concat("name", Value(" — "), "brand__name"),
      both: Concat(Lower("name"), Value("!")),
      part: Substr("name", 1, 3),
      sure: Coalesce("note", "brand__motto", "name"),
      unsure: Coalesce("note", "brand__motto"),
      filled: Coalesce("sold", 0),
      none: NullIf("stock", 0),
      most: Greatest("stock", "sold"),
      code: Cast("stock", "text"),
      amount: Cast("note", "decimal"),
      now: Now(),
      year: Extract("made", "year"),
      month: Trunc("added", "month"),
      day: Trunc("added", "date"),
      size: Abs("price"),
      round: Round("weight", 2),
      root: Sqrt("stock"),
      json: JsonObject({ name: "name", sold: "sold", added: F("added"), n: Value(1) }),
      late: Q({ stock__gt: 3 }),
      dear: F("price")
        .gt("100.00")
        .and(Q({ active: true })),
    })
    .get({ pk: 1 });
  type(row.lower).is<string>();
  type(row.empty).is<string | null>();
  type(row.length).is<number | null>();
  type(row.joined).is<string | null>();
  type(row.both).is<string>();
  type(row.part).is<string>();
  type(row.sure).is<string>();
  type(row.unsure).is<string | null>();
  type(row.filled).is<number>();
  type(row.none).is<number | null>();
  type(row.most).is<number | null>();
  type(row.code).is<string>();
  type(row.amount).is<string | null>();
  type(row.now).is<Date>();
  type(row.year).is<number | null>();
  type(row.month).is<Date>();
  type(row.day).is<string>();
  type(row.size).is<string>();
  type(row.round).is<number>();
  type(row.root).is<number>();
  type(row.json).is<{ name: string; sold: number | null; added: string; n: number }>();
  type(row.late).is<boolean>();
  type(row.dear).is<boolean>();
}

export async function aggregates() {
  const found = await Item.objects.aggregate({
    n: Count(),
    some: Count("*", { filter: { stock__gt: 3 } }),
    brands: Count("brand", { distinct: true, filter: Q({ brand__name__startswith: "x" }) }),
    stock: Sum("stock"),
    sure: Sum("stock", { default: 0 }),
    worth: Sum(F("price").mul(F("stock"))),
    views: Max("views"),
    first: Min("added"),
    day: Max("brand__name", { default: "none" }),
    average: Avg("price"),
    known: Avg("price", { default: 0 }),
    spread: StdDev("weight", { sample: true }),
    any: BoolOr("active"),
    names: StringAgg("name", ", ", { distinct: true, orderBy: ["-name", F("id").desc()] }),
    list: JsonAgg("sold"),
    filled: JsonAgg("name", { default: [] }),
  });
  type(found).is<{
    n: number;
    some: number;
    brands: number;
    stock: number | null;
    sure: number;
    worth: string | null;
    views: bigint | null;
    first: Date | null;
    day: string;
    average: number | null;
    known: number;
    spread: number | null;
    any: boolean | null;
    names: string | null;
    list: (number | null)[] | null;
    filled: string[];
  }>();
}

export async function branches() {
  const state = Case(When(Q({ sold: null }), Value("new")), When({ stock: 0 }, "note"), { default: "name" });
  const row = await Item.objects
    .annotate({
      state,
      label: Case(When(F("stock").eq(0), Value("out")), { default: Value("in") }),
      open: Case(
        When(Q({ stock__gt: 3 }), 1),
        When(Exists(Brand.objects.filter({ code: OuterRef("brand") })), F("stock")),
      ),
    })
    .orderBy(state.desc({ nulls: "last" }), "-price")
    .first();
  type(row?.state).is<string | null | undefined>();
  type(row?.label).is<string | undefined>();
  type(row?.open).is<number | null | undefined>();
}

export async function subqueries() {
  const tracks = Track.objects.filter({ album: OuterRef("pk") });
  const row = await Album.objects
    .annotate({
      newest: Subquery(tracks.orderBy("-id").values("title").limit(1)),
      first: Subquery(tracks.valuesList("position", { flat: true })),
      third: Subquery(tracks.valuesList("next")),
      key: Subquery(tracks.orderBy("id")),
      some: Exists(tracks),
      none: Exists(tracks).not(),
    })
    .filter(Exists(tracks).and(Q({ name: "x" })), { newest__icontains: "x", first__gte: 1 })
    .get();
  type(row.newest).is<string | null>();
  type(row.first).is<number | null>();
  type(row.third).is<number | null>();
  type(row.key).is<number | null>();
  type(row.some).is<boolean>();
  type(row.none).is<boolean>();
  Track.objects.filter({ title__in: Artist.objects.values("name"), album__in: Track.objects.valuesList("album") });
  Artist.objects.filter({ pk__in: Album.objects.values("artist"), name__in: Track.objects.valuesList("title") });
}

export async function windows() {
  const row = await Track.objects
    .annotate({
      place: Window(Rank(), { partitionBy: ["album", Lower("title")], orderBy: "-position" }),
      row: Window(RowNumber()),
      before: Window(Lag("title"), { orderBy: [F("position").asc({ nulls: "first" }), "id"] }),
      filled: Window(Lag("title", 2, Value("none")), { orderBy: "id" }),
      third: Window(NthValue("position", 3), { frame: { type: "rows", start: null, end: 0 } }),
      running: Window(Sum("position", { default: 0 }), { partitionBy: "album__artist", orderBy: "id" }),
    })
    .filter({ place__lte: 3, running__gt: 1 }, Window(RowNumber(), { orderBy: "id" }).lte(9))
    .orderBy("place", Window(Rank(), { orderBy: "id" }).desc())
    .get();
  type(row.place).is<number>();
  type(row.row).is<number>();
  type(row.before).is<string | null>();
  type(row.filled).is<string>();
  type(row.third).is<number | null>();
  type(row.running).is<number>();
}
