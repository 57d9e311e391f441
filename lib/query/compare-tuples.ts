import { Expression } from "../expressions/index.js";
import { refuse } from "../fields/index.js";
import { type Lookup, lookupFor, type Operand } from "../lookups/index.js";
import type { ColumnMeta } from "../models/index.js";
import { alike, type Asked, type ConditionReader } from "./compare.js";
import { changed } from "./query.js";
import { readParts } from "./read-path.js";
import { readTerm } from "./read-term.js";
import type { ResolvedLookup } from "./resolve-path.js";
import type { ReadTerm } from "./term-reader.js";
import type { OuterTerm, PickedItem, Predicate, Query, Term, TupleTerm } from "./tree.js";

/** A key of several columns compared with another key of the row, or of one around, or with a list of expressions. */
export function readTupleComparison(
  reader: ConditionReader,
  { lookup, lhs }: Asked,
  given: unknown,
): readonly [Predicate, key: string] {
  const { name } = lookup.lookup;
  if (name === "in") return refuse('"in" takes keys, rows or a queryset, and no expressions.');
  if (name === "isnull") return refuse("expected true or false, got an expression.");
  const slot = reader.slots.length;
  const read = partsSaid(reader, lookup, given);
  const parts = read.map(([term]) => term);
  const rhs = alikeParts(lookup, tupleOf(lookup.operand, parts));
  const key = read.map(([, part]) => part).join("");
  return [
    { kind: "condition", lookup, lhs, form: "e", listLength: 0, query: null, slot, rhs },
    `${lookup.shape}:e(${key}),`,
  ];
}

function tupleOf(operand: Operand, parts: readonly Term[]): TupleTerm {
  return { kind: "tuple", parts, operand, nullable: parts.some(({ nullable }) => nullable) };
}

function partsSaid(reader: ConditionReader, lookup: ResolvedLookup, given: unknown): readonly ReadTerm[] {
  const operands = lookup.operand.parts as readonly Operand[];
  const read = Array.isArray(given)
    ? given.map((item, at) => readPart(reader, item, operands[at]))
    : keySaid(reader, given, operands.length, lookup.lookup.name === "exact");
  if (read.length === operands.length) return read;
  return refuse(
    `expected a key of ${operands.length} columns, got ${read.length === 1 ? "one value" : `${read.length} values`}.`,
  );
}

function readPart(reader: ConditionReader, item: unknown, operand: Operand | undefined): ReadTerm {
  if (Expression.is(item)) return readTerm(reader, item);
  if (item === null || item === undefined) return refuse("a key has no null or undefined in it.");
  if (operand === undefined) return refuse("got more values than the key has columns.");
  const slot = reader.slots.push(operand.convert(item)) - 1;
  return [{ kind: "value", slot, operand, nullable: false }, "v"];
}

function keySaid(reader: ConditionReader, given: unknown, of: number, asIs: boolean): readonly ReadTerm[] {
  const { said } = given as Expression;
  if (said.kind === "path") return readParts(reader, said.path, asIs);
  if (said.kind !== "outer") return [readTerm(reader, given as Expression)];
  return Array.from({ length: of }, (_, at): ReadTerm => {
    const [term, key] = readTerm(reader, given as Expression);
    const part: OuterTerm = { ...(term as OuterTerm), part: { at, of } };
    reader.outer[reader.outer.length - 1] = part;
    return [part, `${key}[${at}]`];
  });
}

const exact = lookupFor("number", "exact") as Lookup;

/** Each part as what it is compared with. Throws a `Refusal` for one of another kind. */
export function alikeParts({ operand }: ResolvedLookup, tuple: TupleTerm): TupleTerm {
  const parts = tuple.parts.map((part, at) =>
    alike((operand.parts as readonly Operand[])[at] as Operand, part, exact.name),
  );
  return tupleOf(operand, parts);
}

/** The rows of a queryset as what a relation holds of them, where that is not their primary key. */
export function withRowKeys(query: Query, { rowKeys }: ResolvedLookup): Query {
  if (rowKeys === null || query.picked !== null) return query;
  const items = rowKeys.map((column): PickedItem => ({
    name: column.name,
    value: { term: termOf(column), base: null },
  }));
  const key = `${query.key}=keys(${rowKeys.map(({ index }) => index).join()});`;
  return changed(query, { key, picked: { as: "lists", items }, related: null, loading: null });
}

function termOf(column: ColumnMeta): Term {
  const { family, type, scalar, nullable } = column;
  const path = { hops: [], multi: -1, column, several: null, relation: null };
  return { kind: "column", path, operand: { family, type, convert: scalar.convert, scalar }, nullable };
}
