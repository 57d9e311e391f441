import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fields, JsonNull, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { SEED } from "../../properties/runs.js";
import { at, type Json, LOOKUPS, type Step } from "./json-oracle.js";

class Page extends Model("page", {
  id: fields.integer({ primaryKey: true }),
  data: fields.json({ null: true }),
}) {
  static objects = manager(this);
}

/** Keys and values come from tables and from chance, which the compiler cannot check. */
interface Loose {
  filter(where: object): Loose;
  exclude(where: object): Loose;
  orderBy(name: string): Loose;
  all(): Promise<{ readonly id: number }[]>;
}
const pages = () => Page.objects.orderBy("id") as unknown as Loose;

const BIG = 2 ** 60;
/** Of underscores at an end a path cannot tell which are its own. */
const ODD_KEYS = [
  ..."a\"b|a'b|a.b|$|a b|a\\b|é😀|-1|-|--x|+1|01|1a| a|last|*|**|[0]|x[0]|#-1|?(@)|a,b|\n|\u0001|\t-1".split("|"),
  ..."__proto__|constructor|toString|%|_|!|a%b_c!d|' OR 1=1 --|'); DROP TABLE page; --|\\\"|$1|?|:x|{}|\\u0041|K|k".split(
    "|",
  ),
].filter((key) => !/__|^_|_$/.test(key));

/** Documents, one a row; undefined is a row without. */
const DOCUMENTS: readonly (Json | undefined)[] = [
  undefined,
  null,
  { a: 1 },
  { a: null },
  { b: 1 },
  { a: "1" },
  { a: true },
  { a: false },
  { a: 1.5, b: "x" },
  { a: 0 },
  { a: [1, 2, [3]] },
  { a: { b: { c: "Deep É" }, "0": "zero" } },
  { a: [] },
  { a: {} },
  { a: "" },
  { a: "Ünïcödé 😀" },
  { a: BIG },
  { a: 9007199254740992 },
  { a: 0.1 + 0.2 },
  { a: 0.3 },
  { a: 1e-7 },
  { a: 1e21 },
  { a: "null" },
  { a: "true" },
  1,
  "1",
  true,
  false,
  0,
  "text",
  [],
  {},
  [1, 2, 3],
  ["a", "b", { c: 1 }],
  [[1, 2], [3]],
  [{ a: 1, b: 2 }],
  { "0": 1 },
  { z: 1, a: { y: [1, { x: 2, w: 3 }], b: 2 } },
  { a: { b: 2, y: [1, { w: 3, x: 2 }] }, z: 1 },
  { tags: ["x", "Y", "é"], owner: { name: "Bob", age: 40 } },
  { tags: "x", owner: [] },
  { tags: [["x"]], owner: { name: "ann", age: "40" } },
  { "": { "": 1 } },
  { contains: 1, isnull: 2, exact: 3 },
  ...ODD_KEYS.map((key) => ({ [key]: key, [`${key}z`]: 1, z: { [key]: { "k-": 1 } } })),
];

const SCALARS: readonly Json[] = [0, 1, 1.5, BIG, 0.3, 1e21, -1, "", "1", "x", "Y", "é", "true", true, false, null];
const CONTAINERS: readonly Json[] = [
  {},
  [],
  { a: 1 },
  { b: 2, a: 1 },
  [1],
  [2, 1],
  [3, 2, 1, 1],
  [[1]],
  [[3], [2]],
  [{ a: 1 }],
  [{}],
  ["a", { c: 1 }],
  { a: { b: {} } },
  { a: [1] },
  { a: [[3]] },
  { a: [] },
  { a: {} },
  { a: null },
  { a: { y: [{ x: 2 }] } },
  { a: { b: 2, y: [1, { w: 3, x: 2 }] }, z: 1, q: [] },
  { tags: ["x"] },
  { a: [1, 2, 3, [3, 4], {}], b: 1, c: 2 },
  [1, 2, 3, "a", "b", { c: 1, d: 2 }, [1, 2, 3]],
];
const ANY = [...SCALARS, ...CONTAINERS];

/** Each lookup with the values it is tried with. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  exact: ANY,
  ne: ANY,
  in: [[1], ["1", null, { b: 2, a: 1 }], [[1, 2, 3], true, "x", 0.3, 5], []],
  gt: [0, 1, 1.4, "", "1", "U", -1e300],
  gte: [1, "1", BIG],
  lt: [1, "1", 1e22, "z", "😀"],
  lte: [0, "", 9007199254740992],
  range: [
    [0, 1],
    ["1", "y"],
    [2, 1],
  ],
  isnull: [true, false],
  iexact: ["TRUE", "ÜNÏCÖDÉ 😀", "", null, "ANN"],
  contains: ANY,
  icontains: ["B", "é", ""],
  startswith: ["", "D", "b", "%"],
  istartswith: ["d", "ü"],
  endswith: ["É", "1", "😀"],
  iendswith: ["é", "N"],
  contained_by: ANY,
  has_key: ["a", "0", "", "-1", "a.b", "__proto__", ...ODD_KEYS],
  has_keys: [["a"], ["a", "z"], ["0"], ["-1"], []],
  has_any_keys: [["b", "tags"], ["nope", "-1"], ["0", "a b"], []],
};

const PATHS: readonly (readonly Step[])[] = [
  [],
  ["a"],
  ["b"],
  ["a", "b"],
  ["a", "b", "c"],
  ["a", "y", 1, "x"],
  ["a", "y"],
  ["a", 0],
  ["a", 2, 0],
  [0],
  [2],
  [2, "c"],
  [0, 0],
  [0, "a"],
  ["tags"],
  ["tags", 0],
  ["owner", "name"],
  ["owner", "age"],
  ["", ""],
  ["-1"],
  [99999999],
];

function keyOf(path: readonly Step[], lookup: string): string {
  return ["data", ...path, lookup].join("__");
}

async function found(set: Loose): Promise<number[]> {
  return (await set.all()).map(({ id }) => id);
}

function expected(path: readonly Step[], lookup: string, value: unknown): boolean[] {
  const holds = LOOKUPS[lookup] as (typeof LOOKUPS)[string];
  return stored.map((document) => holds(at(document, path), value as Json, path.length > 0));
}

let stored: readonly (Json | undefined)[] = [];

async function store(documents: readonly (Json | undefined)[]): Promise<void> {
  stored = documents;
  await Page.objects.filter({}).delete({ all: true });
  await Page.objects.bulkCreate(
    documents.map((data, id) => ({ id, data: (data === undefined ? null : data === null ? JsonNull : data) as never })),
  );
}

function idsWhere(flags: readonly boolean[], wanted: boolean): number[] {
  return flags.flatMap((flag, id) => (flag === wanted ? [id] : []));
}

/** Few names and values, so that what is asked for is there often enough. */
const names = fc.constantFrom("a", "b", "A", "é😀", "", "0", "-1", "a.b", 'q"', "b\\", "$");
const leaves = fc.oneof(
  fc.constantFrom<Json>(0, 1, -1, 1.5, 1e21, 1e-7, BIG, "", "1", "a", "ab", "É", "😀", "true", true, false, null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 3, unit: "grapheme" }).map((text) => text.replaceAll("\0", "")),
);
const { documents } = fc.letrec<{ documents: Json }>((tie) => ({
  documents: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaves,
    fc.array(tie("documents"), { maxLength: 3 }),
    fc.dictionary(names, tie("documents"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const paths = fc.array(
  fc.oneof(
    names.filter((name) => name !== "0"),
    fc.nat({ max: 2 }),
  ),
  { maxLength: 3 },
);
const keys = fc.array(names, { maxLength: 3 });
const texts = fc.constantFrom("", "a", "A", "é", "b", "1");
const bounds = fc.constantFrom<Json>(0, 1, 1e21, "", "a", "É");

/** A lookup and a value for it; the value is often a part of a document. */
const asked = fc.oneof(
  fc.tuple(fc.constantFrom("exact", "ne", "contains", "contained_by"), documents),
  fc.tuple(fc.constant("in"), fc.array(documents, { maxLength: 3 })),
  fc.tuple(fc.constantFrom("gt", "gte", "lt", "lte"), bounds),
  fc.tuple(fc.constant("isnull"), fc.boolean()),
  fc.tuple(fc.constantFrom("iexact", "icontains", "startswith", "istartswith", "endswith", "iendswith"), texts),
  fc.tuple(fc.constant("has_key"), names),
  fc.tuple(fc.constantFrom("has_keys", "has_any_keys"), keys),
) as fc.Arbitrary<[string, Json]>;

/** Cuts a document down, so that containment is asked of what is nearly contained. */
function pruned(document: Json, chance: () => boolean): Json {
  if (Array.isArray(document)) return document.filter(chance).map((item) => pruned(item as Json, chance));
  if (document === null || typeof document !== "object") return document;
  const kept = Object.entries(document).filter(chance);
  return Object.fromEntries(kept.map(([key, item]) => [key, pruned(item, chance)]));
}

onEngines(`JSON lookups (seed ${SEED})`, (engine) => {
  useDatabase(engine, [Page]);

  async function check(path: readonly Step[], lookup: string, value: unknown): Promise<void> {
    const flags = expected(path, lookup, value);
    const where = { [keyOf(path, lookup)]: value };
    const said = JSON.stringify(where);
    expect(await found(pages().filter(where)), said).toEqual(idsWhere(flags, true));
    expect(await found(pages().exclude(where)), `not ${said}`).toEqual(idsWhere(flags, false));
  }

  describe("trap 55: on documents of all kinds", () => {
    beforeAll(() => store(DOCUMENTS));

    it.each(Object.keys(VALUES))("%s finds what it says, and exclude all else", async (lookup) => {
      for (const path of PATHS) {
        for (const value of VALUES[lookup] as readonly unknown[]) await check(path, lookup, value);
      }
    });

    it("keys of all kinds are found, and are nothing but keys", async () => {
      for (const key of ODD_KEYS) {
        await check([key], "exact", key);
        await check([`${key}z`], "isnull", false);
        await check(["z", key, "k-"], "gt", 0);
      }
    });

    it("patterns look into texts", async () => {
      expect(await found(pages().filter({ data__owner__name__regex: "^B.b$" }))).toEqual([39]);
      expect(await found(pages().filter({ data__owner__name__iregex: "^A" }))).toEqual([41]);
      expect(await found(pages().filter({ data__owner__age__regex: "40" }))).toEqual([41]);
    });
  });

  it("are the same on random documents", async () => {
    for (const batch of fc.sample(fc.array(documents, { minLength: 25, maxLength: 25 }), { seed: SEED, numRuns: 3 })) {
      await store([undefined, null, ...batch]);
      await fc.assert(
        fc.asyncProperty(paths, asked, async (path, [lookup, value]) => check(path, lookup, value)),
        { seed: SEED, numRuns: 120 },
      );
      const parts = fc.tuple(fc.constantFrom(...batch), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }));
      await fc.assert(
        fc.asyncProperty(parts, paths, async ([document, flips], path) => {
          let turn = 0;
          const part = pruned(document, () => flips[(turn += 1) % flips.length] as boolean);
          for (const lookup of ["exact", "contains", "contained_by"]) await check([], lookup, part);
          const inner = at(document, path);
          if (inner !== undefined) for (const lookup of ["exact", "contains"]) await check(path, lookup, inner);
        }),
        { seed: SEED, numRuns: 60 },
      );
    }
  }, 120_000);
});
