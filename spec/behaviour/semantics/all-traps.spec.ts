import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** How many places there are where an ORM in the manner of Django goes wrong. */
const TRAPS = 62;

/** Those about things that there are not yet: each is tested by the change that brings them. */
const PENDING: Readonly<Record<number, string>> = {};

/** What is missing of those that are tested as far as there is something to test. */
const LEFT_OF: Readonly<Record<number, string>> = {
  21: "orderings of models that are expressions",
  34: "cascades, protect, restrict and set null in code, and the counts by model",
  35: "ignoreConflicts and updateConflicts",
  36: "resetSequences",
  46: "the identity map of a session",
};

/** The beginning of a case of a table: `[12, "no entries", () =>`. */
const ROW = /\[\s*\d+,\s*"(?:[^"\\]|\\.)*",\s*\(\) =>/g;

/**
 * The numbers in the titles of a spec file: "trap 7: …", "traps 48, 50 and 51: …", and where a table of cases is titled
 * "trap %i: %s", those of its rows.
 */
function numbersIn(source: string): number[] {
  const titles = source.match(/"traps? \d[^:"]*:/g) ?? [];
  const rows = source.includes('"trap %i: %s"') ? (source.match(ROW) ?? []) : [];
  const listed = rows.map((row) => Number.parseInt(row.slice(1).trim(), 10));
  return [...titles.flatMap((title) => (title.match(/\d+/g) ?? []).map(Number)), ...listed];
}

function tested(): Set<number> {
  const behaviour = new URL("..", import.meta.url);
  const files = readdirSync(behaviour, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".spec.ts"),
  );
  const others = files.filter((name) => !import.meta.url.endsWith(`/${name}`));
  return new Set(others.flatMap((name) => numbersIn(readFileSync(new URL(name, behaviour), "utf8"))));
}

describe("The traps", () => {
  const numbers = tested();

  it.each(Array.from({ length: TRAPS }, (_, index) => index + 1))("%i is tested, or pending with a reason", (trap) => {
    const reason = PENDING[trap] ?? null;
    expect(numbers.has(trap), reason === null ? "not tested" : `pending: ${reason}`).toBe(reason === null);
  });

  it("are no others than these", () => {
    const known = (number: number) => number >= 1 && number <= TRAPS;
    expect([...numbers, ...Object.keys(PENDING).map(Number)].filter((number) => !known(number))).toEqual([]);
  });

  it("of which something is left are tested as far as that goes", () => {
    expect(Object.keys(LEFT_OF).filter((number) => !numbers.has(Number(number)))).toEqual([]);
  });

  it("are found in titles and in tables, and nowhere else", () => {
    const source = 'it("trap 7: x"); it("traps 48, 50 and 51: y"); // trap 3: z\n';
    expect(numbersIn(source)).toEqual([7, 48, 50, 51]);
    const table = String.raw`[12, "a \"3\"", () => x], [
      5,
      "b", () => x, [9, "c"]]`;
    expect(numbersIn(source + table)).toEqual([7, 48, 50, 51]);
    expect(numbersIn(`${table} it.each(cases)("trap %i: %s")`)).toEqual([12, 5]);
  });
});
