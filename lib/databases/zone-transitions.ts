/** A time during which the clocks of a zone stay `offset` seconds ahead of UTC, from `start` (ms since 1970) on. */
export interface Period {
  readonly start: number;
  readonly offset: number;
}

/** How a zone changes its clocks year after year: `offsets[i + 1]` holds from `starts[i]` on. */
export interface YearlyRule {
  readonly offsets: readonly number[];
  /** Seconds since the year began in UTC, for each of the 14 kinds of year, see `kindOfYear`. */
  readonly starts: readonly (readonly number[])[];
}

/** One year of a zone; `starts` are in seconds since it began in UTC. */
interface ZoneYear {
  readonly kind: number;
  readonly offsets: readonly number[];
  readonly starts: readonly number[];
}

const DAY = 86_400_000;
/** No zone kept an offset for less: in April 1943 Tunis had summer time for nine days. */
const STEP = 7 * DAY;
/** All 14 kinds of year, 28 years on end without a century among them, in which no zone has exceptions any more. */
const RULED = { first: 2101, last: 2128 };
/** More seconds than a year has. */
const NEVER = 367 * 86_400;
const KINDS = 14;

/** The instant a year begins in UTC, in milliseconds since 1970. */
const newYear = (year: number): number => Date.UTC(year, 0, 1);

/**
 * The offsets of an IANA zone from one instant to another (ms since 1970; the years 100 to 9999), to the second, as
 * `Intl` has them. The first period starts at `from`. It takes about 0.2 ms for a year.
 *
 * @example
 * ```ts
 * periods("Asia/Kathmandu", Date.UTC(1900, 0), Date.UTC(2000, 0)).map(({ offset }) => offset); // [20476, 19800, 20700]
 * ```
 */
export function periods(zone: string, from: number, to: number): Period[] {
  const offsetAt = offsets(zone);
  const found: Period[] = [{ start: from, offset: offsetAt(from) }];
  for (let time = from; time < to;) {
    const { offset } = found.at(-1) as Period;
    const next = Math.min(time + STEP, to);
    if (offsetAt(next) === offset) {
      time = next;
      continue;
    }
    time = firstOther(offsetAt, offset, time, next);
    if (time < to) found.push({ start: time, offset: offsetAt(time) });
  }
  return found;
}

/** The first whole second after `same`, up to `other`, at which the offset is no more what it was. */
function firstOther(offsetAt: (time: number) => number, offset: number, same: number, other: number): number {
  let [low, high] = [same / 1000, other / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === offset) low = middle;
    else high = middle;
  }
  return high * 1000;
}

function offsets(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (time) => {
    const [month = 1, day, year = 0, hour, minute, second] = (format.format(time).match(/\d+/g) ?? []).map(Number);
    return (Date.UTC(year, month - 1, day, hour, minute, second) - time) / 1000;
  };
}

/** 1 to 7 by the weekday of 1 January, Sunday first, and 8 to 14 for leap years: years of a kind have one calendar. */
export function kindOfYear(year: number): number {
  const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  return new Date(newYear(year)).getUTCDay() + 1 + (isLeap ? KINDS / 2 : 0);
}

/**
 * What a zone does from a year on: `exceptions` until the year `ruledFrom` begins, and every year the same from then
 * on. Most zones have no exceptions; Morocco's follow the moon until 2087.
 */
export function future(zone: string, firstYear: number): Future {
  const known = periods(zone, newYear(firstYear), newYear(RULED.last + 1));
  const rule = yearlyRule(known);
  let ruledFrom = RULED.first;
  while (ruledFrom > firstYear && follows(zoneYear(known, ruledFrom - 1), rule)) ruledFrom -= 1;
  const exceptions = ruledFrom === firstYear ? [] : known.filter(({ start }) => start < newYear(ruledFrom));
  return { exceptions, ruledFrom, rule };
}

/** See `future`. */
export interface Future {
  readonly exceptions: readonly Period[];
  readonly ruledFrom: number;
  readonly rule: YearlyRule;
}

function yearlyRule(known: readonly Period[]): YearlyRule {
  const years: ZoneYear[] = [];
  for (let year = RULED.first; year <= RULED.last; year += 1) years.push(zoneYear(known, year));
  const fullest = years.reduce((most, year) => (year.starts.length > most.starts.length ? year : most));
  const kinds = Array.from({ length: KINDS }, (_, index) => years.find(({ kind }) => kind === index + 1));
  return {
    offsets: fullest.offsets,
    starts: fullest.starts.map((_, index) => kinds.map((year) => year?.starts[index] ?? NEVER)),
  };
}

function zoneYear(known: readonly Period[], year: number): ZoneYear {
  const [from, to] = [newYear(year), newYear(year + 1)];
  const before = known.findLast(({ start }) => start <= from) as Period;
  const changes = known.filter(({ start }) => start > from && start < to);
  return {
    kind: kindOfYear(year),
    offsets: [before, ...changes].map(({ offset }) => offset),
    starts: changes.map(({ start }) => (start - from) / 1000),
  };
}

function follows({ kind, offsets, starts }: ZoneYear, rule: YearlyRule): boolean {
  return (
    offsets.length === rule.offsets.length &&
    offsets.every((offset, index) => offset === rule.offsets[index]) &&
    starts.every((start, index) => start === rule.starts[index]?.[kind - 1])
  );
}
