import { refuse } from "../fields/index.js";
import { type Lookup, lookupChanges, lookupFor, type Operand, type Transform, transformFor } from "../lookups/index.js";
import { type JsonStep, stepKinds } from "../util/json-shape.js";
import { readSteps, shapeOfSteps } from "./json-path.js";
import { Memo } from "./memo.js";
import { namesOf } from "./names-of.js";
import { isOpen, OPEN } from "./open.js";
import { markOf, partsOfPath, type ResolvedValue, resolveTuple, resolveValue, termLookup } from "./resolve-path.js";
import { findHeld, noSuchHeld } from "./source.js";
import type { PathReader, ReadTerm, TermReader } from "./term-reader.js";
import type { Annotation, ColumnTerm, HeldTerm, Predicate, Term } from "./tree.js";

const isnull = lookupFor("number", "isnull") as Lookup;

/** Reads `album__name`, `released__year`, `data__owner` or the name of an annotation. */
export function readPath(reader: PathReader, path: string): ReadTerm {
  const { model, method, held } = reader;
  const known = Memo.of<ReadTerm>(model, "terms", lookupChanges.generation);
  // A model's own names come first, whatever rows are annotated with; and no values are part of their terms.
  const before = held === null ? known.read.get(path) : undefined;
  if (before !== undefined) return before;
  const [head = ""] = namesOf(model, path, method);
  const annotation = reader.annotations.find(({ name }) => name === head);
  if (held !== null)
    return annotation === undefined ? readHeld(reader, held, path) : readAnnotation(reader, annotation, path);
  const found = resolveValue(model, path, method, annotation === undefined ? [] : [head]);
  if (found === null) return readAnnotation(reader, annotation as Annotation, path);
  if (found.into.length === 0) return known.keep(path, readValueAt(found, path));
  // Its steps are values of this query, in a slot.
  const [column] = readValueAt(found, path);
  return [keyTerm(reader, column, found.into), `F${found.shape};`];
}

/**
 * The values of a key of several columns, where a path ends at one; else the one value that it leads to. `asIs` where no
 * value of a key that has a NULL in it is taken for one.
 */
export function readParts(reader: PathReader, path: string, asIs = false): readonly ReadTerm[] {
  const tuple = reader.held === null ? resolveTuple(reader.model, path, reader.method) : null;
  if (tuple === null) return [readPath(reader, path)];
  const { hops, relation } = tuple;
  const parts = partsOfPath(tuple).map((part): ColumnTerm => {
    const { family, type, scalar, nullable } = part.column;
    const operand: Operand = { family, type, convert: scalar.convert, scalar };
    return { kind: "column", path: part, operand, nullable: nullable || hops.length > 0 };
  });
  const isWhole = asIs || relation?.type !== "foreignKey" || parts.filter(({ nullable }) => nullable).length === 0;
  return parts.map((part, at) => [isWhole ? part : unlessNull(part, parts), `F${path}[${at}${asIs ? "=" : ""}];`]);
}

/** A value of a key, which is none where another of its values is NULL. */
function unlessNull(part: ColumnTerm, parts: readonly ColumnTerm[]): Term {
  const others = parts.filter((other) => other !== part && other.nullable);
  if (others.length === 0) return part;
  const items = others.map((other): Predicate => {
    const lookup = termLookup("isnull", isnull, other.operand);
    const lhs = { term: other, base: null };
    return { kind: "condition", lookup, lhs, rhs: null, form: "notnull", slot: 0, listLength: 0, query: null };
  });
  const { operand } = part;
  return {
    kind: "case",
    whens: [{ when: { kind: "and", items }, then: part }],
    otherwise: null,
    operand,
    nullable: true,
  };
}

function readValueAt(found: ResolvedValue, path: string): ReadTerm {
  const nullable = found.path.column.nullable || found.path.hops.length > 0;
  let term: Term = { kind: "column", path: found.path, operand: found.source, nullable };
  for (const { transform } of found.steps) term = transformTerm(transform, term);
  return [term, `F${path}${markOf(found.steps.map(({ transform }) => transform))};`];
}

/** What a transform makes of a term. */
export function transformTerm(transform: Transform, of: Term): Term {
  const { name, compile } = transform;
  return { kind: "transform", name, of, compile, operand: transform.result(of.operand), nullable: of.nullable };
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

function readAnnotation(reader: PathReader, { name, term, base }: Annotation, path: string): ReadTerm {
  const [, ...rest] = path.split("__");
  const { operand, nullable } = term;
  const of: Term = { kind: "annotation", name, of: { term, base }, operand, nullable };
  const [read, key] = behind(reader, of, rest, { name, what: `the annotation "${name}"` });
  return [read, `A${key}`];
}

function readHeld(reader: PathReader, held: readonly HeldTerm[], path: string): ReadTerm {
  const found = findHeld(held, path);
  if (found === null) throw noSuchHeld(reader.model, held, path, reader.method);
  const { name } = found.term;
  const [read, key] = behind(reader, found.term, found.rest, { name, what: `the value "${name}"` });
  return [read, `H${key}`];
}

/** What steps behind a name make of it: transforms, or ways into JSON. */
function behind(
  reader: PathReader,
  of: Term,
  rest: readonly string[],
  { name, what }: { readonly name: string; readonly what: string },
): ReadTerm {
  if (of.operand.family === "json") {
    const steps = readSteps(rest, [name, ...rest].join("__"));
    return [keyTerm(reader, of, steps), `${name}${shapeOfSteps(steps)};`];
  }
  let term = of;
  let mark = "";
  for (const step of rest) {
    const transform = transformFor(term.operand.family, step);
    if (transform === undefined) return refuse(`${what} has no transform "${step}".`);
    term = transformTerm(transform, term);
    mark += markOf([transform]);
  }
  return [term, `${[name, ...rest].join("__")}${mark};`];
}
