import { type Condition, conditionOf, startsWith } from "./conditions.js";
import { there } from "./draw.js";
import { make } from "./dunder.js";
import type { Row } from "./library.js";
import { nameOf, type Place } from "./place.js";
import type { Family, Hop } from "./relations.js";
import { columnAt, columnTerm, deeper, type Term, type Where } from "./term.js";
import { LITERALS, termOf } from "./terms.js";
import { code, compared, decimals, plain, rescaled } from "./values.js";

/** What is worked out over many values, NULLs left out: how it is said, and what it is in plain JavaScript. */
interface Kind {
  readonly name: string;
  readonly family: Family;
  readonly scale: number;
  /** null for the rows themselves. */
  readonly arg: Term | null;
  readonly options: Readonly<Record<string, unknown>>;
  /** What stands between the argument and the options. */
  readonly rest?: readonly unknown[];
  /** True where its last digits are the engine's. */
  readonly loose?: boolean;
  of(values: readonly unknown[]): unknown;
}

/** An aggregate, to be worked out over places. */
export interface Aggregate {
  readonly term: Omit<Term, "of">;
  readonly loose: boolean;
  /** The relation whose rows it is over; empty for the rows of the query. */
  readonly over: readonly Hop[];
  of(places: readonly Place[]): unknown;
}

type Make = (where: Where, distinct: boolean) => Kind | null;

function argument(where: Where, family: Family): Term | null {
  return (where.draw.rarely(3) ? made(where, family) : null) ?? columnTerm(where, family);
}

/** What is made of columns; null where it names none, for it would be over no relation. */
function made(where: Where, family: Family): Term | null {
  const term = termOf(deeper(where), family);
  return where.base.length > 0 && term.paths.length === 0 ? null : term;
}

function added(family: Family, values: readonly unknown[]): unknown {
  if (values.length === 0) return null;
  if (family === "price") return values.reduce((sum, value) => decimals.add(sum, value));
  return (values as number[]).reduce((sum, value) => sum + value);
}

function mean(values: readonly unknown[]): number | null {
  return values.length === 0 ? null : values.reduce((sum: number, value) => sum + Number(value), 0) / values.length;
}

function spread(values: readonly unknown[], sample: boolean): number | null {
  const numbers = values.map(Number);
  const middle = mean(numbers) ?? 0;
  const squares = numbers.reduce((sum, number) => sum + (number - middle) ** 2, 0);
  const count = numbers.length - (sample ? 1 : 0);
  return count <= 0 ? null : squares / count;
}

const DISTINCT = (distinct: boolean): Readonly<Record<string, unknown>> => (distinct ? { distinct } : {});

const count: Make = (where, distinct) => {
  const { draw, base } = where;
  const family = draw.pick(["text", "whole", "price", "day"] as const);
  const arg = (draw.rarely(3) ? made(where, family) : null) ?? columnAt(base, "id", "whole");
  return { name: "Count", family: "whole", scale: 0, arg, options: DISTINCT(distinct), of: ({ length }) => length };
};

const sum: Make = (where, distinct) => {
  const family = where.draw.pick(["whole", "price", "float"] as const);
  const arg = argument(where, family);
  if (arg === null) return null;
  const default_ = where.draw.rarely(4) ? where.draw.of(LITERALS[family]) : null;
  return {
    ...{ name: "Sum", family, scale: arg.scale, arg },
    options: { ...DISTINCT(distinct), ...(default_ !== null && { default: default_ }) },
    of: (values) => added(family, values) ?? default_,
  };
};

const avg: Make = (where, distinct) => {
  const family = where.draw.pick(["whole", "price"] as const);
  const arg = argument(where, family);
  if (arg === null) return null;
  return { name: "Avg", family: "float", scale: 0, arg, options: DISTINCT(distinct), loose: true, of: mean };
};

const extreme: Make = (where) => {
  const family = where.draw.pick(["whole", "text", "price", "day", "instant", "float", "big"] as const);
  const arg = argument(where, family);
  if (arg === null) return null;
  const [name, sign] = where.draw.pick([
    ["Max", 1],
    ["Min", -1],
  ] as const);
  return {
    ...{ name, family, scale: arg.scale, arg, options: {} },
    of: (values) =>
      values.reduce((best, value) => (best === null || sign * compared(family, value, best) > 0 ? value : best), null),
  };
};

const variance: Make = (where) => {
  const arg = argument(where, "whole");
  if (arg === null) return null;
  const sample = where.draw.rarely(2);
  return {
    ...{ name: "Variance", family: "float", scale: 0, arg, options: { sample }, loose: true },
    of: (values) => spread(values, sample),
  };
};

const joinedTexts: Make = (where, distinct) => {
  const arg = argument(where, "text");
  if (arg === null) return null;
  const separator = where.draw.pick([", ", "", "|'"]);
  return {
    ...{ name: "StringAgg", family: "text", scale: 0, arg, rest: [separator] },
    // DISTINCT can be ordered by nothing else, and what is worked out twice is something else to PostgreSQL.
    options: { ...DISTINCT(distinct && /^F\("\w+"\)$/.test(arg.code)), orderBy: arg },
    of: (values) => (values.length === 0 ? null : values.toSorted((a, b) => compared("text", a, b)).join(separator)),
  };
};

const truths: Make = (where) => {
  const arg = argument(where, "boolean");
  if (arg === null) return null;
  const every = where.draw.rarely(2);
  return {
    ...{ name: every ? "BoolAnd" : "BoolOr", family: "boolean", scale: 0, arg, options: {} },
    of: (values) => (values.length === 0 ? null : every ? values.every(Boolean) : values.some(Boolean)),
  };
};

/** Those that can be made of the aggregates of parts. */
const OF_PARTS: readonly Make[] = [count, sum, extreme];

/** A new aggregate is one more entry. */
const KINDS: readonly Make[] = [...OF_PARTS, count, avg, joinedTexts, variance, truths];

/**
 * An aggregate, made up; `where.base` leads to the rows that it is over. `ofParts`: one that can be told of a group beside
 * aggregates over other rows.
 */
export function aggregateOf(where: Where, ofParts = false): Aggregate {
  const { draw, base } = where;
  const distinct = draw.rarely(4) && !ofParts;
  const isStar = base.length === 0 && draw.rarely(3);
  const star: Kind = { name: "Count", family: "whole", scale: 0, arg: null, options: {}, of: ({ length }) => length };
  const kind = isStar
    ? star
    : (draw.pick(ofParts ? OF_PARTS : KINDS)(where, distinct) ?? there(count(where, distinct)));
  const filter = draw.rarely(3) ? conditionOf(where) : null;
  const isDistinct = kind.options["distinct"] === true;
  return {
    term: said(kind, filter),
    loose: kind.loose === true,
    over: base,
    of: (places) => {
      const chosen = filter === null ? places : places.filter((place) => filter.holds(place, "row"));
      const { arg } = kind;
      const values = arg === null ? chosen.map(() => 1) : chosen.map((place) => arg.of(place));
      const there = values.filter((value) => value !== null);
      const value = kind.of(isDistinct ? unique(there) : there);
      return value !== null && kind.family === "price" ? rescaled(value, kind.scale) : value;
    },
  };
}

function unique(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(plain(value)), value])).values()];
}

function said({ name, family, scale, arg, rest = [], options }: Kind, filter: Condition | null): Omit<Term, "of"> {
  const shown = Object.entries(options).map(([key, value]) => `${key}: ${isTerm(value) ? value.code : code(value)}`);
  if (filter !== null) shown.push(`filter: ${filter.code}`);
  const parts = [
    arg === null ? '"*"' : arg.code,
    ...rest.map(code),
    ...(shown.length > 0 ? [`{ ${shown.join(", ")} }`] : []),
  ];
  return {
    family,
    scale,
    code: `${name}(${parts.join(", ")})`,
    build: () => {
      const built = Object.entries(options).map(([key, value]) => [key, isTerm(value) ? value.build() : value]);
      if (filter !== null) built.push(["filter", filter.build()]);
      return make[name]!(arg === null ? "*" : arg.build(), ...rest, Object.fromEntries(built));
    },
    paths: [],
    columns: [],
  };
}

function isTerm(value: unknown): value is Term {
  return value !== null && typeof value === "object" && "build" in value;
}

/** An aggregate over the rows that a relation leads to from each row, as far as earlier filters let them through. */
export function relatedTerm(aggregate: Aggregate, before: readonly Condition[]): Term {
  const { term, over } = aggregate;
  // A condition on the rows of several relations at once narrows none of them.
  const narrowing = before
    .flatMap(({ parts }) => parts)
    .filter(({ looked }) => looked.length > 0 && looked.every((path) => startsWith(path, over)));
  return {
    ...term,
    of: (place) => {
      const alone = place.alone();
      const places = alone.related(over).map((row: Row) => alone.with(over, row));
      return aggregate.of(places.filter((each) => narrowing.every((one) => one.holds(each, "filter"))));
    },
  };
}

/** The places that an aggregate over rows of a query, or of a group of them, looks at. */
export function placesOver(places: readonly Place[], { over }: Aggregate): Place[] {
  if (over.length === 0) return [...places];
  return places.flatMap((place) => place.join([over])).filter((place) => place.joined.get(nameOf(over)) !== null);
}
