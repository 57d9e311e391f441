import { sql } from "kysely";
import { expect, it } from "vitest";
import { ConfigurationError, fields, manager, Model, NotSupportedError, UniqueViolation } from "dunder-orm";
import { expressionIndex, tableOptions } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

const columns = () => ({ day: fields.date(), page: fields.integer(), n: fields.integer({ default: 0 }) });

class Keyed extends Model("keyed", columns(), {
  primaryKey: ["day", "page"],
  table: tableOptions({ rowFormat: "compressed", partitionBy: { key: ["day", "page"], partitions: 3 } }),
}) {
  static objects = manager(this);
}

class Hashed extends Model("hashed", columns(), {
  primaryKey: ["day", "page"],
  table: tableOptions({ partitionBy: { hash: "page", partitions: 2 } }),
  comment: "cut by page",
}) {
  static objects = manager(this);
}

class Ranged extends Model("ranged", columns(), {
  primaryKey: ["day", "page"],
  table: tableOptions({ partitionBy: { range: "day", below: ["2020-01-01", "2021-01-01"], rest: true } }),
}) {
  static objects = manager(this);
}

class Old extends Model(
  "old",
  { id: fields.integer({ primaryKey: true }), n: fields.integer() },
  {
    table: tableOptions({ engine: "MyISAM", autoIncrement: 1000 }),
  },
) {
  static objects = manager(this);
}

class Line extends Model(
  "line",
  { id: fields.integer({ primaryKey: true }), price: fields.integer(), count: fields.integer() },
  {
    indexes: [expressionIndex("price * count", { name: "line_total", unique: true })],
  },
) {
  static objects = manager(this);
}

class Worded extends Model(
  "worded",
  {
    id: fields.integer({ primaryKey: true }),
    exact: fields.string({ maxLength: 20 }),
    loose: fields.string({ maxLength: 20, collation: "latin1_swedish_ci" }),
    plain: fields.custom({ sqlType: () => "varchar(20)", toDb: (text: string) => text, fromDb: String }),
  },
  { table: tableOptions({ charset: "latin1", collation: "latin1_german1_ci" }) },
) {
  static objects = manager(this);
}

onEngines("tables of MySQL", (engine) => {
  if (engine.name !== "mysql") {
    const holder = useDatabase(engine, []);

    it("are refused, by what changes them", async () => {
      await expect(holder.db.createTables([Keyed])).rejects.toThrow(/tableOptions/);
      await expect(holder.db.createTables([Line])).rejects.toThrow(NotSupportedError);
    });
    return;
  }

  const holder = useDatabase(engine, [Keyed, Hashed, Ranged, Old, Worded]);

  const partitions = async (table: string) =>
    (
      await holder.db.execute(
        sql<{
          method: string;
          rows: number | string;
        }>`select partition_method as method, count(*) as \`rows\` from information_schema.partitions where table_schema = database() and table_name = ${table} group by partition_method`,
      )
    ).map(({ method, rows }) => [method, Number(rows)]);

  it("are cut into partitions, and asked as others", async () => {
    expect(await partitions("keyed")).toEqual([["KEY", 3]]);
    expect(await partitions("hashed")).toEqual([["HASH", 2]]);
    expect(await partitions("ranged")).toEqual([["RANGE COLUMNS", 3]]);
    for (const table of [Keyed, Hashed, Ranged] as const) {
      await table.objects.bulkCreate([
        { day: "2019-05-05", page: 1 },
        { day: "2020-05-05", page: 2, n: 5 },
        { day: "2030-01-01", page: 3 },
      ]);
      expect(await table.objects.filter({ day__gte: "2020-01-01" }).count()).toBe(2);
      expect((await table.objects.get({ pk: ["2020-05-05", 2] })).n).toBe(5);
      await expect(table.objects.create({ day: "2030-01-01", page: 3 })).rejects.toThrow(UniqueViolation);
    }
  });

  it("have a collation for columns that name none, and fields compare exactly unless they name one", async () => {
    const found = await holder.db.execute(
      sql<{
        name: string;
        charset: string;
        collation: string;
      }>`select column_name as name, character_set_name as charset, collation_name as collation from information_schema.columns where table_schema = database() and table_name = 'worded' and character_set_name is not null order by 1`,
    );
    expect(found).toEqual([
      {
        name: "exact",
        charset: "utf8mb4",
        collation: engine.label === "MySQL" ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin",
      },
      { name: "loose", charset: "latin1", collation: "latin1_swedish_ci" },
      { name: "plain", charset: "latin1", collation: "latin1_german1_ci" },
    ]);
    await Worded.objects.create({ exact: "Émile ✓", loose: "Émile", plain: "Émile" });
    expect(await Worded.objects.filter({ exact: "émile ✓" }).count()).toBe(0);
    expect(await Worded.objects.filter({ loose: "émile" }).count()).toBe(1);
    expect(await Worded.objects.valuesList("exact", "loose", "plain").all()).toEqual([["Émile ✓", "Émile", "Émile"]]);
    const only = Model(
      "worded_only",
      { plain: fields.text() },
      { table: tableOptions({ collation: "utf8mb4_unicode_ci" }) },
    );
    class Only extends only {}
    Only.bind(holder.db);
    await holder.db.createTables([Only]);
    await holder.db.dropTables([Only]);
  });

  it("have engines, formats, beginnings and comments of their own", async () => {
    const [row] = await holder.db.execute(
      sql<{
        e: string;
        f: string;
      }>`select engine as e, row_format as f from information_schema.tables where table_schema = database() and table_name = 'old'`,
    );
    expect(row?.e).toBe("MyISAM");
    expect((await Old.objects.create({ n: 1 })).pk).toBe(1000);
    const [keyed] = await holder.db.execute(
      sql<{
        f: string;
      }>`select row_format as f from information_schema.tables where table_schema = database() and table_name = 'keyed'`,
    );
    expect(keyed?.f).toBe("Compressed");
    const [hashed] = await holder.db.execute(
      sql<{
        c: string;
      }>`select table_comment as c from information_schema.tables where table_schema = database() and table_name = 'hashed'`,
    );
    expect(hashed?.c).toBe("cut by page");
  });

  it("have indexes over expressions where the server has", async () => {
    if (engine.label === "MariaDB") {
      await expect(holder.db.createTables([Line])).rejects.toThrow(/MariaDB has no index over an expression/);
      return;
    }
    Line.bind(holder.db);
    await holder.db.createTables([Line]);
    await Line.objects.create({ price: 2, count: 3 });
    await expect(Line.objects.create({ price: 3, count: 2 })).rejects.toThrow(UniqueViolation);
  });

  it("refuse options that make no sense", () => {
    const options = tableOptions as (given: unknown) => unknown;
    for (const given of [
      null,
      { charst: "latin1" },
      { engine: "x; drop table y" },
      { rowFormat: "big" },
      { collation: "x; y" },
      { charset: 3 },
      { autoIncrement: 0 },
      { partitionBy: { hash: "a" } },
      { partitionBy: { hash: "a", partitions: 1.5 } },
      { partitionBy: { partitions: 2 } },
      { partitionBy: { hash: "a", key: "b", partitions: 2 } },
      { partitionBy: { range: "a", below: [] } },
      { partitionBy: { range: "a", below: [{}] } },
      { partitionBy: { range: "a", below: [1], rest: 1 } },
      { partitionBy: { key: [], partitions: 2 } },
    ]) {
      expect(() => options(given)).toThrow(ConfigurationError);
    }
    const index = expressionIndex as (...args: unknown[]) => unknown;
    for (const args of [
      ["", { name: "a" }],
      ["a", {}],
      ["a", { name: "a b" }],
      ["a", { name: "a", uniq: true }],
      [1, { name: "a" }],
    ]) {
      expect(() => index(...args)).toThrow(ConfigurationError);
    }
  });

  it("name fields that the model has", async () => {
    class Wrong extends Model(
      "wrong",
      { n: fields.integer() },
      {
        table: tableOptions({ partitionBy: { hash: "m" as "n", partitions: 2 } }),
      },
    ) {}
    await expect(holder.db.createTables([Wrong])).rejects.toThrow(ConfigurationError);
  });
});
