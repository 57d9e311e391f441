import { beforeAll, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { type Askable, Author, createD2, EL, labelsInOrder, models } from "./data.js";

class Price extends Model(
  "price",
  {
    id: fields.integer({ primaryKey: true }),
    label: fields.string({ maxLength: 20 }),
    amount: fields.decimal({ precision: 32, scale: 2, null: true }),
    big: fields.bigInteger({ null: true }),
    paid: fields.boolean({ null: true }),
  },
  { ordering: ["amount", "id"] },
) {
  static objects = manager(this);
}

const THIRTY = "123456789012345678901234567890.12";
const ROUGH = 9_007_199_254_740_993n;

const rows: readonly (readonly [label: string, amount: string | null, big: bigint | null, paid: boolean | null])[] = [
  ["nine", "9.50", ROUGH, true],
  ["ten", "10.00", ROUGH - 1n, false],
  ["third", "0.30", 2n ** 63n - 1n, true],
  ["debt", "-10.00", -(2n ** 63n), false],
  ["small debt", "-9.50", -ROUGH, null],
  ["nought", "0.00", 0n, true],
  ["thirty digits", THIRTY, 1n, true],
  ["one more", "123456789012345678901234567890.13", 2n, true],
  ["unknown", null, null, null],
];

const authors = Author.objects.orderBy("id");
const prices = Price.objects;
const known = prices.filter({ amount__isnull: false });

type NumberCase = readonly [trap: number, title: string, ask: () => Askable, inOrder: readonly string[]];

const cases: readonly NumberCase[] = [
  [47, "lt a half rounds up", () => authors.filter({ age__lt: 30.5 }), ["Ann"]],
  [47, "lte a half rounds down", () => authors.filter({ age__lte: 30.5 }), ["Ann"]],
  [47, "gt a half rounds down", () => authors.filter({ age__gt: 30.5 }), [EL]],
  [47, "gte a half rounds up", () => authors.filter({ age__gte: 30.5 }), [EL]],
  [47, "nothing equals a half", () => authors.filter({ age: 30.5 }), []],
  [47, "and everything differs from it, NULL too", () => authors.filter({ age__ne: 30.5 }), ["Ann", "bob", EL]],
  [47, "exclude a half", () => authors.exclude({ age: 30.5 }), ["Ann", "bob", EL]],
  [47, "a half in a list is nobody's", () => authors.filter({ age__in: [30.5, 40] }), [EL]],
  [47, "a range between halves", () => authors.filter({ age__range: [29.5, 39.5] }), ["Ann"]],
  [47, "a range within two whole numbers", () => authors.filter({ age__range: [30.2, 30.8] }), []],
  [47, "nothing equals 2 ** 70", () => authors.filter({ age: 2 ** 70 }), []],
  [47, "all but NULL are lt it", () => authors.filter({ age__lt: 2 ** 70 }), ["Ann", EL]],
  [47, "all but NULL are lte it", () => authors.filter({ age__lte: 2 ** 70 }), ["Ann", EL]],
  [47, "none is gt it", () => authors.filter({ age__gt: 2 ** 70 }), []],
  [47, "all but NULL are gt its negative", () => authors.filter({ age__gt: -(2 ** 70) }), ["Ann", EL]],
  [47, "none is lte its negative", () => authors.filter({ age__lte: -(2 ** 70) }), []],
  [47, "exclude lt it: NULL stays", () => authors.exclude({ age__lt: 2 ** 70 }), ["bob"]],
  [47, "it is dropped from a list", () => authors.filter({ age__in: [30, 2 ** 70] }), ["Ann"]],
  [47, "a list of nothing else", () => authors.filter({ age__in: [2 ** 70, 2 ** 40] }), []],
  [47, "a range that ends at it", () => authors.filter({ age__range: [35, 2 ** 70] }), [EL]],
  [47, "a range beyond it", () => authors.filter({ age__range: [2 ** 69, 2 ** 70] }), []],
  [47, "a key that no row can have", () => authors.filter({ pk: 2 ** 70 }), []],
  [47, "a range turned round", () => authors.filter({ age__range: [40, 30] }), []],
  [48, "as numbers, not as text", () => prices.filter({ amount__lt: "10.00", amount__gt: "0" }), ["third", "nine"]],
  [48, "a whole number of another spelling", () => prices.filter({ amount: "10" }), ["ten"]],
  [48, "more zeros", () => prices.filter({ amount: "010.0000" }), ["ten"]],
  [48, "a bigint", () => prices.filter({ amount__in: [10n, -10n] }), ["debt", "ten"]],
  [48, "no zeros", () => prices.filter({ amount__in: [".3", "-9.5"] }), ["small debt", "third"]],
  [48, "nought below zero is nought", () => prices.filter({ amount: "-0.00" }), ["nought"]],
  [48, "nothing equals a third digit", () => prices.filter({ amount: "9.501" }), []],
  [48, "lt a third digit", () => known.filter({ amount__lt: "-9.499" }), ["debt", "small debt"]],
  [48, "gte a third digit", () => prices.filter({ amount__gte: "9.501", amount__lt: "11" }), ["ten"]],
  [48, "thirty digits, to the last", () => prices.filter({ amount: THIRTY }), ["thirty digits"]],
  [48, "thirty digits, gt to the last", () => prices.filter({ amount__gt: THIRTY }), ["one more"]],
  [48, "thirty digits in a range", () => prices.filter({ amount__range: ["1000", THIRTY] }), ["thirty digits"]],
  [
    48,
    "more digits than it can hold",
    () => known.filter({ amount__lt: "9".repeat(40) }).filter({ amount__gt: "10" }),
    ["thirty digits", "one more"],
  ],
  [48, "below zero", () => known.filter({ amount__lt: 0n }), ["debt", "small debt"]],
  [
    48,
    "in order of value",
    () => known,
    ["debt", "small debt", "nought", "third", "nine", "ten", "thirty digits", "one more"],
  ],
  [48, "in order of value, descending", () => known.orderBy("-amount").limit(3), ["one more", "thirty digits", "ten"]],
  [48, "exclude keeps NULL", () => prices.exclude({ amount__isnull: false }), ["unknown"]],
  [
    48,
    "ne heeds value, not spelling",
    () => known.filter({ amount__ne: "10" }).filter({ amount__gte: "9.5", amount__lte: "10" }),
    ["nine"],
  ],
  [50, "2 ** 53 + 1 is not 2 ** 53", () => prices.filter({ big: ROUGH }), ["nine"]],
  [50, "nor in a list", () => prices.filter({ big__in: [ROUGH, -ROUGH] }), ["small debt", "nine"]],
  [50, "nor in order", () => prices.filter({ big__gte: ROUGH }), ["third", "nine"]],
  [50, "the greatest", () => prices.filter({ big: 2n ** 63n - 1n }), ["third"]],
  [50, "the least", () => prices.filter({ big__lte: -(2n ** 63n) }), ["debt"]],
  [50, "beyond the greatest", () => prices.filter({ big: 2n ** 63n }), []],
  [50, "a number for a bigint", () => prices.filter({ big__in: [0, 1] }), ["nought", "thirty digits"]],
  [50, "a half for a bigint", () => prices.filter({ big__gt: 0.5, big__lt: 2.5 }), ["thirty digits", "one more"]],
  [
    50,
    "in order of value",
    () => prices.filter({ big__isnull: false }).orderBy("big").limit(3),
    ["debt", "small debt", "nought"],
  ],
  [51, "true", () => prices.filter({ paid: true, amount__lt: "1" }), ["nought", "third"]],
  [51, "false", () => prices.filter({ paid: false }), ["debt", "ten"]],
  [51, "not true keeps NULL", () => known.exclude({ paid: true }), ["debt", "small debt", "ten"]],
  [51, "ne false", () => known.filter({ paid__ne: false }).filter({ amount__lt: "0.1" }), ["small debt", "nought"]],
  [51, "in a list", () => prices.filter({ paid__in: [false] }), ["debt", "ten"]],
  [51, "null", () => known.filter({ paid: null }), ["small debt"]],
];

onEngines("Numbers", (engine) => {
  useDatabase(engine, [...models, Price]);
  beforeAll(async () => {
    await createD2();
    await Price.objects.bulkCreate(rows.map(([label, amount, big, paid]) => ({ label, amount, big, paid })));
  });

  it.each(cases)("trap %i: %s", async (_trap, _title, ask, inOrder) => {
    expect(await labelsInOrder(ask())).toEqual(inOrder);
  });

  it("traps 48, 50 and 51: values come back as they went in", async () => {
    const read = await Price.objects.orderBy("id").all();
    expect(read.map((row) => [row.label, row.amount, row.big, row.paid])).toEqual(rows);
  });

  it("trap 48: a decimal is rounded half away from zero, on every engine, before it is sent", async () => {
    const rounded = async (amount: string) => {
      const made = await Price.objects.create({ label: "rounded", amount });
      const { amount: read } = await Price.objects.get({ pk: made.pk });
      await made.delete();
      return [read, made.amount];
    };
    expect(await rounded("1.005")).toEqual(["1.01", "1.01"]);
    expect(await rounded("-1.005")).toEqual(["-1.01", "-1.01"]);
    expect(await rounded("1.0049")).toEqual(["1.00", "1.00"]);
    expect(await rounded("0.1")).toEqual(["0.10", "0.10"]);
    await expect(Price.objects.create({ label: "x", amount: 0.1 as never })).rejects.toThrow(/Price\.amount/);
    await expect(Price.objects.create({ label: "x", amount: "1e3" })).rejects.toThrow(/Price\.amount/);
  });

  it("trap 49: whole numbers stay whole", async () => {
    const made = await Author.objects.create({ name: "five", age: 5, alias: "5" });
    const read = await Author.objects.get({ pk: made.pk, alias: "5", age: 5 });
    expect([read.age, read.alias]).toEqual([5, "5"]);
    await made.delete();
  });

  it.each([
    ["'0'", { paid: "0" }],
    ["0", { paid: 0 }],
    ["'true'", { paid: "true" }],
    ["an object", { paid: {} }],
  ])("trap 51: %s is no boolean", (_title, where) => {
    expect(() => prices.filter(where as never)).toThrow(/expected true or false/);
  });
});
