import { sql } from "kysely";
import { expect, it } from "vitest";
import { type Database, fields, manager, Model, NotSupportedError, UniqueViolation } from "dunder-orm";
import {
  arrayField,
  bloomIndex,
  brinIndex,
  btreeIndex,
  createExtension,
  exclusionConstraint,
  ginIndex,
  gistIndex,
  hashIndex,
  integerRangeField,
  spGistIndex,
  uniqueConstraint,
} from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, lacksExtension, onOthers, onPostgres } from "./only.js";

class Step extends Model(
  "step",
  {
    list: fields.integer(),
    position: fields.integer({ null: true }),
    title: fields.string(),
    body: fields.text({ column: "the body" }),
    tags: arrayField(fields.text(), { default: () => [] }),
    range: integerRangeField({ null: true }),
    at: fields.datetime({ null: true }),
    parent: () => fields.foreignKey(Step, { null: true, index: false }),
  },
  {
    indexes: [
      ginIndex("tags", { with: { fastupdate: false } }),
      ginIndex({ field: "title", opclass: "gin_trgm_ops" }, { name: "step_title_trgm" }),
      gistIndex("range", { concurrently: true }),
      spGistIndex("range", { name: "step_range_sp" }),
      brinIndex("at", { with: { pages_per_range: 8 } }),
      hashIndex("title", { name: "step_title_hash" }),
      bloomIndex(["list", "position"], { name: "step_bloom" }),
      btreeIndex(["list", { field: "position", desc: true, nulls: "last" }], {
        where: "position > 0",
        include: ["title"],
      }),
      btreeIndex(["-at", "parent"]),
      btreeIndex({ expression: `lower("the body")`, collation: "C" }, { name: "step_body_lower" }),
      btreeIndex(["list", "title"], { unique: true, nullsDistinct: false, where: "title <> ''" }),
    ],
    constraints: [
      uniqueConstraint({
        fields: ["list", "position"],
        nullsDistinct: false,
        include: ["title"],
        deferrable: "deferred",
      }),
    ],
  },
) {
  static objects = manager(this);
}

/** NULLS NOT DISTINCT is there from PostgreSQL 15 on. */
async function countsNulls(db: Database): Promise<boolean> {
  const [row] = await db.execute(sql<{ server_version_num: string }>`show server_version_num`);
  return Number(row?.server_version_num) >= 150_000;
}

onPostgres("Indexes", (engine) => {
  const use = useDatabase(engine, []);

  it("are made as they were declared", async () => {
    await createExtension(use.db, "pg_trgm");
    await createExtension(use.db, "bloom");
    Step.bind(use.db);
    if (!(await countsNulls(use.db))) {
      const making = use.db.createTables([Step]);
      await expect(making).rejects.toThrow(NotSupportedError);
      await expect(making).rejects.toThrow(/nullsDistinct: false \} from version 15 on/);
      return;
    }
    await use.db.createTables([Step]);
    await use.db.createTables([Step]);
    const rows = await use.db.execute(
      sql<{ indexdef: string }>`select indexdef from pg_indexes where tablename = 'step' order by indexname`,
    );
    expect(rows.map(({ indexdef }) => indexdef.replace(/^CREATE | ON public.step/g, ""))).toEqual([
      "INDEX step_at_idx USING brin (at) WITH (pages_per_range='8')",
      "INDEX step_at_parent_id_idx USING btree (at DESC, parent_id)",
      'INDEX step_bloom USING bloom (list, "position")',
      'INDEX step_body_lower USING btree (lower("the body"))',
      'INDEX step_list_position_idx USING btree (list, "position" DESC NULLS LAST) INCLUDE (title) WHERE ("position" > 0)',
      'UNIQUE INDEX step_list_position_uniq USING btree (list, "position") INCLUDE (title) NULLS NOT DISTINCT',
      "UNIQUE INDEX step_list_title_uniq USING btree (list, title) NULLS NOT DISTINCT WHERE ((title)::text <> ''::text)",
      "UNIQUE INDEX step_pkey USING btree (id)",
      "INDEX step_range_idx USING gist (range)",
      "INDEX step_range_sp USING spgist (range)",
      "INDEX step_tags_idx USING gin (tags) WITH (fastupdate='false')",
      "INDEX step_title_hash USING hash (title)",
      "INDEX step_title_trgm USING gin (title gin_trgm_ops)",
    ]);
  });

  it("and constraints that are looked at when the transaction ends, or count NULLs as equal", async ({ skip }) => {
    if (!(await countsNulls(use.db))) return skip("The server cannot count NULLs as equal.");
    if (await lacksExtension(use.db, "bloom")) return skip("The server has not what its other indexes are of.");
    const first = await Step.objects.create({ list: 1, position: 1, title: "a", body: "" });
    const second = await Step.objects.create({ list: 1, position: 2, title: "b", body: "" });
    await use.db.atomic(async () => {
      await first.update({ position: 2 });
      await second.update({ position: 1 });
    });
    expect((await Step.objects.orderBy("position").all()).map(({ title }) => title)).toEqual(["b", "a"]);
    await Step.objects.create({ list: 2, position: null, title: "c", body: "" });
    await expect(Step.objects.create({ list: 2, position: null, title: "d", body: "" })).rejects.toThrow(
      UniqueViolation,
    );
    await expect(Step.objects.create({ list: 1, position: 9, title: "a", body: "" })).rejects.toThrow(UniqueViolation);
  });

  it("refuse what is none", async () => {
    expect(() => ginIndex([])).toThrow(/one field at least/);
    expect(() => ginIndex({} as never)).toThrow(/\{ field \} or \{ expression \}/);
    expect(() => ginIndex({ expression: "lower(title)" })).toThrow(/needs a name/);
    expect(() => ginIndex("tags", { unique: true } as never)).toThrow(/takes no option/);
    expect(() => btreeIndex("tags", { unique: "yes" } as never)).toThrow(/true or false/);
    expect(() => brinIndex("at", { with: { "x = 1); drop table step; --": 1 } })).toThrow(/letters, digits/);
    expect(() => brinIndex("at", { with: { pages: "1); drop" } })).toThrow(/a number, true, false or a word/);
    expect(() => hashIndex({ field: "title", nulls: "top" } as never)).toThrow(/nulls is/);
    expect(() => exclusionConstraint({ name: "x", elements: [["range", "&& or true"]] })).toThrow(
      /an element is a pair/,
    );
    expect(() => exclusionConstraint({ name: "x", elements: [] })).toThrow(/elements is a list/);
    expect(() => uniqueConstraint({ fields: ["a"], deferrable: "later" } as never)).toThrow(/deferred/);
    class Wrong extends Model("wrong", { a: fields.integer() }, { indexes: [ginIndex("b" as "a")] }) {}
    await expect(use.db.createTables([Wrong])).rejects.toThrow(/"b", which is no column/);
    class Evil extends Model(
      "evil",
      { a: fields.text() },
      { indexes: [ginIndex({ field: "a", opclass: "x; drop" })] },
    ) {}
    await expect(use.db.createTables([Evil])).rejects.toThrow(/letters, digits and underscores/);
  });
});

onOthers("Indexes", (engine) => {
  const use = useDatabase(engine, []);
  const declared = { a: fields.integer(), b: fields.integer() };

  it("are refused by name", async () => {
    class Brin extends Model("brin", declared, { indexes: [brinIndex("a")] }) {}
    class Unique extends Model("uniq", declared, { constraints: [uniqueConstraint({ fields: ["a", "b"] })] }) {}
    class Excluding extends Model("excl", declared, {
      constraints: [exclusionConstraint({ name: "x", elements: [["a", "="]] })],
    }) {}
    await expectRefusal(() => use.db.createTables([Brin]), /Brin: brinIndex/);
    await expectRefusal(() => use.db.createTables([Unique]), /uniqueConstraint.*unique: \["a", "b"\]/);
    await expectRefusal(() => use.db.createTables([Excluding]), /exclusionConstraint/);
  });
});
