import { refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import type { CallOptions, WindowDefinition } from "./definition.js";
import { commonOperand, float, plain, whole } from "./operands.js";

/** The largest number that every engine takes for a place. */
const MOST = 2 ** 31 - 1;

/** A function of a row's place among the others; never NULL. */
function ranking(name: string, result: Operand): WindowDefinition {
  return Object.freeze({
    ...{ name, arity: [0, 0] as const, takes: [], options: [], framed: false, nulls: "never" as const },
    result: () => result,
  });
}

function place(options: CallOptions, name: string): void {
  const value = options[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST) return;
  refuse(`${name}: expected a whole number from 1 upwards, got ${printable(value)}.`);
}

function ofOtherRow(
  name: string,
  more: Pick<WindowDefinition, "arity" | "options" | "framed" | "nulls">,
): WindowDefinition {
  return Object.freeze({
    ...{ name, takes: [null], ...more },
    result(args: readonly Operand[], options: CallOptions): Operand {
      for (const option of more.options) place(options, option);
      return args.length > 1 ? commonOperand(args) : plain(args[0] as Operand);
    },
  });
}

const SHIFTED = { arity: [1, 2], options: ["rows"], framed: false, nulls: "missing" } as const;
const SEEN = { arity: [1, 1], options: [], framed: true, nulls: "given" } as const;

/**
 * Functions that need a window. Places are whole numbers, `percentRank` and `cumeDist` fractions; the others give the
 * value that another row has: `lag` and `lead` of the partition, `firstValue`, `lastValue` and `nthValue` of the frame.
 */
export const windowFunctions: readonly WindowDefinition[] = [
  ranking("rowNumber", whole),
  ranking("rank", whole),
  ranking("denseRank", whole),
  ranking("percentRank", float),
  ranking("cumeDist", float),
  Object.freeze({
    ...ranking("ntile", whole),
    options: ["parts"],
    result(_: readonly Operand[], options: CallOptions): Operand {
      place(options, "parts");
      return whole;
    },
  }),
  ofOtherRow("lag", SHIFTED),
  ofOtherRow("lead", SHIFTED),
  ofOtherRow("firstValue", SEEN),
  ofOtherRow("lastValue", SEEN),
  ofOtherRow("nthValue", { ...SEEN, options: ["n"], nulls: "missing" }),
];
