import { callTerm, deeper, type Term, type Where } from "./term.js";
import { termOf } from "./terms.js";

type Kinds = readonly ((where: Where) => Term | null)[];

const DAY = 86_400_000;
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const startOf = (day: string): Date => new Date(`${day}T00:00:00.000Z`);

/** Year and week of ISO 8601: those of the week's Thursday. */
export function isoWeek(date: Date): readonly [year: number, week: number] {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY);
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return [thursday.getUTCFullYear(), 1 + Math.floor((thursday.getTime() - start) / (7 * DAY))];
}

const DATE_PARTS: Readonly<Record<string, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  quarter: (date) => Math.ceil((date.getUTCMonth() + 1) / 3),
  month: (date) => date.getUTCMonth() + 1,
  day: (date) => date.getUTCDate(),
  week_day: (date) => date.getUTCDay() + 1,
  iso_week_day: (date) => date.getUTCDay() || 7,
  week: (date) => isoWeek(date)[1],
  iso_year: (date) => isoWeek(date)[0],
};
const TIME_PARTS: Readonly<Record<string, (date: Date) => number>> = {
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  second: (date) => date.getUTCSeconds(),
};

const DATE_STARTS: Readonly<Record<string, (date: Date) => Date>> = {
  year: (date) => new Date(Date.UTC(date.getUTCFullYear(), 0, 1)),
  quarter: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - (date.getUTCMonth() % 3), 1)),
  month: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)),
  week: (date) => new Date(startOf(dayOf(date)).getTime() - ((date.getUTCDay() || 7) - 1) * DAY),
  day: (date) => startOf(dayOf(date)),
};
const TIME_STARTS: Readonly<Record<string, (date: Date) => Date>> = Object.fromEntries(
  Object.entries({ hour: 3_600_000, minute: 60_000, second: 1000 }).map(([name, length]) => [
    name,
    (date: Date) => new Date(Math.floor(date.getTime() / length) * length),
  ]),
);

function pick<T>({ draw }: Where, ...parts: readonly Readonly<Record<string, T>>[]): readonly [string, T] {
  return draw.pick(parts.flatMap((part) => Object.entries(part)));
}

/** Whole numbers that are parts of moments. */
export const partKinds: Kinds = [
  (where) => {
    const [part, of] = pick(where, DATE_PARTS);
    const work = (day: string): number => of(startOf(day));
    return callTerm("Extract", [termOf(deeper(where), "day")], { family: "whole" }, work, [part]);
  },
  (where) => {
    const [part, of] = pick(where, DATE_PARTS, TIME_PARTS);
    return callTerm("Extract", [termOf(deeper(where), "instant")], { family: "whole" }, of, [part]);
  },
];

export const dayKinds: Kinds = [
  (where) => {
    const [part, start] = pick(where, DATE_STARTS);
    const work = (day: string): string => dayOf(start(startOf(day)));
    return callTerm("Trunc", [termOf(deeper(where), "day")], { family: "day" }, work, [part]);
  },
  (where) => callTerm("Trunc", [termOf(deeper(where), "instant")], { family: "day" }, dayOf, ["date"]),
  (where) => callTerm("Cast", [termOf(deeper(where), "instant")], { family: "day" }, dayOf, ["date"]),
];

export const instantKinds: Kinds = [
  (where) => {
    const [part, start] = pick(where, DATE_STARTS, TIME_STARTS);
    return callTerm("Trunc", [termOf(deeper(where), "instant")], { family: "instant" }, start, [part]);
  },
];
