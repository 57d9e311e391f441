import fc from "fast-check";
import { expect, it } from "vitest";
import { bind, compileRows, type Plan } from "../../../lib/compile/index.js";
import { QUERY, type Query, shapeKey } from "../../../lib/query/index.js";
import { predicates } from "../../properties/conditions.js";
import { type AnySet, SETS } from "../../properties/querysets.js";
import { SEED } from "../../properties/runs.js";
import { databases } from "../../sql/databases.js";

type Step = (set: AnySet) => AnySet;

const tree = predicates("author", { many: true });
const names = fc.constantFrom("name", "-name", "mentor__name", "mentor", "?", "books__title", "-books");
const zones = fc.constantFrom("UTC", "Europe/Paris", "Asia/Tokyo");

function step(inner: fc.Arbitrary<AnySet>): fc.Arbitrary<Step> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: tree.map(
        (made): Step =>
          (set) =>
            set.filter(made.expression()),
      ),
    },
    {
      weight: 2,
      arbitrary: tree.map(
        (made): Step =>
          (set) =>
            set.exclude(made.expression()),
      ),
    },
    fc.array(names, { maxLength: 2 }).map(
      (order): Step =>
        (set) =>
          set.orderBy(...order),
    ),
    fc.constant<Step>((set) => set.reverse()),
    fc.constant<Step>((set) => set.distinct()),
    fc.constantFrom("mentor", "mentor__mentor").map(
      (path): Step =>
        (set) =>
          set.selectRelated(path),
    ),
    zones.map(
      (zone): Step =>
        (set) =>
          set.inTimeZone(zone),
    ),
    inner.map(
      (other): Step =>
        (set) =>
          set.filter({ mentor__in: other }),
    ),
    inner.map(
      (other): Step =>
        (set) =>
          set.exclude({ pk__in: other, name: "x" }),
    ),
  );
}

const slices = fc.tuple(fc.nat({ max: 2 }), fc.option(fc.nat({ max: 3 }), { nil: undefined }));

/** Querysets made of random steps, some of them holding others, many of one shape. */
const { set: sets } = fc.letrec<{ set: AnySet }>((tie) => ({
  set: fc
    .tuple(
      fc.array(fc.oneof({ depthSize: "small" }, step(fc.constant(SETS.author)), step(tie("set"))), { maxLength: 3 }),
      fc.option(slices),
    )
    .map(([steps, slice]) => {
      const made = steps.reduce((set, next) => next(set), SETS.author);
      return slice === null ? made : made.slice(...slice);
    }),
}));

const queryOf = (set: AnySet): Query => (set as unknown as { [QUERY]: Query })[QUERY];

/** What two queries that share a plan must have in common. */
function contentOf(plan: Plan): unknown {
  return [plan.statement, plan.slots.map(({ index, item }) => [index, item])];
}

it(`queries of one key share one plan (seed ${SEED})`, { timeout: 60_000 }, () => {
  const queries = fc.sample(sets, { seed: SEED, numRuns: 6000 }).map(queryOf);
  const byKey = new Map<string, Query[]>();
  for (const query of queries) {
    const key = shapeKey(query);
    byKey.set(key, [...(byKey.get(key) ?? []), query]);
  }
  let shared = 0;
  for (const [key, group] of byKey) {
    const some = group.slice(0, 4);
    if (some.length > 1) shared += 1;
    for (const database of Object.values(databases)) {
      const plans = some.map((query) => compileRows(database, query));
      plans.forEach((plan, index) => {
        expect(contentOf(plan), key).toEqual(contentOf(plans[0] as Plan));
        const query = some[index] as Query;
        expect(bind(plans[0] as Plan, query), key).toEqual(bind(plan, query));
      });
    }
  }
  // Else nothing was tried.
  expect(shared).toBeGreaterThan(100);
});
