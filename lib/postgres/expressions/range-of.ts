import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import type { ColumnType } from "../../fields/index.js";
import { refuse } from "../../fields/index.js";
import type { Operand } from "../../lookups/index.js";
import { printable } from "../../util/printable.js";
import { RANGES, rangeTypes, converted } from "../fields/range-fields.js";
import type { RangeOfFactory } from "../types/range.js";
import { callOf, optionsOf, ownFunction } from "./own.js";

function kindOf(operands: readonly Operand[]): keyof typeof RANGES {
  const [{ family, type } = refuse("RangeOf takes two ends."), upper] = operands;
  if (upper?.family !== family) refuse(`the ends of a range are of one kind, got ${family} and ${upper?.family}.`);
  if (family === "date" || family === "datetime") return family;
  if (family !== "number") return refuse(`there are no ranges of a ${family}: of numbers, dates and datetimes.`);
  if (operands.some(({ type: { storage } }) => storage === "decimal" || storage === "float")) return "decimal";
  return type.storage === "bigInteger" || upper.type.storage === "bigInteger" ? "bigInteger" : "integer";
}

const definition = ownFunction(
  "RangeOf",
  [2, 2],
  (operands) => {
    const name = kindOf(operands);
    const convert = (given: unknown): unknown => converted(RANGES[name], given);
    return { family: "range", type: rangeTypes[name] as ColumnType, convert, scalar: null };
  },
  ({ args, operands, options }) => {
    const name = kindOf(operands);
    const cast = name === "decimal" ? "numeric" : name === "integer" ? "integer" : null;
    const [lower, upper] = args.map((arg) => (cast === null ? arg : sql`cast(${arg} as ${sql.raw(cast)})`));
    return sql`${sql.raw(RANGES[name].range)}(${lower}, ${upper}, ${sql.raw(`'${String(options.bounds)}'`)})`;
  },
);

function rangeOfEnds(lower: unknown, upper: unknown, given?: unknown): unknown {
  const { bounds = "[)" } = optionsOf(given, ["bounds"], "RangeOf");
  if (!["[)", "[]", "(]", "()"].includes(bounds as string)) {
    throw new FieldError(`RangeOf(lower, upper, { bounds }): expected [), [], (] or (), got ${printable(bounds)}.`);
  }
  return callOf(definition, [lower, upper], { bounds });
}

/**
 * The range between two fields of a row, or what else is worked out for it: of whole numbers, decimals, dates or
 * datetimes.
 *
 * @example
 * ```ts
 * await Track.objects.annotate({ places: RangeOf("position", F("position").add(2)) }).all();
 * // SELECT …, int8range("position", "position" + $1, '[)') AS "places"
 * ```
 * @throws FieldError for ends of two kinds, and where there are no ranges of them.
 */
export const RangeOf = rangeOfEnds as unknown as RangeOfFactory;
