import { beforeAll, expect, it } from "vitest";
import { ConfigurationError, Database, fields, FieldError, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { type Askable, labelsInOrder } from "./data.js";

class Moment extends Model(
  "moment",
  {
    id: fields.integer({ primaryKey: true }),
    label: fields.string({ maxLength: 40 }),
    at: fields.datetime({ null: true }),
    day: fields.date({ null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

const utc = (text: string) => new Date(`${text}Z`);

const rows: readonly (readonly [label: string, at: Date | null, day: string | null])[] = [
  ["new year, 3 in the morning", utc("2024-01-01T03:00:00.000"), "2024-01-01"],
  ["last moment of 2024", utc("2024-12-31T23:59:59.999"), "2024-12-31"],
  ["first moment of 2025", utc("2025-01-01T00:00:00.000"), "2025-01-01"],
  ["evening of June 30", utc("2024-06-30T20:30:00.500"), "2024-06-30"],
  ["leap day", utc("2024-02-29T12:00:00.000"), "2024-02-29"],
  ["Sunday of week 53", utc("2021-01-03T12:00:00.000"), "2021-01-03"],
  ["Monday of week 1", utc("2021-01-04T12:00:00.000"), "2021-01-04"],
  ["before the clocks went on", utc("2024-03-10T06:59:59.000"), "2024-03-10"],
  ["after the clocks went on", utc("2024-03-10T07:00:00.000"), "2024-03-10"],
  ["unknown", null, null],
];

const moments = Moment.objects;
const newYork = moments.inTimeZone("America/New_York");

type MomentCase = readonly [title: string, ask: () => Askable, inOrder: readonly string[]];

const cases: readonly MomentCase[] = [
  ["year in UTC", () => moments.filter({ at__year: 2023 }), []],
  ["year in New York", () => newYork.filter({ at__year: 2023 }), ["new year, 3 in the morning"]],
  ["date in UTC", () => moments.filter({ at__date: "2024-01-01" }), ["new year, 3 in the morning"]],
  ["date in New York", () => newYork.filter({ at__date: "2023-12-31" }), ["new year, 3 in the morning"]],
  ["hour in UTC", () => moments.filter({ at__hour: 3 }), ["new year, 3 in the morning"]],
  ["hour in New York", () => newYork.filter({ at__hour: 22 }), ["new year, 3 in the morning"]],
  ["time in UTC", () => moments.filter({ at__time: "20:30:00.5" }), ["evening of June 30"]],
  ["time in New York, in summer", () => newYork.filter({ at__time: "16:30:00.5" }), ["evening of June 30"]],
  ["hour before the clocks go on", () => newYork.filter({ at__hour: 1 }), ["before the clocks went on"]],
  ["no hour is 2 on that day", () => newYork.filter({ at__date: "2024-03-10", at__hour: 2 }), []],
  ["hour after the clocks go on", () => newYork.filter({ at__hour: 3 }), ["after the clocks went on"]],
  [
    "the last moment of a year is in it",
    () => moments.filter({ at__year: 2024, at__month: 12 }),
    ["last moment of 2024"],
  ],
  ["the first of the next is not", () => moments.filter({ at__year: 2025 }), ["first moment of 2025"]],
  ["year gt", () => moments.filter({ at__year__gt: 2024 }), ["first moment of 2025"]],
  ["year lte", () => moments.filter({ at__year__lte: 2021 }), ["Sunday of week 53", "Monday of week 1"]],
  ["iso_year at the end of week 53", () => moments.filter({ at__iso_year: 2020 }), ["Sunday of week 53"]],
  ["week 53", () => moments.filter({ at__week: 53 }), ["Sunday of week 53"]],
  ["week 1 of 2021", () => moments.filter({ at__week: 1, at__iso_year: 2021 }), ["Monday of week 1"]],
  [
    "week 1 of 2025 begins in 2024",
    () => moments.filter({ at__iso_year: 2025, at__week: 1 }),
    ["last moment of 2024", "first moment of 2025"],
  ],
  [
    "the same of plain days",
    () => moments.filter({ day__iso_year: 2025, day__week: 1 }),
    ["last moment of 2024", "first moment of 2025"],
  ],
  ["week_day counts from Sunday", () => moments.filter({ day__week_day: 1, day__year: 2021 }), ["Sunday of week 53"]],
  [
    "iso_week_day counts from Monday",
    () => moments.filter({ day__iso_week_day: 1, day__year: 2021 }),
    ["Monday of week 1"],
  ],
  ["iso_week_day of a Sunday", () => moments.filter({ day__iso_week_day: 7, day__year: 2021 }), ["Sunday of week 53"]],
  ["quarter", () => moments.filter({ at__quarter: 2 }), ["evening of June 30"]],
  ["leap day", () => moments.filter({ day__month: 2, day__day: 29 }), ["leap day"]],
  [
    "a range up to midnight misses the evening",
    () => moments.filter({ at__range: [utc("2024-06-01T00:00:00"), utc("2024-06-30T00:00:00")] }),
    [],
  ],
  [
    "date lte does not",
    () => moments.filter({ at__date__lte: "2024-06-30", at__date__gte: "2024-06-01" }),
    ["evening of June 30"],
  ],
  [
    "parts are lookups' left sides",
    () => moments.filter({ at__month__in: [2, 6] }),
    ["evening of June 30", "leap day"],
  ],
  ["exclude of a part keeps NULL", () => moments.exclude({ at__year__gte: 2000 }), ["unknown"]],
  ["isnull of a part", () => moments.filter({ at__hour__isnull: true }), ["unknown"]],
  ["a later zone replaces an earlier one", () => newYork.inTimeZone("UTC").filter({ at__year: 2023 }), []],
  [
    "the zone may be named after the filter",
    () => moments.filter({ at__year: 2023 }).inTimeZone("America/New_York"),
    ["new year, 3 in the morning"],
  ],
  [
    "a zone whose offset has half an hour",
    () => moments.inTimeZone("Asia/Kolkata").filter({ at__minute: 30, at__year: 2024 }).filter({ at__hour: 8 }),
    ["new year, 3 in the morning"],
  ],
  [
    "a queryset in a list keeps its own zone",
    () => moments.filter({ pk__in: newYork.filter({ at__year: 2023 }) }),
    ["new year, 3 in the morning"],
  ],
  [
    "and so does the one around it",
    () => newYork.filter({ pk__in: moments.filter({ at__hour: 3 }), at__hour: 22 }),
    ["new year, 3 in the morning"],
  ],
  [
    "the zone does not move plain days",
    () => newYork.filter({ day: "2024-01-01", day__year: 2024 }),
    ["new year, 3 in the morning"],
  ],
];

onEngines("Moments", (engine) => {
  useDatabase(engine, [Moment]);
  beforeAll(async () => {
    await moments.bulkCreate(rows.map(([label, at, day]) => ({ label, at, day })));
  });

  it.each(cases)("trap 52: %s", async (_title, ask, inOrder) => {
    expect(await labelsInOrder(ask())).toEqual(inOrder);
  });

  it("trap 53: instants come back to the millisecond, plain days as they are", async () => {
    const read = await moments.all();
    expect(read.map((row) => [row.label, row.at, row.day])).toEqual(rows);
  });

  it("trap 53: an instant equals itself, and no other millisecond", async () => {
    expect(await labelsInOrder(moments.filter({ at: utc("2024-12-31T23:59:59.999") }))).toEqual([
      "last moment of 2024",
    ]);
    expect(await labelsInOrder(moments.filter({ at: utc("2024-12-31T23:59:59.998") }))).toEqual([]);
    const last = moments.filter({ at__gt: utc("2024-12-31T23:59:59.998"), at__lt: utc("2025-01-01T00:00:00.001") });
    expect(await labelsInOrder(last)).toEqual(["last moment of 2024", "first moment of 2025"]);
  });

  it.each(["Mars/Base", "", "America/New_York'; --", "+02:00", null, 3])("trap 52: %j is no time zone", (zone) => {
    expect(() => moments.inTimeZone(zone as string)).toThrow(FieldError);
    expect(() => new Database("sqlite::memory:", { timeZone: zone as string })).toThrow(ConfigurationError);
  });

  it.each([
    ["a string for an instant", { at: "2024-01-01" }],
    ["a number for an instant", { at__gt: 0 }],
    ["an invalid date", { at: new Date(Number.NaN) }],
    ["a Date for a plain day", { day: new Date(0) }],
    ["a day that is not in the calendar", { day: "2023-02-29" }],
    ["a Date for the date of an instant", { at__date: new Date(0) }],
    ["text for a year", { at__year: "2024" }],
    ["an hour of a plain day", { day__hour: 1 }],
  ])("trap 53: %s is refused", (_title, where) => {
    expect(() => moments.filter(where as never)).toThrow(FieldError);
  });

  it("trap 52: a part beyond what it can be is nobody's", async () => {
    expect(await labelsInOrder(moments.filter({ at__month: 13 }))).toEqual([]);
    expect(await labelsInOrder(moments.filter({ at__year: 2 ** 40 }))).toEqual([]);
    expect(await moments.filter({ at__year__lt: 2 ** 40 }).count()).toBe(9);
  });

  it("trap 52: the database's own zone is used where a queryset names none", async () => {
    const db = await engine.database({ timeZone: "America/New_York" });
    await db.createTables([Moment]);
    const there = moments.using(db);
    await there.create({ label: "new year", at: utc("2024-01-01T03:00:00") });
    expect(await labelsInOrder(there.filter({ at__year: 2023, at__hour: 22, at__date: "2023-12-31" }))).toEqual([
      "new year",
    ]);
    expect(await labelsInOrder(there.filter({ at__year: 2024 }))).toEqual([]);
    expect(await labelsInOrder(there.inTimeZone("UTC").filter({ at__year: 2024, at__hour: 3 }))).toEqual(["new year"]);
    expect((await there.get()).at).toEqual(utc("2024-01-01T03:00:00"));
  });
});
