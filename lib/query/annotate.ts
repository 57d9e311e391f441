import { FieldError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import { refuse } from "../fields/index.js";
import {
  checkFieldName,
  declaredFields,
  type FieldMeta,
  fieldOf,
  isGenericArm,
  type ModelMeta,
} from "../models/index.js";
import { printable } from "../util/printable.js";
import { Reader } from "./parse-filter.js";
import { withFilteredRelation } from "./filtered-relation.js";
import { readParts } from "./read-path.js";
import { partNames } from "./resolve-path.js";
import { readTerm, toldAs } from "./read-term.js";
import { changed } from "./query.js";
import type { ReadTerm } from "./term-reader.js";
import { joined, refuseSliced } from "./refine.js";
import { refuseSet } from "./source.js";
import { holdsAggregate, holdsWindow } from "./term.js";
import type { Annotation, Filter, Picked, PickedItem, PlacedTerm, Query } from "./tree.js";

/** Adds what is worked out for each row, or for each group, under names of its own; `given`: rows are given it, too. */
export function withAnnotations(query: Query, values: unknown, method: "annotate" | "alias"): Query {
  refuseSliced(query, method);
  refuseSet(query, method);
  let result = query;
  for (const [name, expression] of entriesOf(query.model, values, method)) {
    result = withAnnotation(result, name, expression, method);
  }
  return result;
}

function withAnnotation(query: Query, name: string, expression: unknown, method: "annotate" | "alias"): Query {
  const { model } = query;
  checkName(query, name, method);
  if (Expression.is(expression) && expression.said.kind === "filteredRelation") {
    if (method === "alias") return withFilteredRelation(query, name, expression.said);
    throw new FieldError(
      `${model.name}: annotate({ ${name} }): FilteredRelation gives rows no value, but a relation a name. ` +
        `Say alias({ ${name}: FilteredRelation(…) }).`,
    );
  }
  const reader = new Reader(query, method);
  const [term, key] = told(model, `${method}({ ${name} })`, () => readTerm(reader, expressionOf(expression)));
  const given = method === "annotate";
  const annotation: Annotation = { name, term, base: query.values.length, given };
  const item: PickedItem = { name, value: { term, base: query.values.length } };
  return changed(query, {
    key: `${query.key}%${given ? "" : "-"}${name}=${key};`,
    values: joined(query.values, reader.slots),
    needs: joined(query.needs, reader.needs),
    outer: joined(query.outer, reader.outer),
    annotations: [...query.annotations, annotation],
    picked: query.picked === null || !given ? query.picked : { ...query.picked, items: [...query.picked.items, item] },
    groups: groupsWith(query, item, method),
  });
}

/** The first aggregate after `values(…)` makes groups of what was picked; what is picked later groups, too. */
function groupsWith({ model, groups, picked }: Query, item: PickedItem, method: string): Query["groups"] {
  const { term } = item.value;
  if (holdsAggregate(term, true)) {
    const window = groups === null ? picked?.items.find(({ value }) => holdsWindow(value.term)) : undefined;
    if (window === undefined) return groups ?? picked?.items ?? null;
    throw new FieldError(
      `${model.name}: ${method}({ ${item.name} }) is an aggregate, and would group rows by "${window.name}", which is ` +
        `worked out over a window after rows are grouped. Annotate the window last.`,
    );
  }
  // What is worked out over a window comes after groups.
  return groups === null || holdsWindow(term) ? groups : [...groups, item];
}

/** Rows as something else than instances: objects of these values, lists of them, or one value each. */
export function withPicked(
  query: Query,
  as: Picked["as"],
  names: readonly unknown[],
  method: "values" | "valuesList",
): Query {
  const { model } = query;
  const reader = new Reader(query, method);
  const items: PickedItem[] = [];
  const annotations = [...query.annotations];
  let key = "";
  for (const [name, item] of picksOf(query, names, method)) {
    if (items.some((other) => other.name === name)) {
      throw new FieldError(`${model.name}: ${method}(…) names "${name}" twice.`);
    }
    const picks = told(model, `${method}("${name}")`, () => readPicks(reader, query, item));
    const [[value, part]] = picks as [readonly [PlacedTerm, string]];
    if (picks.length > 1) items.push(...tupleItems(query, name, picks));
    else items.push({ name, value });
    // What was given a name here can be filtered and ordered by.
    if (typeof item !== "string" && isNewName(query, name)) annotations.push(aliasOf(name, value));
    key += `${name}=${picks.length > 1 ? picks.map(([, each]) => each).join("") : part}`;
  }
  const [first] = items;
  if (as === "flat" && items.length !== 1 + (first?.tuple?.more ?? 0)) {
    throw new FieldError(`${model.name}: ${method}(…, { flat: true }) takes one name, got ${items.length}.`);
  }
  return changed(query, {
    key: `${query.key}=${as}(${key});`,
    values: joined(query.values, reader.slots),
    needs: joined(query.needs, reader.needs),
    outer: joined(query.outer, reader.outer),
    annotations,
    picked: { as, items },
    related: null,
  });
}

function isNewName({ model, annotations }: Query, name: string): boolean {
  return fieldOf(model, name) === undefined && !annotations.some((annotation) => annotation.name === name);
}

function aliasOf(name: string, { term, base }: PlacedTerm): Annotation {
  return { name, term, base: base ?? 0, given: false };
}

/** Names and what stands for them; no names are all columns and annotations. */
function picksOf(
  { model, annotations, groups, picked, source }: Query,
  names: readonly unknown[],
  method: string,
): [string, unknown][] {
  if (names.length === 0) {
    if (source?.isOfValues) return source.columns.map(({ name }) => [name, name]);
    if (groups !== null) return (picked?.items ?? []).map(({ name }) => [name, name]);
    const given = annotations.filter((annotation) => annotation.given);
    const fields = declaredFields(model).filter(hasColumns);
    return [...fields, ...given].map(({ name }) => [name, name]);
  }
  return names.flatMap((name, index): [string, unknown][] => {
    if (typeof name === "string" && name !== "") return [[name, name]];
    // Of a list it is known by its place; nothing else has such a name.
    if (method === "valuesList" && Expression.is(name)) return [[`#${index + 1}`, name]];
    if (name !== null && typeof name === "object" && !Expression.is(name)) return namedEntries(model, name, method);
    throw new FieldError(
      `${model.name}: ${method}(…) takes paths of fields and { name: expression }, got ${printable(name)}.`,
    );
  });
}

/** False for a relation to one of several models itself: the columns that it is kept in are fields of their own. */
function hasColumns(field: FieldMeta): boolean {
  if (field.type === "reverse" || field.type === "oneOf") return false;
  return field.type !== "foreignKey" || !isGenericArm(field);
}

type Pick = readonly [PlacedTerm, key: string];

function readPicks(reader: Reader, query: Query, item: unknown): readonly Pick[] {
  return pickedTerms(reader, item).map(([term, key]): Pick => {
    // What rows were annotated with keeps its own slots.
    return [term.kind === "annotation" ? term.of : { term, base: query.values.length }, key];
  });
}

/** The value that is picked; of a key of several columns each. */
function pickedTerms(reader: Reader, item: unknown): readonly ReadTerm[] {
  return typeof item === "string" ? readParts(reader, item) : [readTerm(reader, expressionOf(item))];
}

/** The values of a key of several columns, which rows have as one. */
function tupleItems({ named }: Query, name: string, picks: readonly Pick[]): PickedItem[] {
  const names = partNames(named, name);
  return picks.map(([value], at): PickedItem => {
    const item = { name: names[at] as string, value };
    return at === 0 ? { ...item, tuple: { name, more: picks.length - 1 } } : item;
  });
}

/** Over no rows there is something to tell, too: a count is 0. */
const NEVER: Filter = { predicate: { kind: "or", items: [] }, base: 0 };

/** What is worked out over all rows of a query together: `{ total: Sum("price") }`. */
export interface Totals {
  readonly query: Query;
  readonly items: readonly PickedItem[];
}

export function readTotals(query: Query, values: unknown): Totals {
  refuseSet(query, "aggregate");
  const { model } = query;
  const reader = new Reader(query, "aggregate", true);
  const items: PickedItem[] = [];
  let key = "";
  const base = query.values.length;
  for (const [name, expression] of namedEntries(model, values, "aggregate")) {
    const [term, part] = told(model, `aggregate({ ${name} })`, () => readTerm(reader, expressionOf(expression)));
    if (holdsWindow(term)) {
      throw new FieldError(
        `${model.name}: aggregate({ ${name} }) takes all rows together, and cannot look at a window over them.`,
      );
    }
    if (!holdsAggregate(term, true)) {
      throw new FieldError(
        `${model.name}: aggregate({ ${name} }) takes aggregates such as Count("*") or Sum("price"), which take all rows together.`,
      );
    }
    items.push({ name, value: { term, base } });
    key += `${name}=${part}`;
  }
  const filters = query.none ? [...query.filters, NEVER] : query.filters;
  return {
    query: changed(query, {
      filters,
      key: `${query.key}#${key};`,
      values: joined(query.values, reader.slots),
      needs: joined(query.needs, reader.needs),
    }),
    items,
  };
}

/** Expressions by names that are plain words: these become part of the SQL. */
function namedEntries(model: ModelMeta, values: unknown, method: string): [string, unknown][] {
  const entries = entriesOf(model, values, method);
  for (const [name] of entries) checkWord(model, name, method);
  return entries;
}

/** What an engine may cut off a name could be all in which two differ. */
const MOST_LETTERS = 60;

function checkWord(model: ModelMeta, name: string, method: string): void {
  try {
    checkFieldName(model.name, name);
    if (name.length <= MOST_LETTERS) return;
  } catch {
    // Said below, of a name of one's own.
  }
  throw new FieldError(
    `${model.name}: ${method}({ ${name} }): a name starts with a letter, has ${MOST_LETTERS} letters, digits and single ` +
      `underscores at most, and is none that every row has, such as "pk" and "save".`,
  );
}

function entriesOf(model: ModelMeta, values: unknown, method: string): [string, unknown][] {
  if (values !== null && typeof values === "object" && !Array.isArray(values) && !Expression.is(values)) {
    return Object.entries(values);
  }
  throw new FieldError(
    `${model.name}: ${method}(…) takes an object of expressions such as { n: Count("*") }, got ${printable(values)}.`,
  );
}

function expressionOf(given: unknown): Expression {
  return Expression.is(given)
    ? given
    : refuse(`expected an expression such as F("name") or Count("*"), got ${printable(given)}.`);
}

export function checkName({ named: model, annotations, source }: Query, name: string, method: string): void {
  checkWord(model, name, method);
  if (fieldOf(model, name) !== undefined) {
    throw new FieldError(`${model.name}: ${method}({ ${name} }): there is a field of this name. Choose another one.`);
  }
  const isHeld = source?.isOfValues === true && source.columns.some((column) => column.name === name);
  if (isHeld || annotations.some((annotation) => annotation.name === name)) {
    throw new FieldError(`${model.name}: ${method}({ ${name} }): rows have a "${name}" already. Choose another name.`);
  }
}

function told<T>(model: ModelMeta, where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toldAs(error, model, where);
  }
}
