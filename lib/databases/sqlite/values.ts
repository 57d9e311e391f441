/**
 * The values of raw SQL as better-sqlite3 can bind them. It binds every number as REAL, which makes `? / 2` of 1 a half
 * and stores 5 as '5.0' in a text column, so whole numbers are bound as bigint.
 */
export function toBindable(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value instanceof Date) return encodeDatetime(value);
  return value === undefined ? null : value;
}

/** `2024-01-31 10:20:30.456`, in UTC; texts of this form sort as the instants do. */
export function encodeDatetime(value: Date): string {
  const iso = value.toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}

const DATETIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|\+00(?::?00)?)?)?$/;

/**
 * Milliseconds since 1970 of a UTC text, or NaN when it is none. The form we write is read without a regular
 * expression, others that SQLite knows ("2024-01-31", "2024-01-31T10:20Z", more or fewer fraction digits) with one.
 */
export function parseDatetime(text: string): number {
  return isCanonical(text) ? parseCanonical(text) : parseLoose(text);
}

function isCanonical(text: string): boolean {
  return text.length === 23 && text[4] === "-" && text[10] === " " && text[13] === ":" && text[19] === ".";
}

function parseCanonical(text: string): number {
  const year = digits(text, 0, 4);
  const time = Date.UTC(
    year,
    digits(text, 5, 2) - 1,
    digits(text, 8, 2),
    digits(text, 11, 2),
    digits(text, 14, 2),
    digits(text, 17, 2),
    digits(text, 20, 3),
  );
  return year < 100 ? inYear(time, year) : time;
}

function digits(text: string, start: number, length: number): number {
  let number = 0;
  for (let at = start; at < start + length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return NaN;
    number = number * 10 + digit;
  }
  return number;
}

function parseLoose(text: string): number {
  const match = DATETIME.exec(text);
  if (match === null) return NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const fraction = Number((match[7] ?? "0").padEnd(3, "0").slice(0, 3));
  return inYear(Date.UTC(year!, month! - 1, day, hour, minute, second, fraction), year!);
}

/** `Date.UTC` takes the years 1 to 99 for 1901 to 1999, which have their leap days in the same places. */
function inYear(time: number, year: number): number {
  if (year >= 100) return time;
  const date = new Date(time);
  return date.setUTCFullYear(year, date.getUTCMonth(), date.getUTCDate());
}
