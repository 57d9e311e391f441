import { convertText, type LookupFamily, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { define, MANY } from "./define.js";
import type { CallOptions, FunctionDefinition } from "./definition.js";
import { json } from "./operands.js";

/** All that JSON has a form for: bytes have none. */
export const IN_JSON: readonly LookupFamily[] = [
  ...(["text", "number", "boolean", "date", "time", "datetime"] as const),
  ...(["duration", "uuid", "json"] as const),
];

function object(args: readonly Operand[], { keys }: CallOptions): Operand {
  if (!Array.isArray(keys) || keys.length !== args.length) {
    return refuse(`keys: expected one for each of ${args.length} values, got ${printable(keys)}.`);
  }
  keys.forEach(convertText);
  if (new Set(keys).size !== keys.length) return refuse("keys: each may be there once.");
  return json;
}

/**
 * Numbers, durations (milliseconds), true and false become JSON's own; texts, and what JSON has no exact form for, texts:
 * bigints and decimals as their digits, moments as `JSON.stringify` writes them ("2024-01-31T10:20:30.456Z"). NULL
 * becomes null.
 */
export const jsonFunctions: readonly FunctionDefinition[] = [
  define("jsonObject", [0, MANY], [IN_JSON], object, { nulls: "never", options: ["keys"] }),
  define("jsonArray", [0, MANY], [IN_JSON], json, { nulls: "never" }),
];
