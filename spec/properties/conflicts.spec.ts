import fc from "fast-check";
import { expect, it } from "vitest";
import { Excluded, F, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../support/engines.js";
import { SEED } from "./runs.js";

class Tally extends Model("tally", {
  id: fields.integer({ primaryKey: true }),
  place: fields.integer(),
  name: fields.string({ maxLength: 10, unique: true }),
  hits: fields.integer({ default: 1 }),
  note: fields.text({ null: true, default: "new" }),
}) {
  static objects = manager(this);
}

const RUNS = 60;
const NAMES = ["a", "A", "é", "😀", "b ", "b"];

type Given = { place: number; name: string; hits?: number; note?: string | null };
type Stored = Required<Given>;
type How = "ignore" | "given" | "named" | "sum" | "nothing";

const row: fc.Arbitrary<Given> = fc.record(
  {
    place: fc.nat(9),
    name: fc.constantFrom(...NAMES),
    hits: fc.integer({ min: -5, max: 5 }),
    note: fc.constantFrom(null, "x", ""),
  },
  { requiredKeys: ["place", "name"] },
);
const step = fc.record({
  rows: fc.array(row, { maxLength: 40 }),
  how: fc.constantFrom<How>("ignore", "given", "named", "sum", "nothing"),
  batchSize: fc.integer({ min: 1, max: 40 }),
});

const OPTIONS: Readonly<Record<How, object>> = {
  ignore: { ignoreConflicts: true },
  given: { updateConflicts: true, uniqueFields: ["name"] },
  named: { updateConflicts: true, updateFields: ["hits"] },
  sum: { updateConflicts: true, updateFields: { hits: F("hits").add(Excluded("hits")), note: "met" } },
  nothing: { updateConflicts: true, updateFields: [] },
};

/** What becomes of a row that is there, in plain JavaScript. */
function met(stored: Stored, given: Given, how: How): Stored {
  const { hits = 1 } = given;
  if (how === "given") return { ...stored, ...given };
  if (how === "named") return { ...stored, hits };
  return how === "sum" ? { ...stored, hits: stored.hits + hits, note: "met" } : stored;
}

onEngines("Random rows that may be there already", (engine) => {
  useDatabase(engine, [Tally]);

  it("become what plain JavaScript makes of them one by one", async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
      await Tally.objects.delete({ all: true });
      const oracle = new Map<string, Stored>();
      for (const { rows, how, batchSize } of steps) {
        const made = await Tally.objects.bulkCreate(rows, { ...OPTIONS[how], batchSize });
        for (const given of rows) {
          const stored = oracle.get(given.name);
          const fresh = { hits: 1, note: "new", ...given };
          oracle.set(given.name, stored === undefined ? fresh : met(stored, given, how));
        }
        const read = await Tally.objects.orderBy("name").all();
        const plain = read.map(({ place, name, hits, note }) => ({ place, name, hits, note }));
        expect(new Map(plain.map((one) => [one.name, one]))).toEqual(oracle);
        expect(made.map((one) => one.name)).toEqual(rows.map(({ name }) => name));
        const keys = new Map(read.map((one) => [one.name, one.pk]));
        expect(made.map((one) => one.pk)).toEqual(made.map(({ name }) => (how === "ignore" ? null : keys.get(name))));
      }
      // And each row by itself to values of its own.
      const rows = await Tally.objects.all();
      rows.forEach((one, at) => Object.assign(one, { hits: at * 7, note: at % 2 === 0 ? null : `${one.name}!` }));
      expect(await Tally.objects.bulkUpdate(rows, ["hits", "note"], { batchSize: 3 })).toBe(rows.length);
      const told = (list: readonly Tally[]) => new Map(list.map((one) => [one.pk, [one.name, one.hits, one.note]]));
      expect(told(await Tally.objects.all())).toEqual(told(rows));
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  });
});
