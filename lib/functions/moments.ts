import { type LookupFamily, refuse } from "../fields/index.js";
import { type Operand, transformFor } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { define } from "./define.js";
import type { CallOptions, FunctionDefinition } from "./definition.js";
import { date, datetime, plain, time } from "./operands.js";

const DATE_PARTS = ["year", "quarter", "month", "week", "day"];
const TIME_PARTS = ["hour", "minute", "second"];
const MOMENTS: readonly LookupFamily[] = ["date", "time", "datetime"];
const EXTRACTED = [
  ...["year", "iso_year", "quarter", "month", "week", "day", "week_day", "iso_week_day"],
  ...TIME_PARTS,
];

function partOf(part: unknown, family: LookupFamily, choices: readonly string[]): string {
  if (typeof part === "string" && choices.includes(part)) return part;
  const near = typeof part === "string" ? didYouMean(part, choices) : "";
  return refuse(`a ${family} has no part ${printable(part)}.${near} Parts: ${choices.join(", ")}.`);
}

function extracted([arg]: readonly Operand[], { part }: CallOptions): Operand {
  const from = arg as Operand;
  const choices = EXTRACTED.filter((name) => transformFor(from.family, name) !== undefined);
  const name = partOf(part, from.family, choices);
  return (transformFor(from.family, name) as NonNullable<ReturnType<typeof transformFor>>).result(from);
}

function truncated([arg]: readonly Operand[], { part }: CallOptions): Operand {
  const from = arg as Operand;
  const { family } = from;
  if (family === "datetime" && part === "date") return date;
  if (family === "datetime" && part === "time") return time;
  const choices = [...(family === "time" ? [] : DATE_PARTS), ...(family === "date" ? [] : TIME_PARTS)];
  partOf(part, family, family === "datetime" ? [...choices, "date", "time"] : choices);
  return plain(from);
}

/**
 * `now` is when the statement began, to the millisecond. Parts of a datetime are those that clocks of the query's zone
 * show, and it is cut at theirs: `trunc` to a day is the instant at which the zone's day begins. Weeks begin on Monday.
 */
export const moments: readonly FunctionDefinition[] = [
  define("now", 0, [], datetime, { nulls: "never" }),
  define("extract", 1, [MOMENTS], extracted, { options: ["part"] }),
  define("trunc", 1, [MOMENTS], truncated, { options: ["part"] }),
];
