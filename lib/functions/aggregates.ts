import { convertText, type LookupFamily, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { ORDERED } from "./comparing.js";
import type { AggregateDefinition, CallOptions } from "./definition.js";
import { IN_JSON } from "./json.js";
import { boolean, duration, float, json, numberOf, plain, text, whole } from "./operands.js";

type Result = Operand | ((arg: Operand, options: CallOptions) => Operand);

function define(
  name: string,
  takes: AggregateDefinition["takes"],
  result: Result,
  more: Partial<AggregateDefinition> = {},
): AggregateDefinition {
  return Object.freeze({
    name,
    takes,
    star: false,
    emptyIsNull: true,
    distinct: false,
    ordered: false,
    options: [],
    result: (arg: Operand | null, options: CallOptions) =>
      typeof result === "function" ? result(arg as Operand, options) : result,
    ...more,
  });
}

const DISTINCT = { distinct: true } as const;
const SUMMED: readonly LookupFamily[] = ["number", "duration"];

const summed = (arg: Operand) => (arg.family === "duration" ? duration : numberOf([arg]));

function spread(_: Operand, { sample = false }: CallOptions): Operand {
  return typeof sample === "boolean" ? float : refuse(`sample: expected true or false, got ${printable(sample)}.`);
}

function joined(_: Operand, { separator = "," }: CallOptions): Operand {
  convertText(separator);
  return text;
}

/**
 * NULLs are skipped, except by `jsonAgg`, which makes null of them. Of no rows all are NULL but `count`, which is 0.
 * A sum is of the kind of what is summed (decimals exact), an average a float, of durations a duration; `stdDev` and
 * `variance` are of the whole population unless `sample` says otherwise. `anyValue` is one of the values, not NULL.
 */
export const aggregates: readonly AggregateDefinition[] = [
  define("count", null, whole, { star: true, emptyIsNull: false, distinct: true }),
  define("sum", SUMMED, summed, DISTINCT),
  define("avg", SUMMED, (arg) => (arg.family === "duration" ? duration : float), DISTINCT),
  define("min", ORDERED, plain, DISTINCT),
  define("max", ORDERED, plain, DISTINCT),
  define("stdDev", ["number"], spread, { options: ["sample"] }),
  define("variance", ["number"], spread, { options: ["sample"] }),
  define("stringAgg", ["text"], joined, { options: ["separator"], ordered: true, ...DISTINCT }),
  define("jsonAgg", IN_JSON, json, { ordered: true, ...DISTINCT }),
  define("boolAnd", ["boolean"], boolean),
  define("boolOr", ["boolean"], boolean),
  define("anyValue", null, plain),
];
