import { FieldError } from "../errors/index.js";
import { convertText, refuse } from "../fields/index.js";
import { type Lookup, lookupFor } from "../lookups/index.js";
import { type JsonStep, stepKinds } from "../util/json-shape.js";
import { printable } from "../util/printable.js";

/** Names behind JSON, read: where they lead, and what is asked of what is there. */
export interface JsonNames {
  readonly steps: readonly JsonStep[];
  readonly lookup: Lookup;
  /** How a query's key spells the steps: which keys they name is bound. */
  readonly shape: string;
}

/** No array has more items: engines go no further. */
const LAST_INDEX = 2 ** 31 - 1;

/** The last name is a lookup where there is one of that name, else a step as all before it are. */
export function readJsonNames(names: readonly string[], where: string): JsonNames {
  const named = lookupFor("json", names.at(-1) ?? "");
  const lookup = named ?? exactly();
  const steps = readSteps(named === undefined ? names : names.slice(0, -1), where);
  return { steps, lookup, shape: `${shapeOfSteps(steps)}__${lookup.name}` };
}

function exactly(): Lookup {
  const lookup = lookupFor("json", "exact");
  if (lookup === undefined) throw new Error("JSON can be equal.");
  return lookup;
}

/** Digits are an index, anything else is a key. */
export function readSteps(names: readonly string[], where: string): readonly JsonStep[] {
  return Object.freeze(names.map((name) => (isIndex(name) ? Math.min(Number(name), LAST_INDEX) : keyOf(name, where))));
}

/** Steps as `F("data").key("a", 0)` has them: whatever it looks like, a text is a key. Throws a `Refusal`. */
export function checkSteps(steps: readonly unknown[]): readonly JsonStep[] {
  if (steps.length === 0) refuse('key(…) takes keys and indexes, such as key("tags", 0).');
  return Object.freeze(steps.map(checkStep));
}

function checkStep(step: unknown): JsonStep {
  if (typeof step === "string") return convertText(step);
  if (typeof step === "number" && Number.isInteger(step) && step >= 0) return Math.min(step, LAST_INDEX);
  return refuse(`key(…) takes keys, which are texts, and indexes from 0 upwards, got ${printable(step)}.`);
}

export function shapeOfSteps(steps: readonly JsonStep[]): string {
  return `{${stepKinds(steps)}}`;
}

function isIndex(name: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(name);
}

function keyOf(name: string, where: string): string {
  try {
    return convertText(name);
  } catch {
    throw new FieldError(
      `${where}: a key of JSON holds a character that not every engine stores (U+0000 or half a surrogate pair).`,
    );
  }
}
