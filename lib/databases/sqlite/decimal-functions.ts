import { decimalText, dividedRounded, rescaled, type Units, unitsOf } from "../decimal-text.js";
import { decimalOfKey } from "./decimal-key.js";
import type { SqliteDatabase } from "./face.js";

/** What a column of decimals may hold: our texts, numbers of others. */
type Decimal = string | number | bigint | null;
type Operator = (a: Units, b: Units, scale: number) => bigint | null;

const NONE: Units = { units: 0n, scale: 0 };

const OPERATORS: Readonly<Record<string, Operator>> = {
  add: (a, b, scale) => rescaled(a, scale) + rescaled(b, scale),
  sub: (a, b, scale) => rescaled(a, scale) - rescaled(b, scale),
  mul: (a, b, scale) => rescaled({ units: a.units * b.units, scale: a.scale + b.scale }, scale),
  div(a, b, scale) {
    const places = scale - a.scale + b.scale;
    const [up, down] = places < 0 ? [0, -places] : [places, 0];
    return b.units === 0n ? null : dividedRounded(a.units * 10n ** BigInt(up), b.units * 10n ** BigInt(down));
  },
  mod(a, b, scale) {
    const divisor = rescaled(b, scale);
    return divisor === 0n ? null : rescaled(a, scale) % divisor;
  },
};

/** Exact arithmetic on decimals, which are texts here. The last argument is the scale of what comes out. */
export function registerDecimals(database: SqliteDatabase): void {
  const define = (name: string, call: (...values: never[]) => unknown): void => {
    database.function(name, { deterministic: true, safeIntegers: true }, call);
  };
  for (const [name, operator] of Object.entries(OPERATORS)) {
    define(`dunder_dec_${name}`, (a: Decimal, b: Decimal, scale: bigint) => {
      const [left, right] = [read(a), read(b)];
      const units = left === null || right === null ? null : operator(left, right, Number(scale));
      return units === null ? null : decimalText(units, Number(scale));
    });
  }
  define("dunder_dec", (x: Decimal, digits: bigint) => {
    const number = read(x);
    return number === null ? null : rounded(number, Number(digits));
  });
  define("dunder_dec_floor", (x: Decimal) => wholeOf(x, -1n));
  define("dunder_dec_ceil", (x: Decimal) => wholeOf(x, 1n));
  define("dunder_dec_of_key", (key: string | null, scale: bigint) =>
    key === null ? null : rounded(unitsOf(decimalOfKey(key)) ?? NONE, Number(scale)),
  );
  define("dunder_round", roundedNumber);
  registerSum(database);
}

/** A float or a whole number, rounded as it is written; a float stays one. */
function roundedNumber(x: number | bigint | null, digits: bigint): unknown {
  if (x === null) return null;
  const text = rounded(unitsOf(String(x)) ?? NONE, Number(digits));
  return typeof x === "bigint" ? BigInt(text) : Number(text);
}

function read(x: Decimal): Units | null {
  return x === null ? null : unitsOf(String(x));
}

/** To so many digits after the point; below 0, to tens, hundreds, …. */
function rounded(number: Units, digits: number): string {
  if (digits >= 0) return decimalText(rescaled(number, digits), digits);
  const unit = 10n ** BigInt(-digits);
  return String(dividedRounded(number.units, unit * 10n ** BigInt(number.scale)) * unit);
}

/** The next whole number below (-1) or above (1). */
function wholeOf(x: Decimal, direction: bigint): string | null {
  const number = read(x);
  if (number === null) return null;
  const unit = 10n ** BigInt(number.scale);
  const rest = number.units % unit;
  const whole = number.units / unit;
  return String(rest * direction > 0n ? whole + direction : whole);
}

/** A sum so far, and of how many values. */
interface Sum extends Units {
  readonly count: number;
}

function registerSum(database: SqliteDatabase): void {
  database.aggregate<Sum>("dunder_dec_sum", {
    deterministic: true,
    safeIntegers: true,
    start: () => ({ ...NONE, count: 0 }),
    step: (total, next) => summed(total, next, 1),
    inverse: (total, next) => summed(total, next, -1),
    result: ({ units, scale, count }) => (count === 0 ? null : decimalText(units, scale)),
  });
}

function summed(total: Sum, next: unknown, sign: 1 | -1): Sum {
  const number = read(next as Decimal);
  if (number === null) return total;
  const scale = Math.max(total.scale, number.scale);
  return { units: rescaled(total, scale) + BigInt(sign) * rescaled(number, scale), scale, count: total.count + sign };
}
