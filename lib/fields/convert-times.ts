import { printable } from "../util/printable.js";
import { refuse } from "./refusal.js";

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/;

/** A calendar date as "YYYY-MM-DD", years 0001 to 9999. */
export function convertDate(value: unknown): string {
  const match = typeof value === "string" ? DATE.exec(value) : null;
  if (match === null || !isCalendarDate(Number(match[1]), Number(match[2]), Number(match[3]))) {
    return refuse(`expected a date as a "YYYY-MM-DD" string, got ${printable(value)}.`);
  }
  return match[0];
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  if (year === 0 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (lengths[month - 1] ?? 0);
}

/** A time of day as "HH:MM:SS" with up to six fraction digits, trailing zeros dropped: "10:20:30.5". */
export function convertTime(value: unknown): string {
  const match = typeof value === "string" ? TIME.exec(value) : null;
  if (match === null) return refuse(`expected a time as an "HH:MM:SS" string, got ${printable(value)}.`);
  const fraction = (match[4] ?? "").replace(/0+$/, "");
  return `${match[1]}:${match[2]}:${match[3] ?? "00"}${fraction === "" ? "" : `.${fraction}`}`;
}

const EARLIEST = Date.parse("0001-01-01T00:00:00.000Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

/** An instant, to the millisecond, in the years 1 to 9999 that every engine can hold. */
export function convertDatetime(value: unknown): Date {
  if (!(value instanceof Date)) {
    const isMoment = typeof value === "string" || typeof value === "number";
    const hint = isMoment && !Number.isNaN(new Date(value).getTime()) ? " Wrap it: new Date(…)." : "";
    return refuse(`expected a Date, got ${printable(value)}.${hint}`);
  }
  const time = value.getTime();
  if (Number.isNaN(time)) return refuse("got an invalid Date.");
  if (time < EARLIEST || time > LATEST) return refuse(`${printable(value)} is outside the years 1 to 9999.`);
  return value;
}

/** A length of time in whole milliseconds. */
export function convertDuration(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    return refuse(`expected a whole number of milliseconds, got ${printable(value)}.`);
  }
  return value + 0;
}
