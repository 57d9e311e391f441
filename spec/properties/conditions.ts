import fc from "fast-check";
import { drawn } from "./draw.js";
import { type AnyExpression, Q } from "./dunder.js";
import { type Asked, KEY_LOOKUPS, LOOKUPS } from "./lookups.js";
import type { Library, TableName } from "./library.js";
import { nameOf, type Place, placesOf } from "./place.js";
import { type Family, type Hop, TABLES } from "./relations.js";
import { existence, membership } from "./subqueries.js";
import { columnAt, deeper, namedTerm, pathsOf, someHops, type Term, type Where } from "./term.js";
import { FAMILIES, LITERALS, termOf } from "./terms.js";
import { code, compared } from "./values.js";

/**
 * What a condition on related rows means: in a filter, the one row that the filter looks at; under NOT and XOR in a filter,
 * that there is such a row; in an expression, always the row that the expression looks at.
 */
export type Mode = "filter" | "apart" | "row";

/** What rows must fulfil: how it is said to the library, how it reads, and whether it holds in plain JavaScript. */
export interface Condition {
  readonly code: string;
  /** As an argument of `filter`. */
  build(): unknown;
  expression(): AnyExpression;
  /** The relations to many rows that it follows. */
  readonly paths: readonly (readonly Hop[])[];
  /** Those of which a filter looks at one row: what stands under NOT looks at none in particular. */
  readonly looked: readonly (readonly Hop[])[];
  readonly columns: readonly string[];
  /** The conditions which must all hold, one by one. */
  readonly parts: readonly Condition[];
  holds(place: Place, mode: Mode): boolean;
}

/** A condition that is not made of others. */
export function simple(
  parts: readonly Pick<Term, "paths" | "columns">[],
  how: Pick<Condition, "code"> & { build(): unknown; expression?(): AnyExpression; test(place: Place): boolean },
): Condition {
  const paths = pathsOf(parts);
  return whole({
    code: how.code,
    build: how.build,
    expression: how.expression ?? (how.build as () => AnyExpression),
    paths,
    looked: paths,
    columns: parts.flatMap((part) => part.columns),
    holds: (place, mode) =>
      mode === "apart" && paths.length > 0 ? place.alone().join(paths).some(how.test) : how.test(place),
  });
}

/** A condition that has no parts but itself. */
function whole(condition: Omit<Condition, "parts">): Condition {
  return { ...condition, parts: [condition as Condition] };
}

export interface Leaf {
  readonly hops: readonly Hop[];
  readonly path: string;
  readonly column: string;
  readonly family: Family | "key";
  /** The table whose keys it holds, for "key". */
  readonly to: TableName;
}

export function leafOf(where: Where): Leaf {
  const { draw } = where;
  const [hops, table] = someHops(where);
  const relations = TABLES[table].hops.filter((hop) => hop.held || (where.far && (!hop.many || where.many)));
  const path = (name: string): string => [...hops.map((hop) => hop.name), name].join("__");
  if (draw.rarely(5) && relations.length > 0) {
    const hop = draw.pick(relations);
    if (hop.held) return { hops, path: path(hop.name), column: hop.name, family: "key", to: hop.to };
    const isSecond = hop.many && hops.some((other) => other.many);
    if (!isSecond) return { hops: [...hops, hop], path: path(hop.name), column: "id", family: "key", to: hop.to };
  }
  const [column, family] = draw.pick(Object.entries(TABLES[table].columns));
  return { hops, path: path(column), column, family, to: table };
}

export function leafTerm({ hops, column, family }: Leaf): Term {
  return columnAt(hops, column, family === "key" ? "whole" : family);
}

/** Lookups with values, as an object of them. */
function lookups(where: Where): Condition {
  const leaves = new Map<string, readonly [Term, Asked]>();
  for (const [leaf, asked] of where.draw.list(1, 3, () => {
    const leaf = leafOf(where);
    return [leaf, where.draw.of(leaf.family === "key" ? KEY_LOOKUPS : LOOKUPS[leaf.family])] as const;
  })) {
    leaves.set(leaf.path + asked.suffix, [leafTerm(leaf), asked]);
  }
  const each = [...leaves].map(([key, [term, asked]]) =>
    simple([term], {
      code: `${key}: ${code(asked.value)}`,
      build: () => null,
      test: (place) => asked.test(term.of(place)),
    }),
  );
  const object = (): object => Object.fromEntries([...leaves].map(([key, [, { value }]]) => [key, value]));
  return {
    ...joined(each, `Q({ ${each.map((item) => item.code).join(", ")} })`, "every"),
    build: object,
    expression: () => Q(object()),
  };
}

/** A lookup of what rows were annotated with. */
export function namedLookup(where: Where): Condition | null {
  if (where.named.length === 0 || where.base.length > 0) return null;
  const named = where.draw.pick(where.named);
  const asked = where.draw.of(LOOKUPS[named.term.family]);
  const key = named.name + asked.suffix;
  return simple([named.term], {
    code: `Q({ ${key}: ${code(asked.value)} })`,
    build: () => ({ [key]: asked.value }),
    expression: () => Q({ [key]: asked.value }),
    test: (place) => asked.test(named.term.of(place)),
  });
}

type Comparing = Readonly<Record<string, (order: number) => boolean>>;

const EQUALITY: Comparing = { eq: (order) => order === 0 };
const ORDER: Comparing = {
  ...EQUALITY,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

export function comparison(
  draw: Where["draw"],
  family: Family | "key",
): readonly [string, (left: unknown, right: unknown) => boolean] {
  const [name, test] = draw.pick([
    ...Object.entries(family === "boolean" || family === "key" ? EQUALITY : ORDER),
    ["ne", (order: number) => order !== 0] as const,
  ]);
  if (name === "ne") {
    // What is NULL differs from everything but NULL.
    return [
      name,
      (left, right) => (left === null || right === null ? left !== right : test(compared(family, left, right))),
    ];
  }
  return [name, (left, right) => left !== null && right !== null && test(compared(family, left, right))];
}

/** A lookup whose value is an expression. */
function lookupOfTerm(where: Where): Condition | null {
  const leaf = leafOf(where);
  if (leaf.family === "key") return null;
  const left = leafTerm(leaf);
  const right = termOf(deeper(where), leaf.family);
  const [name, test] = comparison(where.draw, leaf.family);
  const key = name === "eq" ? leaf.path : `${leaf.path}__${name}`;
  return simple([left, right], {
    code: `Q({ ${key}: ${right.code} })`,
    build: () => ({ [key]: right.build() }),
    expression: () => Q({ [key]: right.build() }),
    test: (place) => test(left.of(place), right.of(place)),
  });
}

/** An expression compared with another, or with a value. */
function termComparison(where: Where): Condition {
  const family = where.draw.pick(FAMILIES);
  const left = termOf(deeper(where), family);
  const [name, test] = comparison(where.draw, family);
  if (where.draw.rarely(2)) {
    const right = termOf(deeper(where), family);
    return simple([left, right], {
      code: `${left.code}.${name}(${right.code})`,
      build: () => left.build()[name]!(right.build()),
      test: (place) => test(left.of(place), right.of(place)),
    });
  }
  const value = where.draw.of(LITERALS[family]);
  return simple([left], {
    code: `${left.code}.${name}(${code(value)})`,
    build: () => left.build()[name]!(value),
    test: (place) => test(left.of(place), value),
  });
}

function nullness(where: Where): Condition {
  const left = termOf(deeper(where), where.draw.pick(FAMILIES));
  const yes = where.draw.rarely(2);
  return simple([left], {
    code: `${left.code}.isNull(${yes})`,
    build: () => left.build()["isNull"]!(yes),
    test: (place) => (left.of(place) === null) === yes,
  });
}

function listed(where: Where): Condition {
  const family = where.draw.pick(FAMILIES);
  const left = termOf(deeper(where), family);
  const list = where.draw.list(0, 3, () => where.draw.of(LITERALS[family]));
  return simple([left], {
    code: `${left.code}.in(${code(list)})`,
    build: () => left.build()["in"]!(list),
    test: (place) => {
      const value = left.of(place);
      return value !== null && list.some((item) => compared(family, value, item) === 0);
    },
  });
}

/** An expression that is true or false. */
function truth(where: Where): Condition | null {
  const family: Family = "boolean";
  const booleans = where.named.filter(({ term }) => term.family === family);
  if (booleans.length === 0 || where.base.length > 0) return null;
  const named = where.draw.pick(booleans);
  const term = namedTerm(named);
  return simple([term], {
    code: term.code,
    build: () => term.build(),
    expression: () => Q({ [named.name]: true }),
    test: (place) => term.of(place) === true,
  });
}

function exists(where: Where): Condition | null {
  if (!where.far) return null;
  return simple([], existence(where));
}

function isIn(where: Where): Condition | null {
  if (!where.far) return null;
  const leaf = leafOf(where);
  const term = leafTerm(leaf);
  const member = membership(where, leaf);
  if (member === null) return null;
  const key = `${leaf.path}__in`;
  return simple([term], {
    code: `Q({ ${key}: ${member.code} })`,
    build: () => ({ [key]: member.build() }),
    expression: () => Q({ [key]: member.build() }),
    test: (place) => member.test(term.of(place), place),
  });
}

/** What conditions are made of: a new kind is one more entry. */
const KINDS = (): readonly ((where: Where) => Condition | null)[] => [
  lookups,
  lookups,
  lookups,
  namedLookup,
  lookupOfTerm,
  termComparison,
  nullness,
  listed,
  truth,
  exists,
  isIn,
];

type Holding = "every" | "some" | "odd" | "none";

function joined(items: readonly Condition[], text: string, holding: Holding): Omit<Condition, "build" | "expression"> {
  const condition = combination(items, text, holding);
  const parts =
    holding === "every" || (items.length === 1 && holding !== "none")
      ? items.flatMap((item) => item.parts)
      : [condition as Condition];
  return { ...condition, parts };
}

function combination(
  items: readonly Condition[],
  text: string,
  holding: Holding,
): Omit<Condition, "build" | "expression" | "parts"> {
  const isApart = holding === "none" || (holding === "odd" && items.length > 1);
  return {
    code: text,
    paths: pathsOf(items),
    looked: isApart ? [] : pathsOf(items.map(({ looked, columns }) => ({ paths: looked, columns }))),
    columns: items.flatMap((item) => item.columns),
    holds: (place, mode) => {
      const inner: Mode = mode === "filter" && isApart ? "apart" : mode;
      const count = items.filter((item) => item.holds(place, inner)).length;
      switch (holding) {
        case "every":
          return count === items.length;
        case "some":
          return count > 0;
        case "odd":
          return count % 2 === 1;
        case "none":
          return count === 0;
      }
    },
  };
}

const HOLDING = { and: "every", or: "some", xor: "odd" } as const;

function combined(where: Where): Condition {
  const kind = where.draw.pick(["and", "or", "or", "xor"] as const);
  const items = where.draw.list(2, 3, () => conditionOf(deeper(where)));
  const build = (): AnyExpression => Q[kind](...items.map((item) => item.expression()));
  const whole = joined(items, `Q.${kind}(${items.map((item) => item.code).join(", ")})`, HOLDING[kind]);
  return { ...whole, build, expression: build };
}

function negated(where: Where): Condition {
  return not(conditionOf(deeper(where)));
}

export function not(item: Condition): Condition {
  const build = (): AnyExpression => item.expression()["not"]!();
  return { ...joined([item], `${item.code}.not()`, "none"), build, expression: build };
}

/** A condition, made up. */
export function conditionOf(where: Where): Condition {
  const { draw, depth } = where;
  if (depth > 0 && draw.rarely(3)) return draw.rarely(3) ? negated(where) : combined(where);
  return (depth > 0 ? draw.pick(KINDS())(where) : null) ?? lookups(where);
}

/** Whether a path begins with another one. */
export function startsWith(path: readonly Hop[], prefix: readonly Hop[]): boolean {
  return `${nameOf(path)}__`.startsWith(`${nameOf(prefix)}__`);
}

/** The places that a filter lets through: one for each of the related rows for which it holds. */
export function filtered(place: Place, condition: Condition): Place[] {
  return place.join(condition.looked).filter((each) => condition.holds(each, "filter"));
}

/** Conditions on the rows of a table, on its own columns and on those of related rows, `many` too. */
export function predicates(table: TableName, { many }: { readonly many: boolean }): fc.Arbitrary<Condition> {
  return drawn((draw) => {
    const where = { draw, base: [], table, root: table, many, far: true, named: [], depth: 2 };
    const condition = conditionOf(where);
    return { ...condition, [fc.toStringMethod]: () => condition.code };
  });
}

/** The keys of the rows that a chain of filters gives, in order of keys: once for each of the related rows that fit. */
export function expectedKeys(library: Library, table: TableName, filters: readonly Condition[]): number[] {
  return placesOf(library, table).flatMap((place) => {
    const times = filters.reduce((product, filter) => product * filtered(place, filter).length, 1);
    return Array.from({ length: times }, () => place.root.id);
  });
}
