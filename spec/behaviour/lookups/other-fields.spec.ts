import { beforeAll, expect, it } from "vitest";
import { fields, FieldError, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { compare, comparisons, lookupTests, type Loose, type LookupRow, oracleOf, type Part, partOf } from "./table.js";

class Thing extends Model(
  "thing",
  {
    id: fields.integer({ primaryKey: true }),
    uuid: fields.uuid({ null: true }),
    binary: fields.binary({ null: true }),
    json: fields.json<unknown>({ null: true }),
    status: fields.enumeration(["draft", "Live", "gone"], { null: true }),
    email: fields.email({ null: true }),
    address: fields.ipAddress({ null: true }),
    point: fields.custom({
      sqlType: () => "varchar(40)",
      toDb: (value: readonly [number, number]) => value.join(","),
      fromDb: (value) => String(value).split(",").map(Number) as unknown as readonly [number, number],
      null: true,
    }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

const bytes = (...values: number[]) => Uint8Array.from(values);

const uuids = [
  null,
  "00000000-0000-0000-0000-000000000000",
  "00000000-0000-0000-0000-0000000000ff",
  "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "a0000000-0000-4000-8000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
];
const uuidTable: readonly LookupRow[] = [
  [
    "exact",
    [
      ...uuids,
      "3F2504E0-4F89-41D3-9A0C-0305E82C3301",
      "3f2504e04f8941d39a0c0305e82c3301",
      "11111111-1111-1111-1111-111111111111",
    ],
  ],
  ["ne", ["00000000-0000-0000-0000-000000000000", null]],
  [
    "in",
    [
      ["3f2504e0-4f89-41d3-9a0c-0305e82c3301", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
      [null, "A0000000-0000-4000-8000-000000000000"],
      [],
    ],
  ],
  ["gt", ["3f2504e0-4f89-11d3-9a0c-0305e82c3301"]],
  ["lte", ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "9fffffff-ffff-ffff-ffff-ffffffffffff"]],
  ["range", [["00000000-0000-0000-0000-000000000001", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"]]],
  ["isnull", [true, false]],
];

const binaries = [
  null,
  bytes(),
  bytes(0),
  bytes(0, 0),
  bytes(0x61),
  bytes(0x41),
  bytes(0xff, 0xfe),
  bytes(0x5c, 0x27),
  bytes(0x20),
];
const binaryTable: readonly LookupRow[] = [
  ["exact", [...binaries, bytes(1, 2, 3), Buffer.from("a")]],
  ["ne", [bytes(0x61), bytes(), null]],
  ["in", [[bytes(0x61), bytes(0xff, 0xfe)], [bytes()], [null, bytes(0)], []]],
  ["isnull", [true, false]],
];

const jsons = [null, true, 0, "", "x", [], [1], {}, { a: null }];
const jsonTable: readonly LookupRow[] = [["isnull", [true, false]]];

const statuses = [null, "draft", "Live", "gone"];
const statusTable: readonly LookupRow[] = [
  ["exact", ["draft", "Live", null]],
  ["ne", ["draft"]],
  ["in", [["draft", "gone"]]],
  ["contains", ["a", "L"]],
  ["icontains", ["l"]],
  ["startswith", ["d"]],
  ["isnull", [true]],
];

const emails = [null, "ann@example.org", "Bob@example.org", "el+tag@sub.example.net"];
const emailTable: readonly LookupRow[] = [
  ["exact", ["ann@example.org", "bob@example.org"]],
  ["iexact", ["bob@example.org"]],
  ["iendswith", ["@EXAMPLE.ORG"]],
  ["contains", ["+tag"]],
  ["isnull", [false]],
];

const addresses = [null, "127.0.0.1", "10.0.0.1", "::1", "2001:db8::ff"];
const addressTable: readonly LookupRow[] = [
  ["exact", ["127.0.0.1", "::1"]],
  ["startswith", ["10."]],
  ["in", [["::1", "10.0.0.1"]]],
  ["isnull", [true]],
];

const byText = oracleOf({
  ...comparisons((a, b) => compare(a as string, b as string)),
  iexact: (value: string, operand: string) => value.toLowerCase() === operand.toLowerCase(),
  contains: (value: string, operand: string) => value.includes(operand),
  icontains: (value: string, operand: string) => value.toLowerCase().includes(operand.toLowerCase()),
  startswith: (value: string, operand: string) => value.startsWith(operand),
  iendswith: (value: string, operand: string) => value.toLowerCase().endsWith(operand.toLowerCase()),
});
const hex = (value: unknown) => String(value).toLowerCase().replaceAll("-", "");
const byUuid = oracleOf(comparisons((a, b) => compare(hex(a), hex(b))));
const byBytes = oracleOf(comparisons((a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array)));

const subjects = [
  ["uuid", uuids, uuidTable, byUuid],
  ["binary", binaries, binaryTable, byBytes],
  ["json", jsons, jsonTable, byText],
  ["status", statuses, statusTable, byText],
  ["email", emails, emailTable, byText],
  ["address", addresses, addressTable, byText],
] as const;

onEngines("Lookups of other fields", (engine) => {
  useDatabase(engine, [Thing]);
  beforeAll(async () => {
    for (const [field, values] of subjects) {
      parts.set(field, partOf(await Thing.objects.bulkCreate(values.map((value) => ({ [field]: value })))));
    }
  });

  const parts = new Map<string, Part>();
  for (const [field, values, table, oracle] of subjects) {
    const ask = () => Thing.objects.filter(parts.get(field)) as unknown as Loose;
    lookupTests({ field, values, ask }, table, oracle);
  }

  it.each([
    ["text for a uuid", { uuid: "x" }],
    ["text for bytes", { binary: "a" }],
    ["an order of bytes", { binary__gt: bytes(1) }],
    ["part of a uuid", { uuid__startswith: "3f" }],
    ["part of bytes", { binary__contains: bytes(1) }],
  ])("%s is refused", (_title, where) => {
    expect(() => (Thing.objects as unknown as Loose).filter(where)).toThrow(FieldError);
  });

  it("a field of one's own is compared as it is written", async () => {
    const made = await Thing.objects.create({ point: [1, 2] });
    await Thing.objects.create({ point: [1, 3] });
    const ids = async (where: object) =>
      (await (Thing.objects as unknown as Loose).filter(where).all()).map((row) => (row as Thing).pk);
    expect(await ids({ point: [1, 2] })).toEqual([made.pk]);
    expect(
      await ids({
        point__in: [
          [1, 2],
          [5, 5],
        ],
      }),
    ).toEqual([made.pk]);
    expect((await Thing.objects.get({ pk: made.pk })).point).toEqual([1, 2]);
    expect(await Thing.objects.filter({ point__isnull: false }).count()).toBe(2);
    await Thing.objects.filter({ point__isnull: false }).delete();
  });
});
