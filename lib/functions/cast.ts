import { type LookupFamily, refuse } from "../fields/index.js";
import { decimalKind } from "../fields/kinds.js";
import type { Operand } from "../lookups/index.js";
import type { CallOptions } from "./definition.js";
import { plain, scaleOf } from "./operands.js";
import { operandOfKind } from "./value.js";

/** What each family can be made of, besides itself. */
const SOURCES: Readonly<Partial<Record<LookupFamily, readonly LookupFamily[]>>> = {
  text: ["number", "boolean", "date", "time", "datetime", "uuid", "json"],
  number: ["text", "boolean", "duration", "json"],
  boolean: ["number", "json"],
  date: ["text", "datetime", "json"],
  time: ["text", "datetime", "json"],
  datetime: ["text", "date", "json"],
  duration: ["number"],
  uuid: ["text", "json"],
  json: [],
  binary: [],
};

/**
 * Fractions are rounded half away from zero; a text that does not spell such a value ("x", "2023-02-29") gives NULL; true
 * is 1; a datetime is written "2024-01-31 10:20:30.456" in UTC and its date and time are those of the query's zone; a
 * date is its midnight in UTC. JSON is its text, number or boolean, and NULL where it is of another type.
 */
export function castResult([arg]: readonly Operand[], { to, precision, scale }: CallOptions): Operand {
  const from = arg as Operand;
  const target = to === "decimal" ? decimalTarget(from, precision, scale) : operandOfKind(to, null);
  if (from.family === target.family && target.family !== "number") {
    return target.family === "text" ? target : plain(from);
  }
  if (from.family === target.family || SOURCES[target.family]?.includes(from.family) === true) return target;
  return refuse(`a ${from.family} cannot be made a ${String(to)}.`);
}

function decimalTarget(from: Operand, precision: unknown, scale: unknown): Operand {
  const exact = from.type.storage === "decimal" || from.type.storage.endsWith("nteger");
  if (scale === undefined && exact) return operandOfKind("decimal", scaleOf(from));
  if (typeof scale !== "number") return refuse('"decimal" needs { scale }: digits after the point, 0 to 30.');
  const size = { precision: typeof precision === "number" ? precision : 65, scale };
  const { family, type, convert } = decimalKind(size);
  return { family, type, convert, scalar: null };
}
