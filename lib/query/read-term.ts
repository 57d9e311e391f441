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
  type OwnAggregateDefinition,
  type OwnFunctionDefinition,
} from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import type { ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { deeper } from "./depth.js";
import { checkSteps, shapeOfSteps } from "./json-path.js";
import { isOpen, isUntyped, OPEN, UNKNOWN } from "./open.js";
import { changed, isSliced, queryWithin, shapeKey } from "./query.js";
import { keyTerm, readParts, readPath } from "./read-path.js";
import { readRaw } from "./read-raw.js";
import { readWindow, windowLabel } from "./read-window.js";
import { asksWindow, holdsAggregate, holdsWindow } from "./term.js";
import type { ReadTerm, TermReader } from "./term-reader.js";
import type {
  AggregateTerm,
  CallTerm,
  CaseTerm,
  OuterTerm,
  OwnTerm,
  Predicate,
  Query,
  SortTerm,
  Term,
} from "./tree.js";

const TRUTH: Operand = { ...plainKinds.boolean, scalar: null };

/** Resolves an expression: names become columns, values go to slots. Throws a `Refusal` or a `FieldError`. */
export function readTerm(reader: TermReader, expression: Expression): ReadTerm {
  return deeper(reader, () => readSaid(reader, expression));
}

/** The values of a key of several columns, where a path to one was said; else the one that the expression is. */
export function readTerms(reader: TermReader, expression: Expression): readonly ReadTerm[] {
  const { said } = expression;
  return said.kind === "path" ? readParts(reader, said.path) : [readTerm(reader, expression)];
}

type Kind = Expression["said"]["kind"];
type Part<K> = Extract<Expression["said"], { kind: K }>;

const READERS: { readonly [K in Kind]: (reader: TermReader, said: Part<K>, expression: Expression) => ReadTerm } = {
  path: (reader, { path }) => readPath(reader, path),
  incoming: readIncoming,
  key: readKey,
  outer: readOuter,
  value: (reader, said) => readValue(reader, said.value, said.as),
  call: readCall,
  case: readCase,
  aggregate: (reader, said) => readAggregate(reader, said),
  windowed: (_, { name }) =>
    refuse(`${windowLabel(name)} needs a window: Window(${windowLabel(name)}(…), { orderBy: … }).`),
  window: (reader, said) => readWindow(windowReader(reader), said),
  own: readOwn,
  raw: (reader, said) => readRaw(reader.slots, said, (part) => readTerm(reader, part)),
  subquery: (reader, said) => readSubquery(reader, said.queryset),
  filteredRelation: () => refuse("FilteredRelation gives a relation a name, in alias({ … }), and is no value."),
  condition: (reader, _, expression) => readTruth(reader, expression as QExpression),
};

function readSaid(reader: TermReader, expression: Expression): ReadTerm {
  const { said } = expression;
  return READERS[said.kind](reader, said as never, expression);
}

function readIncoming(reader: TermReader, { path }: Part<"incoming">): ReadTerm {
  if (!reader.meetsNew) {
    return refuse(
      "Excluded(…) names the new row's value in updateFields of upsert(…) and bulkCreate(…), and nowhere else.",
    );
  }
  const [term] = readPath(reader, path);
  if (term.kind !== "column" || term.path.hops.length > 0) {
    return refuse(
      `Excluded("${path}") names a field of the row itself. Transforms are functions of it: Lower(Excluded(…)).`,
    );
  }
  const { operand, nullable } = term;
  return [{ kind: "incoming", column: term.path.column, operand, nullable }, `X${path};`];
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

/** What it is shows where the query stands within another one. */
function readOuter(reader: TermReader, { path, levels }: Part<"outer">): ReadTerm {
  const term: OuterTerm = { kind: "outer", path, levels, part: null, found: null, operand: OPEN, nullable: true };
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
  const operand = operands.some(isOpen)
    ? OPEN
    : refusing(name, () => callOperand(definition, operands, options), operands);
  const nullable =
    nulls === "made" ||
    (nulls === "any" && args.some((term) => term.nullable)) ||
    (nulls === "all" && args.every((term) => term.nullable));
  return { kind: "call", name, args, options, operand, nullable };
}

/** A function of a user's own. */
function readOwn(reader: TermReader, { definition, args, options }: Part<"own">): ReadTerm {
  const own = definition as OwnFunctionDefinition;
  const read = args.map((arg) => readTerm(reader, arg));
  const terms = read.map(([term]) => term);
  return [ownTerm(own, terms, options), `own${own.mark}(${keysOf(read)}${settingsOf(options)})`];
}

/** A call of such a function with arguments that are read. Throws a `Refusal`. */
export function ownTerm(
  definition: OwnFunctionDefinition,
  args: readonly Term[],
  options: OwnTerm["options"],
): OwnTerm {
  const { name, operand } = definition;
  const operands = args.map((term) => term.operand);
  const result =
    typeof operand !== "function"
      ? operand
      : operands.some(isOpen)
        ? OPEN
        : refusing(name, () => operand(operands, options), operands);
  return { kind: "own", definition, args, options, operand: result, nullable: true };
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
  const known = results.filter((term) => term.operand !== UNKNOWN);
  const values = known.filter((term) => term.kind !== "null");
  const typed = (values.length === 0 ? known : values).map((term) => term.operand);
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
    terms: (expression) => readTerms(reader, expression),
    aggregate: (said) => readAggregate(reader, said, true),
    sort: (item) => readSort(reader, item),
  };
}

/** The aggregate that was said: one of ours by its name, or one of a user's own. */
function aggregateSaid({ name, definition: given }: Part<"aggregate">) {
  const own = given as OwnAggregateDefinition | undefined;
  if (own !== undefined) return { definition: own, own, mark: own.mark };
  const definition = aggregateNamed(name);
  if (definition === undefined) return refuse(`there is no aggregate "${name}".${didYouMean(name, aggregateNames)}`);
  return { definition, own: undefined, mark: "" };
}

function readAggregate(
  reader: TermReader,
  said: Part<"aggregate">,
  windowed = false,
): readonly [AggregateTerm, key: string] {
  const { name, distinct, options } = said;
  const { definition, own, mark } = aggregateSaid(said);
  const [arg, argKey] = said.arg === null ? [null, "*"] : readAggregated(reader, said.arg, name, windowed);
  if (distinct && said.arg !== null && readTerms(reader, said.arg).length > 1) {
    refuse(`${name} of distinct values is of one column: name one of the key's.`);
  }
  const operand = operandOfAggregate(definition, { arg, options, distinct });
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
    own,
  };
  const settings = `${distinct ? "D" : ""}${settingsOf(options)}`;
  return [term, `${name}${mark}(${argKey}|${filterKey}|${otherwiseKey}|${keysOf(order)}|${settings})`];
}

/** Options as part of a shape's key. */
function settingsOf(options: Readonly<Record<string, unknown>>): string {
  return Object.keys(options).length === 0 ? "" : JSON.stringify(options);
}

function readAggregated(reader: TermReader, said: Expression, name: string, windowed: boolean): ReadTerm {
  const [read, ...more] = readTerms(reader, said) as readonly [ReadTerm, ...ReadTerm[]];
  // Where all of a key's columns are there the first is, and else it is read as none: that much can be counted.
  if (more.length > 0 && name !== "count") refuse(`${name} is of one value, and a key of several columns is none.`);
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
export function operandOfAggregate(definition: AggregateDefinition, { arg, options, distinct }: Aggregated): Operand {
  const of = arg?.operand ?? null;
  if (of !== null && isOpen(of)) return OPEN;
  return refusing(definition.name, () => aggregateOperand(definition, of, options, distinct), of === null ? [] : [of]);
}

type Aggregated = Pick<AggregateTerm, "arg" | "options" | "distinct">;

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
  if (query.none) {
    const operand = valueOf(query);
    return [{ kind: "null", operand, nullable: true }, `N(${operand.type.storage}${operand.type.scale ?? ""});`];
  }
  const taken = reader.takeQuery(query);
  return [{ kind: "query", ...taken, operand: valueOf(taken.query), nullable: true }, `(${shapeKey(query)})`];
}

/** Of several rows SQLite would take the first, and other engines refuse them. */
function firstRowOf(query: Query): Query {
  return isSliced(query)
    ? changed(query, { limit: Math.min(query.limit ?? 1, 1) })
    : changed(query, { limit: 1, fixed: true });
}

/** The query of a queryset. */
export function queryIn(queryset: unknown, where: string): Query {
  return queryWithin(queryset) ?? refuse(`${where}(…) takes a queryset, got ${printable(queryset)}.`);
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
function refusing<T>(name: string, work: () => T, args: readonly Operand[] = []): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint = args.some(isUntyped) ? ' Of raw(…) no kind is known: name it, raw(sql`…`, "integer").' : "";
    return refuse(`${name}: ${error.message}${hint}`);
  }
}

/** Says of a refused expression where it stood. */
export function toldAs(error: unknown, model: ModelMeta, where: string): unknown {
  return error instanceof Refusal
    ? new FieldError(`${model.name}: ${where}: ${error.message}`, { cause: error })
    : error;
}
