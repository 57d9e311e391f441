import { FieldError } from "../errors/index.js";
import { Expression, OrderExpression, type QExpression } from "../expressions/index.js";
import { plainKinds, Refusal, refuse } from "../fields/index.js";
import {
  aggregateNamed,
  aggregateNames,
  type AggregateDefinition,
  aggregateOperand,
  callOperand,
  commonOperand,
  type FunctionDefinition,
  functionNamed,
  functionNames,
  operandOfKind,
  operandOfValue,
} from "../functions/index.js";
import { type Operand, transformFor } from "../lookups/index.js";
import type { ModelMeta } from "../models/index.js";
import { type JsonStep, stepKinds } from "../util/json-shape.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { deeper } from "./depth.js";
import { checkSteps, readSteps, shapeOfSteps } from "./json-path.js";
import { Memo } from "./memo.js";
import { namesOf } from "./names-of.js";
import { isOpen, OPEN } from "./open.js";
import { isSliced, QUERY, shapeKey } from "./query.js";
import { readWindow, windowLabel } from "./read-window.js";
import { type ResolvedValue, resolveValue } from "./resolve-path.js";
import { asksWindow, holdsAggregate, holdsWindow } from "./term.js";
import type {
  AggregateTerm,
  Annotation,
  CallTerm,
  CaseTerm,
  Filter,
  OuterTerm,
  Predicate,
  Query,
  SortTerm,
  Term,
} from "./tree.js";

/** Whoever reads an expression: it knows the model and what its rows were annotated with, and collects the values. */
export interface TermReader {
  readonly model: ModelMeta;
  readonly annotations: readonly Annotation[];
  readonly method: string;
  /** True where aggregates are over groups of rows, or all of them. */
  readonly grouped: boolean;
  /** Those that an aggregate comes after. */
  readonly filters: readonly Filter[];
  readonly slots: unknown[];
  /** How deep what is read now stands in what was given. */
  depth: number;
  /** Reads a condition; null where it asks nothing. */
  readCondition(condition: QExpression): [Predicate | null, string];
  /** Takes in another query: its values and time zones. */
  takeQuery(query: Query): Taken;
  /** Notes a column of a query around. */
  readonly outer: OuterTerm[];
}

/** A query as it stands within another one, and the place of its first slot. */
export interface Taken {
  readonly query: Query;
  readonly slot: number;
}

/** A term and its part of the shape's key. */
export type ReadTerm = readonly [term: Term, key: string];

const TRUTH: Operand = { ...plainKinds.boolean, scalar: null };

/** Resolves an expression: names become columns, values go to slots. Throws a `Refusal` or a `FieldError`. */
export function readTerm(reader: TermReader, expression: Expression): ReadTerm {
  return deeper(reader, () => readSaid(reader, expression));
}

function readSaid(reader: TermReader, expression: Expression): ReadTerm {
  const { said } = expression;
  switch (said.kind) {
    case "path":
      return readPath(reader, said.path);
    case "key":
      return readKey(reader, said);
    case "outer":
      return readOuter(reader, said);
    case "value":
      return readValue(reader, said.value, said.as);
    case "call":
      return readCall(reader, said);
    case "case":
      return readCase(reader, said);
    case "aggregate":
      return readAggregate(reader, said);
    case "windowed":
      return refuse(`${windowLabel(said.name)} needs a window: Window(${windowLabel(said.name)}(…), { orderBy: … }).`);
    case "window":
      return readWindow(windowReader(reader), said);
    case "subquery":
      return readSubquery(reader, said.queryset);
    case "condition":
      return readTruth(reader, expression as QExpression);
  }
}

type Part<K> = Extract<Expression["said"], { kind: K }>;

/** What is known of a value only where it comes out. */
const UNKNOWN: Operand = { ...plainKinds.json, family: "text", scalar: null, convert: (value) => value };

/** Whoever reads a path. */
export type PathReader = Pick<TermReader, "model" | "annotations" | "method" | "slots">;

export function readPath(reader: PathReader, path: string): ReadTerm {
  const known = Memo.of<ReadTerm>(reader.model, "terms");
  // A model's own names come first, whatever rows are annotated with; and no values are part of their terms.
  const before = known.get(path);
  if (before !== undefined) return before;
  const { model, method } = reader;
  const [head = ""] = namesOf(model, path, method);
  const annotation = reader.annotations.find(({ name }) => name === head);
  const found = resolveValue(model, path, method, annotation === undefined ? [] : [head]);
  if (found === null) return readAnnotation(reader, annotation as Annotation, path);
  if (found.into.length === 0) return known.keep(path, readValueAt(found, path));
  // Its steps are values of this query, in a slot.
  const [column] = readValueAt(found, path);
  return [keyTerm(reader, column, found.into), `F${found.shape};`];
}

function readValueAt(found: ResolvedValue, path: string): ReadTerm {
  const nullable = found.path.column.nullable || found.path.hops.length > 0;
  let term: Term = { kind: "column", path: found.path, operand: found.source, nullable };
  for (const { transform, operand } of found.steps) {
    term = { kind: "transform", name: transform.name, of: term, operand, nullable };
  }
  return [term, `F${path};`];
}

/** What stands in JSON at the end of some steps; the JSON itself where there are none. */
export function keyTerm({ slots }: Pick<TermReader, "slots">, of: Term, steps: readonly JsonStep[]): Term {
  if (steps.length === 0) return of;
  const slot = slots.push(steps) - 1;
  return { kind: "key", of, kinds: stepKinds(steps), slot, operand: operandOfKey({ of }), nullable: true };
}

/** What stands in JSON is JSON. Throws a `Refusal` for what is none. */
export function operandOfKey({ of: { operand } }: { readonly of: Term }): Operand {
  if (isOpen(operand)) return OPEN;
  return operand.family === "json"
    ? { ...operand, scalar: null }
    : refuse(`keys are of JSON, not of a ${operand.family}.`);
}

function readKey(reader: TermReader, said: Part<"key">): ReadTerm {
  const steps = checkSteps(said.steps);
  const [of, key] = readTerm(reader, said.of);
  if (!isOpen(of.operand) && of.operand.family !== "json") {
    return refuse(
      `key(${steps.map((step) => JSON.stringify(step)).join(", ")}) is of JSON, not of a ${of.operand.family}.`,
    );
  }
  return [keyTerm(reader, of, steps), `${key}${shapeOfSteps(steps)};`];
}

function readAnnotation(reader: PathReader, { name, term, base }: Annotation, path: string): ReadTerm {
  const [, ...rest] = path.split("__");
  let { operand } = term;
  const { nullable } = term;
  let read: Term = { kind: "annotation", name, of: { term, base }, operand, nullable };
  if (operand.family === "json") {
    const steps = readSteps(rest, path);
    return [keyTerm(reader, read, steps), steps.length === 0 ? `A${path};` : `A${name}${shapeOfSteps(steps)};`];
  }
  for (const step of rest) {
    const transform = transformFor(operand.family, step);
    if (transform === undefined) return refuse(`the annotation "${name}" has no transform "${step}".`);
    operand = transform.result(operand);
    read = { kind: "transform", name: step, of: read, operand, nullable };
  }
  return [read, `A${path};`];
}

/** What it is shows where the query stands within another one. */
function readOuter(reader: TermReader, { path, levels }: Part<"outer">): ReadTerm {
  const term: OuterTerm = { kind: "outer", path, levels, found: null, operand: OPEN, nullable: true };
  reader.outer.push(term);
  return [term, `^${levels}${JSON.stringify(path)};`];
}

function readValue(reader: TermReader, value: unknown, as: string | null): ReadTerm {
  if (value === undefined) return refuse("got undefined. Leave it out, or give null or a value.");
  if (value === null) {
    const operand = as === null ? UNKNOWN : operandOfKind(as, as === "decimal" ? 0 : null);
    return [{ kind: "null", operand, nullable: true }, `N${as ?? ""};`];
  }
  const operand = operandOfValue(value, as);
  const slot = reader.slots.push(operand.convert(value)) - 1;
  const { storage, scale } = operand.type;
  return [{ kind: "value", slot, operand, nullable: false }, `V${storage}${scale ?? ""};`];
}

function readCall(reader: TermReader, { name, args, options }: Part<"call">): ReadTerm {
  const definition = functionNamed(name);
  if (definition === undefined) return refuse(`there is no function "${name}".${didYouMean(name, functionNames)}`);
  const read = args.map((arg) => readTerm(reader, arg));
  return [
    callTerm(
      definition,
      read.map(([term]) => term),
      options,
    ),
    `${name}(${keysOf(read)}${settingsOf(options)})`,
  ];
}

/** A call of a function with arguments that are read. Throws a `Refusal`. */
export function callTerm(
  definition: FunctionDefinition,
  args: readonly Term[],
  options: CallTerm["options"],
): CallTerm {
  const { name, nulls } = definition;
  const operands = args.map((term) => term.operand);
  const operand = operands.some(isOpen) ? OPEN : refusing(name, () => callOperand(definition, operands, options));
  const nullable =
    nulls === "made" ||
    (nulls === "any" && args.some((term) => term.nullable)) ||
    (nulls === "all" && args.every((term) => term.nullable));
  return { kind: "call", name, args, options, operand, nullable };
}

function readCase(reader: TermReader, { whens, otherwise }: Part<"case">): ReadTerm {
  let key = "case(";
  const read = whens.map(({ when, then }) => {
    const [predicate, conditionKey] = reader.readCondition(when);
    if (predicate === null) return refuse('When(…) needs a condition, such as Q({ name: "x" }).');
    const [term, termKey] = readTerm(reader, then);
    key += `${conditionKey}:${termKey}`;
    return { when: predicate, then: term };
  });
  const rest = otherwise === null ? null : readTerm(reader, otherwise);
  return [caseTerm(read, rest?.[0] ?? null), `${key}${rest?.[1] ?? ""})`];
}

/** A choice between terms that are read. Throws a `Refusal`. */
export function caseTerm(whens: CaseTerm["whens"], otherwise: Term | null): CaseTerm {
  const results = [...whens.map(({ then }) => then), ...(otherwise === null ? [] : [otherwise])];
  const typed = results.filter((term) => term.kind !== "null").map((term) => term.operand);
  const operand = typed.some(isOpen)
    ? OPEN
    : refusing("Case", () => commonOperand(typed.length === 0 ? [UNKNOWN] : typed));
  const nullable = otherwise === null || results.some((term) => term.nullable);
  return { kind: "case", whens, otherwise, operand, nullable };
}

function readTruth(reader: TermReader, condition: QExpression): ReadTerm {
  const [predicate, key] = reader.readCondition(condition);
  if (predicate === null) return refuse("an empty condition is no value.");
  return [{ kind: "condition", predicate, operand: TRUTH, nullable: false }, `?(${key})`];
}

/** Over a window an aggregate may be of those of groups, which are there before it. */
function windowReader(reader: TermReader): Parameters<typeof readWindow>[0] {
  return {
    ofValues: reader.grouped,
    term: (expression) => readTerm(reader, expression),
    aggregate: (said) => readAggregate(reader, said, true),
    sort: (item) => readSort(reader, item),
  };
}

function readAggregate(
  reader: TermReader,
  said: Part<"aggregate">,
  windowed = false,
): readonly [AggregateTerm, key: string] {
  const { name, distinct, options } = said;
  const definition = aggregateNamed(name);
  if (definition === undefined) return refuse(`there is no aggregate "${name}".${didYouMean(name, aggregateNames)}`);
  const [arg, argKey] = said.arg === null ? [null, "*"] : readAggregated(reader, said.arg, name, windowed);
  const operand = operandOfAggregate({ name, arg, options, distinct });
  const [filter, filterKey] = said.filter === null ? [null, ""] : readCounted(reader, said.filter, name);
  const [otherwise, otherwiseKey] = readDefault(reader, operand, said.otherwise);
  if (said.orderBy.length > 0 && !definition.ordered) refuse(`${name} does not depend on an order.`);
  const order = said.orderBy.map((item) => readSort(reader, item));
  const term: AggregateTerm = {
    kind: "aggregate",
    name,
    arg,
    distinct,
    filter,
    otherwise,
    order: order.map(([sort]) => sort),
    options,
    grouped: reader.grouped,
    after: reader.filters,
    operand,
    nullable: definition.emptyIsNull && otherwise === null,
  };
  const settings = `${distinct ? "D" : ""}${settingsOf(options)}`;
  return [term, `${name}(${argKey}|${filterKey}|${otherwiseKey}|${keysOf(order)}|${settings})`];
}

/** Options as part of a shape's key. */
function settingsOf(options: Readonly<Record<string, unknown>>): string {
  return Object.keys(options).length === 0 ? "" : JSON.stringify(options);
}

function readAggregated(reader: TermReader, said: Expression, name: string, windowed: boolean): ReadTerm {
  const read = readTerm(reader, said);
  if (!windowed && holdsAggregate(read[0], true))
    refuse(`${name} of an aggregate: annotate that first, then take ${name}.`);
  if (holdsWindow(read[0])) refuse(`${name} of a window: aggregates are worked out before windows are.`);
  return read;
}

/** The condition of rows that count. */
function readCounted(reader: TermReader, said: QExpression, name: string): readonly [Predicate | null, string] {
  const read = reader.readCondition(said);
  if (read[0] !== null && asksWindow(read[0]))
    refuse(`${name}: its filter cannot ask about a window, which comes later.`);
  return read;
}
/** What an aggregate works out. Throws a `Refusal`. */
export function operandOfAggregate({ name, arg, options, distinct }: Aggregated): Operand {
  if (arg !== null && isOpen(arg.operand)) return OPEN;
  const definition = aggregateNamed(name) as AggregateDefinition;
  return refusing(name, () => aggregateOperand(definition, arg?.operand ?? null, options, distinct));
}

type Aggregated = Pick<AggregateTerm, "name" | "arg" | "options" | "distinct">;

/** What stands for no rows: a value of the aggregate's own kind. */
function readDefault(reader: TermReader, operand: Operand, otherwise: unknown): readonly [Term | null, string] {
  if (otherwise === undefined) return [null, ""];
  if (isOpen(operand)) return readValue(reader, otherwise, null);
  const slot = reader.slots.push(operand.convert(otherwise)) - 1;
  return [{ kind: "value", slot, operand, nullable: false }, "?"];
}

function readSubquery(reader: TermReader, queryset: unknown): ReadTerm {
  const query = firstRowOf(queryIn(queryset, "Subquery"));
  // There is no row whose value it could be.
  if (query.none) return [{ kind: "null", operand: valueOf(query), nullable: true }, "N();"];
  const taken = reader.takeQuery(query);
  return [{ kind: "query", ...taken, operand: valueOf(taken.query), nullable: true }, `(${shapeKey(query)})`];
}

/** Of several rows SQLite would take the first, and other engines refuse them. */
function firstRowOf(query: Query): Query {
  return isSliced(query) ? { ...query, limit: Math.min(query.limit ?? 1, 1) } : { ...query, limit: 1, fixed: true };
}

/** The query of a queryset. */
export function queryIn(queryset: unknown, where: string): Query {
  const query = (queryset as { [QUERY]?: Query } | null | undefined)?.[QUERY];
  return query ?? refuse(`${where}(…) takes a queryset, got ${printable(queryset)}.`);
}

/** The one value that a query's rows have: the one picked, else the key. */
export function valueOf({ picked, model }: Query): Operand {
  if (picked !== null) {
    const [only, ...more] = picked.items;
    if (only === undefined || more.length > 0) {
      return refuse(`a subquery has one value a row: name one, as in .values("name").`);
    }
    return only.value.term.operand;
  }
  const [column, ...more] = model.primaryKey;
  if (column === undefined || more.length > 0)
    return refuse(`a subquery has one value a row: name one, as in .values("name").`);
  return { family: column.family, type: column.type, convert: column.scalar.convert, scalar: column.scalar };
}

/** Reads something to order by: an expression, or a path with or without "-" before it. */
export function readSort(reader: TermReader, item: unknown): readonly [SortTerm, string] {
  if (OrderExpression.is(item)) {
    const [term, key] = readTerm(reader, item.expression);
    const { descending, nulls } = item;
    return [{ term, descending, nulls }, `${key}${descending ? "-" : "+"}${nulls ?? ""}`];
  }
  if (Expression.is(item)) {
    const [term, key] = readTerm(reader, item);
    return [{ term, descending: false, nulls: null }, `${key}+`];
  }
  if (typeof item !== "string" || item === "")
    return refuse(`expected a path or an expression to order by, got ${printable(item)}.`);
  const descending = item.startsWith("-");
  const [term, key] = readPath(reader, descending || item.startsWith("+") ? item.slice(1) : item);
  return [{ term, descending, nulls: null }, `${key}${descending ? "-" : "+"}`];
}

function keysOf(read: readonly (readonly [unknown, string])[]): string {
  return read.map(([, key]) => key).join("");
}

/** Names the function in what it refuses. */
function refusing<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return refuse(`${name}: ${error.message}`);
    throw error;
  }
}

/** Says of a refused expression where it stood. */
export function toldAs(error: unknown, model: ModelMeta, where: string): unknown {
  return error instanceof Refusal
    ? new FieldError(`${model.name}: ${where}: ${error.message}`, { cause: error })
    : error;
}
