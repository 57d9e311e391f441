import { beforeAll } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import {
  compare,
  comparisons,
  lookupTests,
  type Loose,
  type LookupRow,
  oracleOf,
  type Part,
  partOf,
  withTransforms,
} from "./table.js";

class Moment extends Model(
  "moment",
  {
    id: fields.integer({ primaryKey: true }),
    day: fields.date({ null: true }),
    clock: fields.time({ null: true }),
    at: fields.datetime({ null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

const utc = (text: string) => new Date(`${text}Z`);

const days: readonly (string | null)[] = [
  null,
  "0001-01-01",
  "0001-12-31",
  "0099-06-15",
  "1582-10-10",
  "1900-02-28",
  "1900-03-01",
  "1969-12-31",
  "1970-01-01",
  "2000-02-29",
  "2004-12-31",
  "2005-01-01",
  "2005-01-02",
  "2005-12-31",
  "2006-01-01",
  "2006-01-02",
  "2008-12-28",
  "2008-12-29",
  "2008-12-31",
  "2010-01-03",
  "2020-12-31",
  "2021-01-03",
  "2021-01-04",
  "2023-03-31",
  "2023-04-01",
  "2024-02-29",
  "2024-06-30",
  "2024-12-29",
  "2024-12-30",
  "9999-12-31",
];

const clocks: readonly (string | null)[] = [
  null,
  "00:00:00",
  "00:00:00.000001",
  "00:00:01",
  "00:59:59.999999",
  "01:00:00",
  "09:05:03",
  "10:20:30",
  "10:20:30.05",
  "10:20:30.5",
  "12:00:00",
  "13:59:00.1",
  "23:59:59",
  "23:59:59.999",
  "23:59:59.999999",
];

const instants: readonly (Date | null)[] = [
  null,
  utc("0001-01-02T00:00:00.000"),
  utc("0099-12-31T23:59:59.999"),
  utc("1582-10-10T10:00:00.120"),
  utc("1899-12-31T12:00:00.000"),
  utc("1945-08-14T22:59:59.000"),
  utc("1969-12-31T23:59:59.999"),
  utc("1970-01-01T00:00:00.000"),
  utc("1999-12-31T23:30:00.000"),
  utc("2005-01-02T04:59:59.999"),
  utc("2008-12-29T04:00:00.000"),
  utc("2021-01-04T00:00:00.000"),
  utc("2021-01-04T05:00:00.000"),
  utc("2024-01-01T03:00:00.000"),
  utc("2024-02-29T12:34:56.789"),
  utc("2024-03-10T06:59:59.999"),
  utc("2024-03-10T07:00:00.000"),
  utc("2024-06-30T20:30:00.500"),
  utc("2024-11-03T05:30:00.000"),
  utc("2024-11-03T06:30:00.000"),
  utc("2024-12-31T23:59:59.999"),
  utc("2025-01-01T00:00:00.000"),
  utc("2037-12-31T23:59:59.000"),
  utc("2050-07-01T02:00:00.000"),
  utc("9999-12-31T23:59:59.999"),
];

/** The parts of a day, by the calendar's own rules: a Thursday decides to which year its week belongs. */
const dayParts = {
  year: (day: string) => Number(day.slice(0, 4)),
  month: (day: string) => Number(day.slice(5, 7)),
  day: (day: string) => Number(day.slice(8, 10)),
  quarter: (day: string) => Math.ceil(Number(day.slice(5, 7)) / 3),
  week_day: (day: string) => utc(`${day}T00:00:00`).getUTCDay() + 1,
  iso_week_day: (day: string) => utc(`${day}T00:00:00`).getUTCDay() || 7,
  iso_year: (day: string) => thursdayOf(day).getUTCFullYear(),
  week: (day: string) => {
    const thursday = thursdayOf(day);
    const newYear = utc(`${String(thursday.getUTCFullYear()).padStart(4, "0")}-01-01T00:00:00`);
    return Math.floor((thursday.getTime() - newYear.getTime()) / (7 * DAY)) + 1;
  },
};
const DAY = 86_400_000;

function thursdayOf(day: string): Date {
  const date = utc(`${day}T00:00:00`);
  return new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY);
}

const clockParts = {
  hour: (time: string) => Number(time.slice(0, 2)),
  minute: (time: string) => Number(time.slice(3, 5)),
  second: (time: string) => Number(time.slice(6, 8)),
};

/** An instant as the wall clock of a zone shows it. */
function wall(zone: string): (at: Date) => { day: string; time: string } {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const milliseconds = (((at.getTime() % 1000) + 1000) % 1000).toString().padStart(3, "0").replace(/0+$/, "");
    const time = `${parts["hour"]}:${parts["minute"]}:${parts["second"]}`;
    return {
      day: `${String(parts["year"]).padStart(4, "0")}-${parts["month"]}-${parts["day"]}`,
      time: milliseconds === "" ? time : `${time}.${milliseconds}`,
    };
  };
}

const texts = oracleOf(comparisons((a, b) => compare(a as string, b as string)));
const counts = oracleOf(comparisons((a, b) => Number(a) - Number(b)));
const dates = oracleOf(comparisons((a, b) => (a as Date).getTime() - (b as Date).getTime()));

const toCounts = <T>(parts: Readonly<Record<string, (value: T) => number>>) =>
  Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, [part as (value: never) => unknown, counts]]),
  ) as Record<string, readonly [(value: never) => unknown, typeof counts]>;

const ofDays = withTransforms(texts, toCounts(dayParts));
const clockTexts = oracleOf(comparisons((a, b) => microseconds(a as string) - microseconds(b as string)));
const ofClocks = withTransforms(clockTexts, toCounts(clockParts));

function microseconds(time: string): number {
  const [hours, minutes, seconds = "0"] = time.split(":");
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6);
}

function ofInstants(zone: string) {
  const local = wall(zone);
  const onDay = Object.entries(dayParts).map(([name, part]) => [name, (at: Date) => part(local(at).day)] as const);
  const onClock = Object.entries(clockParts).map(([name, part]) => [name, (at: Date) => part(local(at).time)] as const);
  const date = withTransforms(texts, toCounts(dayParts));
  return (lookup: string) => {
    const [head = "", ...rest] = lookup.split("__");
    const after = rest.join("__") || "exact";
    if (head === "date") return (value: never, operand: never) => date(after)(local(value).day as never, operand);
    if (head === "time") return (value: never, operand: never) => ofClocks(after)(local(value).time as never, operand);
    return withTransforms(dates, toCounts(Object.fromEntries([...onDay, ...onClock])))(lookup);
  };
}

const dayPartRows: readonly LookupRow[] = [
  ["year", [1, 1969, 1970, 2005, 2024, 9999, 0, 12_345]],
  ["year__gt", [1969, 2023, 0.5]],
  ["year__lte", [1, 1970]],
  ["year__in", [[1, 2024], [1969]]],
  [
    "year__range",
    [
      [1900, 2004],
      [2021, 2024],
    ],
  ],
  ["year__ne", [2024]],
  ["year__isnull", [true, false]],
  ["iso_year", [1, 2004, 2005, 2008, 2009, 2020, 2021, 2024, 2025, 9999]],
  ["iso_year__lt", [2005]],
  ["quarter", [1, 2, 3, 4]],
  ["quarter__in", [[2, 3]]],
  ["month", [1, 2, 3, 12, 13]],
  ["month__gte", [6]],
  ["week", [1, 9, 26, 52, 53]],
  ["week__gt", [51]],
  ["day", [1, 2, 4, 29, 30, 31]],
  ["day__lt", [3]],
  ["week_day", [1, 2, 3, 4, 5, 6, 7]],
  ["week_day__in", [[1, 7]]],
  ["iso_week_day", [1, 2, 3, 4, 5, 6, 7]],
  ["iso_week_day__gte", [6]],
];

const dayTable: readonly LookupRow[] = [
  ["exact", [...days.filter((day) => day !== null), "2024-01-01", null]],
  ["ne", ["1970-01-01", "2024-01-01", null]],
  ["gt", ["1969-12-31", "0001-01-01", "2005-01-01"]],
  ["gte", ["1970-01-01", "9999-12-31"]],
  ["lt", ["1970-01-01", "0001-12-31"]],
  ["lte", ["1582-10-10", "2000-02-29"]],
  [
    "range",
    [
      ["2005-01-01", "2005-12-31"],
      ["0001-01-01", "1900-02-28"],
      ["2024-12-31", "2024-01-01"],
    ],
  ],
  [
    "in",
    [
      ["2000-02-29", "2024-02-29"],
      [null, "9999-12-31"],
      ["1970-01-02", "0001-01-01"],
    ],
  ],
  ["isnull", [true, false]],
  ...dayPartRows,
];

const clockPartRows: readonly LookupRow[] = [
  ["hour", [0, 1, 10, 23]],
  ["hour__gte", [12, 23]],
  ["minute", [0, 20, 59]],
  ["minute__in", [[5, 59]]],
  ["second", [0, 1, 30, 59]],
  ["second__lt", [30]],
];

const clockTable: readonly LookupRow[] = [
  ["exact", ["00:00:00", "10:20:30", "10:20:30.50", "10:20:30.05", "23:59:59.999999", "12:00", null]],
  ["ne", ["12:00:00", "10:20:30.5"]],
  ["gt", ["10:20:30", "23:59:59.999", "00:00:00"]],
  ["gte", ["10:20:30.5", "23:59:59.999999"]],
  ["lt", ["10:20:30.05", "00:00:00.000001"]],
  ["lte", ["10:20:30.05", "00:00:00"]],
  [
    "range",
    [
      ["10:20:30", "10:20:30.5"],
      ["00:00:00", "01:00:00"],
    ],
  ],
  [
    "in",
    [
      ["12:00:00", "13:59:00.1"],
      [null, "10:20:30.500"],
    ],
  ],
  ["isnull", [true, false]],
  ...clockPartRows,
];

const instantTable: readonly LookupRow[] = [
  ["exact", [...instants.filter((at) => at !== null), utc("2024-02-29T12:34:56.788"), null]],
  ["ne", [utc("1970-01-01T00:00:00"), utc("2024-01-01T00:00:00"), null]],
  ["gt", [utc("1969-12-31T23:59:59.999"), utc("2024-02-29T12:34:56.788"), utc("2025-01-01T00:00:00")]],
  ["gte", [utc("1970-01-01T00:00:00"), utc("9999-12-31T23:59:59.999")]],
  ["lt", [utc("1970-01-01T00:00:00"), utc("0099-12-31T23:59:59.999")]],
  ["lte", [utc("1582-10-10T10:00:00.120"), utc("2024-06-30T20:30:00.500")]],
  [
    "range",
    [
      [utc("2024-01-01T00:00:00"), utc("2024-12-31T23:59:59.999")],
      [utc("0001-01-01T00:00:00"), utc("1900-01-01T00:00:00")],
    ],
  ],
  [
    "in",
    [
      [utc("2021-01-04T00:00:00"), utc("2024-02-29T12:34:56.789")],
      [null, utc("9999-12-31T23:59:59.999")],
    ],
  ],
  ["isnull", [true, false]],
  ...dayPartRows,
  ...clockPartRows,
  ["date", ["0099-12-31", "1969-12-31", "1970-01-01", "2024-02-29", "2023-12-31", "2024-12-31", "9999-12-31"]],
  ["date__lt", ["1970-01-01"]],
  ["date__gte", ["2024-12-31"]],
  ["date__range", [["2024-01-01", "2024-12-31"]]],
  ["date__in", [["2024-02-29", "2021-01-04", "2021-01-03"]]],
  ["date__year", [2024]],
  ["date__week__gte", [52]],
  ["date__isnull", [true]],
  ["time", ["00:00:00", "12:34:56.789", "07:34:56.789", "23:59:59.999", "18:59:59.999"]],
  ["time__gt", ["12:00:00", "20:29:59.999"]],
  ["time__lte", ["05:00:00"]],
  ["time__hour", [0, 23]],
  ["time__minute__gte", [30]],
];

/** East of Greenwich the last hours of the year 9999 are in a year that no engine has. */
const LAST = utc("9999-12-31T00:00:00.000");

/** Instants in the time that every zone's rules are well known for. */
const modern = instants.filter((at) => at === null || (at.getUTCFullYear() > 1970 && at.getUTCFullYear() < 2038));

const moments = Moment.objects;

onEngines("Lookups of dates and times", (engine) => {
  useDatabase(engine, [Moment]);
  beforeAll(async () => {
    parts.set("day", partOf(await moments.bulkCreate(days.map((day) => ({ day })))));
    parts.set("clock", partOf(await moments.bulkCreate(clocks.map((clock) => ({ clock })))));
    parts.set("at", partOf(await moments.bulkCreate(instants.map((at) => ({ at })))));
  });

  const parts = new Map<string, Part>();
  const ask = (field: string) => () => moments.filter(parts.get(field)) as unknown as Loose;
  lookupTests({ field: "day", values: days, ask: ask("day") }, dayTable, ofDays);
  lookupTests({ field: "clock", values: clocks, ask: ask("clock") }, clockTable, ofClocks);
  lookupTests({ field: "at", values: instants, ask: ask("at") }, instantTable, ofInstants("UTC"));
});

/** The parts that a zone moves, with operands that tell rows of the time of Unix from each other. */
const zonedTable: readonly LookupRow[] = [
  ["year", [1999, 2004, 2023, 2024, 2025, 2037]],
  ["iso_year", [2004, 2008, 2009, 2020, 2021, 2025]],
  ["quarter", [1, 2, 4]],
  ["month", [1, 3, 12]],
  ["week", [1, 26, 52, 53]],
  ["day", [1, 3, 10, 30, 31]],
  ["week_day", [1, 2]],
  ["iso_week_day", [1, 7]],
  ["hour", [0, 1, 3, 5, 22, 23]],
  ["minute", [0, 30, 59]],
  ["second", [56, 59]],
  ["date", ["2024-03-10", "2023-12-31", "2024-12-31"]],
  ["date__lt", ["2021-01-04"]],
  ["time__gt", ["12:00:00"]],
  ["year__isnull", [true]],
];

const zones = ["America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Europe/London", "UTC"];

onEngines("Lookups of instants in a time zone", (engine) => {
  useDatabase(engine, [Moment]);
  beforeAll(async () => {
    await moments.bulkCreate(instants.map((at) => ({ at })));
  });

  for (const zone of zones) {
    const inRange = () =>
      moments
        .exclude({ at__lt: utc("1970-01-02T00:00:00") })
        .exclude({ at__gte: utc("2038-01-01T00:00:00") })
        .inTimeZone(zone) as unknown as Loose;
    lookupTests(
      { field: "at", values: modern, ask: inRange, title: zone },
      tellingIn(zone, zonedTable),
      ofInstants(zone),
    );
  }

  // The same for every instant: zones had other offsets once, and go on changing their clocks after 2038.
  const beyond = instants.filter(
    (at) => at !== null && at.getUTCFullYear() > 1000 && !modern.includes(at) && at < LAST,
  );
  for (const zone of ["America/New_York", "Asia/Kathmandu"]) {
    const local = wall(zone);
    lookupTests(
      {
        field: "at",
        values: beyond,
        ask: () => moments.filter({ at__in: beyond as Date[] }).inTimeZone(zone),
        title: `${zone}, far from now`,
      },
      [
        ["date", beyond.map((at) => local(at as Date).day)],
        ["hour", beyond.map((at) => Number(local(at as Date).time.slice(0, 2)))],
      ],
      ofInstants(zone),
    );
  }
});

/** Without the lookups whose operands no instant of a zone tells apart. */
function tellingIn(zone: string, table: readonly LookupRow[]): LookupRow[] {
  const oracle = ofInstants(zone);
  return table.filter(([lookup, operands]) => {
    if (lookup.endsWith("isnull")) return true;
    const test = oracle(lookup) as (value: unknown, operand: unknown) => boolean;
    return operands.some((operand) => modern.some((at) => at !== null && test(at, operand)));
  });
}
