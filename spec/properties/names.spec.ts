import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Count, Database, Exists, F, Lower, OrmError, OuterRef, Q, StringAgg, Sum, Value } from "dunder-orm";
import { Branch, keys, Leaf, values } from "./names.js";
import { SEED } from "./runs.js";

/** Inputs in all; DUNDER_TEST_INPUTS asks for more, such as 1000000 for the long run. */
const INPUTS = Number(process.env["DUNDER_TEST_INPUTS"] ?? 20_000);

type Work = (key: string, value: unknown) => unknown;
interface Untyped {
  [method: string]: (...args: unknown[]) => Untyped;
}

const leaves = Leaf.objects as unknown as Untyped;
const noted = Leaf.objects.annotate({ n: F("count").add(1), x: Lower("name") }) as unknown as Untyped;
const own = (key: string, value: unknown): object => Object.defineProperty({}, key, { value, enumerable: true });

/** Each place where a name can stand. */
const PLACES: Readonly<Record<string, Work>> = {
  filter: (key, value) => leaves["filter"]?.(own(key, value)),
  exclude: (key, value) => leaves["exclude"]?.(own(key, value)),
  Q: (key, value) =>
    leaves["filter"]?.(
      Q(own(key, value))
        .or(Q({ name: "x" }))
        .not(),
    ),
  "filter by an annotation": (key, value) => noted["filter"]?.(own(key, value)),
  orderBy: (key) => leaves["orderBy"]?.(key),
  "orderBy an annotation": (key) => noted["orderBy"]?.(key),
  values: (key) => noted["values"]?.(key),
  valuesList: (key) => noted["valuesList"]?.(key, { flat: true }),
  selectRelated: (key) => leaves["selectRelated"]?.(key),
  F: (key, value) => leaves["filter"]?.(F(key as "name").eq(value)),
  "F worked with": (key, value) => leaves["annotate"]?.({ y: F(key as "count").add(value as never) }),
  Lower: (key) => leaves["annotate"]?.({ y: Lower(key) }),
  Count: (key) => leaves["annotate"]?.({ y: Count(key) }),
  Sum: (key, value) => leaves["values"]?.("pk")?.["annotate"]?.({ y: Sum(key, { default: value } as never) }),
  StringAgg: (key, value) => leaves["values"]?.("pk")?.["annotate"]?.({ y: StringAgg(key, value as string) }),
  annotate: (key, value) => leaves["annotate"]?.(own(key, Value(value as string))),
  alias: (key) => leaves["alias"]?.(own(key, F("name"))),
  search: (key, value) => leaves["search"]?.(value, key),
  dates: (key, value) => leaves["dates"]?.(key, value),
  OuterRef: (key) => leaves["filter"]?.(Exists(Branch.objects.filter({ pk: OuterRef(key) } as never))),
};

/** Each place takes one of these. */
const RIGHT: [string, unknown][] = [
  ["name", "x"],
  ["count", 1],
  ["parent", null],
  ["day", "year"],
  ["another", "x"],
  ["parent__branch__title__lower__in", ["x"]],
  [`${"parent__".repeat(59)}name`, "x"],
];

const db = new Database("sqlite::memory:");
Leaf.bind(db);
Branch.bind(db);

describe(`Any name in any place (seed ${SEED})`, () => {
  const places = Object.entries(PLACES);
  const { prepareStackTrace } = Error;
  beforeAll(async () => {
    // So that it is known what engine there is: nothing is sent.
    await db.connect();
    // The lines of code in an error's stack cost a hundred times what is tested here.
    Error.prepareStackTrace = () => "";
  });
  afterAll(async () => {
    Error.prepareStackTrace = prepareStackTrace;
    await db.close();
  });

  it.each(places)("%s is taken, or refused by an error of ours", { timeout: 1_800_000 }, (_, work) => {
    let taken = 0;
    fc.assert(
      fc.property(keys, values, (key, value) => {
        try {
          const made = work(key, value) as { sql?: () => unknown } | undefined;
          // What was taken can be written, or is refused while it is.
          made?.sql?.();
          taken += 1;
        } catch (error) {
          if (!(error instanceof OrmError)) throw error;
          expect(error.message.length).toBeLessThan(4100);
        }
      }),
      { seed: SEED, numRuns: Math.ceil(INPUTS / places.length), examples: RIGHT },
    );
    expect(taken).toBeGreaterThan(0);
  });
});
