const DECIMAL = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/;
const LENGTH_DIGITS = 3;
/** Ends a negative number's key: it sorts after every digit, so that -1 comes after -1.5. */
const NEGATIVE_END = "~";

/**
 * A text that sorts as the decimal number does, the same for `1.5` and `1.50`; null for what is no number.
 *
 * After the sign comes the number of digits before the point, then all digits. For negative numbers each digit counts
 * backwards (9 - d).
 */
export function decimalKey(text: string): string | null {
  const match = DECIMAL.exec(text) ?? DECIMAL.exec(withoutExponent(text));
  if (match === null) return null;
  const whole = match[2]!;
  const digits = whole + (match[3] ?? "");
  const key = String(whole.length).padStart(LENGTH_DIGITS, "0") + digits;
  return match[1] === "-" && digits !== "" ? `0${complement(key)}${NEGATIVE_END}` : `1${key}`;
}

function complement(digits: string): string {
  let result = "";
  for (const digit of digits) result += 9 - Number(digit);
  return result;
}

/** `1.5e-7`, as JavaScript writes a REAL that SQLite computed, becomes `0.00000015`. */
function withoutExponent(text: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?e([+-]?\d{1,3})$/i.exec(text);
  if (match === null) return "not a number";
  const [, sign, whole, fraction = "", exponent] = match;
  const point = whole!.length + Number(exponent);
  const digits = whole! + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, "0");
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** The decimal number of a key, written without trailing zeros: "-1.5". */
export function decimalOfKey(key: string): string {
  const negative = key.startsWith("0");
  const rest = negative ? complement(key.slice(1, -NEGATIVE_END.length)) : key.slice(1);
  const whole = Number(rest.slice(0, LENGTH_DIGITS));
  const digits = rest.slice(LENGTH_DIGITS);
  return `${negative ? "-" : ""}${digits.slice(0, whole).padEnd(whole, "0") || "0"}.${digits.slice(whole) || "0"}`;
}
