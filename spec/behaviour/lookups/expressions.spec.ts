import { beforeAll, describe, expect, it } from "vitest";
import {
  Cast,
  Concat,
  Count,
  Extract,
  F,
  FieldError,
  fields,
  Lower,
  manager,
  Model,
  OuterRef,
  Q,
  Subquery,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shelf extends Model("shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  pairs: () => fields.hasMany(Pair, "shelf"),
}) {
  static objects = manager(this);
}

class Pair extends Model("pair", {
  id: fields.integer({ primaryKey: true }),
  shelf: () => fields.foreignKey(Shelf, { null: true }),
  text: fields.string({ maxLength: 100 }),
  part: fields.string({ maxLength: 100, null: true }),
  low: fields.integer({ default: 0 }),
  high: fields.integer({ null: true }),
  price: fields.decimal({ precision: 8, scale: 2, default: "0.00" }),
  exact: fields.decimal({ precision: 10, scale: 4, null: true }),
  begun: fields.date({ default: "2000-01-01" }),
  ended: fields.datetime({ null: true }),
}) {
  static objects = manager(this);
}

const TEXTS: readonly (readonly [text: string, part: string | null])[] = [
  ["Malibu", "lib"],
  ["Malibu", "LIB"],
  ["100% sure", "%"],
  ["100 sure", "%"],
  ["a_b", "_"],
  ["axb", "_"],
  ["back\\slash", "\\"],
  ["Élan", "él"],
  ["Élan", "Él"],
  ["ΣΊΣΥΦΟΣ", "σίσυφος"],
  ["Malibu", "Malibu"],
  ["Malibu", "bu"],
  ["Malibu", "Mal"],
  ["bu", "Malibu"],
  ["anything", ""],
  ["anything", null],
  ["Malibu ", "Malibu"],
  ["🎵 note", "🎵"],
  ["", ""],
];

type Named = (text: string, part: string) => boolean;
const folded = (text: string) => text.toLowerCase().replaceAll("ς", "σ");
const ORACLE: Readonly<Record<string, Named>> = {
  exact: (text, part) => text === part,
  iexact: (text, part) => folded(text) === folded(part),
  contains: (text, part) => text.includes(part),
  icontains: (text, part) => folded(text).includes(folded(part)),
  startswith: (text, part) => text.startsWith(part),
  istartswith: (text, part) => folded(text).startsWith(folded(part)),
  endswith: (text, part) => text.endsWith(part),
  iendswith: (text, part) => folded(text).endsWith(folded(part)),
};

onEngines("Expressions as what a lookup compares with", (engine) => {
  useDatabase(engine, [Shelf, Pair]);
  const found = (queryset: typeof Pair.objects) => queryset.orderBy("id").valuesList("id", { flat: true }).all();

  describe("text", () => {
    beforeAll(() => Pair.objects.bulkCreate(TEXTS.map(([text, part], index) => ({ id: index + 1, text, part }))));
    const where = (keep: (text: string, part: string | null) => boolean) =>
      TEXTS.flatMap(([text, part], index) => (keep(text, part) ? [index + 1] : []));

    it.each(Object.entries(ORACLE))(
      "%s, of a column, of what is made of columns, and by a path's method",
      async (name, holds) => {
        const expected = where((text, part) => part !== null && holds(text, part));
        const lookup = { [`text__${name}`]: F("part") } as object;
        expect(await found(Pair.objects.filter(lookup))).toEqual(expected);
        expect(await found(Pair.objects.exclude(lookup))).toEqual(
          where((text, part) => part === null || !holds(text, part)),
        );
        const made = { [`text__${name}`]: Concat("part", Value("")) } as object;
        expect(await found(Pair.objects.filter({ part__isnull: false }, Q(made)))).toEqual(expected);
      },
    );

    it("a value as an expression is a text like another", async () => {
      expect(await found(Pair.objects.filter({ text__contains: Value("%") }))).toEqual([3]);
      expect(await found(Pair.objects.filter({ text__istartswith: Lower(Value("ÉL")) }))).toEqual([8, 9]);
      expect(await found(Pair.objects.filter({ text__contains: Value(null, "text") }))).toEqual([]);
    });

    it("of what is worked out, on either side", async () => {
      const rows = Pair.objects.annotate({ loud: Concat("text", Value("!")) });
      expect(await rows.filter({ loud__endswith: Concat(Value("b"), Value("u!")) }).count()).toBe(6);
      expect(await rows.filter({ text__in: [F("part"), "axb"] }).count()).toBe(3);
      expect(await rows.filter({ part__contains: Lower("text"), id__ne: 10 }).count()).toBe(2);
    });
  });
});

onEngines("Expressions in lists, ranges and comparisons", (engine) => {
  useDatabase(engine, [Shelf, Pair]);
  const found = (queryset: typeof Pair.objects) => queryset.orderBy("id").valuesList("id", { flat: true }).all();

  beforeAll(async () => {
    const [left, right] = await Shelf.objects.bulkCreate([{ name: "left" }, { name: "right" }]);
    const rows = [
      { low: 1, high: 5, price: "5.00", exact: "5.0000", begun: "2001-01-01", ended: new Date("2001-06-01T23:30:00Z") },
      { low: 7, high: 7, price: "7.50", exact: "7.4999", begun: "2002-01-01", ended: new Date("2003-01-01T00:00:00Z") },
      { low: 9, high: null, price: "10.00", exact: null, begun: "2003-01-01", ended: null },
      {
        low: 3,
        high: 2,
        price: "-3.00",
        exact: "-2.5000",
        begun: "2004-12-31",
        ended: new Date("2004-12-31T12:00:00Z"),
      },
    ];
    await Pair.objects.bulkCreate(
      rows.map((row, index) => ({
        ...{ ...row, id: index + 1, text: `t${index}`, shelf: index < 2 ? left! : right! },
        part: ["^t0$", "T1", null, "T|x"][index]!,
      })),
    );
  });

  it("lists hold expressions beside values", async () => {
    expect(await found(Pair.objects.filter({ low__in: [F("high"), 3] }))).toEqual([2, 4]);
    expect(await found(Pair.objects.exclude({ low__in: [F("high"), 3] }))).toEqual([1, 3]);
    expect(await found(Pair.objects.filter({ low__in: [F("high").add(1), F("high").sub(4)] }))).toEqual([1, 4]);
    expect(await found(Pair.objects.filter({ low__in: new Set([F("high"), null, 9]) as never }))).toEqual([2, 3]);
    expect(await found(Pair.objects.filter({ low__in: [F("high"), 2 ** 70] }))).toEqual([2]);
    expect(await found(Pair.objects.filter(F("low").in([F("high"), 9])))).toEqual([2, 3]);
    expect(
      await found(
        Pair.objects.filter(
          F("low")
            .add(1)
            .in([F("high").add(1)]),
        ),
      ),
    ).toEqual([2]);
  });

  it("lists of different lengths do not share a plan by mistake", async () => {
    for (const list of [[1], [1, 7], [1, 7, 9]]) {
      expect(await found(Pair.objects.filter({ low__in: [Value(3), ...list] }))).toHaveLength(list.length + 1);
    }
  });

  it("ranges", async () => {
    expect(await found(Pair.objects.filter({ low__range: [0, F("high")] }))).toEqual([1, 2]);
    expect(await found(Pair.objects.filter({ low__range: [F("high"), 10] }))).toEqual([2, 4]);
    expect(await found(Pair.objects.exclude({ low__range: [F("high"), 10] }))).toEqual([1, 3]);
    expect(await found(Pair.objects.filter({ low__range: [F("high").sub(4), F("high").add(1)] }))).toEqual([1, 2, 4]);
    expect(await found(Pair.objects.filter({ low__range: [F("high"), 6.5] }))).toEqual([4]);
    expect(await found(Pair.objects.filter({ low__range: [F("high"), -(2 ** 70)] }))).toEqual([]);
    expect(await found(Pair.objects.filter({ low__range: [F("high"), null] as never }))).toEqual([]);
    expect(await found(Pair.objects.filter({ price__range: [F("low"), F("high")] }))).toEqual([1]);
  });

  it("decimals are numbers beside whole ones and beside others", async () => {
    expect(await found(Pair.objects.filter({ price: F("high") }))).toEqual([1]);
    expect(await found(Pair.objects.filter({ price: F("exact") }))).toEqual([1]);
    expect(await found(Pair.objects.filter({ high: F("price") }))).toEqual([1]);
    expect(await found(Pair.objects.filter({ price__gt: F("exact") }))).toEqual([2]);
    expect(await found(Pair.objects.filter({ low__lt: F("price") }))).toEqual([1, 2, 3]);
    expect(await found(Pair.objects.filter({ price__ne: F("exact") }))).toEqual([2, 3, 4]);
    expect(await found(Pair.objects.filter({ price__in: [F("high"), "10.00"] }))).toEqual([1, 3]);
  });

  it("parts of dates", async () => {
    expect(await found(Pair.objects.filter({ ended__year: Extract("begun", "year") }))).toEqual([1, 4]);
    expect(await found(Pair.objects.filter({ ended__year__gt: Extract("begun", "year") }))).toEqual([2]);
    expect(await found(Pair.objects.filter({ ended__year: F("begun__year") } as never))).toEqual([1, 4]);
    expect(await found(Pair.objects.filter({ ended__date: F("begun") }))).toEqual([4]);
    expect(await found(Pair.objects.filter({ ended__date__in: [F("begun"), "2003-01-01"] }))).toEqual([2, 4]);
    expect(await found(Pair.objects.filter({ begun__year__range: [2002, Extract("ended", "year")] }))).toEqual([2, 4]);
    expect(await found(Pair.objects.exclude({ ended__year: Extract("begun", "year") }))).toEqual([2, 3]);
    const paris = Pair.objects.inTimeZone("Europe/Paris");
    expect(
      await found(paris.filter({ ended__date__gt: Cast(Value("2001-06-01"), "date"), ended__year: 2001 })),
    ).toEqual([1]);
  });

  it("patterns", async () => {
    expect(await found(Pair.objects.filter({ text__regex: F("part") }))).toEqual([1]);
    expect(await found(Pair.objects.filter({ text__iregex: F("part") }))).toEqual([1, 2, 4]);
    expect(await found(Pair.objects.exclude({ text__regex: F("part") }))).toEqual([2, 3, 4]);
    expect(await found(Pair.objects.filter({ text__regex: Lower("part") }))).toEqual([1, 2, 4]);
  });

  it("across relations, for the same related row, and apart under exclude", async () => {
    const names = (queryset: typeof Shelf.objects) => queryset.orderBy("id").valuesList("name", { flat: true }).all();
    expect(await names(Shelf.objects.filter({ pairs__low__gt: F("pairs__high"), pairs__id: 4 }))).toEqual(["right"]);
    expect(await names(Shelf.objects.filter({ pairs__low: F("pairs__high"), pairs__id: 1 }))).toEqual([]);
    expect(await names(Shelf.objects.exclude({ pairs__low__in: [F("pairs__high"), 1] }))).toEqual(["right"]);
    expect(await names(Shelf.objects.exclude({ pairs__low__range: [F("pairs__high"), 100] }))).toEqual([]);
    expect(await names(Shelf.objects.exclude({ pairs__low__range: [F("pairs__high"), 2] }))).toEqual(["left", "right"]);
    expect(await names(Shelf.objects.filter({ name__startswith: Lower("pairs__shelf__name") }).distinct())).toEqual([
      "left",
      "right",
    ]);
  });

  it("subqueries stand in them", async () => {
    const best = Pair.objects
      .filter({ shelf: OuterRef("shelf") })
      .orderBy("-low")
      .values("low")
      .limit(1);
    expect(await found(Pair.objects.filter({ low__in: [Subquery(best), 1] }))).toEqual([1, 2, 3]);
    expect(await found(Pair.objects.filter({ low__range: [Subquery(best), 100] }))).toEqual([2, 3]);
  });

  it("go with counts, slices and none()", async () => {
    const some = Pair.objects.filter({ low__in: [F("high"), 3] });
    expect(await some.count()).toBe(2);
    expect(await some.exists()).toBe(true);
    expect((await some.orderBy("-id").limit(1).get()).id).toBe(4);
    expect(await some.none().all()).toEqual([]);
    expect(await some.aggregate({ n: Count("*") })).toEqual({ n: 2 });
  });

  it("refuse what cannot be compared, and say why", () => {
    expect(() => Pair.objects.filter({ low: F("text") } as never)).toThrow(
      "Pair: filter({ low }): a number cannot be compared with a text. Use Cast to make them alike.",
    );
    expect(() => Pair.objects.filter({ text__contains: F("low") } as never)).toThrow(FieldError);
    expect(() => Pair.objects.filter({ begun: F("ended") } as never)).toThrow(FieldError);
    expect(() => Pair.objects.filter({ low__in: [F("text"), 1] } as never)).toThrow("cannot be compared with a text");
    expect(() => Pair.objects.filter({ low__range: [F("text"), 1] } as never)).toThrow(
      "cannot be compared with a text",
    );
    expect(() => Pair.objects.filter({ low__range: [F("high"), undefined] } as never)).toThrow("got undefined");
    expect(() => Pair.objects.filter({ low__range: [F("high"), 1, 2] } as never)).toThrow("expected a pair");
    expect(() => Pair.objects.filter({ low__range: F("high") } as never)).toThrow("expected a pair");
    expect(() => Pair.objects.filter({ low__in: F("high") } as never)).toThrow('"in" takes a list or a queryset');
    expect(() => Pair.objects.filter({ low__in: [F("high"), undefined] } as never)).toThrow("got undefined");
    expect(() => Pair.objects.filter({ low__gt: [F("high")] } as never)).toThrow("expected a value or an expression");
    expect(() => Pair.objects.filter({ high__isnull: F("low") } as never)).toThrow(
      '"isnull" takes a value, not an expression',
    );
    expect(() => Pair.objects.filter({ low__in: [F("hihg")] } as never)).toThrow('Did you mean "high"?');
  });
});
