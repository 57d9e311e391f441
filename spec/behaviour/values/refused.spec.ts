import { describe, expect, it } from "vitest";
import { fields, manager, Model, type QueryEvent, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Form extends Model("form", {
  id: fields.integer({ primaryKey: true }),
  integer: fields.integer({ null: true }),
  small: fields.smallInteger({ null: true }),
  big: fields.bigInteger({ null: true }),
  float: fields.float({ null: true }),
  decimal: fields.decimal({ precision: 5, scale: 2, null: true }),
  boolean: fields.boolean({ null: true }),
  string: fields.string({ maxLength: 3, null: true }),
  text: fields.text({ null: true }),
  short: fields.text({ maxLength: 2, null: true }),
  email: fields.email({ null: true }),
  url: fields.url({ null: true }),
  slug: fields.slug({ null: true }),
  ip: fields.ipAddress({ null: true }),
  uuid: fields.uuid({ null: true }),
  date: fields.date({ null: true }),
  time: fields.time({ null: true }),
  datetime: fields.datetime({ null: true }),
  duration: fields.duration({ null: true }),
  json: fields.json<unknown>({ null: true }),
  binary: fields.binary({ null: true }),
  size: fields.enumeration(["s", "m"], { null: true }),
  level: fields.integer({ choices: [1, 2], null: true }),
  even: fields.integer({ validators: [(value: number) => (value % 2 === 0 ? null : "is odd.")], null: true }),
  point: fields.custom({
    sqlType: () => "varchar(40)",
    toDb: (value: string) => value,
    fromDb: String,
    validate: (value: string) => (value.startsWith("(") ? null : "is no point."),
    null: true,
  }),
  owner: () => fields.foreignKey(Form, { null: true }),
}) {
  static objects = manager(this);
}

class Strict extends Model("strict", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 5 }),
  age: fields.integer(),
  size: fields.enumeration(["s", "m"]),
}) {
  static objects = manager(this);
}

const circle: unknown[] = [];
circle.push(circle);

const NUL = "a\0b";
const HALF = "\uD83C";
const wrongTypes = [{}, { a: 1 }, [], [1], () => 1, Symbol("x"), new Map()] as const;

const cases: readonly (readonly [string, readonly unknown[]])[] = [
  [
    "integer",
    [
      2 ** 31,
      -(2 ** 31) - 1,
      1.5,
      Number.NaN,
      Infinity,
      -Infinity,
      "1",
      "",
      true,
      2n ** 31n,
      new Date(),
      ...wrongTypes,
    ],
  ],
  ["small", [32_768, -32_769, 0.5]],
  ["big", [2n ** 63n, -(2n ** 63n) - 1n, 2 ** 53, 1.5, Number.NaN, "1", true, ...wrongTypes]],
  ["float", [Number.NaN, Infinity, -Infinity, "1.5", 1n, true, new Date(), ...wrongTypes]],
  [
    "decimal",
    ["1000.00", "999.995", "-1000", "1e3", "", ".", "abc", "1,5", " 1", "NaN", "Infinity", 1.5, true, ...wrongTypes],
  ],
  ["boolean", [0, 1, "true", "", ...wrongTypes]],
  ["string", [NUL, HALF, "\uDC00x", "abcd", "🎸🎸🎸🎸", 1, 1n, true, new Date(), new String("x"), ...wrongTypes]],
  ["text", [NUL, HALF, `a${HALF}b`, 1, ...wrongTypes]],
  ["short", ["abc"]],
  ["email", ["ann", "ann@", "@x.com", "a b@x.com", "a@b@c.com", "a@nodot", `${"x".repeat(250)}@x.com`]],
  ["url", ["example.com", "/path", "", `https://x.com/${"a".repeat(2048)}`]],
  ["slug", ["a b", "é", "", "a/b", "x".repeat(51)]],
  ["ip", ["256.0.0.1", "1.2.3", ":::1", "localhost", ""]],
  [
    "uuid",
    ["", "3f2504e0", "3f2504e0-4f89-41d3-9a0c-0305e82c330g", "3f2504e0-4f89-41d3-9a0c-0305e82c33011", 1, ...wrongTypes],
  ],
  [
    "date",
    [
      "2023-02-29",
      "2024-13-01",
      "2024-00-01",
      "2024-01-00",
      "0000-01-01",
      "10000-01-01",
      "2024-1-1",
      "",
      "2024-01-01T00:00:00Z",
      new Date(),
      ...wrongTypes,
    ],
  ],
  ["time", ["24:00:00", "12:60:00", "12:00:60", "1:00:00", "12:00:00.1234567", "12:00:00Z", "", ...wrongTypes]],
  [
    "datetime",
    [
      new Date(Number.NaN),
      new Date("+010000-01-01T00:00:00Z"),
      new Date("0000-12-31T23:59:59.999Z"),
      "2024-01-01",
      0,
      ...wrongTypes,
    ],
  ],
  ["duration", [0.5, Number.NaN, Infinity, 2 ** 53, 1n, "1", ...wrongTypes]],
  [
    "json",
    [
      Number.NaN,
      { a: Infinity },
      [undefined],
      circle,
      { a: 1n },
      () => 1,
      Symbol("x"),
      [new Map()],
      { a: NUL },
      { [NUL]: 1 },
      HALF,
    ],
  ],
  ["binary", ["abc", [1], new ArrayBuffer(1), {}, 1, new Uint16Array(1)]],
  ["size", ["l", "", "S", 1, ...wrongTypes]],
  ["level", [3, 0, 1.5, "1"]],
  ["even", [1, 3]],
  ["point", ["1,2"]],
  ["owner", ["1", 1.5, Number.NaN, {}, [], [1], true, new Date(), { id: 1 }, { pk: 1 }]],
];

const flat = cases.flatMap(([field, values]) => values.map((value, index) => [field, index + 1, value] as const));

const NESTED = " To make one along with this row, give more of its values than its key.";

function refusalOf(work: () => unknown): ValidationError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError);
    return error as ValidationError;
  }
  throw new Error("It should have been refused.");
}

async function rejectionOf(work: Promise<unknown>): Promise<ValidationError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ValidationError);
  return error as ValidationError;
}

onEngines("Values that a field cannot hold", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, [Form, Strict], { onQuery: (event) => events.push(event) });

  describe("are refused before any SQL", () => {
    it.each(flat)("%s %i", async (field, _, value) => {
      const row = await Form.objects.create({});
      const sent = events.length;
      const values = { [field]: value } as never;
      const assigned = new Form({});
      const assign = (): unknown => Object.assign(assigned, values) && assigned.validate();
      const refusals = [
        refusalOf(() => new Form(values)),
        refusalOf(assign),
        await rejectionOf(Form.objects.create(values)),
        await rejectionOf(Form.objects.bulkCreate([{}, values])),
        await rejectionOf(row.update(values)),
        await rejectionOf(Form.objects.filter({ pk: row.pk }).update(values)),
      ];
      // A function is a default to be called.
      if (typeof value !== "function") {
        refusals.push(await rejectionOf(Form.objects.getOrCreate({ pk: 999_999 }, { defaults: values })));
      }
      for (const error of refusals) {
        expect(error.model).toBe("Form");
        expect(error.problems.map((problem) => problem.field)).toEqual([field]);
        expect(error.message).toBe(`Form.${field}: ${error.problems[0]?.message}`);
        // create says how to make a row along with another, too.
        expect(error.message.replace("in rows[1]: ", "").replace(NESTED, "")).toBe(refusals[0]?.message);
      }
      expect(refusals[3]?.message).toContain(`Form.${field}: in rows[1]: `);
      // Only getOrCreate may have looked whether there is such a row.
      expect(events.slice(sent).filter((event) => !/^select/i.test(event.sql))).toEqual([]);
      expect(events.length - sent).toBeLessThanOrEqual(1);
    });
  });

  it("all that is wrong with a row is said at once", async () => {
    const sent = events.length;
    const error = await rejectionOf(Strict.objects.create({ name: "too long", age: Number.NaN, size: "xl" } as never));
    expect(error.problems.map((problem) => problem.field)).toEqual(["name", "age", "size"]);
    expect(error.message).toMatch(/Strict\.name: has 8 characters, and at most 5 fit\./);
    expect(error.message).toMatch(/Strict\.age: .*NaN/);
    expect(error.message).toMatch(/Strict\.size: .*"xl".*s, m/);
    expect(events).toHaveLength(sent);
  });

  it("missing fields and wrong ones are said together", async () => {
    const error = await rejectionOf(Strict.objects.create({ name: 5 } as never));
    expect(error.problems.map((problem) => problem.field)).toEqual(["name", "age", "size"]);
    const missing = refusalOf(() => new Strict({} as never));
    expect(missing.problems).toEqual(["name", "age", "size"].map((field) => ({ field, message: "is required." })));
    const nulls = refusalOf(() => new Strict({ name: null, age: null, size: null } as never));
    expect(nulls.problems).toEqual(["name", "age", "size"].map((field) => ({ field, message: "cannot be null." })));
  });

  it("nothing of a bulk is written where one row is wrong", async () => {
    await rejectionOf(
      Strict.objects.bulkCreate([{ name: "a", age: 1, size: "s" }, { name: "b", age: "2", size: "s" } as never]),
    );
    expect(await Strict.objects.count()).toBe(0);
  });

  it("length is counted in code points", async () => {
    const { pk } = await Form.objects.create({ string: "🎸🎸🎸", short: "🎸e\u0301".slice(0, 3) });
    expect((await Form.objects.get({ pk })).string).toBe("🎸🎸🎸");
    expect(refusalOf(() => new Form({ string: "e\u0301e\u0301" })).message).toMatch(/4 characters.*at most 3/);
  });

  it("a default that cannot be held is refused like any other value", () => {
    class Careless extends Model("careless", { age: fields.integer({ default: () => "x" as never }) }) {
      static objects = manager(this);
    }
    expect(refusalOf(() => new Careless({})).problems.map((problem) => problem.field)).toEqual(["age"]);
  });

  it("a validator that throws is heard", () => {
    class Checked extends Model("checked", {
      age: fields.integer({
        validators: [
          () => {
            throw new TypeError("validator broke");
          },
        ],
      }),
    }) {}
    expect(() => new Checked({ age: 1 })).toThrow("validator broke");
  });
});
