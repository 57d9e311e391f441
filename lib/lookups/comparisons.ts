import { refuse } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { type Fitted, fitNumber, isGrid, limitOf, type Rounding } from "./bounds.js";
import type { Form, Lookup, Operand } from "./lookup.js";

const ORDERED = ["text", "number", "date", "time", "datetime", "duration", "uuid"] as const;
const COMPARABLE = [...ORDERED, "boolean", "binary"] as const;

/** `undefined` never widens a filter, and a plain object never stands for a value. */
function refuseMissing(): never {
  return refuse("got undefined. Leave the key out, or give null or a value.");
}

/** A value moved onto what the column can hold; see `fitNumber`. */
function fit(value: unknown, operand: Operand, rounding: Rounding): Fitted {
  if (isGrid(operand.type) && (typeof value !== "object" || value === null)) {
    if (value === null) return refuse("cannot be null. Use isnull to ask for NULL.");
    return fitNumber(value, operand.type, rounding);
  }
  if (value === null) return refuse("cannot be null. Use isnull to ask for NULL.");
  return { value: operand.convert(value) };
}

/** A value that is equal to nothing a column can hold gives null. */
function equalValue(value: unknown, operand: Operand): { readonly value: unknown } | null {
  const fitted = fit(value, operand, "exact");
  return fitted === "below" || fitted === "above" ? null : fitted;
}

export const exact: Lookup = {
  name: "exact",
  families: COMPARABLE,
  prepare(value, operand, slots): Form {
    if (value === undefined) refuseMissing();
    if (value === null) return "null";
    const equal = equalValue(value, operand);
    if (equal === null) return "never";
    slots.push(equal.value);
    return "v";
  },
};

export const ne: Lookup = {
  name: "ne",
  families: COMPARABLE,
  prepare(value, operand, slots): Form {
    const form = exact.prepare(value, operand, slots);
    if (form === "null") return "notnull";
    return form === "never" ? "always" : form;
  },
};

/** How a bound is rounded where the column cannot hold it, and what a bound outside the column's range means. */
function ordered(name: string, rounding: Rounding, below: Form, above: Form): Lookup {
  return {
    name,
    families: ORDERED,
    prepare(value, operand, slots): Form {
      if (value === undefined) refuseMissing();
      const fitted = fit(value, operand, rounding);
      if (fitted === "below") return below;
      if (fitted === "above") return above;
      slots.push(fitted?.value);
      return "v";
    },
  };
}

export const gt = ordered("gt", "down", "known", "never");
export const gte = ordered("gte", "up", "known", "never");
export const lt = ordered("lt", "up", "never", "known");
export const lte = ordered("lte", "down", "never", "known");

export const range: Lookup = {
  name: "range",
  families: ORDERED,
  prepare(value, operand, slots): Form {
    if (value === undefined) refuseMissing();
    if (!Array.isArray(value) || value.length !== 2) {
      return refuse(`expected a pair [from, to], got ${printable(value)}.`);
    }
    const [from, to] = value as [unknown, unknown];
    const low = rangeBound(from, operand, "low");
    const high = rangeBound(to, operand, "high");
    if (low === null || high === null) return "never";
    slots.push(low.value, high.value);
    return "r";
  },
};

/** One end of a range, as a value that the column can hold; null where no value lies within. */
export function rangeBound(value: unknown, operand: Operand, side: "low" | "high"): { readonly value: unknown } | null {
  if (value === undefined) refuseMissing();
  if (value === null) return null;
  const fitted = fit(value, operand, side === "low" ? "up" : "down");
  if (fitted === (side === "low" ? "above" : "below")) return null;
  return fitted === "below" || fitted === "above" ? { value: limitOf(operand.type, side) } : fitted;
}

export const isnull: Lookup = {
  name: "isnull",
  families: null,
  prepare(value): Form {
    if (typeof value !== "boolean") return refuse(`expected true or false, got ${printable(value)}.`);
    return value ? "null" : "notnull";
  },
};

export const inList: Lookup = {
  name: "in",
  families: COMPARABLE,
  prepare(value, operand, slots): Form {
    if (value === undefined) refuseMissing();
    const items = listOf(value);
    const kept: unknown[] = [];
    for (const item of items) {
      if (item === undefined) refuseMissing();
      // NULL equals nothing, so it is dropped rather than left to spoil a NOT IN.
      const equal = item === null ? null : equalValue(item, operand);
      if (equal !== null) kept.push(equal.value);
    }
    if (kept.length === 0) return "never";
    slots.push(kept);
    return "l";
  },
};

function listOf(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (value instanceof Set) return value as Set<unknown>;
  return refuse(`expected a list or a queryset, got ${printable(value)}.`);
}
