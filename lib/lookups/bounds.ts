import { exactDecimal, refuse, type ColumnType } from "../fields/index.js";
import { printable } from "../util/printable.js";

/** Which neighbour to take where a column cannot hold a value: the one below it, above it, or none. */
export type Rounding = "exact" | "down" | "up";

/** A value moved onto what the column can hold; "below" and "above" lie outside its range, null is not there at all. */
export type Fitted = { readonly value: unknown } | "below" | "above" | null;

const LIMITS: Partial<Record<ColumnType["storage"], readonly [bigint, bigint]>> = {
  smallInteger: [-(2n ** 15n), 2n ** 15n - 1n],
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  bigInteger: [-(2n ** 63n), 2n ** 63n - 1n],
  duration: [-(2n ** 53n) + 1n, 2n ** 53n - 1n],
};

/**
 * Fits a number of any size and fraction to a whole-number or decimal column, so that `age__lt: 30.5` and
 * `age__lt: 2 ** 70` mean on every engine what they mean in arithmetic, and no engine rounds or overflows.
 */
export function fitNumber(value: unknown, type: ColumnType, rounding: Rounding): Fitted {
  // Most numbers, and all of the keys of a database, need no more than this.
  if (type.storage === "integer" && typeof value === "number" && (value | 0) === value) return { value: value | 0 };
  const limits = limitsOf(type);
  if (limits !== undefined) return fitInteger(value, limits, type.storage === "bigInteger", rounding);
  return fitDecimal(value, type, rounding);
}

/** Of 64 bits that are no sign's either. */
const UNSIGNED: readonly [bigint, bigint] = [-(2n ** 63n), 2n ** 64n - 1n];

/**
 * Whole numbers that were worked out say how many digits they have, and are of any size that a number can hold; so do
 * those of an extension's columns, which may be unsigned.
 */
function limitsOf({ storage, precision }: ColumnType): readonly [bigint, bigint] | undefined {
  if (precision === null) return LIMITS[storage];
  return storage === "integer" ? LIMITS.duration : storage === "bigInteger" ? UNSIGNED : LIMITS[storage];
}

/** True for columns whose values lie on a grid that not every number lies on. */
export function isGrid(type: ColumnType): boolean {
  return type.storage === "decimal" || LIMITS[type.storage] !== undefined;
}

function fitInteger(value: unknown, [low, high]: readonly [bigint, bigint], big: boolean, rounding: Rounding): Fitted {
  const whole = wholeOf(value, rounding);
  if (whole === null) return null;
  if (whole < low) return "below";
  if (whole > high) return "above";
  return { value: big ? whole : Number(whole) };
}

function wholeOf(value: unknown, rounding: Rounding): bigint | null {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return refuse(`expected a number, got ${printable(value)}.`);
  }
  if (Number.isInteger(value)) return BigInt(value);
  if (rounding === "exact") return null;
  return BigInt(rounding === "down" ? Math.floor(value) : Math.ceil(value));
}

function fitDecimal(value: unknown, type: ColumnType, rounding: Rounding): Fitted {
  const scale = type.scale ?? 0;
  const text = exactDecimal(value, scale);
  const negative = text.startsWith("-");
  const [whole = "0", fraction = ""] = (negative ? text.slice(1) : text).split(".");
  let units = BigInt(whole + fraction.slice(0, scale));
  if (fraction.length > scale) {
    if (rounding === "exact") return null;
    // Units are of the absolute value: rounding up moves a negative number towards zero.
    if ((rounding === "up") !== negative) units += 1n;
  }
  if (units >= 10n ** BigInt(type.precision ?? 65)) return negative ? "below" : "above";
  return { value: decimalText(negative && units !== 0n, units, scale) };
}

function decimalText(negative: boolean, units: bigint, scale: number): string {
  const digits = units.toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}

/** The least and greatest value a grid column can hold, for ranges that reach beyond it. */
export function limitOf(type: ColumnType, side: "low" | "high"): unknown {
  const limits = limitsOf(type);
  if (limits !== undefined) {
    const limit = limits[side === "low" ? 0 : 1];
    return type.storage === "bigInteger" ? limit : Number(limit);
  }
  return decimalText(side === "low", 10n ** BigInt(type.precision ?? 65) - 1n, type.scale ?? 0);
}
