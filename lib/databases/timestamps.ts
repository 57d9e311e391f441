const ZERO = 48;

/**
 * Reads "YYYY-MM-DD HH:MM:SS[.ffffff][+00]" as UTC, cut to milliseconds. Digits are read by their place, which is several
 * times faster than `new Date(text)`, and right for the years 1 to 99. Text of any other shape gives an invalid date.
 */
export function parseTimestamp(text: string): Date {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(13) !== 58) return new Date(Number.NaN);
  const year = pair(text, 0) * 100 + pair(text, 2);
  const time = Date.UTC(
    // Years below 100 would be taken for 19xx; 400 years later the calendar is the same.
    year < 100 ? year + 400 : year,
    pair(text, 5) - 1,
    pair(text, 8),
    pair(text, 11),
    pair(text, 14),
    pair(text, 17),
    text.charCodeAt(19) === 46 ? milliseconds(text) : 0,
  );
  return new Date(year < 100 ? time - MS_IN_400_YEARS : time);
}

const MS_IN_400_YEARS = 146_097 * 86_400_000;

function pair(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

function milliseconds(text: string): number {
  return digit(text, 20) * 100 + digit(text, 21) * 10 + digit(text, 22);
}

/** Trailing zeros are left out by PostgreSQL: behind the last digit comes "+" or nothing. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : 0;
}
