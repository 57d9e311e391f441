import {
  comparison,
  type Condition,
  conditionOf,
  filtered,
  type Leaf,
  leafOf,
  leafTerm,
  simple,
} from "./conditions.js";
import { type AnyExpression, make, Q } from "./dunder.js";
import type { TableName } from "./library.js";
import { type Place, placesOf } from "./place.js";
import { type AnySet, SETS } from "./querysets.js";
import { type Family, TABLES } from "./relations.js";
import { columnsOf, deeper, type Term, type Where } from "./term.js";
import { termOf } from "./terms.js";
import { compared } from "./values.js";

export const MODELS = { author: "Author", book: "Book", profile: "Profile" } as const;

/** A queryset within another one. */
interface Inner {
  readonly table: TableName;
  readonly code: string;
  build(): AnySet;
  places(around: Place): Place[];
}

function innerWhere(where: Where, table: TableName): Where {
  return { ...deeper(where), base: [], table, root: table, many: true, far: true, named: [] };
}

/** A condition that compares a column with one of the query around. */
function correlation(where: Where, inner: Where): Condition {
  const [own, outer] = matching(inner, leafOf({ ...where, base: [], table: where.root, many: false }), where.root);
  const around = leafTerm(outer);
  const left = leafTerm(own);
  const [name, test] = comparison(where.draw, own.family);
  const key = name === "eq" ? own.path : `${own.path}__${name}`;
  const build = (): object => ({ [key]: make["OuterRef"]!(outer.path) });
  return simple([left], {
    code: `Q({ ${key}: OuterRef("${outer.path}") })`,
    build,
    expression: () => Q(build()),
    test: (place) => test(left.of(place), around.of(place.outer as Place)),
  });
}

/** A column of the same kind as that of the query around: keys go with keys of the same table where there are some. */
function matching(inner: Where, outer: Leaf, root: TableName): readonly [own: Leaf, outer: Leaf] {
  const hop = TABLES[inner.table].hops.find((each) => each.held && each.to === outer.to);
  if ((outer.family === "key" || outer.column === "id") && hop !== undefined) {
    return [{ hops: [], path: hop.name, column: hop.name, family: "key", to: hop.to }, outer];
  }
  const family: Family = outer.family === "key" ? "whole" : outer.family;
  const [column] = columnsOf(inner.table, family);
  if (column !== undefined) return [{ hops: [], path: column, column, family, to: inner.table }, outer];
  return [keyOf(inner.table), keyOf(root)];
}

function keyOf(table: TableName): Leaf {
  return { hops: [], path: "id", column: "id", family: "whole", to: table };
}

function innerOf(where: Where, table: TableName, correlated: boolean): Inner {
  const inner = innerWhere(where, table);
  const conditions = [
    ...(correlated ? [correlation(where, inner)] : []),
    ...(where.draw.rarely(2) ? [conditionOf(inner)] : []),
  ];
  const filters = conditions.map((condition) => `.filter(${condition.code})`).join("");
  return {
    table,
    code: `${MODELS[table]}.objects${filters}`,
    build: () => conditions.reduce((set, condition) => set.filter(condition.build() as object), SETS[table]),
    places: (around) =>
      conditions.reduce(
        (places, condition) => places.flatMap((place) => filtered(place.alone(), condition)),
        placesOf(around.library, table, around),
      ),
  };
}

const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** Whether another query has a row. */
export function existence(where: Where): { code: string; build(): AnyExpression; test(place: Place): boolean } {
  const inner = innerOf(where, where.draw.pick(TABLE_NAMES), !where.draw.rarely(5));
  return {
    code: `Exists(${inner.code})`,
    build: () => make["Exists"]!(inner.build()),
    test: (place) => inner.places(place).length > 0,
  };
}

/** The value of another query's first row. */
export function scalarSubquery(where: Where, family: Family): Term | null {
  if (where.depth < 1) return null;
  const inner = innerOf(where, where.draw.pick(TABLE_NAMES), !where.draw.rarely(5));
  const value = termOf({ ...innerWhere(where, inner.table), many: false }, family);
  const descending = where.draw.rarely(2);
  return {
    family,
    scale: value.scale,
    code: `Subquery(${inner.code}.orderBy("${descending ? "-" : ""}id").values({ v: ${value.code} }).limit(1))`,
    build: () =>
      make["Subquery"]!(
        inner
          .build()
          .orderBy(descending ? "-id" : "id")
          .values({ v: value.build() })
          .limit(1),
      ),
    paths: [],
    columns: [],
    of: (place) => {
      const places = inner.places(place);
      const first = (descending ? places.at(-1) : places[0]) ?? null;
      return first === null ? null : value.of(first);
    },
  };
}

/** What a lookup `in` takes: a queryset of rows, or of values. */
export function membership(
  where: Where,
  leaf: Leaf,
): { code: string; build(): AnySet; test(value: unknown, place: Place): boolean } | null {
  const { draw } = where;
  const family: Family = leaf.family === "key" ? "whole" : leaf.family;
  const table =
    leaf.family === "key" ? leaf.to : draw.pick(TABLE_NAMES.filter((name) => columnsOf(name, family).length));
  // MySQL and MariaDB take no slice of what depends on the query around.
  const end = draw.upTo(3);
  const inner = innerOf(where, table, end === 2);
  const isOfRows = leaf.family === "key";
  const column = isOfRows ? "id" : draw.pick(columnsOf(table, family));
  const [from, to] = end === 3 ? [draw.upTo(2), 2 + draw.upTo(4)] : [0, null];
  const picked = isOfRows ? "" : `.values("${column}")`;
  return {
    code: inner.code + picked + (to === null ? "" : `.orderBy("id").slice(${from}, ${to})`),
    build: () => {
      const set = isOfRows ? inner.build() : inner.build().values(column);
      return to === null ? set : set.orderBy("id").slice(from, to);
    },
    test: (value, place) => {
      const places = inner.places(place);
      const rows = to === null ? places : places.slice(from, to);
      if (value === null) return false;
      return rows.some(({ root }) => root[column] !== null && compared(family, root[column], value) === 0);
    },
  };
}
