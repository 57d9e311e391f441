import fc from "fast-check";
import { days, instants, prices, scores, texts, visits, wholes } from "./library.js";
import { isoWeek } from "./moments.js";
import type { Family } from "./relations.js";

/** A lookup with a value: what is asked, and in plain JavaScript what it means. */
export interface Asked {
  /** What follows the field in the key: "", "__gte", "__year__in". */
  readonly suffix: string;
  readonly value: unknown;
  /** Whether it holds for a value, which may be null. */
  readonly test: (value: unknown) => boolean;
  /** True where it holds for null: then it holds where there is no related row, too. */
  readonly holdsForNull: boolean;
}

function asked<V>(
  suffix: string,
  values: fc.Arbitrary<V>,
  test: (value: never, asked: V) => boolean,
  holdsForNull = false,
): fc.Arbitrary<Asked> {
  return values.map((value) => ({
    suffix,
    value,
    holdsForNull,
    test: (stored) => (stored === null ? holdsForNull : test(stored as never, value)),
  }));
}

const isNull: fc.Arbitrary<Asked> = fc.constantFrom(
  { suffix: "__isnull", value: true, test: (value: unknown) => value === null, holdsForNull: true },
  { suffix: "__isnull", value: false, test: (value: unknown) => value !== null, holdsForNull: false },
  { suffix: "", value: null, test: (value: unknown) => value === null, holdsForNull: true },
  { suffix: "__ne", value: null, test: (value: unknown) => value !== null, holdsForNull: false },
);

/** The lookups of anything that can be compared. */
function comparable<V>(values: fc.Arbitrary<V>, compare: (left: never, right: V) => number): fc.Arbitrary<Asked>[] {
  const items = fc.array(values, { maxLength: 5 });
  return [
    isNull,
    asked("", values, (left, right) => compare(left, right) === 0),
    asked("__ne", values, (left, right) => compare(left, right) !== 0, true),
    asked("__in", items, (left, right) => right.some((item) => compare(left, item) === 0)),
  ];
}

function ordered<V>(values: fc.Arbitrary<V>, compare: (left: never, right: V) => number): fc.Arbitrary<Asked>[] {
  return [
    ...comparable(values, compare),
    asked("__gt", values, (left, right) => compare(left, right) > 0),
    asked("__gte", values, (left, right) => compare(left, right) >= 0),
    asked("__lt", values, (left, right) => compare(left, right) < 0),
    asked("__lte", values, (left, right) => compare(left, right) <= 0),
    asked(
      "__range",
      fc.tuple(values, values),
      (left, [from, to]) => compare(left, from) >= 0 && compare(left, to) <= 0,
    ),
  ];
}

/** A transform before some lookups: they are asked of what it makes of the value. */
function transformed(name: string, of: (value: never) => unknown, lookups: fc.Arbitrary<Asked>[]): fc.Arbitrary<Asked> {
  return fc.oneof(...lookups).map((inner) => ({
    ...inner,
    suffix: `__${name}${inner.suffix}`,
    test: (value) => inner.test(value === null ? null : of(value as never)),
  }));
}

const byCodePoint = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
const byNumber = (left: number, right: number): number => left - right;
const byAmount = (left: string, right: string | number): number => Math.round((Number(left) - Number(right)) * 1e4);
const byTime = (left: Date, right: Date): number => left.getTime() - right.getTime();

const folded = (text: string): string => text.toLowerCase().replaceAll("ς", "σ");
const patterns = fc.constantFrom("^a", "[ab]$", "a.b", "é", "^[^b]*$", "A|B");

/** A text lookup, and the one that ignores case. */
function both(
  name: string,
  test: (text: string, asked: string) => boolean,
): readonly [fc.Arbitrary<Asked>, fc.Arbitrary<Asked>] {
  return [
    asked(`__${name}`, texts, test),
    asked(`__i${name}`, texts, (text: string, value: string) => test(folded(text), folded(value))),
  ];
}

const textLookups: fc.Arbitrary<Asked>[] = [
  ...ordered(texts, byCodePoint),
  asked("__iexact", texts, (text: string, value: string) => folded(text) === folded(value)),
  ...both("contains", (text, value) => text.includes(value)),
  ...both("startswith", (text, value) => text.startsWith(value)),
  ...both("endswith", (text, value) => text.endsWith(value)),
  asked("__regex", patterns, (text: string, value: string) => new RegExp(value, "u").test(text)),
  asked("__iregex", patterns, (text: string, value: string) => new RegExp(value, "iu").test(text)),
];

/** Numbers that an integer column can hold, lies between, or cannot hold. */
const numbers = fc.oneof(
  { weight: 4, arbitrary: wholes },
  { weight: 1, arbitrary: wholes.map((whole) => whole + 0.5) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 40, -(2 ** 40), 2 ** 31, -(2 ** 31)) },
);
const amounts = fc.oneof(prices, wholes.map(String), fc.constantFrom("1.005", "-0.001", "99999.00", "-1000000"));

const wholeLookups = ordered(numbers, byNumber);
const parts = (low: number, high: number) => ordered(fc.integer({ min: low, max: high }), byNumber);
const dayLookups = ordered(days, byCodePoint);

const dateOf = (value: string): Date => new Date(`${value}T00:00:00Z`);

function dateParts(toDate: (value: never) => Date): fc.Arbitrary<Asked>[] {
  return [
    transformed("year", (value) => toDate(value).getUTCFullYear(), parts(2023, 2025)),
    transformed("quarter", (value) => Math.ceil((toDate(value).getUTCMonth() + 1) / 3), parts(1, 4)),
    transformed("month", (value) => toDate(value).getUTCMonth() + 1, parts(1, 12)),
    transformed("day", (value) => toDate(value).getUTCDate(), parts(1, 31)),
    transformed("week_day", (value) => toDate(value).getUTCDay() + 1, parts(1, 7)),
    transformed("iso_week_day", (value) => toDate(value).getUTCDay() || 7, parts(1, 7)),
    transformed("week", (value) => isoWeek(toDate(value))[1], parts(1, 53)),
    transformed("iso_year", (value) => isoWeek(toDate(value))[0], parts(2023, 2026)),
  ];
}

const sameDate = (value: Date): Date => value;

/** Everything that can be asked of a column, by its family. */
export const LOOKUPS: Readonly<Record<Family, fc.Arbitrary<Asked>>> = {
  text: fc.oneof(
    ...textLookups,
    transformed("length", (text: string) => [...text].length, parts(0, 4)),
    transformed("lower", (text: string) => text.toLowerCase(), textLookups),
    transformed("upper", (text: string) => text.replaceAll("ß", "\u0000").toUpperCase(), [
      asked("__contains", fc.constantFrom("A", "B", "É"), (text: string, value) => text.includes(value)),
    ]),
    transformed("trim", (text: string) => text.replace(/^ +| +$/g, ""), textLookups),
  ),
  whole: fc.oneof(
    ...wholeLookups,
    transformed("abs", (value: number) => Math.abs(value), wholeLookups),
  ),
  price: fc.oneof(
    ...ordered(amounts, byAmount),
    transformed("abs", (value: string) => value.replace("-", ""), ordered(amounts, byAmount)),
  ),
  float: fc.oneof(...ordered(scores, byNumber)),
  big: fc.oneof(...ordered(visits, (left: bigint, right: bigint) => (left < right ? -1 : left > right ? 1 : 0))),
  day: fc.oneof(...dayLookups, ...dateParts(dateOf)),
  instant: fc.oneof(
    ...ordered(instants, byTime),
    ...dateParts(sameDate),
    transformed("date", (value: Date) => value.toISOString().slice(0, 10), dayLookups),
    transformed("hour", (value: Date) => value.getUTCHours(), parts(0, 23)),
    transformed("minute", (value: Date) => value.getUTCMinutes(), parts(0, 59)),
    transformed("second", (value: Date) => value.getUTCSeconds(), parts(0, 59)),
    transformed("time", (value: Date) => value.toISOString().slice(11, 23), [
      asked("__gte", fc.constantFrom("10:20:30", "10:20:30.5", "12:00:00"), (time: string, value) => {
        return time >= value.padEnd(12, value.includes(".") ? "0" : ".000");
      }),
    ]),
  ),
  boolean: fc.oneof(...comparable(fc.boolean(), (left: boolean, right: boolean) => (left === right ? 0 : 1))),
};

/** What can be asked of a relation itself: its key. */
export const KEY_LOOKUPS: fc.Arbitrary<Asked> = fc.oneof(...comparable(fc.integer({ min: 0, max: 9 }), byNumber));
