import { parseDatetime } from "./values.js";

const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * The wall-clock time of an IANA zone, `2023-12-31 22:00:00.000`, at an instant given as UTC text; null when the text
 * is no such instant.
 */
export function localText(text: string, zone: string): string | null {
  const time = parseDatetime(text);
  if (Number.isNaN(time)) return null;
  const wholeSecond = Math.floor(time / 1000) * 1000;
  const parts: Record<string, string> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(wholeSecond)) parts[type] = value;
  const fraction = String(time - wholeSecond).padStart(3, "0");
  return `${yearOf(parts)}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}.${fraction}`;
}

/** Before year 1 comes 1 BC, which ISO 8601 calls year 0: the eve of our first instant, west of Greenwich. */
function yearOf(parts: Record<string, string>): string {
  const year = parts.era === "BC" ? 1 - Number(parts.year) : Number(parts.year);
  return String(year).padStart(4, "0");
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formatters.set(zone, formatter);
  return formatter;
}
