import { expect, it } from "vitest";

/** A queryset as these tables use one: keys and values come from tables, which the compiler cannot check. */
export interface Loose {
  filter(where: object): Loose;
  exclude(where: object): Loose;
  distinct(): Loose;
  inTimeZone(name: string): Loose;
  all(): Promise<object[]>;
  count(): Promise<number>;
}

/** What plain JavaScript says of one value and one operand: true where the row is to be found. */
export type Oracle = (value: never, operand: never) => boolean;

/** What finds the rows that were made together, of a table that has others: clusters give keys in steps. */
export interface Part {
  readonly pk__range: readonly [first: number, last: number];
}

/** The part of a table that rows are which `bulkCreate` has made. */
export function partOf(rows: readonly { readonly pk: number }[]): Part {
  return { pk__range: [rows[0]!.pk, rows.at(-1)!.pk] };
}

/** One lookup: its name after the field, and its operands. */
export type LookupRow = readonly [lookup: string, operands: readonly unknown[]];

/** A value so written that a failure says which row it is of. */
function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid" : value.toISOString();
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (value instanceof Set) return `set of ${shown([...(value as Set<unknown>)])}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 40)}… (${text.length})` : text;
}

/** What a table is about: a field, the values its rows have, and where to ask. */
export interface Subject {
  readonly field: string;
  readonly values: readonly unknown[];
  readonly ask: () => Loose;
  /** What tells this table from others of the same field. */
  readonly title?: string;
  /** What a null value gives; true for lookups which a NULL fulfils. */
  readonly onNull?: (lookup: string, operand: unknown) => boolean;
}

const nullFulfils = (lookup: string, operand: unknown): boolean => {
  const name = lookup.split("__").at(-1);
  if (name === "isnull") return operand === true;
  if (name === "ne") return operand !== null;
  return operand === null && (name === "exact" || name === "iexact");
};

/**
 * Declares a test for each row: what `filter` finds is what the oracle finds in the values, and `exclude` gives all
 * others. Rows come out by their values, in the order in which they were made.
 */
export function lookupTests(subject: Subject, table: readonly LookupRow[], oracle: (lookup: string) => Oracle): void {
  const { field, values } = subject;
  const title = subject.title === undefined ? "" : ` (${subject.title})`;
  const cases = table.flatMap(([lookup, operands]) =>
    operands.map((operand) => [lookup, shown(operand), operand] as const),
  );
  const expected = (lookup: string, operand: unknown): boolean[] =>
    values.map((value) => {
      if (value === null) return (subject.onNull ?? nullFulfils)(lookup, operand);
      const name = lookup.split("__").at(-1);
      if (operand === null && (name === "exact" || name === "iexact")) return false;
      if (operand === null && name === "ne") return true;
      if (name === "isnull") return operand === false;
      return (oracle(lookup) as (value: unknown, operand: unknown) => boolean)(value, operand);
    });

  it.each(cases)(`${field}__%s: %s${title}`, async (lookup, _shown, operand) => {
    const hits = expected(lookup, operand);
    const where = { [`${field}__${lookup}`]: operand };
    const found = await subject.ask().filter(where).all();
    const others = await subject.ask().exclude(where).all();
    const shownRows = (rows: readonly object[]) => rows.map((row) => shown((row as Record<string, unknown>)[field]));
    expect(shownRows(found)).toEqual(values.filter((_, index) => hits[index]).map(shown));
    expect(shownRows(others)).toEqual(values.filter((_, index) => !hits[index]).map(shown));
  });

  it.each(table.map(([lookup, operands]) => [lookup, operands] as const))(
    `${field}__%s: its operands tell some rows from others${title}`,
    (lookup, operands) => {
      const telling = operands.filter((operand) => new Set(expected(lookup, operand)).size === 2);
      expect(telling.length).toBeGreaterThan(0);
    },
  );
}

/** -1, 0 or 1 for values that JavaScript orders by itself. */
export function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Compare = (value: unknown, operand: unknown) => number;

/** The lookups that are the same for every family, from how two of its values compare. */
export function comparisons(by: Compare): Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> {
  const list = (operand: unknown) => [...(operand as Iterable<unknown>)].filter((item) => item !== null);
  return {
    exact: (value, operand) => by(value, operand) === 0,
    ne: (value, operand) => by(value, operand) !== 0,
    gt: (value, operand) => by(value, operand) > 0,
    gte: (value, operand) => by(value, operand) >= 0,
    lt: (value, operand) => by(value, operand) < 0,
    lte: (value, operand) => by(value, operand) <= 0,
    in: (value, operand) => list(operand).some((item) => by(value, item) === 0),
    range: (value, operand) => {
      const [from, to] = operand as readonly [unknown, unknown];
      return from !== null && to !== null && by(value, from) >= 0 && by(value, to) <= 0;
    },
  };
}

/** An oracle by the lookup's name from a table of such. */
export function oracleOf(byName: Readonly<Record<string, (value: never, operand: never) => boolean>>) {
  return (lookup: string): Oracle => {
    const found = byName[lookup];
    if (found === undefined) throw new Error(`The oracle knows no ${lookup}.`);
    return found;
  };
}

/** Adds transforms to an oracle: `year__gte` is `gte` of what the transform makes of a value. */
export function withTransforms(
  own: (lookup: string) => Oracle,
  transforms: Readonly<Record<string, readonly [apply: (value: never) => unknown, then: (lookup: string) => Oracle]>>,
): (lookup: string) => Oracle {
  const resolve = (lookup: string): Oracle => {
    const [head = "", ...rest] = lookup.split("__");
    const transform = transforms[head];
    if (transform === undefined) return own(lookup);
    const [apply, then] = transform;
    const after = rest.length === 0 ? "exact" : rest.join("__");
    const inner = transforms[after.split("__")[0] ?? ""] === undefined ? then(after) : resolve(after);
    return (value, operand) => inner(apply(value) as never, operand);
  };
  return resolve;
}
