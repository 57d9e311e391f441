import { columnType, plainKinds, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { metaOfRow } from "../models/index.js";
import { printable } from "../util/printable.js";

/**
 * What is not known before a query stands in another one: the kind of an `OuterRef`, and of all that is made of it. What
 * is asked of it is checked then.
 */
export const OPEN: Operand = withoutKind();

export function isOpen(operand: Operand): boolean {
  return operand === OPEN;
}

/** What is known of SQL whose kind of value is not told: the driver reads and binds it as it comes. */
export const UNTYPED: Operand = Object.freeze({
  family: "text",
  type: columnType("custom"),
  convert: plainValue,
  scalar: null,
});

/** What is known of NULL by itself: nothing, so that it goes with everything. */
export const UNKNOWN: Operand = withoutKind();

/** Each is told from others by being that object. */
function withoutKind(): Operand {
  return Object.freeze({ ...plainKinds.json, family: "text", scalar: null, convert: (value: unknown) => value });
}

/** True for SQL whose kind of value was not told. */
export function isUntyped(operand: Operand): boolean {
  return operand === UNTYPED;
}

/** A value that can be bound as it is. */
export function plainValue(value: unknown): unknown {
  if (value === undefined || typeof value === "function" || typeof value === "symbol") {
    return refuse(`${printable(value)} cannot be a value in a query.`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  if (metaOfRow(value) !== null) return refuse("a row cannot be a value in SQL of one's own. Give its key: row.pk.");
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return refuse('a plain object cannot be a value. As JSON it is written Value(object, "json").');
}
