import { type LookupFamily, refuse } from "../fields/index.js";
import { callOperand, type FunctionDefinition, functionNamed } from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import type { Term } from "./tree.js";

/** Families that JSON has values of. */
const IN_JSON: readonly LookupFamily[] = ["text", "number", "boolean"];

/** Kinds that JSON is read as where it is compared with a family. */
const KINDS: Readonly<Partial<Record<LookupFamily, string>>> = {
  text: "text",
  number: "float",
  boolean: "boolean",
  date: "date",
  time: "time",
  datetime: "datetime",
  uuid: "uuid",
};

/** What an expression is compared as: beside a column that is no JSON, JSON is taken for what the column holds. */
export function comparable(lhs: Operand, rhs: Term, lookup: string): Term {
  if (lhs.family === "json") {
    checkRight(rhs, lookup);
    return rhs;
  }
  // A value that is no text, number or boolean is no column's either, and is refused.
  const isFound = rhs.operand.family === "json" && rhs.kind !== "value";
  const to = isFound ? KINDS[lhs.family] : undefined;
  return to === undefined ? rhs : cast(rhs, lhs.type.storage === "decimal" ? decimalLike(lhs) : { to });
}

function decimalLike({ type }: Operand): { to: string; scale: number } {
  return { to: "decimal", scale: type.scale ?? 0 };
}

function checkRight(rhs: Term, lookup: string): void {
  const { family } = rhs.operand;
  if (family === "json" && lookup !== "exact" && lookup !== "ne") {
    refuse(`JSON has no one order. Say what to compare: Cast("data__rank", "float"). "exact" and "ne" need no Cast.`);
  }
  if (family !== "json" && !IN_JSON.includes(family)) {
    refuse(`JSON has no values that are a ${family}. Make it one: Cast("data__key", "${KINDS[family] ?? "text"}").`);
  }
}

function cast(of: Term, options: { readonly to: string; readonly scale?: number }): Term {
  const operand = callOperand(functionNamed("cast") as FunctionDefinition, [of.operand], options);
  return { kind: "call", name: "cast", args: [of], options, operand, nullable: true };
}
