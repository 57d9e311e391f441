import { ValidationError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";
import type { ELEMENT } from "../types/array.js";

/** Which ends belong to a range: a square bracket for one that does. */
export type RangeBounds = "[)" | "[]" | "(]" | "()";

const BOUNDS: readonly unknown[] = ["[)", "[]", "(]", "()"];

/**
 * All values from one up to another. The first belongs to it and the last does not, unless `bounds` say otherwise; null
 * is no bound at that side.
 *
 * @example
 * ```ts
 * new Range(1, 5); // 1, 2, 3, 4
 * new Range("2024-01-01", "2024-12-31", "[]"); // both days belong to it
 * new Range(new Date(), null); // from now on
 * Range.empty<number>(); // no values
 * ```
 * @throws ValidationError for other bounds, and for ends that are `undefined`.
 */
export class Range<T, S = never> {
  declare readonly [ELEMENT]?: S;
  readonly lower: T | null;
  readonly upper: T | null;
  readonly bounds: RangeBounds;
  /** True for a range that has no values. */
  readonly isEmpty: boolean;

  constructor(lower: T | null, upper: T | null, bounds: RangeBounds = "[)", isEmpty = false) {
    if (!BOUNDS.includes(bounds)) throw wrong(`bounds are [), [], (] or (), got ${printable(bounds)}.`);
    if (lower === undefined || upper === undefined) throw wrong("an end is undefined. null is no bound at that side.");
    this.lower = isEmpty ? null : lower;
    this.upper = isEmpty ? null : upper;
    // What has no end has none that belongs to it.
    const open = this.lower === null ? "(" : bounds.charAt(0);
    this.bounds = `${open}${this.upper === null ? ")" : bounds.charAt(1)}` as RangeBounds;
    this.isEmpty = isEmpty;
    Object.freeze(this);
  }

  /** The range without any values. */
  static empty<T>(): Range<T> {
    return new Range<T>(null, null, "()", true);
  }

  /** True where the lower end belongs to it. */
  get lowerInc(): boolean {
    return this.bounds.startsWith("[");
  }

  get upperInc(): boolean {
    return this.bounds.endsWith("]");
  }

  /** As PostgreSQL writes it: `[1,5)`. */
  toString(): string {
    return this.isEmpty ? "empty" : `${this.bounds[0]}${textOf(this.lower)},${textOf(this.upper)}${this.bounds[1]}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function textOf(end: unknown): string {
  if (end === null) return "";
  return end instanceof Date ? end.toISOString() : `${end as string | number | bigint}`;
}

function wrong(message: string): ValidationError {
  return new ValidationError("Range", [{ field: null, message: `new Range(lower, upper, bounds): ${message}` }]);
}
