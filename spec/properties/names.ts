import fc from "fast-check";
import { F, fields, manager, Model, OuterRef, Q, Value } from "dunder-orm";

/** Fields of every family, relations one way and the other, to itself and through others. */
export class Leaf extends Model("leaf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, default: "" }),
  count: fields.integer({ null: true }),
  big: fields.bigInteger({ null: true }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
  ratio: fields.float({ null: true }),
  live: fields.boolean({ null: true }),
  day: fields.date({ null: true }),
  clock: fields.time({ null: true }),
  made: fields.datetime({ null: true }),
  span: fields.duration({ null: true }),
  code: fields.uuid({ null: true }),
  data: fields.json({ null: true }),
  bytes: fields.binary({ null: true }),
  parent: () => fields.foreignKey(Leaf, { null: true }),
  children: () => fields.hasMany(Leaf, "parent"),
  branch: () => fields.foreignKey(Branch, { null: true }),
}) {
  static objects = manager(this);
}

export class Branch extends Model("branch", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 40, default: "" }),
  leaves: () => fields.hasMany(Leaf, "branch"),
}) {
  static objects = manager(this);
}

const REAL = [
  ..."id name count big price ratio live day clock made span code data bytes parent children branch title leaves pk".split(
    " ",
  ),
  ..."exact ne gt gte lt lte in range isnull iexact contains icontains startswith istartswith endswith iendswith".split(
    " ",
  ),
  ..."regex iregex year iso_year quarter month week day week_day iso_week_day hour minute second date time length".split(
    " ",
  ),
  ..."lower upper trim abs n x".split(" "),
];

const garbage = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom("_", "a", "0", "-", "+", ".", "'", '"', "\\", "\0", "é", "\uD800"),
    maxLength: 12,
  }),
  fc.integer().map(String),
  fc.constantFrom("", "_", "__", "?", "*", "-", "+", "__proto__", "constructor", "toString", "hasOwnProperty", "then"),
);

const segment = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...REAL) },
  { weight: 1, arbitrary: garbage },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...REAL)
      .chain((word) => fc.nat(word.length).map((at) => word.slice(0, at) + word.slice(at + 1))),
  },
);

const repeated = fc
  .tuple(
    fc.constantFrom("parent", "children", "branch__leaves", "lower", "x", "", "_"),
    fc.integer({ min: 1, max: 200 }),
    segment,
  )
  .map(([name, times, end]) => `${`${name}__`.repeat(times)}${end}`);

const relations = fc.array(fc.constantFrom("parent", "children", "branch__leaves"), { maxLength: 3 });
const ends = fc.constantFrom(
  "",
  "",
  "__exact",
  "__ne",
  "__in",
  "__isnull",
  "__gt",
  "__range",
  "__contains",
  "__year",
  "__lower__iexact",
  "__abs",
);
const proper = fc
  .tuple(relations, fc.constantFrom(...REAL.slice(0, 19)), ends)
  .map(([path, field, end]) => [...path, field].join("__") + end);

/** What may be given as a name: mostly what nearly is one. */
export const keys: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: fc.array(segment, { minLength: 1, maxLength: 5 }).map((names) => names.join("__")) },
  { weight: 12, arbitrary: proper },
  { weight: 2, arbitrary: garbage },
  { weight: 1, arbitrary: repeated },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 4 }).map((names) => `${names.join("__")}__`) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("-", "+", "--", "-+", " "), segment).map((parts) => parts.join("")),
  },
);

const right = fc.oneof(
  fc.constantFrom<unknown>("2024-02-29", "10:20:30", "1.50", "00000000-0000-0000-0000-000000000001", "^a", "(", "x"),
  fc.constantFrom<unknown>(0, 1, -1, 2.5, 2 ** 31, 2 ** 70, 5n, -(2n ** 70n), true, false, null, undefined),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 4 }),
);

const strange = fc.constantFrom<unknown>(
  Number.NaN,
  Infinity,
  -0,
  Symbol("x"),
  () => 1,
  new Map(),
  new Set([1]),
  new WeakMap(),
  Promise.resolve(1),
  /x/,
  new Error("x"),
  Object.create(null),
  { toString: null },
  new Array(3),
  F("count"),
  F("nowhere"),
  Value("x"),
  Q({ name: "x" }),
  OuterRef("pk"),
  Leaf,
  Leaf.objects,
  Branch.objects,
  Leaf.objects.values("name"),
  Leaf.objects.none(),
  new Leaf({ name: "x" }),
);

/** Values of every type, right and wrong, and lists of them. */
export const values: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: right },
  { weight: 2, arbitrary: strange },
  { weight: 2, arbitrary: fc.array(right, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(strange, { maxLength: 2 }) },
  {
    weight: 1,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    }),
  },
);
