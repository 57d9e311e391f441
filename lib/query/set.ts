import { FieldError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import { Refusal } from "../fields/index.js";
import { commonOperand } from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { isSameModel, valuesOf } from "./combine.js";
import { withLoading } from "./loading.js";
import { isOpen } from "./open.js";
import { isSliced, QUERY, queryOf, queryWithin, shapeKey } from "./query.js";
import { columnsHeld, itemsOf } from "./source.js";
import { isOfMany, termsIn } from "./term.js";
import type { HeldTerm, Member, Query, SetOperation, SetSource } from "./tree.js";

/** A query's rows and others' as one set. It has no order until it is given one. */
export function withSet(first: Query, args: readonly unknown[], operation: SetOperation): Query {
  const { others, all } = readArguments(first, args, operation);
  const queries = [first, ...others];
  const columns = columnsOf(queries, operation);
  const members = withoutNone(queries, operation);
  const [only, ...more] = members;
  if (only === undefined) return first;
  const isAsNamed = only === first || first.picked === null;
  if (more.length === 0 && isAsNamed && (all || isOnceEach(only))) return only;
  const none = operation === "intersection" ? queries.some((query) => query.none) : only.none;
  return setOf(first, { operation, all, columns }, members, none);
}

interface Arguments {
  readonly others: readonly Query[];
  readonly all: boolean;
}

function readArguments({ model }: Query, args: readonly unknown[], operation: SetOperation): Arguments {
  const last = args.at(-1);
  const hasOptions = isOptions(last);
  const others = (hasOptions ? args.slice(0, -1) : args).map((given) => {
    const query = queryWithin(given);
    if (query !== null) return query;
    throw new FieldError(
      `${model.name}: ${operation}(…) takes querysets and at last { all: true }, got ${printable(given)}.`,
    );
  });
  if (others.length === 0) throw new FieldError(`${model.name}: ${operation}(…) needs another queryset.`);
  return { others, all: hasOptions && readAll(last, `${model.name}: ${operation}(…)`) };
}

function isOptions(given: unknown): given is object {
  if (given === null || typeof given !== "object" || Expression.is(given) || Array.isArray(given)) return false;
  return (given as { [QUERY]?: Query })[QUERY] === undefined && Object.getPrototypeOf(given) === Object.prototype;
}

function readAll(options: object, where: string): boolean {
  for (const [name, value] of Object.entries(options)) {
    if (name === "all" && (typeof value === "boolean" || value === undefined)) continue;
    throw new FieldError(
      `${where}: the only option is { all: true } or { all: false }, got { ${name}: ${printable(value)} }.`,
    );
  }
  return (options as { readonly all?: boolean }).all ?? false;
}

/** The queries that matter: nothing comes of adding no rows, or of taking none away. */
function withoutNone(queries: readonly Query[], operation: SetOperation): readonly Query[] {
  if (operation === "intersection") return queries;
  return queries.filter((query, index) => !query.none || (operation === "difference" && index === 0));
}

/** True where each of a query's rows surely differs from the others. */
function isOnceEach({ picked, filters }: Query): boolean {
  return picked === null && !filters.some((filter) => termsIn(filter.predicate).some(isOfMany));
}

type Terms = Pick<SetSource, "operation" | "all" | "columns">;

function setOf(first: Query, terms: Terms, queries: readonly Query[], none: boolean): Query {
  const { operation, all, columns } = terms;
  const { model, picked, related, loading, timeZone } = first;
  const isOfValues = picked !== null;
  const values: unknown[] = [];
  const members: Member[] = [];
  for (const query of queries.flatMap((query, index) => (index === 0 ? partsOf(query, terms) : [query]))) {
    members.push({ query, slot: values.length });
    values.push(...valuesOf(query));
  }
  const key = `${model.id}[${operation}${all ? "*" : ""} ${members.map(({ query }) => shapeKey(query)).join("|")}];`;
  const given = columns.slice(model.columns.length);
  const whole: Query = {
    ...queryOf(model),
    source: { kind: "set", operation, all, members, columns, isOfValues, key },
    ...{ key, values, none, related, timeZone, order: [] },
    annotations: isOfValues ? [] : given.map((term) => ({ name: term.name, term, base: 0, given: true })),
    picked: picked === null ? null : { as: picked.as, items: itemsOf(columns, picked) },
    needs: queries.flatMap((query) => query.needs),
    outer: queries.flatMap((query) => query.outer),
  };
  return loading === null ? whole : withLoading(whole, loading);
}

/** The members of a set that is carried on with the same operation: they need not be a set of their own within it. */
function partsOf(query: Query, { operation, all }: Terms): readonly Query[] {
  const { source } = query;
  const isAlike = source?.kind === "set" && source.operation === operation && source.all === all;
  return isAlike && source.key === query.key && !isSliced(query)
    ? source.members.map((member) => member.query)
    : [query];
}

/** What the rows of a set hold: as many values as each of its parts has, under the names of the first. */
function columnsOf(queries: readonly Query[], operation: SetOperation): HeldTerm[] {
  const [first, ...others] = queries as [Query, ...Query[]];
  for (const other of others) checkRows(first, other, operation);
  const held = queries.map(columnsHeld);
  for (const { name, operand } of held.flat()) if (isOpen(operand)) throw openValue(first, name, operation);
  const [own = []] = held;
  return own.map((column, index) => {
    const alike = held.map((columns) => columns[index] as HeldTerm);
    return common(column, alike, `${first.model.name}: ${operation}(…)`);
  });
}

function openValue({ model }: Query, name: string, operation: SetOperation): FieldError {
  return new FieldError(
    `${model.name}: ${operation}(…): "${name}" is a value of the query around, whose kind does not show here. ` +
      `Ask about it by filter, and pick values of these rows.`,
  );
}

function checkRows(first: Query, other: Query, operation: SetOperation): void {
  const { name } = first.model;
  if ((first.picked === null) !== (other.picked === null)) {
    throw new FieldError(`${name}: ${operation}(…) takes querysets of rows, or of values(…), not both.`);
  }
  if (first.picked === null && !isSameModel(first.model, other.model)) {
    throw new FieldError(
      `${name}: ${operation}(…) of rows takes querysets of ${name}, got one of ${other.model.name}. ` +
        `Name what they have in common: values("…").${operation}(….values("…")).`,
    );
  }
  const [mine, theirs] = [columnsHeld(first), columnsHeld(other)];
  if (mine.length === theirs.length) return;
  throw new FieldError(
    `${name}: ${operation}(…) takes rows of as many values: the first have ${namesOf(mine)}, others ${namesOf(theirs)}.`,
  );
}

function namesOf(columns: readonly HeldTerm[]): string {
  return `${columns.length} (${columns.map(({ name }) => name).join(", ")})`;
}

/** A column that can hold the values of all parts. */
function common(first: HeldTerm, columns: readonly HeldTerm[], where: string): HeldTerm {
  const nullable = columns.some((column) => column.nullable);
  const isAlike = columns.every(({ operand }) => isHeldAlike(operand, first.operand));
  if (isAlike) return { ...first, nullable, of: columns.every(({ of }) => of !== null) ? first.of : null };
  try {
    return { ...first, nullable, of: null, operand: commonOperand(columns.map(({ operand }) => operand)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const kinds = [...new Set(columns.map(({ operand }) => operand.family))].join(" and ");
    throw new FieldError(
      `${where}: the value "${first.name}" is of several kinds, ${kinds}. Use Cast to make them alike.`,
      { cause: error },
    );
  }
}

function isHeldAlike({ type: one }: Operand, { type: other }: Operand): boolean {
  return (
    one.storage === other.storage &&
    one.scale === other.scale &&
    one.precision === other.precision &&
    one.collation === other.collation &&
    one.customCodec === other.customCodec
  );
}
