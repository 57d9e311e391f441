import { readFileSync } from "node:fs";
import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Interleaving, type Step } from "../../support/interleaving.js";

class Cell extends Model("cell", { id: fields.integer({ primaryKey: true }), value: fields.integer() }) {
  static objects = manager(this);
}

const read = async (id: number): Promise<number> => (await Cell.objects.get({ pk: id })).value;
const write = (id: number, value: number) => (): Promise<number> => Cell.objects.filter({ pk: id }).update({ value });

/** What may go wrong between two transactions: does it, when they take their steps in this order? */
interface Anomaly {
  readonly name: string;
  readonly steps: (seen: number[]) => readonly Step[];
  readonly happened: (seen: readonly number[], end: readonly [number, number], bothCommitted: boolean) => boolean;
}

const note = (seen: number[], id: number) => async (): Promise<unknown> => seen.push(await read(id));

const ANOMALIES: readonly Anomaly[] = [
  {
    name: "dirty write",
    steps: () => [
      [1, write(1, 11)],
      [2, write(1, 12)],
      [1, write(2, 21)],
      [1, "commit"],
      [2, write(2, 22)],
      [2, "commit"],
    ],
    happened: (_, [one, two]) => one % 10 !== two % 10,
  },
  {
    name: "aborted read",
    steps: (seen) => [
      [1, write(1, 101)],
      [2, note(seen, 1)],
      [1, "rollback"],
      [2, "commit"],
    ],
    happened: (seen) => seen[0] === 101,
  },
  {
    name: "intermediate read",
    steps: (seen) => [
      [1, write(1, 101)],
      [2, note(seen, 1)],
      [1, write(1, 11)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: (seen) => seen[0] === 101,
  },
  {
    name: "circular reads",
    steps: (seen) => [
      [1, write(1, 11)],
      [2, write(2, 22)],
      [1, note(seen, 2)],
      [2, note(seen, 1)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: (seen) => seen.includes(22) && seen.includes(11),
  },
  {
    name: "read skew",
    steps: (seen) => [
      [1, note(seen, 1)],
      [2, write(1, 12)],
      [2, write(2, 18)],
      [2, "commit"],
      [1, note(seen, 2)],
      [1, "commit"],
    ],
    happened: (seen) => seen[0] === 10 && seen[1] === 18,
  },
  {
    name: "phantom",
    steps: (seen) => {
      const count = async (): Promise<unknown> => seen.push(await Cell.objects.count());
      return [
        [1, count],
        [2, () => Cell.objects.create({ id: 3, value: 30 })],
        [2, "commit"],
        [1, count],
        [1, "commit"],
      ];
    },
    happened: (seen) => seen[0] === 2 && seen[1] === 3,
  },
  {
    name: "lost update",
    steps: (seen) => {
      const add = (place: number) => (): Promise<number> => write(1, (seen[place] ?? 0) + 1)();
      return [
        [1, note(seen, 1)],
        [2, note(seen, 1)],
        [1, add(0)],
        [2, add(1)],
        [1, "commit"],
        [2, "commit"],
      ];
    },
    happened: (_, [one], bothCommitted) => bothCommitted && one === 11,
  },
  {
    name: "write skew",
    steps: (seen) => [
      [1, note(seen, 1)],
      [1, note(seen, 2)],
      [2, note(seen, 1)],
      [2, note(seen, 2)],
      [1, write(1, 11)],
      [2, write(2, 21)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: (seen, _, bothCommitted) => bothCommitted && seen.length === 4 && seen[2] === 10,
  },
];

const LEVELS = ["read uncommitted", "read committed", "repeatable read", "serializable"] as const;
const LABELS = { sqlite: "SQLite", postgres: "PostgreSQL", mysql: "MySQL, MariaDB" };

/** The rows of the table in docs/transactions.md, by their first two cells. */
function documented(): Map<string, readonly string[]> {
  const text = readFileSync(new URL("../../../docs/transactions.md", import.meta.url), "utf8");
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  return new Map(rows.map(([, engine, level, ...cells]) => [`${engine}: ${level}`, cells.slice(0, ANOMALIES.length)]));
}

onEngines("What isolation levels let happen", (engine) => {
  const holder = useDatabase(engine, [Cell], { pool: { max: 4 } });
  beforeEach(() => Cell.objects.delete({ all: true }));

  const measure = async (anomaly: Anomaly, level: (typeof LEVELS)[number]): Promise<string> => {
    await Cell.objects.delete({ all: true });
    await Cell.objects.bulkCreate([
      { id: 1, value: 10 },
      { id: 2, value: 20 },
    ]);
    const seen: number[] = [];
    const bothCommitted = await new Interleaving(holder.db, level).run(anomaly.steps(seen));
    const end = [await read(1), await read(2)] as const;
    return anomaly.happened(seen, end, bothCommitted) ? "yes" : "no";
  };

  it("the table's columns are these", () => {
    expect(documented().get("engine: isolation")).toEqual(ANOMALIES.map(({ name }) => name));
  });

  for (const level of engine.name === "sqlite" ? (["serializable"] as const) : LEVELS) {
    it(`is what the table says of "${level}"`, async () => {
      const measured: string[] = [];
      for (const anomaly of ANOMALIES) measured.push(await measure(anomaly, level));
      expect(measured).toEqual(documented().get(`${LABELS[engine.name]}: ${level}`));
    });
  }
});
