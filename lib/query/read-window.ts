import type { Expression, Frame } from "../expressions/index.js";
import { Refusal, refuse } from "../fields/index.js";
import { callOperand, type FunctionDefinition, windowNamed, windowNames } from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import { didYouMean } from "../util/suggest.js";
import { isOpen, OPEN } from "./open.js";
import { holdsWindow, isOfMany, partsOf, termsIn } from "./term.js";
import type { AggregateTerm, SortTerm, Term, WindowedTerm, WindowTerm } from "./tree.js";

type Said<K> = Extract<Expression["said"], { kind: K }>;
type Read<T> = readonly [T, key: string];

/** Whoever reads what a window holds. */
export interface WindowReader {
  /** True where rows are values, so that they may be joined to many related ones on purpose. */
  readonly ofValues: boolean;
  term(expression: Expression): Read<Term>;
  /** The values of a key of several columns; of anything else the one that it is. */
  terms(expression: Expression): readonly Read<Term>[];
  aggregate(said: Said<"aggregate">): Read<AggregateTerm>;
  sort(item: unknown): Read<SortTerm>;
}

/** `Rank`: how a function that needs a window is written. */
export function windowLabel(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Reads `Window(…)`. Throws a `Refusal`. */
export function readWindow(reader: WindowReader, said: Said<"window">): Read<WindowTerm> {
  const [of, ofKey] = readOf(reader, said.of);
  const partition = said.partitionBy.flatMap((part) => reader.terms(part));
  const order = said.orderBy.map((item) => reader.sort(item));
  const orderBy = order.map(([sort]) => sort);
  const { frame } = said;
  const label = windowLabel(of.name);
  checkFrame(label, of, orderBy, frame);
  const term: WindowTerm = {
    kind: "window",
    of,
    partitionBy: partition.map(([part]) => part),
    orderBy,
    frame,
    operand: of.operand,
    nullable: of.nullable || (of.kind === "windowed" && isFramed(of) && mayBeEmpty(frame)),
  };
  checkParts(label, reader, term);

  const keys = `${keysOf(partition)}|${keysOf(order)}`;
  return [term, `over(${ofKey}|${keys}|${JSON.stringify(frame)})`];
}

function readOf(reader: WindowReader, { said }: Expression): Read<WindowedTerm | AggregateTerm> {
  if (said.kind === "windowed") return readWindowed(reader, said);
  if (said.kind !== "aggregate") {
    return refuse('Window(…) takes a function such as Rank(), or an aggregate such as Sum("price").');
  }
  const label = windowLabel(said.name);
  if (said.distinct) refuse(`${label} over a window takes no distinct: no engine can tell equal values apart there.`);
  if (said.orderBy.length > 0) refuse(`${label} over a window takes its rows in the order of the window: no orderBy.`);
  return reader.aggregate(said);
}

function readWindowed(reader: WindowReader, { name, args, options }: Said<"windowed">): Read<WindowedTerm> {
  const definition = windowNamed(name);
  if (definition === undefined) {
    return refuse(`there is no window function "${name}".${didYouMean(name, windowNames)}`);
  }
  const read = args.map((arg) => reader.term(arg));
  const terms = read.map(([term]) => term);
  const operand = operandOfWindowed(name, terms, options);
  const isMissing = definition.nulls === "missing" && terms.length < 2;
  const nullable = isMissing || terms.some((term) => term.nullable);
  const key = `${name}(${keysOf(read)}${JSON.stringify(options)})`;
  return [{ kind: "windowed", name, args: terms, options, operand, nullable }, key];
}

/** What a function of windows gives. Throws a `Refusal`. */
export function operandOfWindowed(name: string, args: readonly Term[], options: WindowedTerm["options"]): Operand {
  const operands = args.map((term) => term.operand);
  if (operands.some(isOpen)) return OPEN;
  const definition = windowNamed(name) as FunctionDefinition;
  return named(windowLabel(name), () => callOperand(definition, operands, options));
}

/** Names the function in what it refuses. */
function named<T>(label: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${label}: ${error.message}`) : error;
  }
}

function isFramed({ name }: WindowedTerm): boolean {
  return windowNamed(name)?.framed === true;
}

/** True where a row's frame may hold no row: it always does where the row itself is in it. */
function mayBeEmpty(frame: Frame | null): boolean {
  if (frame === null) return false;
  return (frame.start ?? 0) > 0 || (frame.end ?? 0) < 0 || (frame.exclude !== null && frame.exclude !== "ties");
}

function checkFrame(
  label: string,
  of: WindowedTerm | AggregateTerm,
  orderBy: readonly SortTerm[],
  frame: Frame | null,
): void {
  if (frame === null) return;
  if (of.kind === "windowed" && !isFramed(of)) refuse(`${label} looks at the whole partition, and takes no frame.`);
  if (frame.type === "groups" && orderBy.length === 0)
    refuse("a frame of groups needs orderBy: groups are equal rows.");
  if (frame.type === "range" && hasOffset(frame)) checkRange(frame, orderBy);
}

function hasOffset({ start, end }: Frame): boolean {
  return [start, end].some((edge) => edge !== null && edge !== 0);
}

const WHOLE = new Set(["integer", "smallInteger", "bigInteger", "duration"]);

/** Offsets of a range are added to what rows are ordered by. */
function checkRange({ start, end }: Frame, orderBy: readonly SortTerm[]): void {
  const [sort, ...more] = orderBy;
  if (sort === undefined || more.length > 0 || (sort.nulls !== null && sort.term.nullable)) {
    return refuse("a frame that is a range of values needs orderBy to name one number, without nulls.");
  }
  const { family, type } = sort.term.operand;
  if (family !== "number" && family !== "duration") {
    refuse(`a frame that is a range of values needs orderBy to name a number, got ${family}.`);
  }
  if (WHOLE.has(type.storage) && ![start, end].every((edge) => edge === null || Number.isInteger(edge))) {
    refuse("a range of whole numbers begins and ends at whole numbers.");
  }
}

function checkParts(label: string, reader: WindowReader, term: WindowTerm): void {
  const parts = partsOf(term);
  if (parts.some(holdsWindow)) refuse(`${label} over a window cannot look at what another window gives.`);
  const { of } = term;
  const asked = of.kind === "aggregate" && of.filter !== null ? termsIn(of.filter) : [];
  if (asked.some(isOfMany) || (!reader.ofValues && parts.some(multiplies))) {
    refuse(
      `${label} over a window sees each row once, and not many related ones for it: annotate an aggregate of these, ` +
        `such as Count("…"), and name that.`,
    );
  }
}

/** True where a term joins many related rows by itself; an annotation that does has multiplied the rows already. */
function multiplies(term: Term): boolean {
  if (term.kind === "column") return term.path.multi >= 0;
  return term.kind !== "annotation" && term.kind !== "aggregate" && partsOf(term).some(multiplies);
}

function keysOf(read: readonly Read<unknown>[]): string {
  return read.map(([, key]) => key).join("");
}
