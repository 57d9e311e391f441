import {
  columnType,
  type ColumnType,
  type FieldOptions,
  plainKinds,
  Refusal,
  refuse,
  ScalarField,
} from "../../fields/index.js";
import { parseTimestamp } from "../../databases/timestamps.js";
import { printable } from "../../util/printable.js";
import { onlyPostgres } from "../only-postgres.js";
import type { MultirangeFieldFactory, RangeFieldFactory } from "../types/range.js";
import { Range } from "../values/range.js";
import { multirangeText, parseMultirange, parseRange, rangeText } from "../values/range-text.js";
import { decoderOf, encoderOf } from "./element.js";

/** What ranges of one of PostgreSQL's types are of. */
export interface RangeOf {
  readonly range: string;
  readonly multirange: string;
  readonly element: ScalarField;
  /** Negative where the first comes before the second. */
  readonly compare: (a: never, b: never) => number;
  /** What comes next, of values that are counted: their ranges are all written with the last end left out. */
  readonly next: ((value: never) => unknown) | null;
  /** Where its ends are not sent and read as its elements are. */
  readonly codec?: { readonly encode: (value: unknown) => unknown; readonly decode: (text: string) => unknown };
}

const order = <T extends string | number | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const DAY = 86_400_000;
const moments = (a: Date, b: Date): number => a.getTime() - b.getTime();

/** A decimal without a scale: as many digits as are written. */
function convertNumeric(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : value;
  if (typeof text === "string" && /^-?\d+(\.\d+)?$/.test(text)) return text;
  return refuse(`expected a decimal number as a string such as "12.50", got ${printable(value)}.`);
}

function compareDecimals(a: string, b: string): number {
  const scale = Math.max(...[a, b].map((text) => (text.split(".")[1] ?? "").length));
  const whole = (text: string): bigint => {
    const [digits = "", fraction = ""] = text.split(".");
    return BigInt(`${digits}${fraction.padEnd(scale, "0")}`);
  };
  return order(whole(a), whole(b));
}

const numeric = new ScalarField(
  { kind: "decimal", family: "number", type: columnType("decimal"), convert: convertNumeric },
  {},
);
const datetime = new ScalarField(plainKinds.datetime, {});

export const RANGES = {
  integer: {
    range: "int4range",
    multirange: "int4multirange",
    element: new ScalarField(plainKinds.integer, {}),
    compare: order<number>,
    next: (value: number) => value + 1,
  },
  bigInteger: {
    range: "int8range",
    multirange: "int8multirange",
    element: new ScalarField(plainKinds.bigInteger, {}),
    compare: order<bigint>,
    next: (value: bigint) => value + 1n,
  },
  decimal: { range: "numrange", multirange: "nummultirange", element: numeric, compare: compareDecimals, next: null },
  date: {
    range: "daterange",
    multirange: "datemultirange",
    element: new ScalarField(plainKinds.date, {}),
    compare: order<string>,
    next: (day: string) => new Date(Date.parse(day) + DAY).toISOString().slice(0, 10),
  },
  datetime: { range: "tstzrange", multirange: "tstzmultirange", element: datetime, compare: moments, next: null },
  timestamp: {
    range: "tsrange",
    multirange: "tsmultirange",
    element: datetime,
    compare: moments,
    next: null,
    codec: {
      encode: (value: unknown) => (value as Date).toISOString().slice(0, -1),
      decode: (text: string) => parseTimestamp(`${text}+00`),
    },
  },
} as const satisfies Readonly<Record<string, RangeOf>>;

export function isRange(value: unknown): value is Range<unknown> {
  return value instanceof Range;
}

/** A range as the database has it: ends converted, counted values up to the one that comes next. */
export function converted(of: RangeOf, given: unknown): Range<unknown> {
  if (!isRange(given)) return refuse(`expected a Range such as new Range(from, to), got ${printable(given)}.`);
  if (given.isEmpty) return Range.empty();
  const [lower, upper] = [endOf(of, given.lower, "lower"), endOf(of, given.upper, "upper")];
  const compare = of.compare as (a: unknown, b: unknown) => number;
  if (lower !== null && upper !== null && compare(lower, upper) > 0) refuse("its lower end is above its upper one.");
  const range =
    of.next === null ? new Range(lower, upper, given.bounds) : counted(of.next as never, lower, upper, given);
  if (range.lower === null || range.upper === null) return range;
  const apart = compare(range.lower, range.upper);
  return apart > 0 || (apart === 0 && range.bounds !== "[]") ? Range.empty() : range;
}

function counted(
  next: (value: unknown) => unknown,
  lower: unknown,
  upper: unknown,
  { lowerInc, upperInc }: Range<unknown>,
): Range<unknown> {
  return new Range(lower === null || lowerInc ? lower : next(lower), upper === null || !upperInc ? upper : next(upper));
}

function endOf({ element }: RangeOf, end: unknown, side: string): unknown {
  if (end === null) return null;
  try {
    return element.convert(end);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`its ${side} end: ${error.message}`, { cause: error });
  }
}

/** Ranges in their order, those put together that touch each other: as the database has them. */
export function convertedList(of: RangeOf, given: unknown): Range<unknown>[] {
  if (!Array.isArray(given)) return refuse(`expected a list of Ranges, got ${printable(given)}.`);
  const ranges = given.map((one) => converted(of, one)).filter(({ isEmpty }) => !isEmpty);
  const compare = of.compare as (a: unknown, b: unknown) => number;
  ranges.sort((a, b) => compareLower(a, b, compare));
  const merged: Range<unknown>[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && touches(last, range, compare)) merged[merged.length - 1] = together(last, range, compare);
    else merged.push(range);
  }
  return merged;
}

type Compare = (a: unknown, b: unknown) => number;

function compareLower(a: Range<unknown>, b: Range<unknown>, compare: Compare): number {
  if (a.lower === null || b.lower === null) return Number(b.lower === null) - Number(a.lower === null);
  return compare(a.lower, b.lower) || Number(b.lowerInc) - Number(a.lowerInc);
}

function touches(before: Range<unknown>, after: Range<unknown>, compare: Compare): boolean {
  if (before.upper === null || after.lower === null) return true;
  const apart = compare(before.upper, after.lower);
  return apart > 0 || (apart === 0 && (before.upperInc || after.lowerInc));
}

function together(a: Range<unknown>, b: Range<unknown>, compare: Compare): Range<unknown> {
  const [low, high] = [a.bounds.charAt(0), endsLater(b, a, compare) ? b : a];
  return new Range(a.lower, high.upper, `${low}${high.bounds.charAt(1)}` as Range<unknown>["bounds"]);
}

function endsLater(a: Range<unknown>, b: Range<unknown>, compare: Compare): boolean {
  if (a.upper === null || b.upper === null) return a.upper === null;
  const apart = compare(a.upper, b.upper);
  return apart > 0 || (apart === 0 && a.upperInc);
}

const known = new WeakMap<ColumnType, RangeOf>();

/** What the values of a type of ranges are of. */
export function rangeOf(type: ColumnType): RangeOf {
  return known.get(type) ?? refuse("is no range whose values are known.");
}

function typeOf(of: RangeOf, isMany: boolean, label: string): ColumnType {
  const encode = of.codec?.encode ?? encoderOf(of.element.type);
  const decode = of.codec?.decode ?? decoderOf(of.element.type);
  const type = columnType("custom", {
    customSqlType: (engine) => {
      onlyPostgres(engine, `${label}()`, "Two fields, from and to, keep a range on every engine.");
      return isMany ? of.multirange : of.range;
    },
    customCodec: isMany
      ? {
          toDb: (value) => multirangeText(value as Range<unknown>[], encode),
          fromDb: (text) => parseMultirange(text as string, decode),
        }
      : {
          toDb: (value) => rangeText(value as Range<unknown>, encode),
          fromDb: (text) => parseRange(text as string, decode),
        },
  });
  known.set(type, of);
  return type;
}

/** Types by the name of their ranges, each made once. */
export const rangeTypes: Readonly<Record<string, ColumnType>> = Object.fromEntries(
  Object.entries(RANGES).map(([name, of]) => [name, typeOf(of, false, `${name}RangeField`)]),
);

function rangeField(name: keyof typeof RANGES): (options?: FieldOptions) => ScalarField {
  const kind = {
    kind: `${name}Range`,
    family: "range" as const,
    type: rangeTypes[name] as ColumnType,
    convert: (value: unknown) => converted(RANGES[name], value),
  };
  return (options = {}) => new ScalarField(kind, options);
}

function multirangeField(name: keyof typeof RANGES): (options?: FieldOptions) => ScalarField {
  const kind = {
    kind: `${name}Multirange`,
    family: "multirange" as const,
    type: typeOf(RANGES[name], true, `${name}MultirangeField`),
    convert: (value: unknown) => convertedList(RANGES[name], value),
  };
  return (options = {}) => new ScalarField(kind, options);
}

/**
 * A range of whole numbers of 32 bits. Whatever bounds it is given, it is kept, and read, without its upper end.
 *
 * @example
 * ```ts
 * class Offer extends Model("offer", { ages: integerRangeField({ null: true }) }) {
 *   static objects = manager(this);
 * }
 * await Offer.objects.create({ ages: new Range(18, 25, "[]") }); // '["18","26")'
 * await Offer.objects.filter({ ages__contains: 20, ages__startswith__gte: 18 }).all();
 * // WHERE "ages" @> $1 AND lower("ages") >= $2
 * ```
 */
export const integerRangeField = rangeField("integer") as unknown as RangeFieldFactory<number, "number">;
/** A range of bigints. */
export const bigIntegerRangeField = rangeField("bigInteger") as unknown as RangeFieldFactory<bigint, "number">;
/** A range of decimals of any number of digits, which are strings. */
export const decimalRangeField = rangeField("decimal") as unknown as RangeFieldFactory<string, "number">;
/** A range of days, kept without its last end. */
export const dateRangeField = rangeField("date") as unknown as RangeFieldFactory<string, "date">;
/** A range of instants. */
export const datetimeRangeField = rangeField("datetime") as unknown as RangeFieldFactory<Date, "datetime">;
/** A range of instants, kept as times in UTC without a zone: for tables that have it. */
export const timestampRangeField = rangeField("timestamp") as unknown as RangeFieldFactory<Date, "datetime">;
/** Several ranges of whole numbers, in their order; those that touch are one. */
export const integerMultirangeField = multirangeField("integer") as unknown as MultirangeFieldFactory<number, "number">;
export const bigIntegerMultirangeField = multirangeField("bigInteger") as unknown as MultirangeFieldFactory<
  bigint,
  "number"
>;
export const decimalMultirangeField = multirangeField("decimal") as unknown as MultirangeFieldFactory<string, "number">;
export const dateMultirangeField = multirangeField("date") as unknown as MultirangeFieldFactory<string, "date">;
export const datetimeMultirangeField = multirangeField("datetime") as unknown as MultirangeFieldFactory<
  Date,
  "datetime"
>;
export const timestampMultirangeField = multirangeField("timestamp") as unknown as MultirangeFieldFactory<
  Date,
  "datetime"
>;
