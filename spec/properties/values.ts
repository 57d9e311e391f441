import type { Family } from "./relations.js";

const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

interface Fixed {
  readonly units: bigint;
  readonly scale: number;
}

/** A decimal as a whole number of its last digit. */
function fixed(text: string): Fixed {
  const [whole = "", fraction = ""] = text.split(".");
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function written({ units, scale }: Fixed): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const sign = units < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Divides, rounding half away from zero. */
function divided(by: bigint, into: bigint): bigint {
  const half = abs(into) / 2n;
  const quotient = (abs(by) + half) / abs(into);
  return by < 0n === into < 0n ? quotient : -quotient;
}

/** A decimal with so many digits after its point, rounded half away from zero. */
export function rescaled(value: unknown, scale: number): string {
  const { units, scale: from } = fixed(String(value));
  const result = scale >= from ? units * 10n ** BigInt(scale - from) : divided(units, 10n ** BigInt(from - scale));
  return written({ units: result, scale });
}

/** What decimals make of each other, as exact as they are. */
export const decimals = {
  add: (left: unknown, right: unknown): string => aligned(left, right, (a, b) => a + b),
  sub: (left: unknown, right: unknown): string => aligned(left, right, (a, b) => a - b),
  mod: (left: unknown, right: unknown): string | null =>
    fixed(String(right)).units === 0n ? null : aligned(left, right, (a, b) => a % b),
  mul: (left: unknown, right: unknown): string => {
    const [a, b] = [fixed(String(left)), fixed(String(right))];
    return written({ units: a.units * b.units, scale: a.scale + b.scale });
  },
  div: (left: unknown, right: unknown, scale: number): string | null => {
    const [a, b] = [fixed(String(left)), fixed(String(right))];
    if (b.units === 0n) return null;
    return written({
      units: divided(a.units * 10n ** BigInt(scale + b.scale), b.units * 10n ** BigInt(a.scale)),
      scale,
    });
  },
  /** The next whole number below. */
  floor: (value: unknown): string => {
    const { units, scale } = fixed(String(value));
    const one = 10n ** BigInt(scale);
    return String(units < 0n ? -((-units + one - 1n) / one) : units / one);
  },
  negated: (value: unknown): string => aligned("0", value, (a, b) => a - b),
};

function aligned(left: unknown, right: unknown, work: (left: bigint, right: bigint) => bigint): string {
  const [a, b] = [fixed(String(left)), fixed(String(right))];
  const scale = Math.max(a.scale, b.scale);
  const up = ({ units, scale: from }: Fixed): bigint => units * 10n ** BigInt(scale - from);
  return written({ units: work(up(a), up(b)), scale });
}

/** How values of a family are ordered, neither being null. */
export function compared(family: Family | "key", left: unknown, right: unknown): number {
  switch (family) {
    case "text":
    case "day":
      return byBytes(String(left), String(right));
    case "instant":
      return (left as Date).getTime() - (right as Date).getTime();
    case "boolean":
      return Number(left) - Number(right);
    case "price":
      return Number(fixed(decimals.sub(left, right)).units);
    case "big":
      return left === right ? 0 : (left as bigint) < (right as bigint) ? -1 : 1;
    default:
      return (left as number) - (right as number);
  }
}

/**
 * A float without its last digits, which depend on the order in which an engine adds. What lies halfway between two
 * results (6.7568359375, a variance of whole numbers) is moved off the middle first, so that its last digit decides nothing.
 */
function rounded(value: number): number {
  return Number((value * (1 + 1e-12)).toPrecision(10));
}

/** A value as it is compared with another, and printed. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Number.isInteger(value) ? value + 0 : rounded(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}

/** A value as one writes it in TypeScript. */
export function code(value: unknown): string {
  if (value instanceof Date) return `new Date("${value.toISOString()}")`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(code).join(", ")}]`;
  return JSON.stringify(value);
}
