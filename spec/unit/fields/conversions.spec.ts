import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fields, Model, ValidationError } from "dunder-orm";

class Row extends Model("row", {
  id: fields.integer({ primaryKey: true }),
  decimal: fields.decimal({ precision: 20, scale: 4, null: true }),
  money: fields.decimal({ precision: 10, scale: 2, null: true }),
  text: fields.text({ null: true }),
  three: fields.string({ maxLength: 3, null: true }),
  integer: fields.integer({ null: true }),
  big: fields.bigInteger({ null: true }),
  float: fields.float({ null: true }),
  date: fields.date({ null: true }),
  time: fields.time({ null: true }),
  datetime: fields.datetime({ null: true }),
  uuid: fields.uuid({ null: true }),
  json: fields.json<unknown>({ null: true }),
}) {}

const take = (values: object): Row => new Row(values);
const isTaken = (values: object): boolean => {
  try {
    take(values);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError);
    return false;
  }
};

describe("A value given to a field", () => {
  it("is taken as it is written, or in one form: taking it again changes nothing", () => {
    const cents = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });
    fc.assert(
      fc.property(cents, (units) => {
        const digits = (units < 0n ? -units : units).toString().padStart(5, "0");
        const text = `${units < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
        expect(take({ decimal: text }).decimal).toBe(text);
      }),
    );
  });

  it("of decimals is rounded half away from zero", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_999_999, max: 9_999_999 }), (thousandths) => {
        const digits = String(Math.abs(thousandths)).padStart(4, "0");
        const text = `${thousandths < 0 ? "-" : ""}${digits.slice(0, -3)}.${digits.slice(-3)}`;
        const cents = Math.floor((Math.abs(thousandths) + 5) / 10);
        const padded = String(cents).padStart(3, "0");
        const expected = `${thousandths < 0 && cents > 0 ? "-" : ""}${padded.slice(0, -2)}.${padded.slice(-2)}`;
        expect(take({ money: text }).money).toBe(expected);
      }),
    );
  });

  it("of text is measured in code points, and well formed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 6 }), (text) => {
        const wellFormed = !/\p{Surrogate}/u.test(text);
        expect(isTaken({ text })).toBe(wellFormed && !text.includes("\0"));
        expect(isTaken({ three: text })).toBe(wellFormed && !text.includes("\0") && [...text].length <= 3);
      }),
    );
  });

  it("of numbers is a whole one in range, or any finite one", () => {
    fc.assert(
      fc.property(fc.double(), (number) => {
        const isWhole = Number.isInteger(number) && Math.abs(number) <= 2 ** 31 && number !== 2 ** 31;
        expect(isTaken({ integer: number })).toBe(isWhole);
        expect(isTaken({ big: number })).toBe(Number.isSafeInteger(number));
        expect(isTaken({ float: number })).toBe(Number.isFinite(number));
        if (Number.isFinite(number)) expect(take({ float: number }).float).toBe(number + 0);
      }),
    );
  });

  it("of dates is a day of the calendar", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_001 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (y, m, d) => {
          const text = `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
          const date = new Date(`${text}T00:00:00Z`);
          const isDay = y >= 1 && y <= 9999 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
          expect(isTaken({ date: text })).toBe(isDay);
        },
      ),
    );
  });

  it("of instants is in the years 1 to 9999", () => {
    const low = Date.parse("0001-01-01T00:00:00.000Z");
    const high = Date.parse("9999-12-31T23:59:59.999Z");
    fc.assert(
      fc.property(fc.date({ noInvalidDate: false }), (datetime) => {
        const time = datetime.getTime();
        expect(isTaken({ datetime })).toBe(time >= low && time <= high);
      }),
    );
  });

  it("of JSON is what JSON can hold", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = JSON.stringify(json);
        expect(isTaken({ json })).toBe(!/\\u0000|\\ud[89a-f]/i.test(text));
      }),
    );
  });

  it("of UUIDs is written in one way", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), fc.boolean(), (uuid, upper, bare) => {
        const spelled = bare ? uuid.replaceAll("-", "") : uuid;
        expect(take({ uuid: upper ? spelled.toUpperCase() : spelled }).uuid).toBe(uuid);
      }),
    );
  });

  it("of anything else is refused by a ValidationError, and nothing else", () => {
    const names = Object.keys(Row.meta.fields);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.anything({ withBigInt: true, withDate: true, withMap: true }),
        (name, value) => {
          expect(typeof isTaken({ [name]: value })).toBe("boolean");
        },
      ),
    );
  });
});
