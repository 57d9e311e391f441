import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "../../../../lib/databases/ports/index.js";
import { decimalKey } from "../../../../lib/databases/sqlite/decimal-key.js";
import { DatabaseError } from "../../../../lib/errors/index.js";
import { openPool, rows } from "./helpers.js";

let connection: Connection;

beforeEach(async () => {
  connection = await openPool().acquire();
});

async function call(sql: string, ...parameters: unknown[]): Promise<unknown> {
  return (await rows(connection, `select ${sql}`, parameters))[0]![0];
}

describe("text functions", () => {
  it("know letters beyond ASCII", async () => {
    expect(await call("dunder_lower(?)", "ÉCOLE Σ")).toBe("école σ");
    expect(await call("dunder_upper(?)", "straße é")).toBe("STRASSE É");
    expect(await call("dunder_fold('ΣΊΣΥΦΟΣ') = dunder_fold('σίσυφος')")).toBe(1);
    expect(await call("dunder_fold(12)")).toBe("12");
  });

  it.each([
    "dunder_fold(null)",
    "dunder_lower(null)",
    "dunder_upper(null)",
    "dunder_decimal(null)",
    "dunder_local(null, 'UTC')",
    "dunder_regexp('a', '', null)",
    "dunder_regexp(null, '', 'a')",
  ])("%s is NULL", async (sql) => {
    expect(await call(sql)).toBeNull();
  });

  it("match regular expressions of Unicode code points", async () => {
    expect(await call("dunder_regexp(?, '', ?)", "^.$", "😀")).toBe(1);
    expect(await call("dunder_regexp(?, '', ?)", "^él", "Él")).toBe(0);
    expect(await call("dunder_regexp(?, 'i', ?)", "^él", "Él")).toBe(1);
    for (let n = 0; n < 200; n++) expect(await call("dunder_regexp(?, '', ?)", `^${n}$`, String(n))).toBe(1);
  });

  it("say what is wrong with a regular expression without repeating it", async () => {
    const error: unknown = await call("dunder_regexp(?, '', 'x')", "(s3cret: ").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DatabaseError);
    expect((error as Error).message).toBe(
      "The regular expression of a regex lookup is not valid: Unterminated group. " +
        'On SQLite it is read as JavaScript\'s with the "u" flag.',
    );
  });
});

describe("dunder_local", () => {
  it.each([
    ["2024-01-01 03:00:00.000", "America/New_York", "2023-12-31 22:00:00.000"],
    ["2024-07-01 23:59:59.999", "Europe/Berlin", "2024-07-02 01:59:59.999"],
    ["2024-03-31 00:59:59.999", "Europe/Berlin", "2024-03-31 01:59:59.999"],
    ["2024-03-31 01:00:00.000", "Europe/Berlin", "2024-03-31 03:00:00.000"],
    ["2024-01-01 00:00:00.000", "Asia/Kathmandu", "2024-01-01 05:45:00.000"],
    ["2024-01-01 00:00:00.000", "UTC", "2024-01-01 00:00:00.000"],
    ["2024-01-01 05:00:00.000", "America/New_York", "2024-01-01 00:00:00.000"],
    ["1969-12-31 23:59:59.250", "Asia/Tokyo", "1970-01-01 08:59:59.250"],
    ["0001-01-01 00:00:00.001", "America/New_York", "0000-12-31 19:03:58.001"],
    ["0099-06-01 12:00:00.000", "UTC", "0099-06-01 12:00:00.000"],
    ["9999-12-31 12:00:00.000", "UTC", "9999-12-31 12:00:00.000"],
    ["2024-01-01 00:00:00", "Europe/Paris", "2024-01-01 01:00:00.000"],
  ])("%s in %s is %s", async (text, zone, local) => {
    expect(await call("dunder_local(?, ?)", text, zone)).toBe(local);
  });

  it("is NULL for what is no datetime", async () => {
    expect(await call("dunder_local('soon', 'UTC')")).toBeNull();
  });
});

describe("decimal keys", () => {
  const SCALE = 30;
  const decimal = fc
    .record({
      sign: fc.constantFrom("", "-"),
      digits: fc.stringMatching(/^[0-9]{1,65}$/),
      scale: fc.nat({ max: SCALE }),
    })
    .map(({ sign, digits, scale }) => {
      const padded = digits.padStart(scale + 1, "0");
      const whole = padded.slice(0, padded.length - scale).replace(/^0+(?=\d)/, "");
      return sign + whole + (scale === 0 ? "" : `.${padded.slice(padded.length - scale)}`);
    });

  function scaled(text: string): bigint {
    const [whole, fraction = ""] = text.replace("-", "").split(".");
    const value = BigInt(whole! + fraction.padEnd(SCALE, "0"));
    return text.startsWith("-") ? -value : value;
  }

  it("sort as the numbers do", () => {
    const near = decimal.chain((one) =>
      fc.tuple(fc.constant(one), fc.oneof(decimal, fc.constant(one), neighbour(one))),
    );
    fc.assert(
      fc.property(near, ([a, b]) => {
        const [x, y] = [scaled(a), scaled(b)];
        const [keyA, keyB] = [decimalKey(a)!, decimalKey(b)!];
        expect(keyA < keyB).toBe(x < y);
        expect(keyA === keyB).toBe(x === y);
      }),
      { numRuns: 3000 },
    );
  });

  /** The same digits with one added, one changed or the sign turned: keys that share a long beginning. */
  function neighbour(text: string): fc.Arbitrary<string> {
    const turned = text.startsWith("-") ? text.slice(1) : `-${text}`;
    const longer = text.includes(".") && text.split(".")[1]!.length < SCALE ? `${text}1` : text;
    return fc.constantFrom(turned, longer, text.replace(/\d$/, "5"));
  }

  it("sort in SQL and treat equal numbers as equal", async () => {
    const numbers = [
      "-1000",
      "-10.5",
      "-10.50",
      "-10",
      "-9.99",
      "-0.01",
      "-0.00",
      "0",
      "0.00",
      "0.01",
      "0.5",
      "9",
      "10",
    ];
    const sorted = await rows(connection, "select value from json_each(?) order by dunder_decimal(value), rowid", [
      JSON.stringify([...numbers].reverse()),
    ]);
    // + 0 makes a plain zero of -0, which toEqual tells apart.
    expect(sorted.flat().map((n) => Number(n) + 0)).toEqual(numbers.map((n) => Number(n) + 0));
    expect(await call("dunder_decimal('-0.00') = dunder_decimal(0)")).toBe(1);
    expect(await call("dunder_decimal('1.50') = dunder_decimal(1.5)")).toBe(1);
    expect(await call("dunder_decimal(1e-7) < dunder_decimal('0.0000002')")).toBe(1);
    expect(await call("dunder_decimal(1.5e22) > dunder_decimal('14999999999999999999999.9')")).toBe(1);
    expect(await call("dunder_decimal('many')")).toBeNull();
  });
});
