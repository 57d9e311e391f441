import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { SEED } from "../../properties/runs.js";

class Card extends Model("card", {
  id: fields.integer({ primaryKey: true }),
  suit: fields.string({ maxLength: 10, null: true }),
  rank: fields.integer({ null: true }),
}) {
  static objects = manager(this);
}

interface Row {
  readonly id: number;
  readonly suit: string | null;
  readonly rank: number | null;
}

const ROWS: readonly Row[] = Array.from({ length: 24 }, (_, index) => ({
  id: index + 1,
  suit: ["a", "A", "é", null][index % 4] as string | null,
  rank: index % 5 === 4 ? null : index % 3,
}));

type Operation = "union" | "intersection" | "difference";

/** A set of sets: some of the rows, or what an operation makes of others. */
type Tree =
  | { readonly kind: "rows"; readonly from: number; readonly to: number; readonly sliced: boolean }
  | { readonly kind: Operation; readonly all: boolean; readonly parts: readonly Tree[] };

const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      kind: fc.constant("rows" as const),
      from: fc.nat({ max: 20 }),
      to: fc.nat({ max: 24 }),
      sliced: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom<Operation>("union", "intersection", "difference"),
      all: fc.boolean(),
      parts: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).tree;

/** The same of plain lists: `key` tells values apart. */
function expected<T>(tree: Tree, rows: readonly T[], key: (row: T) => string): readonly T[] {
  if (tree.kind === "rows") return rows.slice(tree.from, Math.max(tree.from, tree.to));
  const { kind, all } = tree;
  const [first = [], ...others] = tree.parts.map((part) => expected(part, rows, key));
  return others.reduce((left, right) => combined(kind, all, left, right, key), first);
}

function combined<T>(
  kind: Operation,
  all: boolean,
  left: readonly T[],
  right: readonly T[],
  key: (row: T) => string,
): readonly T[] {
  if (kind === "union") return all ? [...left, ...right] : once([...left, ...right], key);
  const counts = new Map<string, number>();
  for (const row of right) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  const kept = left.filter((row) => {
    const count = counts.get(key(row)) ?? 0;
    if (all) counts.set(key(row), count - 1);
    return kind === "intersection" ? count > 0 : count <= 0;
  });
  return all ? kept : once(kept, key);
}

function once<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

interface Cards<T> {
  union(...others: object[]): Cards<T>;
  intersection(...others: object[]): Cards<T>;
  difference(...others: object[]): Cards<T>;
  all(): Promise<readonly T[]>;
  count(): Promise<number>;
}

function asked<T>(tree: Tree, base: (rows: Extract<Tree, { kind: "rows" }>) => Cards<T>): Cards<T> {
  if (tree.kind === "rows") return base(tree);
  const [first, ...others] = tree.parts.map((part) => asked(part, base)) as [Cards<T>, ...Cards<T>[]];
  return first[tree.kind](...others, { all: tree.all });
}

/** Rows from one place up to another: by their keys, or by a slice. */
function some({ from, to, sliced }: Extract<Tree, { kind: "rows" }>) {
  return sliced
    ? Card.objects.orderBy("id").slice(from, Math.max(from, to))
    : Card.objects.filter({ id__gt: from, id__lte: to });
}

const sorted = (keys: readonly string[]): readonly string[] => keys.toSorted();

onEngines(`Sets of random sets are those of lists (seed ${SEED})`, (engine) => {
  useDatabase(engine, [Card]);
  beforeAll(async () => {
    await Card.objects.bulkCreate(ROWS);
  });
  const options = { numRuns: 120, seed: SEED };

  it("of rows", async () => {
    const key = ({ id }: { readonly id: number }): string => String(id);
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const set = asked<{ readonly id: number }>(tree, some);
        const wanted = expected(tree, ROWS, key);
        expect(sorted((await set.all()).map(key))).toEqual(sorted(wanted.map(key)));
        expect(await set.count()).toBe(wanted.length);
      }),
      options,
    );
  });

  it("of values with NULLs, many of them alike", async () => {
    const key = (row: unknown): string => JSON.stringify(row);
    const values = ROWS.map(({ suit, rank }) => ({ suit, rank }));
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const set = asked<unknown>(tree, (rows) => some(rows).values("suit", "rank"));
        expect(sorted((await set.all()).map(key))).toEqual(sorted(expected<unknown>(tree, values, key).map(key)));
      }),
      options,
    );
  });
});
