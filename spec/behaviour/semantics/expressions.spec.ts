import { beforeAll, beforeEach, expect, it } from "vitest";
import {
  Case,
  Cast,
  Concat,
  Count,
  Exists,
  F,
  FieldError,
  Greatest,
  Least,
  Length,
  Max,
  OuterRef,
  Q,
  type QueryEvent,
  Round,
  Subquery,
  Value,
  When,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { type Askable, Author, Blog, Book, createD1, createD2, createD3, EL, Entry, labels, models } from "./data.js";

type LabelCase = readonly [trap: number, title: string, ask: () => Askable, answer: readonly string[]];

const authors = Author.objects;
const blogs = Blog.objects;
const entries = Entry.objects;
const theirs = entries.filter({ blog: OuterRef("pk") });

const cases: readonly LabelCase[] = [
  [
    1,
    "a comparison of paths is of the same entry",
    () => blogs.filter(F("entries__headline").eq("Lennon"), F("entries__year").eq(2007)),
    ["b2"],
  ],
  [
    1,
    "chained, it may be of another",
    () => blogs.filter(F("entries__headline").eq("Lennon")).filter(F("entries__year").eq(2007)),
    ["b1", "b2"],
  ],
  [
    3,
    "exclude of a comparison asks of all entries",
    () => blogs.exclude(F("entries__headline").eq("McC")),
    ["b2", "b3"],
  ],
  [3, "and so does a negated Q of it", () => blogs.filter(Q.and(F("entries__headline").eq("McC")).not()), ["b2", "b3"]],
  [3, "exclude of what is worked out of many", () => blogs.exclude(Length("entries__headline").gt(5)), ["b3"]],
  [5, "exclude of a comparison of two columns", () => authors.exclude({ name__lt: F("alias") }), ["bob", EL]],
  [5, "ne of a column that is NULL", () => authors.filter({ name__ne: F("alias") }), ["Ann", "bob", EL]],
  [
    5,
    "exclude of a condition on an annotation",
    () => authors.annotate({ next: F("age").add(1) }).exclude({ next: 31 }),
    ["bob", EL],
  ],
  [
    5,
    "exclude of a maximum of nothing",
    () => blogs.annotate({ last: Max("entries__year") }).exclude({ last: 2008 }),
    ["b2", "b3"],
  ],
  [7, "keys not in values of which one is NULL", () => blogs.exclude({ pk__in: entries.values("blog") }), ["b3"]],
  [7, "keys in them", () => blogs.filter({ pk__in: entries.values("blog") }), ["b1", "b2"]],
  [7, "not in them, by Q", () => blogs.filter(Q({ pk__in: entries.values("blog") }).not()), ["b3"]],
  [7, "not in a list of values", () => blogs.exclude({ pk__in: entries.valuesList("blog", { flat: true }) }), ["b3"]],
  [
    7,
    "not in a slice of values",
    () => blogs.exclude({ pk__in: entries.orderBy("year").values("blog").limit(3) }),
    ["b3"],
  ],
  [7, "a NULL that is asked for", () => authors.exclude({ age__in: authors.values("age") }), ["bob"]],
  [
    7,
    "a column not in values through a relation",
    () => entries.exclude({ year__in: blogs.values("entries__year") }),
    ["orphan 2000"],
  ],
  [7, "no such row", () => blogs.exclude(Exists(theirs)), ["b3"]],
  [7, "not such a row, as a Q", () => blogs.filter(Exists(theirs).not()), ["b3"]],
  [
    11,
    "OR with a row that exists",
    () => blogs.filter(Exists(theirs.filter({ headline: "McC" })).or(Q({ name: "b3" }))),
    ["b1", "b3"],
  ],
  [
    11,
    "OR with a condition on an annotation",
    () => entries.annotate({ size: Length("blog__name") }).filter(Q({ size: 2 }).or(Q({ year: 2000 }))),
    ["Lennon 2007", "Lennon 2008", "McC 2007", "orphan 2000"],
  ],
  [
    12,
    "isnull of what is worked out",
    () => authors.annotate({ both: F("age").add(1) }).filter({ both__isnull: true }),
    ["bob"],
  ],
  [12, "isNull() of a path to many", () => blogs.filter(F("entries").isNull()), ["b3"]],
  [13, "a column that holds %", () => authors.filter({ name__contains: F("alias") }), []],
  [13, "an expression that holds %", () => authors.filter({ alias__contains: Value("%") }), ["Ann"]],
  [13, "an expression that holds \\ at its end", () => authors.filter({ name__startswith: Value("Él_i\\") }), [EL]],
  [13, "endswith of an expression", () => authors.filter({ alias__endswith: Concat(Value("%"), Value("y")) }), ["Ann"]],
  [13, "a text contains itself", () => authors.filter({ alias__contains: F("alias") }), ["Ann", EL]],
  [13, "iexact knows no _ in an expression", () => authors.filter({ alias__iexact: Value("X_Y") }), []],
  [13, "iexact of an expression", () => authors.filter({ alias__iexact: Value("X%Y") }), ["Ann"]],
  [13, "exclude of it keeps NULL", () => authors.exclude({ alias__contains: Value("%") }), ["bob", EL]],
  [14, "contains of an expression heeds case", () => authors.filter({ name__contains: Value("B") }), []],
  [14, "icontains of one does not", () => authors.filter({ name__icontains: Value("B") }), ["bob"]],
  [16, "icontains of one knows É", () => authors.filter({ name__icontains: Value("él") }), [EL]],
  [
    16,
    "istartswith and iendswith, too",
    () => authors.filter({ name__istartswith: Value("éL_"), name__iendswith: Value("\\Z") }),
    [EL],
  ],
  [
    17,
    "xor with what is worked out",
    () => authors.filter(Q.xor(F("age").gt(35), Q({ name: "bob" }), F("age").gt(30))),
    ["bob"],
  ],
  [19, "a slice of values", () => authors.filter({ age__in: authors.orderBy("-name").values("age").limit(1) }), [EL]],
  [
    47,
    "a half compared with what is worked out",
    () => authors.annotate({ twice: F("age").mul(2) }).filter({ twice__gt: 60.5 }),
    [EL],
  ],
  [
    51,
    "a condition as a value",
    () =>
      authors
        .annotate({ old: Case(When({ age__gt: 35 }, Value(true)), { default: Value(false) }) })
        .filter({ old: true }),
    [EL],
  ],
  [
    60,
    "in a subquery of one column",
    () => entries.filter({ blog__in: blogs.filter({ name: "b1" }).values("pk") }),
    ["Lennon 2008", "McC 2007"],
  ],
  [
    60,
    "equal to the one value of a subquery",
    () => entries.filter({ blog: Subquery(blogs.filter({ name: "b1" }).values("pk").limit(1)) }),
    ["Lennon 2008", "McC 2007"],
  ],
];

onEngines("Expressions and their traps", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeAll(async () => {
    await createD1();
    const { ann } = await createD2();
    await createD3(ann);
  });
  beforeEach(() => {
    events.length = 0;
  });

  it.each(cases)("trap %i: %s", async (_trap, _title, ask, answer) => {
    expect(await labels(ask())).toEqual([...answer].sort());
  });

  it("trap 22: NULLs stand where they are wanted", async () => {
    const ages = authors.valuesList("age", { flat: true });
    expect(await ages.orderBy(F("age").asc({ nulls: "first" })).all()).toEqual([null, 30, 40]);
    expect(await ages.orderBy(F("age").asc({ nulls: "last" })).all()).toEqual([30, 40, null]);
    expect(await ages.orderBy(F("age").desc({ nulls: "first" })).all()).toEqual([null, 40, 30]);
    expect(await ages.orderBy(F("age").desc({ nulls: "last" })).all()).toEqual([40, 30, null]);
    expect(
      await ages
        .orderBy(F("age").asc({ nulls: "last" }))
        .reverse()
        .all(),
    ).toEqual([null, 40, 30]);
    expect(await ages.orderBy(F("age").add(1).desc({ nulls: "last" })).last()).toBeNull();
  });

  it("trap 23: distinct values, and an order that is no part of them", async () => {
    const ofAnn = Book.objects.filter({ author__isnull: false }).valuesList("author", { flat: true });
    expect(await ofAnn.distinct().all()).toEqual([1]);
    expect(await ofAnn.orderBy("title").distinct().all()).toEqual([1, 1]);
    expect(await ofAnn.orderBy("author").distinct().all()).toEqual([1]);
    const rows = await Book.objects
      .filter({ author__isnull: false })
      .values("author")
      .orderBy("-title")
      .distinct()
      .all();
    expect(rows).toEqual([{ author: 1 }, { author: 1 }]);
  });

  it("trap 32: values of other rows are set by a subquery only", async () => {
    await expect(entries.filter({ year: 2007 }).update({ headline: F("blog__name") })).rejects.toThrow(/Subquery/);
    await expect(entries.filter({ year: 2007 }).update({ year: Count("blog") } as never)).rejects.toBeInstanceOf(
      FieldError,
    );
    expect(events).toEqual([]);
  });

  it("trap 49: numbers mean the same on every engine", async () => {
    const worked = await Book.objects
      .filter({ title: "B1" })
      .annotate({
        half: F("rating").div(2),
        bound: Value(5).div(Value(2)),
        nothing: F("rating").div(0),
        rest: F("rating").mod(0),
        text: Cast(Value(5), "text"),
        number: Cast(F("rating"), "text"),
        up: Round(Value(0.5)),
        upAgain: Round(Value(1.5)),
        upEver: Round(Value(2.5)),
        down: Round(Value(-2.5)),
        most: Greatest(Value(null, "integer"), Value(35)),
        least: Least(F("rating"), Value(null, "integer")),
        more: Greatest(F("rating"), Value(35)),
      })
      .values(
        "half",
        "bound",
        "nothing",
        "rest",
        "text",
        "number",
        "up",
        "upAgain",
        "upEver",
        "down",
        "most",
        "least",
        "more",
      )
      .get();
    expect(worked).toEqual({
      half: 2.5,
      bound: 2.5,
      nothing: null,
      rest: null,
      text: "5",
      number: "5",
      up: 1,
      upAgain: 2,
      upEver: 3,
      down: -3,
      most: null,
      least: null,
      more: 35,
    });
  });

  it("trap 60: a subquery has one column, and one value", async () => {
    const two = blogs.values("id", "name");
    expect(() => entries.filter({ blog__in: two as never })).toThrow(/one value a row/);
    expect(() => entries.filter({ blog: blogs.limit(1) as never })).toThrow(FieldError);
    expect(() => blogs.annotate({ x: Subquery(entries.values("year", "headline") as never) })).toThrow(
      /one value a row/,
    );
    const first = theirs.orderBy("-year").values("year");
    // Several rows: the first of them, on every engine.
    expect(
      await blogs
        .orderBy("name")
        .annotate({ last: Subquery(first) })
        .valuesList("last", { flat: true })
        .all(),
    ).toEqual([2008, 2007, null]);
    expect(events).toHaveLength(1);
  });

  it("trap 60: OuterRef has no meaning outside of a query", async () => {
    await expect(theirs.all()).rejects.toBeInstanceOf(FieldError);
    await expect(theirs.count()).rejects.toBeInstanceOf(FieldError);
    await expect(theirs.exists()).rejects.toBeInstanceOf(FieldError);
    await expect(entries.annotate({ x: OuterRef("name") } as never).all()).rejects.toBeInstanceOf(FieldError);
    await expect(theirs.delete()).rejects.toBeInstanceOf(FieldError);
    expect(events).toEqual([]);
    expect(() => blogs.filter(Exists(entries.filter({ blog: OuterRef("nmae") })))).toThrow(/nmae/);
  });
});
