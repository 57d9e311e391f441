import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkTypes, type Complaint } from "./check-types.js";
import { moduleOfRows, objections, readComingFrom, readRows, type Row } from "./coming-from.js";
import { RowRunner } from "./run-rows.js";
import { without } from "../support/without.js";

const read = readComingFrom();
const ran = (row: Row): boolean => row.kind !== "refused";

/** A row as if it stood in the first page. */
const rowOf = (code: string, gives: string): Row => readRows("a page", `| there | \`${code}\` | ${gives} |`)[0]!;

// Rows are run as code made from text, which a run without generated readers forbids.
describe.skipIf(without.has("readers"))("The tables for those who come from elsewhere", () => {
  it("are there, and most rows say what they give", () => {
    expect(read.length).toBeGreaterThan(0);
    for (const { page, rows } of read) {
      expect(rows.length, page.path).toBeGreaterThanOrEqual(20);
      const telling = rows.filter(({ kind }) => kind !== "declares");
      expect(telling.length / rows.length, page.path).toBeGreaterThan(0.7);
    }
  });

  for (const each of read) {
    describe(each.page.path, () => {
      const runner = new RowRunner(each);
      afterAll(() => runner.close());

      const named = each.rows.filter(ran).map((row) => [`${row.place} ${row.code}`, row] as const);
      it.each(named)("%s", async (_name, row) => {
        expect(await runner.run(row)).toBeNull();
      });
    });
  }

  it("do not pass with a wrong row", async () => {
    const outcome = async (code: string, gives: string): Promise<string | null> => {
      const row = rowOf(code, gives);
      const runner = new RowRunner({ page: read[0]!.page, rows: [row] });
      return runner.run(row).finally(() => runner.close());
    };
    expect(await outcome("await Track.objects.count()", "`5`")).toBeNull();
    expect(await outcome("await Track.objects.count()", "`6`")).toBe("expected 6\n  got 5");
    expect(await outcome("Track.objects.count()", "`5`")).toContain("got Promise");
    expect(await outcome("await Track.objects.get()", "`throws FieldError: …`")).toContain("MultipleObjectsReturned");
    expect(await outcome("await Track.objects.count()", "`throws FieldError: …`")).toContain("got no error");
    await expect(outcome("await Track.objects.get()", "—")).rejects.toThrow("found 5 rows");
  });

  it("have fresh data, whatever the row before has written", async () => {
    const [writing, reading] = [
      rowOf("await Track.objects.delete({ all: true })", "`{ total: 5…`"),
      rowOf("await Track.objects.count()", "`5`"),
    ];
    const runner = new RowRunner({ page: read[0]!.page, rows: [writing, reading] });
    const outcomes = [await runner.run(writing), await runner.run(reading), await runner.run(reading)];
    await runner.close();
    expect(outcomes).toEqual([null, null, null]);
  });

  it("have no rows that are passed over", () => {
    expect(() => readRows("a page", "| there | `here` |")).toThrow("a page:1: a row has three cells, and this one 2.");
    expect(() => readRows("a page", "| there | here | `1` |")).toThrow("no code in backticks");
    expect(() => readRows("a page", "| there | `here` | 1 |")).toThrow("says nothing in backticks");
    const escaped = readRows("a page", "| a \\| b | `` f`x` \\|\\| 1 `` | `1`, and so on |");
    expect(escaped).toEqual([{ place: "a page:1", code: "f`x` || 1", kind: "gives", expected: "1" }]);
  });
});

describe("The TypeScript in these tables", () => {
  const wrong = rowOf('Track.objects.filter({ titel: "x" })', "`1`");
  const accepted = rowOf('Track.objects.filter({ title: "x" })', "`✗ no such field`");
  const modules = [
    ...read.map((each) => ({ rows: each.rows, ...moduleOfRows(each) })),
    ...read.slice(0, 1).map(({ page }) => {
      const rows = [wrong, accepted];
      return { rows, ...moduleOfRows({ page, rows }), name: "wrong-rows.ts" };
    }),
  ];
  let complaints: Complaint[] = [];
  const against = ({ name, rows, origins }: (typeof modules)[number]): string[] =>
    objections(
      rows,
      origins,
      complaints.filter(({ file }) => file === name),
    );

  beforeAll(() => {
    complaints = checkTypes(new Map(modules.map(({ name, text }) => [name, text])));
  }, 120_000);

  it.each(modules.slice(0, -1).map((module) => [module.name, module] as const))(
    "%s compiles, but for what it says does not",
    (_, module) => {
      expect(against(module)).toEqual([]);
    },
  );

  it("is looked at: a row that does not compile is found, and one that should not and does", () => {
    expect(against(modules.at(-1)!)).toEqual([
      expect.stringMatching(/^a page:1: .*no such field or lookup: titel/),
      'a page:1: refused with ""',
    ]);
  });
});
