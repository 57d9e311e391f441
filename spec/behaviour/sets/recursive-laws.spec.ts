import fc from "fast-check";
import { expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { SEED } from "../../properties/runs.js";

/** Keyed by text: what a recursion carries along must keep its length and its letters. */
class Node extends Model("node", {
  key: fields.string({ maxLength: 30, primaryKey: true }),
  to: () => fields.foreignKey(Node, { null: true }),
  from: () => fields.hasMany(Node, "to"),
}) {
  static objects = manager(this);
}

const SIZE = 9;
const keyOf = (index: number): string => `${"é".repeat(index)}-${index}`;

/** For each node the one that it leads to, if any: trees, circles, and tails that lead into circles. */
const graphs = fc.array(fc.option(fc.nat({ max: SIZE - 1 }), { nil: null }), { minLength: SIZE, maxLength: SIZE });
const starts = fc.uniqueArray(fc.nat({ max: SIZE - 1 }), { minLength: 1, maxLength: 3 });

type Graph = readonly (number | null)[];

function expected(graph: Graph, begun: readonly number[], relation: "to" | "from", most: number): [string, number][] {
  const depths = new Map(begun.map((index) => [index, 0]));
  let edge = [...begun];
  for (let depth = 1; edge.length > 0 && depth <= most; depth += 1) {
    const next = edge.flatMap((index) =>
      relation === "to" ? [graph[index] ?? null] : graph.flatMap((to, from) => (to === index ? [from] : [])),
    );
    edge = [...new Set(next)].filter((index): index is number => index !== null && !depths.has(index));
    for (const index of edge) depths.set(index, depth);
  }
  return [...depths].map(([index, depth]): [string, number] => [keyOf(index), depth]).sort(byKey);
}

const byKey = ([one]: readonly [string, number], [other]: readonly [string, number]): number =>
  one.length - other.length;

onEngines(`Recursion finds what a search by breadth finds (seed ${SEED})`, (engine) => {
  useDatabase(engine, [Node]);

  it("in random graphs, up and down, with and without an end", async () => {
    await Node.objects.bulkCreate(Array.from({ length: SIZE }, (_, index) => ({ key: keyOf(index) })));
    await fc.assert(
      fc.asyncProperty(
        graphs,
        starts,
        fc.constantFrom("to", "from"),
        fc.option(fc.nat({ max: 4 }), { nil: undefined }),
        async (graph, begun, relation, maxDepth) => {
          for (const [index, to] of graph.entries()) {
            await Node.objects.filter({ key: keyOf(index) }).update({ to: to === null ? null : keyOf(to) });
          }
          const first = Node.objects.filter({ key__in: begun.map(keyOf) });
          const wanted = expected(graph, begun, relation, maxDepth ?? SIZE);
          const options = maxDepth === undefined ? {} : { maxDepth };
          const counted = first.recursive(relation, { ...options, depth: "steps" });
          expect((await counted.valuesList("key", "steps").all()).sort(byKey)).toEqual(wanted);
          const keys = await first.recursive(relation, options).valuesList("key", { flat: true }).all();
          expect(keys.toSorted()).toEqual(wanted.map(([key]) => key).toSorted());
        },
      ),
      { numRuns: 40, seed: SEED },
    );
  });
});
