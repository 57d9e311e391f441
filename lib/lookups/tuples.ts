import { refuse } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { exact as exactPart, isnull } from "./comparisons.js";
import type { Form, Lookup, Operand } from "./lookup.js";

/** A tuple's parts as they are bound; null where one of them is equal to nothing that its column can hold. */
function boundParts(value: unknown, operand: Operand): unknown[] | null {
  const bound: unknown[] = [];
  const given = operand.convert(value) as readonly unknown[];
  const forms = (operand.parts ?? []).map((part, at) => exactPart.prepare(given[at], part, bound));
  return forms.every((form) => form === "v") ? bound : null;
}

const exact: Lookup = {
  name: "exact",
  families: null,
  prepare(value, operand, slots): Form {
    if (value === null) return "null";
    const bound = boundParts(value, operand);
    if (bound === null) return "never";
    slots.push(...bound);
    return "v";
  },
};

const ne: Lookup = {
  name: "ne",
  families: null,
  prepare(value, operand, slots): Form {
    const form = exact.prepare(value, operand, slots);
    if (form === "null") return "notnull";
    return form === "never" ? "always" : form;
  },
};

/** One list for each part. */
const inList: Lookup = {
  name: "in",
  families: null,
  prepare(value, operand, slots): Form {
    if (!Array.isArray(value) && !(value instanceof Set)) {
      return refuse(`expected a list of keys or a queryset, got ${printable(value)}.`);
    }
    const kept: unknown[][] = [];
    for (const item of value as Iterable<unknown>) {
      const bound = item === null ? null : boundParts(item, operand);
      if (bound !== null) kept.push(bound);
    }
    if (kept.length === 0) return "never";
    slots.push(...(operand.parts ?? []).map((_, at) => kept.map((bound) => bound[at])));
    return "l";
  },
};

/** Lookups of what has several columns: of a relation, or of a primary key. */
export const tupleLookups: readonly Lookup[] = [exact, ne, inList, isnull];
