import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type { HeldTerm, Picked, PickedItem, PlacedTerm, Query, Term } from "./tree.js";

/** Which rows a set has, and what they hold, is said of its parts. */
export function refuseSet(query: Query, method: string): void {
  if (query.source?.kind !== "set") return;
  const { name } = query.model;
  throw new FieldError(
    `${name}: ${method}(…) cannot follow union, intersection or difference. Call it on the querysets before they are ` +
      `combined${query.picked === null ? `, or ask for the rows by key: ${name}.objects.filter({ pk__in: combined })` : ""}.`,
  );
}

/** What is named by a path that begins with a column's name, which may itself look like a path; the longest wins. */
export function findHeld(
  held: readonly HeldTerm[],
  path: string,
): { readonly term: HeldTerm; readonly rest: readonly string[] } | null {
  let found: HeldTerm | null = null;
  for (const term of held) {
    const begins = path === term.name || path.startsWith(`${term.name}__`);
    if (begins && (found === null || term.name.length > found.name.length)) found = term;
  }
  if (found === null) return null;
  const rest = path.slice(found.name.length + 2);
  return { term: found, rest: rest === "" ? [] : rest.split("__") };
}

export function noSuchHeld(model: ModelMeta, held: readonly HeldTerm[], path: string, method: string): FieldError {
  const names = held.map(({ name }) => name);
  return new FieldError(
    `${model.name}: these rows hold no "${path}", which ${method}(…) names.${didYouMean(path, names)} ` +
      `They hold: ${names.join(", ")}.`,
  );
}

/** What a query's rows hold, as whoever reads from it sees it: a model's columns and annotations, or values. */
export function columnsHeld(query: Query): HeldTerm[] {
  if (query.picked !== null) return inSql(query.picked.items.map(({ name, value }) => heldAs(name, value.term)));
  const own = query.model.columns.map((column): HeldTerm => {
    const { name, field, family, type, scalar, nullable } = column;
    const operand = { family, type, convert: scalar.convert, scalar };
    return { kind: "held", name: field, column: name, of: column, operand, nullable };
  });
  const added = query.annotations.filter(({ given }) => given).map(({ name, term }) => heldAs(name, term));
  return [
    ...own,
    ...inSql(
      added,
      own.map(({ column }) => column),
    ),
  ];
}

/** The values of a query's rows that are instances: the model's columns, then annotations. */
export function rowValues({ model, annotations }: Query): PlacedTerm[] {
  const own = model.columns.map((column): PlacedTerm => {
    const { family, type, scalar, nullable } = column;
    const operand = { family, type, convert: scalar.convert, scalar };
    const path = { hops: [], multi: -1, column, several: null, relation: null };
    return { term: { kind: "column", path, operand, nullable }, base: null };
  });
  return [...own, ...annotations.filter(({ given }) => given).map(({ term, base }) => ({ term, base }))];
}

function heldAs(name: string, term: Term): HeldTerm {
  const { operand, nullable } = term;
  return { kind: "held", name, column: name, of: columnOf(term), operand, nullable };
}

/** The column whose values a term's are, unless it makes something else of them. */
function columnOf(term: Term): HeldTerm["of"] {
  if (term.kind === "annotation") return columnOf(term.of.term);
  if (term.kind === "held") return term.of;
  return term.kind === "column" ? term.path.column : null;
}

/** The longest name of a column that no engine cuts short. */
const LONGEST = 60;

/** Gives columns names that all differ, case aside, as engines ask it of derived tables. */
function inSql(columns: readonly HeldTerm[], others: readonly string[] = []): HeldTerm[] {
  const taken = new Set(others.map((name) => name.toLowerCase()));
  return columns.map((held, index) => {
    let column = held.name.length > LONGEST ? `c${index + 1}` : held.name;
    while (taken.has(column.toLowerCase())) column = `${column}_`;
    taken.add(column.toLowerCase());
    return { ...held, column };
  });
}

/** Columns as what rows hold that are no instances, in the place of what was picked. */
export function itemsOf(columns: readonly HeldTerm[], picked: Picked): PickedItem[] {
  return columns.map((term, at) => {
    const item = { name: term.name, value: { term, base: null } };
    const tuple = picked.items[at]?.tuple;
    return tuple === undefined ? item : { ...item, tuple };
  });
}

/** Columns and one more. */
export function withColumn(columns: readonly HeldTerm[], more: HeldTerm): HeldTerm[] {
  const names = columns.map(({ column }) => column);
  return [...columns, ...inSql([more], names)];
}

/** An object of options, of which all must be known. */
export function readOptions(
  model: ModelMeta,
  given: unknown,
  method: string,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  if (given === undefined) return {};
  const isObject = given !== null && typeof given === "object" && Object.getPrototypeOf(given) === Object.prototype;
  const wrong = isObject ? Object.keys(given).find((name) => !names.includes(name)) : printable(given);
  if (wrong === undefined) return given as Readonly<Record<string, unknown>>;
  throw new FieldError(
    `${model.name}: ${method}(…) has no option ${wrong}.${didYouMean(wrong, names)} Options: { ${names.join(", ")} }.`,
  );
}
