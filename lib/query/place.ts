import { refuse } from "../fields/index.js";
import { aggregateNamed, type FunctionDefinition, functionNamed } from "../functions/index.js";
import { lookupFor, takenBy, transformFor } from "../lookups/index.js";
import { alike, checkBounds } from "./compare.js";
import { alikeParts } from "./compare-tuples.js";
import { isOpen, isUntyped } from "./open.js";
import { operandOfKey, readParts, readPath, transformTerm } from "./read-path.js";
import { callTerm, caseTerm, operandOfAggregate, ownTerm, valueOf } from "./read-term.js";
import type { PathReader, ReadTerm, TermReader } from "./term-reader.js";
import { operandOfWindowed } from "./read-window.js";
import type { AggregateTerm, Condition, OuterTerm, Predicate, Query, Term, WindowedTerm } from "./tree.js";

/** A query as it stands within another one: what it names of that one's rows is known, and all that is made of it. */
export function placed(query: Query, around: TermReader): Query {
  return new Placing(around).map(query, 1) as Query;
}

/** Parts that do not depend on the query around. */
const APART: ReadonlySet<string> = new Set([
  "model",
  "named",
  "key",
  "values",
  "related",
  "outer",
  "needs",
  "path",
  "lookup",
  "operand",
  "options",
  "hops",
  "template",
  "spelled",
  "definition",
]);

type Plain = Readonly<Record<string, unknown>>;

class Placing {
  readonly #around: PathReader;
  /** What is found twice must stay one: what is selected is told by its identity from what is not. */
  readonly #known: Map<unknown, unknown>[] = [];

  constructor({ model, annotations, held }: TermReader) {
    this.#around = { model, annotations, held, method: "OuterRef", slots: [] };
  }

  /** A part of a query, `depth` queries within the one around; itself where nothing in it depends on that. */
  map(part: unknown, depth: number): unknown {
    if (part === null || typeof part !== "object") return part;
    const known = (this.#known[depth] ??= new Map());
    const before = known.get(part);
    if (before !== undefined) return before;
    const after = Array.isArray(part) ? this.#list(part, depth) : this.#object(part as Plain, depth);
    known.set(part, after);
    return after;
  }

  #list(list: readonly unknown[], depth: number): readonly unknown[] {
    const mapped = list.map((item) => this.map(item, depth));
    return mapped.some((item, index) => item !== list[index]) ? mapped : list;
  }

  #object(part: Plain, depth: number): unknown {
    const { kind } = part;
    // The parts of a set, and what another queryset is joined to by or(…), name the same query around.
    const within = kind === undefined || kind === "member" ? depth : depth + 1;
    if (kind === "held") return part;
    if (kind === "outer") return this.#outer(part as unknown as OuterTerm, depth);
    const changed: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(part)) {
      if (APART.has(name)) continue;
      const mapped = this.map(value, name === "query" ? within : depth);
      if (mapped !== value) changed[name] = mapped;
    }
    return Object.keys(changed).length === 0 ? part : known({ ...part, ...changed } as never);
  }

  #outer(term: OuterTerm, depth: number): OuterTerm {
    if (term.levels !== depth || term.found !== null) return term;
    const [found] = this.#found(term);
    // Its steps would be values of the query around, which is read already.
    if (found.kind === "key") {
      refuse(
        `OuterRef(${JSON.stringify(term.path)}) leads into JSON. Give that a name first: annotate({ x: F(…) }), OuterRef("x").`,
      );
    }
    return { ...term, found, operand: found.operand, nullable: found.nullable };
  }

  #found({ path, part }: OuterTerm): ReadTerm {
    if (part === null) return readPath(this.#around, path);
    const parts = readParts(this.#around, path);
    if (parts.length === part.of) return parts[part.at] as ReadTerm;
    return refuse(
      `OuterRef(${JSON.stringify(path)}) has ${parts.length === 1 ? "one value" : `${parts.length} values`}, and is ` +
        `compared with a key of ${part.of} columns.`,
    );
  }
}

type Known = Term | WindowedTerm | Condition | Extract<Predicate, { kind: "truth" }>;

/** What is made of parts that are known now. Throws a `Refusal` where they do not go together. */
function known(part: Known): Known {
  switch (part.kind) {
    case "call":
      return callTerm(functionNamed(part.name) as FunctionDefinition, part.args, part.options);
    case "case":
      return caseTerm(part.whens, part.otherwise);
    case "annotation":
      return { ...part, operand: part.of.term.operand, nullable: part.of.term.nullable };
    case "aggregate":
      return aggregated(part);
    case "windowed":
      return { ...part, operand: operandOfWindowed(part.name, part.args, part.options) };
    case "window":
      return { ...part, operand: part.of.operand };
    case "query":
      return { ...part, operand: valueOf(part.query) };
    default:
      return ofRow(part);
  }
}

function aggregated(part: AggregateTerm): AggregateTerm {
  const definition = part.own ?? aggregateNamed(part.name);
  if (definition === undefined) return part;
  return { ...part, operand: operandOfAggregate(definition, part) };
}

function ofRow(part: Known): Known {
  switch (part.kind) {
    case "key":
      return { ...part, operand: operandOfKey(part) };
    case "transform":
      return transformed(part);
    case "condition":
      return "lookup" in part ? asked(part) : part;
    case "truth":
      checkTruth(part.term);
      return part;
    case "own":
      return ownTerm(part.definition, part.args, part.options);
    default:
      return part;
  }
}

function transformed(term: Extract<Term, { kind: "transform" }>): Term {
  const { operand } = term.of;
  if (isOpen(operand)) return term;
  const transform = transformFor(operand.family, term.name);
  return transform === undefined
    ? refuse(`a ${operand.family} has no transform "${term.name}".`)
    : transformTerm(transform, term.of);
}

function asked(condition: Condition): Condition {
  const { lhs, rhs, high } = condition;
  if (rhs?.kind === "tuple") return { ...condition, rhs: alikeParts(condition.lookup, rhs) };
  const operand = lhs === null ? condition.lookup.operand : lhs.term.operand;
  if (isOpen(operand)) return condition;
  const { name } = condition.lookup.lookup;
  const lookup = lookupFor(operand.family, name) ?? refuse(`a ${operand.family} has no lookup "${name}".`);
  const takes = takenBy(lookup, operand);
  const sides = {
    rhs: rhs === null ? null : alike(takes, rhs, name),
    ...(high !== undefined && { high: alike(takes, high, name) }),
  };
  if (sides.rhs !== null && sides.high !== undefined) checkBounds(operand, sides.rhs, sides.high);
  return { ...condition, ...sides, ...(lhs !== null && { lookup: { ...condition.lookup, lookup, operand } }) };
}

/** Throws a `Refusal` for a term that is no condition. */
export function checkTruth({ operand }: Term): void {
  if (operand.family === "boolean" || isOpen(operand) || isUntyped(operand)) return;
  refuse(`expected a condition, got an expression whose value is a ${operand.family}. Compare it: .gt(…).`);
}
