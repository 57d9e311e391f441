import { Expression, value } from "../expressions/index.js";
import { refuse } from "../fields/index.js";
import { lookupFor, namesFor, type Operand, rangeBound, takenBy } from "../lookups/index.js";
import { comparable } from "./json-operand.js";
import { isOpen, isUntyped } from "./open.js";
import { readTerm } from "./read-term.js";
import type { ReadTerm, TermReader } from "./term-reader.js";
import type { ResolvedLookup } from "./resolve-path.js";
import type { Condition, PlacedTerm, Predicate, Term } from "./tree.js";

/** A lookup, and what it is asked about where that is not its own column. */
export interface Asked {
  readonly lookup: ResolvedLookup;
  readonly lhs: PlacedTerm | null;
}

/** Who reads conditions. */
export interface ConditionReader extends TermReader {
  /** A lookup with a plain value; the condition is added to `items`. Gives its part of the shape's key. */
  readValue(asked: Asked, value: unknown, items: Predicate[]): string;
  /** Puts a lookup's steps into JSON in a slot; gives the place of the condition's first slot. */
  takeSteps(lookup: ResolvedLookup): number;
}

/** Lookups that take no expression: what they take decides the SQL. */
const OF_VALUES = new Set(["isnull", "contained_by", "has_key", "has_keys", "has_any_keys"]);

function takesValues(name: string, { family }: Operand): boolean {
  return OF_VALUES.has(name) || (family === "json" && name === "contains");
}

/** True for an expression, and for a list in which one stands. */
export function holdsExpression(value: unknown): boolean {
  if (!Array.isArray(value) && !(value instanceof Set)) return Expression.is(value);
  for (const item of value as Iterable<unknown>) if (typeof item === "object" && Expression.is(item)) return true;
  return false;
}

/** A lookup whose value is an expression, or a list with expressions in it. Throws a `Refusal`. */
export function readComparison(
  reader: ConditionReader,
  asked: Asked,
  given: unknown,
): readonly [Predicate, key: string] {
  const { name } = asked.lookup.lookup;
  if (name === "in") return readMembers(reader, asked, given);
  if (name === "range") return readRange(reader, asked, given);
  if (!Expression.is(given)) return refuse(`expected a value or an expression, got a list.`);
  const { operand } = asked.lookup;
  if (takesValues(name, operand)) {
    const names = namesFor(operand.family).lookups.filter((other) => !takesValues(other, operand));
    return refuse(`"${name}" takes a value, not an expression. Those that take one: ${names.join(", ")}.`);
  }
  const slot = reader.takeSteps(asked.lookup);
  const [rhs, key] = readOperand(reader, asked.lookup, given);
  return [comparison(asked, { slot, rhs }), `${asked.lookup.shape}:e${key},`];
}

function comparison({ lookup, lhs }: Asked, sides: Pick<Condition, "slot" | "rhs" | "high">): Condition {
  return { kind: "condition", lookup, lhs, form: "e", listLength: 0, query: null, ...sides };
}

/** Equal to one of them; the plain values among them stay one list. */
function readMembers(reader: ConditionReader, asked: Asked, list: unknown): readonly [Predicate, string] {
  if (Expression.is(list)) return refuse('"in" takes a list or a queryset: [F("x"), …].');
  const { lookup } = asked;
  const equal = { ...asked, lookup: { ...lookup, lookup: lookupFor(lookup.operand.family, "exact") as never } };
  const items: Predicate[] = [];
  let key = "";
  const plain: unknown[] = [];
  const slot = reader.takeSteps(lookup);
  for (const item of list as Iterable<unknown>) {
    if (!Expression.is(item)) plain.push(item);
    else {
      const [rhs, part] = readOperand(reader, equal.lookup, item);
      items.push(comparison(equal, { slot, rhs }));
      key += part;
    }
  }
  // NULL equals nothing, whatever it is compared with.
  if (plain.length > 0 && !(isOpen(lookup.operand) && items.length > 0)) key += reader.readValue(asked, plain, items);
  return [{ kind: "or", items }, `${lookup.shape}:e[${key}],`];
}

/** Between two bounds: one condition, which one related row must fulfil. */
function readRange(reader: ConditionReader, asked: Asked, pair: unknown): readonly [Predicate, string] {
  const { lookup } = asked;
  if (!Array.isArray(pair) || pair.length !== 2) return refuse("expected a pair [from, to].");
  const [from, to] = pair as [unknown, unknown];
  const slot = reader.takeSteps(lookup);
  const low = readBound(reader, lookup, from, "low");
  const high = readBound(reader, lookup, to, "high");
  if (low === null || high === null) {
    return [{ ...comparison(asked, { slot, rhs: null }), form: "never" }, `${lookup.shape}:never,`];
  }
  checkBounds(lookup.operand, low[0], high[0]);
  return [comparison(asked, { slot, rhs: low[0], high: high[0] }), `${lookup.shape}:e${low[1]}${high[1]},`];
}

/** Throws a `Refusal` for bounds of different types of JSON, which have no order. */
export function checkBounds({ family }: Operand, low: Term, high: Term): void {
  if (family !== "json" || isOpen(low.operand) || isOpen(high.operand)) return;
  if (low.operand.family !== high.operand.family) refuse("expected two numbers or two texts.");
}

function readBound(reader: TermReader, asked: ResolvedLookup, bound: unknown, side: "low" | "high"): ReadTerm | null {
  const { operand } = asked;
  if (Expression.is(bound)) return readOperand(reader, asked, bound);
  if (operand.family === "json") return bound === null ? null : readOperand(reader, asked, value(bound));
  const held = rangeBound(bound, operand, side);
  if (held === null) return null;
  const slot = reader.slots.push(held.value) - 1;
  return [{ kind: "value", slot, operand, nullable: false }, "v"];
}

/** What something is compared with must be of its kind: engines disagree on what else is equal or less. */
function readOperand(reader: TermReader, { operand, lookup }: ResolvedLookup, expression: Expression): ReadTerm {
  const [term, key] = readTerm(reader, expression);
  return [alike(takenBy(lookup, operand), term, lookup.name), key];
}

/** A term as what something is compared with: JSON is taken for what that is. Throws a `Refusal` for another kind. */
export function alike(operand: Operand, term: Term, lookup: string): Term {
  if (term.kind === "null" || [operand, term.operand].some((side) => isOpen(side) || isUntyped(side))) return term;
  const compared = comparable(operand, term, lookup);
  const { family } = operand;
  if (family !== "json" && compared.operand.family !== family) {
    refuse(`a ${family} cannot be compared with a ${term.operand.family}. Use Cast to make them alike.`);
  }
  return compared;
}

/** Plain values as expressions, where it shows only later what they are compared with. */
export function asExpressions({ lookup }: ResolvedLookup, given: unknown): unknown {
  if (lookup.name === "isnull" || given === null || Expression.is(given)) return given;
  const one = (item: unknown) => (item === null || Expression.is(item) ? item : value(item));
  if (lookup.name !== "in" && lookup.name !== "range") return value(given);
  return given instanceof Set || Array.isArray(given) ? [...(given as Iterable<unknown>)].map(one) : given;
}
