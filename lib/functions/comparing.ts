import { type LookupFamily, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { castResult } from "./cast.js";
import { define, MANY, TEXT } from "./define.js";
import type { CallOptions, FunctionDefinition } from "./definition.js";
import { commonOperand, plain, text } from "./operands.js";

export const ORDERED: readonly LookupFamily[] = ["text", "number", "date", "time", "datetime", "duration", "uuid"];
const EQUAL: readonly LookupFamily[] = [...ORDERED, "boolean", "binary"];
/** Names of collations: `utf8mb4_bin`, `de-x-icu`, `en_US.utf8`, `NOCASE`. */
const COLLATION = /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/;

function collated(args: readonly Operand[], { collation }: CallOptions): Operand {
  if (typeof collation !== "string" || !COLLATION.test(collation)) {
    return refuse(`${printable(collation)} is not the name of a collation.`);
  }
  return { ...text, type: { ...text.type, collation } };
}

function nullIf(args: readonly Operand[]): Operand {
  commonOperand(args);
  return plain(args[0] as Operand);
}

/**
 * `greatest` and `least` are NULL where any argument is (PostgreSQL by itself would skip it); text is compared by code
 * point. `coalesce` is the first that is not NULL, `nullIf` the first argument unless it equals the second.
 */
export const comparing: readonly FunctionDefinition[] = [
  define("coalesce", [1, MANY], [null], commonOperand, { nulls: "all" }),
  define("nullIf", 2, [EQUAL], nullIf, { nulls: "made" }),
  define("greatest", [1, MANY], [ORDERED], commonOperand),
  define("least", [1, MANY], [ORDERED], commonOperand),
  define("cast", 1, [null], castResult, { nulls: "made", options: ["to", "precision", "scale"] }),
  define("collate", 1, [TEXT], collated, { options: ["collation"] }),
];
