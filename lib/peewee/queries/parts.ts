import { FieldError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { printable } from "../../util/printable.js";

type Step = (queryset: QuerySetBase) => QuerySetBase;

/** How the rows of a select come: of the model, as objects, as lists, or as what a function makes of objects. */
export type Shape = "rows" | "dicts" | "tuples" | ((row: Record<string, unknown>) => unknown);

/** What a select was told, in the order of SQL's clauses and not of the calls. */
export interface SelectParts {
  readonly base: QuerySetBase;
  /** Names, and objects of expressions by name; none are all fields. */
  readonly items: readonly unknown[];
  readonly joins: readonly Step[];
  /** Relations whose rows come along. */
  readonly loads: readonly string[];
  readonly where: readonly unknown[];
  /** What rows are grouped by; null where they are not. */
  readonly groups: readonly unknown[] | null;
  readonly having: readonly unknown[];
  /** null leaves it to the model. */
  readonly order: readonly unknown[] | null;
  /** DISTINCT and locks, as they were called. */
  readonly ends: readonly Step[];
  /** Rows at most, and rows to be passed over before; null for all, and none. */
  readonly limit: number | null;
  readonly offset: number | null;
  readonly shape: Shape;
  /** The base has columns, conditions and groups of its own: it is a combination of other selects. */
  readonly isCombined: boolean;
}

/** The parts of a select of all rows. */
export function allRows(base: QuerySetBase, items: readonly unknown[]): SelectParts {
  const nothing = {
    joins: [],
    loads: [],
    where: [],
    groups: null,
    having: [],
    order: null,
    ends: [],
    limit: null,
    offset: null,
  };
  return { base, items, ...nothing, shape: "rows", isCombined: false };
}

/** Throws for what is neither a name nor an object of expressions. */
export function checkItems(where: string, items: readonly unknown[]): void {
  const wrong = items.find((item) => {
    return typeof item !== "string" && (item === null || typeof item !== "object" || Array.isArray(item));
  });
  if (wrong === undefined && !items.includes(undefined)) return;
  throw new FieldError(`${where}(…) takes names of fields, and { name: expression }, got ${printable(wrong)}.`);
}

/** The names among what was selected. */
export function namesIn(items: readonly unknown[]): string[] {
  return items.filter((item) => typeof item === "string");
}

/** The expressions among what was selected, by name. */
export function expressionsIn(items: readonly unknown[]): Record<string, unknown> {
  return Object.assign({}, ...items.filter((item) => typeof item !== "string")) as Record<string, unknown>;
}

/** The names of all that was selected, in order. */
export function columnsIn(items: readonly unknown[]): string[] {
  return items.flatMap((item) => (typeof item === "string" ? [item] : Object.keys(item as object)));
}

/** True for a select of nothing but aggregates, and not by groups: these take all rows together. */
export function isOfTotals({ items, groups, isCombined }: SelectParts): boolean {
  if (items.length === 0 || groups !== null || isCombined || namesIn(items).length > 0) return false;
  return Object.values(expressionsIn(items)).every(holdsAggregate);
}

function holdsAggregate(given: unknown): boolean {
  if (!Expression.is(given)) return false;
  const { said } = given;
  return said.kind === "aggregate" || ((said.kind === "call" || said.kind === "own") && said.args.some(holdsAggregate));
}
