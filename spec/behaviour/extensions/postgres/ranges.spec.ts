import { sql } from "kysely";
import { beforeAll, expect, it } from "vitest";
import { F, fields, IntegrityError, manager, Model, type ValidationError } from "dunder-orm";
import {
  bigIntegerRangeField,
  createExtension,
  dateMultirangeField,
  dateRangeField,
  datetimeMultirangeField,
  datetimeRangeField,
  decimalRangeField,
  exclusionConstraint,
  gistIndex,
  integerMultirangeField,
  integerRangeField,
  Range,
  RangeOf,
  timestampRangeField,
} from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, idsOf, onOthers, onPostgres } from "./only.js";

class Offer extends Model(
  "offer",
  {
    ages: integerRangeField({ null: true }),
    ids: bigIntegerRangeField({ null: true }),
    prices: decimalRangeField({ null: true }),
    days: dateRangeField({ null: true }),
    during: datetimeRangeField({ null: true }),
    local: timestampRangeField({ null: true }),
    parts: integerMultirangeField({ default: () => [] }),
    holidays: dateMultirangeField({ null: true }),
    shifts: datetimeMultirangeField({ null: true }),
    least: fields.integer({ default: 0 }),
    price: fields.decimal({ precision: 8, scale: 2, default: "1.50" }),
    weight: fields.float({ default: 1.5 }),
    big: fields.bigInteger({ default: 5n }),
    day: fields.date({ default: "2024-06-01" }),
    moment: fields.datetime({ default: () => new Date("2024-06-01T12:00:00Z") }),
  },
  { indexes: [gistIndex("ages"), gistIndex("during", { where: "during is not null" })] },
) {
  static objects = manager(this);
}

class Booking extends Model(
  "booking",
  { room: fields.integer(), during: datetimeRangeField(), cancelled: fields.boolean({ default: false }) },
  {
    constraints: [
      exclusionConstraint({
        name: "one_at_a_time",
        elements: [
          ["room", "="],
          ["during", "&&"],
        ],
        where: "not cancelled",
        deferrable: "immediate",
      }),
    ],
  },
) {
  static objects = manager(this);
}

const at = (text: string) => new Date(`2024-01-${text}Z`);

onPostgres("Ranges", (engine) => {
  const use = useDatabase(engine, [Offer]);

  beforeAll(async () => {
    await Offer.objects.create({ ages: new Range(10, 20), parts: [new Range(1, 3), new Range(7, 9)] });
    await Offer.objects.create({ ages: new Range(20, 29, "[]"), parts: [new Range(8, null)] });
    await Offer.objects.create({ ages: new Range(null, 5) });
    await Offer.objects.bulkCreate([{ ages: Range.empty() }, {}]);
  });

  it.each([
    ["ages", new Range(1, 5), "[1,5)"],
    ["ages", new Range(1, 5, "[]"), "[1,6)"],
    ["ages", new Range(1, 5, "()"), "[2,5)"],
    ["ages", new Range(1, 2, "()"), "empty"],
    ["ages", new Range(5, 5), "empty"],
    ["ages", new Range<number>(null, null, "[]"), "(,)"],
    ["ages", Range.empty<number>(), "empty"],
    ["ids", new Range(2n ** 60n, null), "[1152921504606846976,)"],
    ["prices", new Range("1.50", "12345678901234567890.123", "(]"), "(1.50,12345678901234567890.123]"],
    ["prices", new Range("1.0", "1.00", "[)"), "empty"],
    ["days", new Range("1999-12-31", "2000-02-28", "[]"), "[1999-12-31,2000-02-29)"],
    ["during", new Range(at("01T00:00:00.123"), null), "[2024-01-01T00:00:00.123Z,)"],
    [
      "local",
      new Range(at("01T00:00:00"), at("02T01:00:00.5"), "[]"),
      "[2024-01-01T00:00:00.000Z,2024-01-02T01:00:00.500Z]",
    ],
  ] as const)("in %s are the same in and out: %s", async (field, range, text) => {
    const made = await Offer.objects.create({ [field]: range });
    const read = (await Offer.objects.get({ id: made.id }))[field];
    expect(String(read)).toBe(text);
    expect(String(made[field])).toBe(text);
    expect(await Offer.objects.filter({ id: made.id, [field]: range } as never).count()).toBe(1);
    await made.refresh();
    expect(made.isDirty()).toBe(false);
    await made.delete();
  });

  it("in lists come in their order, those that touch as one", async () => {
    const holidays = [
      new Range("2024-05-03", "2024-05-05"),
      new Range("2024-01-01", "2024-01-01", "[]"),
      new Range("2024-05-05", null),
    ];
    const shifts = [new Range(at("02T08:00"), at("02T12:00")), new Range(at("01T08:00"), at("01T12:00"), "[]")];
    const made = await Offer.objects.create({ holidays, shifts });
    const read = await Offer.objects.get({ id: made.id });
    expect(read.holidays?.map(String)).toEqual(["[2024-01-01,2024-01-02)", "[2024-05-03,)"]);
    expect(made.holidays).toEqual(read.holidays);
    expect(read.shifts?.[0]?.bounds).toBe("[]");
    expect(read.isDirty()).toBe(false);
    read.holidays?.pop();
    expect(read.dirtyFields()).toEqual(["holidays"]);
    await made.delete();
  });

  it("are asked for values and for ranges", async () => {
    expect(await idsOf(Offer.objects.filter({ ages__contains: 20 }))).toEqual([2]);
    expect(await idsOf(Offer.objects.filter({ ages__contains: new Range(12, 15) }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ ages__contained_by: new Range(0, 30) }))).toEqual([1, 2, 4]);
    expect(await idsOf(Offer.objects.filter({ ages__overlap: new Range(4, 11) }))).toEqual([1, 3]);
    expect(await idsOf(Offer.objects.filter({ ages__fully_lt: new Range(20, 30) }))).toEqual([1, 3]);
    expect(await idsOf(Offer.objects.filter({ ages__fully_gt: new Range(0, 10) }))).toEqual([1, 2]);
    expect(await idsOf(Offer.objects.filter({ ages__not_lt: new Range(10, 11) }))).toEqual([1, 2]);
    expect(await idsOf(Offer.objects.filter({ ages__not_gt: new Range(10, 20) }))).toEqual([1, 3]);
    expect(await idsOf(Offer.objects.filter({ ages__adjacent_to: new Range(20, 25) }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ ages: new Range(10, 19, "[]") }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ ages__in: [new Range(10, 20), new Range(20, 30)] }))).toEqual([1, 2]);
    expect(await idsOf(Offer.objects.filter({ ages__isnull: true }))).toEqual([5]);
    expect(await idsOf(Offer.objects.exclude({ ages__contains: 20 }))).toEqual([1, 3, 4, 5]);
    expect(await idsOf(Offer.objects.filter({ ages__gt: new Range(15, 16) }))).toEqual([2]);
  });

  it("have ends, and are asked about them", async () => {
    expect(await idsOf(Offer.objects.filter({ ages__startswith: 10 }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ ages__endswith__gte: 20 }))).toEqual([1, 2]);
    expect(await idsOf(Offer.objects.filter({ ages__startswith__isnull: true }))).toEqual([3, 4, 5]);
    expect(await idsOf(Offer.objects.filter({ ages__isempty: true }))).toEqual([4]);
    expect(await idsOf(Offer.objects.filter({ ages__lower_inf: true }))).toEqual([3]);
    expect(await idsOf(Offer.objects.filter({ ages__upper_inf: false }))).toEqual([1, 2, 3, 4]);
    expect(await idsOf(Offer.objects.filter({ ages__lower_inc: true, ages__upper_inc: false }))).toEqual([1, 2]);
    const local = await Offer.objects.create({
      local: new Range(at("05T10:00"), null),
      days: new Range("2024-01-01", null),
    });
    expect(await Offer.objects.filter({ local__startswith: at("05T10:00"), local__startswith__hour: 10 }).count()).toBe(
      1,
    );
    expect(await Offer.objects.filter({ days__startswith__year: 2024 }).count()).toBe(1);
    await local.delete();
  });

  it("in lists are asked the same", async () => {
    expect(await idsOf(Offer.objects.filter({ parts__contains: 8 }))).toEqual([1, 2]);
    expect(await idsOf(Offer.objects.filter({ parts__contains: new Range(1, 3) }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ parts__contains: [new Range(1, 2), new Range(7, 8)] }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ parts__overlap: new Range(2, 4) }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ parts__isempty: true }))).toEqual([3, 4, 5]);
    expect(await idsOf(Offer.objects.filter({ parts__startswith: 1, parts__endswith: 9 }))).toEqual([1]);
    expect(await idsOf(Offer.objects.filter({ parts: [new Range(7, 9), new Range(1, 3)] }))).toEqual([1]);
  });

  it("are what values of other fields lie in", async () => {
    const one = Offer.objects.filter({ id: 1 });
    expect(await one.filter({ least__contained_by: new Range(0, 1) }).count()).toBe(1);
    expect(await one.filter({ least__contained_by: new Range(1, null) }).count()).toBe(0);
    expect(await one.filter({ price__contained_by: new Range("1.5", "2") }).count()).toBe(1);
    expect(await one.filter({ weight__contained_by: new Range(0.5, 1.5, "[]") }).count()).toBe(1);
    expect(await one.filter({ big__contained_by: new Range(5n, 6n) }).count()).toBe(1);
    expect(await one.filter({ day__contained_by: new Range("2024-01-01", "2024-12-31") }).count()).toBe(1);
    expect(await one.filter({ moment__contained_by: new Range(at("01T00:00"), null) }).count()).toBe(1);
    expect(() => one.filter({ least__contained_by: [0, 1] } as never)).toThrow(/expected a Range/);
  });

  it("are made of fields", async () => {
    const made = Offer.objects.annotate({
      numbers: RangeOf("least", F("least").add(3)),
      span: RangeOf("day", "day", { bounds: "[]" }),
      cost: RangeOf("price", F("price").add(1)),
    });
    const row = await made.filter({ numbers__contains: 2 }).get({ id: 1 });
    expect([row.numbers, row.span, row.cost].map(String)).toEqual(["[0,3)", "[2024-06-01,2024-06-02)", "[1.50,2.50)"]);
    expect(await made.filter({ span__overlap: new Range("2024-06-01", null) }).count()).toBeGreaterThan(0);
    expect(() => Offer.objects.annotate({ wrong: RangeOf("least", "day") })).toThrow(/one kind/);
    expect(() => RangeOf("least", "least", { bounds: "<>" } as never)).toThrow(/bounds/);
  });

  it("refuse what is none, before any SQL", async () => {
    const problem = (values: object) =>
      Offer.objects.create(values as never).then(
        () => "",
        (error: ValidationError) => error.message,
      );
    expect(await problem({ ages: [1, 5] })).toMatch(/ages: expected a Range/);
    expect(await problem({ ages: new Range("1" as never, 5) })).toMatch(/its lower end: expected a whole number/);
    expect(await problem({ ages: new Range(5, 1) })).toMatch(/lower end is above/);
    expect(await problem({ ages: new Range(1, 2 ** 31) })).toMatch(/its upper end/);
    expect(await problem({ parts: new Range(1, 2) })).toMatch(/expected a list of Ranges/);
    expect(() => new Range(undefined as never, 1)).toThrow(/undefined/);
    expect(() => new Range(1, 2, "[[" as never)).toThrow(/bounds are/);
    expect(() => Offer.objects.filter({ ages__contains: "x" } as never)).toThrow(/whole number/);
  });

  it("keep rows from excluding each other", async () => {
    await createExtension(use.db, "btree_gist");
    Booking.bind(use.db);
    await use.db.createTables([Booking]);
    const first = await Booking.objects.create({ room: 1, during: new Range(at("01T10:00"), at("01T12:00")) });
    await Booking.objects.create({ room: 2, during: first.during });
    await Booking.objects.create({ room: 1, during: new Range(at("01T12:00"), at("01T13:00")) });
    const clash = { room: 1, during: new Range(at("01T11:00"), at("01T11:30")) };
    const error = await Booking.objects.create(clash).catch((thrown: IntegrityError) => thrown);
    expect(error).toBeInstanceOf(IntegrityError);
    expect((error as IntegrityError).constraint).toBe("one_at_a_time");
    await Booking.objects.create({ ...clash, cancelled: true });
    await use.db.atomic(async () => {
      await use.db.execute(sql`set constraints one_at_a_time deferred`);
      const late = await Booking.objects.create(clash);
      await first.delete();
      expect(late.id).toBeGreaterThan(0);
    });
    expect(await Booking.objects.filter({ during__overlap: clash.during }).count()).toBe(3);
  });
});

onOthers("Ranges", (engine) => {
  const use = useDatabase(engine, []);

  it("are refused by name", async () => {
    await expectRefusal(() => use.db.createTables([Offer]), /integerRangeField.*Two fields/);
    await expectRefusal(() => use.db.createTables([Booking]), /datetimeRangeField|exclusionConstraint/);
    await expectRefusal(() => Offer.objects.using(use.db).filter({ ages__contains: 1 }).all(), /contains/);
    await expectRefusal(
      () =>
        Offer.objects
          .using(use.db)
          .filter({ least__contained_by: new Range(1, 2) })
          .all(),
      /contained_by/,
    );
  });
});
