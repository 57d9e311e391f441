import { describe, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

/** What the compiler makes of `enum Suit { Clubs, Hearts }`. */
const Suit = { 0: "Clubs", 1: "Hearts", Clubs: 0, Hearts: 1 } as unknown as { readonly Clubs: 0; readonly Hearts: 1 };
/** What it makes of `enum Mood { Happy = "happy 🎉", Sad = "" }`. */
const Mood = { Happy: "happy 🎉", Sad: "" } as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

const point = {
  sqlType: () => "varchar(40)",
  toDb: (value: Point) => `${value.x},${value.y}`,
  fromDb: (text: unknown): Point => {
    const [x = Number.NaN, y = Number.NaN] = String(text).split(",").map(Number);
    return { x, y };
  },
};

class Specimen extends Model("specimen", {
  id: fields.integer({ primaryKey: true }),
  integer: fields.integer({ null: true }),
  smallInteger: fields.smallInteger({ null: true }),
  bigInteger: fields.bigInteger({ null: true }),
  float: fields.float({ null: true }),
  decimal: fields.decimal({ precision: 32, scale: 2, null: true }),
  whole: fields.decimal({ precision: 30, scale: 0, null: true }),
  boolean: fields.boolean({ null: true }),
  string: fields.string({ maxLength: 40, null: true }),
  text: fields.text({ null: true }),
  email: fields.email({ null: true }),
  url: fields.url({ null: true }),
  slug: fields.slug({ null: true }),
  ipAddress: fields.ipAddress({ null: true }),
  uuid: fields.uuid({ null: true }),
  date: fields.date({ null: true }),
  time: fields.time({ null: true }),
  datetime: fields.datetime({ null: true }),
  duration: fields.duration({ null: true }),
  json: fields.json({ null: true }),
  binary: fields.binary({ null: true }),
  suit: fields.enumeration(Suit, { null: true }),
  mood: fields.enumeration(Mood, { null: true }),
  size: fields.enumeration(["s", "m", "l"], { null: true }),
  point: fields.custom({ ...point, null: true }),
}) {
  static objects = manager(this);
}

type Name = keyof typeof Specimen.meta.fields;

interface Case {
  readonly field: Name;
  readonly values: readonly unknown[];
  /** What comes back, where it is written differently. */
  readonly read?: readonly unknown[];
}

const utc = (text: string): Date => new Date(`${text}Z`);
const nested = (depth: number): unknown => (depth === 0 ? "deep" : { in: [nested(depth - 1)] });

const cases: readonly Case[] = [
  { field: "integer", values: [0, 1, -1, 2_147_483_647, -2_147_483_648] },
  { field: "integer", values: [-0, 7n], read: [0, 7] },
  { field: "smallInteger", values: [0, 32_767, -32_768] },
  { field: "bigInteger", values: [0n, 9_007_199_254_740_993n, -9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)] },
  { field: "bigInteger", values: [12, -0, Number.MAX_SAFE_INTEGER], read: [12n, 0n, 9_007_199_254_740_991n] },
  { field: "float", values: [0, 0.1, 5, -1.5, 1e300, 5e-324, 2 ** 53, Number.MAX_VALUE, -Number.MAX_VALUE] },
  { field: "float", values: [-0], read: [0] },
  {
    field: "decimal",
    values: ["0.30", "-1.00", "123456789012345678901234567890.12", "-999999999999999999999999999999.99"],
  },
  {
    field: "decimal",
    values: ["1", "-0", "-0.001", "1.005", "-1.005", "1.004999", "0.995", ".5", "5.", "+3.1", "007", 4n, "2.675"],
    read: ["1.00", "0.00", "0.00", "1.01", "-1.01", "1.00", "1.00", "0.50", "5.00", "3.10", "7.00", "4.00", "2.68"],
  },
  { field: "whole", values: ["0", "999999999999999999999999999999", "-123456789012345678901234567890"] },
  { field: "whole", values: ["0.5", "-0.5", "1.4999"], read: ["1", "-1", "1"] },
  { field: "boolean", values: [true, false] },
  {
    field: "string",
    values: [
      "",
      "a ",
      " a",
      "Él_i\\z",
      "'\"`",
      "%_",
      "👩‍👩‍👧‍👦",
      "مرحبا \u202Eabc",
      "null",
      "a\r\nb\tc",
      "🎸".repeat(40),
      "e\u0301",
      "é",
    ],
  },
  { field: "text", values: ["", "ß ς İ\u0301", "a\\'b", "\u0001\u007F\uFEFF\uFFFF", "$1 ? :name {{x}}"] },
  { field: "text", values: ["x🎸é".repeat(262_144)] },
  { field: "email", values: ["ann@example.com", "o'hara+x@sub.example.org"] },
  { field: "url", values: ["https://example.com/?q=a%20b#c", "mailto:ann@example.com"] },
  { field: "slug", values: ["a-b_C9"] },
  { field: "ipAddress", values: ["127.0.0.1", "::1", "2001:db8::ff00:42:8329"] },
  { field: "uuid", values: ["3f2504e0-4f89-41d3-9a0c-0305e82c3301", "00000000-0000-0000-0000-000000000000"] },
  {
    field: "uuid",
    values: ["3F2504E0-4F89-41D3-9A0C-0305E82C3302", "3f2504e04f8941d39a0c0305e82c3303"],
    read: ["3f2504e0-4f89-41d3-9a0c-0305e82c3302", "3f2504e0-4f89-41d3-9a0c-0305e82c3303"],
  },
  { field: "date", values: ["0001-01-01", "0099-12-31", "1582-10-10", "1969-12-31", "2024-02-29", "9999-12-31"] },
  { field: "time", values: ["00:00:00", "10:20:30.5", "23:59:59.999999", "00:00:00.000001"] },
  { field: "time", values: ["10:20", "10:20:30.500000"], read: ["10:20:00", "10:20:30.5"] },
  {
    field: "datetime",
    values: [
      utc("0001-01-01T00:00:00.000"),
      utc("0099-12-31T23:59:59.999"),
      utc("1582-10-10T10:00:00.120"),
      utc("1969-12-31T23:59:59.999"),
      utc("2024-03-31T02:30:00.500"),
      utc("9999-12-31T23:59:59.999"),
    ],
  },
  { field: "duration", values: [0, -1, -86_400_001, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] },
  { field: "duration", values: [-0], read: [0] },
  { field: "binary", values: [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, byte) => byte)] },
  { field: "binary", values: [Buffer.from([0, 255])], read: [new Uint8Array([0, 255])] },
  { field: "suit", values: [Suit.Clubs, Suit.Hearts] },
  { field: "mood", values: [Mood.Happy, Mood.Sad] },
  { field: "size", values: ["s", "m", "l"] },
  { field: "point", values: [{ x: 1, y: -2.5 }] },
  { field: "json", values: [true, false, 0, -1.5, 1e300, 9_007_199_254_740_991, "", "null", "a'\"\\\n", "🎸"] },
  {
    field: "json",
    values: [[], {}, [[], {}], [1, "1", null], { a: { b: ["🎸", null] }, "": 1, "a.b": [], $: "$[0]" }],
  },
  { field: "json", values: [nested(15), "x".repeat(1_000_000), JSON.parse('{"__proto__": 1, "constructor": 2}')] },
  { field: "json", values: [{ kept: 1, left: undefined }], read: [{ kept: 1 }] },
];

const named = cases.map((item, index) => [`${item.field} ${index + 1}`, item] as const);
const valueOf = (row: object, field: Name): unknown => (row as Record<string, unknown>)[field];
const values = (field: Name, value: unknown): never => ({ [field]: value }) as never;

onEngines("Values of every kind of field", (engine) => {
  useDatabase(engine, [Specimen]);

  describe("come back as they were", () => {
    it.each(named)("%s", async (_, { field, values: given, read = given }) => {
      for (const [index, value] of given.entries()) {
        const expected = read[index];
        const made = await Specimen.objects.create(values(field, value));
        const found = await Specimen.objects.get({ pk: made.pk });
        expect(valueOf(found, field)).toStrictEqual(expected);
        expect(valueOf(found, field)).toSatisfy((got) => typeof got !== "number" || !Object.is(got, -0));
        if (field !== "json") expect(valueOf(made, field)).toEqual(expected);
        expect(found.isDirty()).toBe(false);

        const other = await Specimen.objects.create({});
        expect(valueOf(await Specimen.objects.get({ pk: other.pk }), field)).toBeNull();
        await other.update(values(field, value));
        await other.refresh();
        expect(valueOf(other, field)).toStrictEqual(expected);
        expect(await Specimen.objects.filter({ pk: made.pk }).update(values(field, null))).toBe(1);
        expect(valueOf(await made.refresh(), field)).toBeNull();
      }
    });
  });

  describe("come back when written together", () => {
    it.each(named)("%s", async (_, { field, values: given, read = given }) => {
      const made = await Specimen.objects.bulkCreate(given.map((value) => values(field, value)));
      const keys = made.map((row) => row.pk);
      const found = await Specimen.objects.filter({ pk__in: keys }).orderBy("pk").all();
      expect(found.map((row) => valueOf(row, field))).toStrictEqual(read);
    });
  });

  describe("come back when rows are updated together", () => {
    it.each(named)("%s", async (_, { field, values: given, read = given }) => {
      const made = await Specimen.objects.bulkCreate(given.map(() => ({})));
      made.forEach((row, at) => Object.assign(row, values(field, given[at])));
      expect(await Specimen.objects.bulkUpdate(made, [field])).toBe(given.length);
      const found = await Specimen.objects
        .filter({ pk__in: made.map((row) => row.pk) })
        .orderBy("pk")
        .all();
      expect(found.map((row) => valueOf(row, field))).toStrictEqual(read);
      expect(made.map((row) => row.isDirty())).toEqual(given.map(() => false));
    });
  });

  describe("find themselves", () => {
    const findable = named.filter(([, { field }]) => field !== "json");
    it.each(findable)("%s", async (_, { field, values: written, read: given = written }) => {
      await Specimen.objects.delete({ all: true });
      for (const [index, value] of given.entries()) {
        const { pk } = await Specimen.objects.create(values(field, written[index]));
        const found = await Specimen.objects.filter({ [field]: value } as never, { pk } as never).all();
        expect(found.map((row) => row.pk)).toEqual([pk]);
        expect(
          await Specimen.objects.filter({ [`${field}__in`]: [value, null] } as never, { pk } as never).count(),
        ).toBe(1);
        expect(
          await Specimen.objects
            .exclude({ [field]: value } as never)
            .filter({ pk })
            .count(),
        ).toBe(0);
      }
      const distinct = new Set(
        await Promise.all(given.map((v) => Specimen.objects.filter({ [field]: v } as never).count())),
      );
      expect([...distinct].every((count) => count >= 1)).toBe(true);
    });
  });

  it("bytes own their memory, and are no Buffers", async () => {
    const { pk } = await Specimen.objects.create({ binary: Buffer.from([7]) });
    const { binary } = await Specimen.objects.get({ pk });
    expect(Object.getPrototypeOf(binary)).toBe(Uint8Array.prototype);
    expect(binary?.buffer.byteLength).toBe(1);
  });

  it("text is equal only to itself: by case, accent, trailing space and normal form", async () => {
    await Specimen.objects.delete({ all: true });
    const texts = ["a", "A", "a ", "á", "a\u0301", "", " ", "🎸", "🎻"];
    await Specimen.objects.bulkCreate(texts.map((string) => ({ string })));
    for (const string of texts) expect(await Specimen.objects.filter({ string }).count()).toBe(1);
  });

  it("rows given to bulkCreate hold what was written", async () => {
    const rows = [new Specimen({ decimal: "1" }), new Specimen({})];
    Object.assign(rows[1] as object, { decimal: "2.675", float: -0, uuid: "3F2504E04F8941D39A0C0305E82C3301" });
    const made = await Specimen.objects.bulkCreate(rows);
    expect(made.map((row) => row.decimal)).toEqual(["1.00", "2.68"]);
    expect(made[1]?.uuid).toBe("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    expect(Object.is(made[1]?.float, 0)).toBe(true);
    expect(made.map((row) => row.isDirty())).toEqual([false, false]);
  });

  it("an instance holds the written form after save, and is clean", async () => {
    const row = await Specimen.objects.create({});
    row.decimal = "2.675";
    row.time = "10:20";
    row.uuid = "3F2504E04F8941D39A0C0305E82C3301";
    await row.save();
    expect([row.decimal, row.time, row.uuid]).toEqual(["2.68", "10:20:00", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"]);
    expect(row.isDirty()).toBe(false);
  });
});

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

class Invoice extends Model("invoice", {
  id: fields.integer({ primaryKey: true }),
  total: fields.custom({
    sqlType: () => "integer",
    toDb: (money: Money) => money.cents,
    fromDb: (cents) => new Money(Number(cents)),
    validate: (money: Money) => (money instanceof Money ? null : "expected Money."),
    lookups: "number",
  }),
}) {
  static objects = manager(this);
}

onEngines("A field of one's own", (engine) => {
  useDatabase(engine, [Invoice]);

  it("keeps objects of a class, and is clean after create and load", async () => {
    const made = await Invoice.objects.create({ total: new Money(150) });
    const read = await Invoice.objects.get({ pk: made.pk });
    expect(read.total).toBeInstanceOf(Money);
    expect(read.total.cents).toBe(150);
    expect([made.isDirty(), read.isDirty()]).toEqual([false, false]);
    read.total = new Money(200);
    expect(read.dirtyFields()).toEqual(["total"]);
    await read.save();
    expect((await made.refresh()).total.cents).toBe(200);
    expect(await Invoice.objects.filter({ total: new Money(200) }).count()).toBe(1);
    await expect(Invoice.objects.create({ total: 5 as never })).rejects.toThrow(/Invoice\.total: expected Money/);
  });
});
