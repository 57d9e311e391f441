/** A decimal as a whole number of units: "-1.50" is -150 of scale 2. */
export interface Units {
  readonly units: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Reads a decimal, with an exponent too, as engines and JavaScript write numbers; null for anything else. */
export function unitsOf(text: string): Units | null {
  const match = DECIMAL.exec(text);
  if (match === null || !/\d/.test(text)) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const magnitude = BigInt(whole + fraction || "0");
  const scale = fraction.length - Number(exponent);
  const units = sign === "-" ? -magnitude : magnitude;
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

/** The same number in units of another scale, rounded half away from zero. */
export function rescaled({ units, scale }: Units, to: number): bigint {
  if (to >= scale) return units * 10n ** BigInt(to - scale);
  return dividedRounded(units, 10n ** BigInt(scale - to));
}

/** A quotient rounded half away from zero. */
export function dividedRounded(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const [dividend, divisor] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const quotient = (2n * dividend + divisor) / (2n * divisor);
  return negative ? -quotient : quotient;
}

/** `-1.50`: exactly so many digits after the point. */
export function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

/** A number that an engine worked out as a decimal of a scale; what is no number stays as it is. */
export function decimalOfScale(value: unknown, scale: number): unknown {
  const units = unitsOf(String(value));
  return units === null ? value : decimalText(rescaled(units, scale), scale);
}
