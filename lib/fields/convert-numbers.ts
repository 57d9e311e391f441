import { printable } from "../util/printable.js";
import { refuse } from "./refusal.js";

/** A converter for whole numbers between two bounds; -0 becomes 0, which is all that SQLite can keep of it. */
export function integerBetween(low: number, high: number): (value: unknown) => number {
  return (value) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number") return refuse(`expected a whole number, got ${printable(value)}.`);
    if (!Number.isInteger(number)) return refuse(`expected a whole number, got ${printable(value)}.`);
    if (number < low || number > high) {
      return refuse(`${String(value)} is outside ${low} to ${high}. Use fields.bigInteger() for larger numbers.`);
    }
    return number + 0;
  };
}

const BIGINT_LOW = -(2n ** 63n);
const BIGINT_HIGH = 2n ** 63n - 1n;

export function convertBigInteger(value: unknown): bigint {
  const big = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof big !== "bigint") {
    return refuse(`expected a bigint such as 5n, or a safe whole number, got ${printable(value)}.`);
  }
  if (big < BIGINT_LOW || big > BIGINT_HIGH) return refuse(`${big}n does not fit 64 bits.`);
  return big;
}

export function convertFloat(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return refuse(`expected a finite number, got ${printable(value)}.`);
  }
  return value + 0;
}

const DECIMAL = /^([+-]?)0*(\d*)(?:\.(\d*))?$/;

/** The parts of a decimal written out: sign, digits before the point without leading zeros, digits after it. */
interface DecimalParts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

/** Reads "-12.50"; anything else that is not a plain decimal number is refused. */
function parseDecimal(value: unknown): DecimalParts {
  const text = typeof value === "bigint" ? value.toString() : value;
  const match = typeof text === "string" && /\d/.test(text) ? DECIMAL.exec(text) : null;
  if (match === null) return refuse(`expected a decimal number as a string such as "12.50", got ${printable(value)}.`);
  return { negative: match[1] === "-", whole: match[2] ?? "", fraction: match[3] ?? "" };
}

/** A converter to strings with exactly `scale` fraction digits, rounding half away from zero as PostgreSQL does. */
export function decimalOf(precision: number, scale: number): (value: unknown) => string {
  return (value) => {
    const { negative, whole, fraction } = parseDecimal(value);
    const kept = BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, "0")}` || "0");
    const rounded = fraction.charCodeAt(scale) >= 53 ? kept + 1n : kept;
    const digits = rounded.toString().padStart(scale + 1, "0");
    if (digits.replace(/^0+/, "").length > precision) {
      return refuse(`${String(value)} has more than the ${precision} digits (${scale} after the point) of this field.`);
    }
    const point = digits.length - scale;
    const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
    return negative && rounded !== 0n ? `-${text}` : text;
  };
}

/** For comparisons: the same number in canonical form, with no rounding and no limit on digits. */
export function exactDecimal(value: unknown, scale: number): string {
  const { negative, whole, fraction } = parseDecimal(value);
  const digits = fraction.replace(/0+$/, "").padEnd(scale, "0");
  const text = digits === "" ? whole || "0" : `${whole || "0"}.${digits}`;
  return negative && /[1-9]/.test(text) ? `-${text}` : text;
}
