import { describe, expect, it } from "vitest";
import { ConfigurationError, fields, Model } from "dunder-orm";

const id = fields.integer({ primaryKey: true });

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("It should have been refused.");
}

class Seat extends Model(
  "seat",
  {
    row: fields.string({ maxLength: 2 }),
    place: fields.integer(),
    label: fields.string({ unique: true }),
    hall: fields.string({ null: true }),
  },
  { primaryKey: ["row", "place"], indexes: [{ fields: ["hall", "label"], unique: true }] },
) {}

type Options = Parameters<typeof fields.foreignKey>[1];

const ticket = (options: object, more: object = {}) => {
  class Ticket extends Model("ticket", {
    id,
    seat: () => fields.foreignKey(Seat, options as never as Options),
    ...more,
  }) {}
  return () => Ticket.meta as unknown as { columns: { name: string; nullable: boolean }[] };
};

describe("A foreign key", () => {
  it("has the columns of its target's key, named after both", () => {
    expect(ticket({})().columns.map(({ name }) => name)).toEqual(["id", "seat_row", "seat_place"]);
    expect(ticket({ to: "label" })().columns.map(({ name }) => name)).toEqual(["id", "seat_label"]);
    expect(ticket({ to: ["label"], column: "label" })().columns.map(({ name }) => name)).toEqual(["id", "label"]);
    const nullable = ticket({ columns: ["r", "p"], null: true })().columns;
    expect(nullable.map(({ name, nullable: open }) => [name, open])).toEqual([
      ["id", false],
      ["r", true],
      ["p", true],
    ]);
  });

  it("takes lists of names", () => {
    for (const to of ["", [], [1], {}, null, 5]) {
      expect(refusal(ticket({ to }))).toMatch(/foreignKey\(\{ to \}\): expected a list of names/);
    }
    expect(refusal(ticket({ columns: "a" }))).toMatch(/\{ columns \}\): expected a list of names such as \["a", "b"\]/);
    expect(refusal(ticket({ to: ["row", "row"] }))).toMatch(/names string "row" twice/);
    expect(refusal(ticket({ column: "a", columns: ["a", "b"] }))).toMatch(
      /\{ column \} for one column, or \{ columns \}/,
    );
  });

  it("names a column for each that it holds", () => {
    expect(refusal(ticket({ columns: ["a"] }))).toMatch(
      /Ticket\.seat: its target's key has 2 columns \(row, place\), and 1 of its own are named \(a\)/,
    );
    expect(refusal(ticket({ column: "a" }))).toMatch(/Name one for each: \{ columns: \["row", "place"\] \}/);
    expect(refusal(ticket({ to: "label", columns: ["a", "b"] }))).toMatch(/has 1 columns \(label\), and 2 of/);
    expect(refusal(ticket({ columns: ["a", "x".repeat(64)] }))).toMatch(/is not a usable name/);
  });

  it("points at what tells rows apart", () => {
    expect(refusal(ticket({ to: "hall" }))).toMatch(
      /Ticket\.seat: several rows of Seat may have the same hall.*Declare Seat\.hall with \{ unique: true \}/,
    );
    expect(refusal(ticket({ to: ["row", "label"] }))).toMatch(/constraints: \[\{ unique: \["row", "label"\] \}\]/);
    expect(refusal(ticket({ to: "lable" }))).toMatch(
      /to names "lable", which is no column of Seat\. Did you mean "label"/,
    );
    expect(refusal(ticket({ to: "constructor" }))).toMatch(/no column of Seat/);
    expect(ticket({ to: ["place", "row"] })().columns).toHaveLength(3);
    expect(ticket({ to: ["label", "hall"], null: true })().columns).toHaveLength(3);
  });

  it("shares a column that it names with the field that has it", () => {
    const row = fields.string({ maxLength: 2 });
    const shared = ticket({ columns: ["row", "place_number"] }, { row });
    expect(shared().columns.map(({ name }) => name)).toEqual(["id", "place_number", "row"]);
    expect(refusal(ticket({ columns: ["row", "p"] }, { row: fields.integer() }))).toMatch(
      /column "row" holds a integer, as row declares it, and cannot hold row of its target, a string/,
    );
    expect(refusal(ticket({ columns: ["row", "p"] }, { row: fields.string({ null: true }) }))).toMatch(
      /its column "row", which row declares, may be null, and then there is no reference\. Give it \{ null: true \}/,
    );
    const all = { row, place: fields.integer() };
    expect(refusal(ticket({ columns: ["row", "place"], null: true }, all))).toMatch(/needs a column that may be null/);
    expect(refusal(ticket({ columns: ["row", "p"], null: true }, { row }))).toMatch(
      /onDelete: "set null" sets all of its columns, and "row", which row declares, cannot be null/,
    );
    expect(refusal(ticket({ columns: ["row", "p"], default: ["A", 1] }, { row }))).toMatch(
      /can have no default of its/,
    );
    expect(refusal(ticket({ default: "A" }))).toMatch(/its default is a list of 2 values/);
    expect(refusal(ticket({}, { seat_row: row }))).toMatch(/are both kept in column "seat_row"/);
  });

  it("may be in a primary key, once", () => {
    class Stub extends Model(
      "stub",
      { row: fields.string({ maxLength: 2 }), seat: () => fields.foreignKey(Seat, { columns: ["row", "p"] }) },
      { primaryKey: ["row", "seat"] },
    ) {}
    expect(refusal(() => Stub.meta)).toMatch(/primaryKey has the column "row" twice.*Leave out "row"/);
  });

  it("in keys that only point at each other, has no column", () => {
    class A extends Model("a", { b: () => fields.foreignKey(B), n: fields.integer() }, { primaryKey: ["b", "n"] }) {}
    class B extends Model("b", { a: () => fields.foreignKey(A), n: fields.integer() }, { primaryKey: ["a", "n"] }) {}
    expect(refusal(() => A.meta)).toMatch(/only point at each other/);
    expect(B.name).toBe("B");
  });

  it("of several columns may hold a default for each", () => {
    const { columns } = ticket({ default: ["A", 1], onDelete: "set default" })() as never as {
      columns: { options: { default?: unknown; dbDefault?: unknown } }[];
    };
    expect(columns.slice(1).map(({ options }) => [options.default, options.dbDefault])).toEqual([
      ["A", "A"],
      [1, 1],
    ]);
  });
});
