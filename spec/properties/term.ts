import type { Draw } from "./draw.js";
import { type AnyExpression, make } from "./dunder.js";
import type { TableName } from "./library.js";
import { nameOf, type Place } from "./place.js";
import { type Family, type Hop, TABLES } from "./relations.js";
import { code, rescaled } from "./values.js";

/** A value of a row: how it is said to the library, how it reads, and what it is in plain JavaScript. */
export interface Term {
  readonly family: Family;
  /** Digits after the point of a decimal. */
  readonly scale: number;
  readonly code: string;
  build(): AnyExpression;
  /** The relations to many rows that it follows. */
  readonly paths: readonly (readonly Hop[])[];
  /** The columns of the row itself that it reads. */
  readonly columns: readonly string[];
  of(place: Place): unknown;
}

/** What rows were annotated with, to be named from there on. */
export interface Named {
  readonly name: string;
  readonly term: Term;
}

/** Where expressions are made up, and what can be named there. */
export interface Where {
  readonly draw: Draw;
  /** The relations that all paths begin with, and the table that they lead to. */
  readonly base: readonly Hop[];
  readonly table: TableName;
  /** The table of the query. */
  readonly root: TableName;
  /** Relations to many rows may be followed. */
  readonly many: boolean;
  /** Relations may be followed at all, and other queries asked. */
  readonly far: boolean;
  readonly named: readonly Named[];
  /** How deep expressions may still be nested. */
  readonly depth: number;
}

export function deeper(where: Where): Where {
  return { ...where, depth: where.depth - 1 };
}

/** Whether a path has a relation to many rows beyond another one. */
function isMany(hops: readonly Hop[]): boolean {
  return hops.some((hop) => hop.many);
}

/** Relations to follow from where expressions are made up, those to many rows only where there may be some. */
export function someHops({ draw, base, table, many, far }: Where): readonly [hops: readonly Hop[], table: TableName] {
  const hops = [...base];
  let at = table;
  for (let steps = far ? Math.max(draw.upTo(4) - 2, 0) : 0; steps > 0; steps -= 1) {
    // One relation to many rows is all that a path follows: what more would mean is no question of values.
    const usable = TABLES[at].hops.filter((hop) => !hop.many || (many && !isMany(hops)));
    if (usable.length === 0) break;
    const hop = draw.pick(usable);
    hops.push(hop);
    at = hop.to;
  }
  return [hops, at];
}

export function columnsOf(table: TableName, family: Family): string[] {
  return Object.entries(TABLES[table].columns).flatMap(([column, kind]) => (kind === family ? [column] : []));
}

/** A column; null where the tables that could be reached by chance have none of the family. */
export function columnTerm(where: Where, family: Family): Term | null {
  const [hops, table] = someHops(where);
  const columns = columnsOf(table, family);
  return columns.length === 0 ? null : columnAt(hops, where.draw.pick(columns), family);
}

export function columnAt(hops: readonly Hop[], column: string, family: Family): Term {
  const path = [...hops.map(({ name }) => name), column].join("__");
  return {
    family,
    scale: family === "price" ? 2 : 0,
    code: `F("${path}")`,
    build: () => make["F"]!(path),
    paths: isMany(hops) ? [hops] : [],
    columns: hops.length === 0 ? [column] : [],
    of: (place) => place.at(hops)?.[column] ?? null,
  };
}

export function valueTerm(family: Family, value: unknown): Term {
  const kind = ({ price: "decimal", day: "date", float: "float" } as Partial<Record<Family, string>>)[family];
  return {
    family,
    scale: family === "price" ? (String(value).split(".")[1] ?? "").length : 0,
    code: `Value(${code(value)}${kind === undefined ? "" : `, "${kind}"`})`,
    build: () => (kind === undefined ? make["Value"]!(value) : make["Value"]!(value, kind)),
    paths: [],
    columns: [],
    of: () => value,
  };
}

/** Something by the name that rows were annotated with. */
export function namedTerm({ name, term }: Named): Term {
  return { ...term, code: `F("${name}")`, build: () => make["F"]!(name) };
}

type Shape = Pick<Term, "family"> & Partial<Pick<Term, "scale">>;

/** What is made of terms: by a function of that name, worked out by `work` where no argument is null. */
export function callTerm(
  name: string,
  args: readonly Term[],
  shape: Shape,
  work: (...values: never[]) => unknown,
  rest: readonly unknown[] = [],
): Term {
  const text = [...args.map((arg) => arg.code), ...rest.map(code)].join(", ");
  return made(args, shape, {
    code: `${name}(${text})`,
    build: () => make[name]!(...args.map((arg) => arg.build()), ...rest),
    work: strict(work),
  });
}

/** What an operator makes of terms: a method of the first. */
export function operatorTerm(
  name: string,
  [first, ...others]: readonly [Term, ...Term[]],
  shape: Shape,
  work: (...values: never[]) => unknown,
): Term {
  return made([first, ...others], shape, {
    code: `${first.code}.${name}(${others.map((other) => other.code).join(", ")})`,
    build: () => first.build()[name]!(...others.map((other) => other.build())),
    work: strict(work),
  });
}

function strict(work: (...values: never[]) => unknown): (values: readonly unknown[]) => unknown {
  return (values) => (values.includes(null) ? null : work(...(values as never[])));
}

/** A term made of others, decimals brought to its scale. */
export function made(
  parts: readonly Pick<Term, "paths" | "columns" | "of">[],
  { family, scale = 0 }: Shape,
  how: Pick<Term, "code" | "build"> & { work(values: readonly unknown[]): unknown },
): Term {
  return {
    family,
    scale,
    code: how.code,
    build: how.build,
    paths: pathsOf(parts),
    columns: parts.flatMap((part) => part.columns),
    of: (place) => {
      const value = how.work(parts.map((part) => part.of(place)));
      if (value === null || family !== "price") return Object.is(value, -0) ? 0 : value;
      return rescaled(value, scale);
    },
  };
}

export function pathsOf(parts: readonly Pick<Term, "paths">[]): (readonly Hop[])[] {
  const paths = new Map(parts.flatMap((part) => part.paths.map((path) => [nameOf(path), path] as const)));
  return [...paths.values()];
}
