import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import {
  Avg,
  ConfigurationError,
  DataError,
  F,
  FieldError,
  fields,
  manager,
  Max,
  Model,
  NotSupportedError,
  Sum,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import {
  bytesColumn,
  enumColumn,
  loadData,
  mediumInteger,
  tinyInteger,
  unsignedBigInteger,
  unsignedInteger,
  unsignedMediumInteger,
  unsignedSmallInteger,
  unsignedTinyInteger,
  virtualColumn,
  year,
} from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

const integers = {
  u8: unsignedTinyInteger({ null: true }),
  u16: unsignedSmallInteger({ null: true }),
  u24: unsignedMediumInteger({ null: true }),
  u32: unsignedInteger({ null: true, zerofill: true }),
  u64: unsignedBigInteger({ null: true }),
  i8: tinyInteger({ null: true }),
  i24: mediumInteger({ null: true }),
  made: year({ null: true }),
};

const LIMITS = {
  u8: [0, 255],
  u16: [0, 65_535],
  u24: [0, 16_777_215],
  u32: [0, 4_294_967_295],
  u64: [0n, 18_446_744_073_709_551_615n],
  i8: [-128, 127],
  i24: [-8_388_608, 8_388_607],
  made: [1901, 2155],
} as const;

class Item extends Model("item", {
  id: unsignedBigInteger({ primaryKey: true }),
  ...integers,
  parent: () => fields.foreignKey(Item, { null: true, onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

class File extends Model("file", {
  id: fields.integer({ primaryKey: true }),
  hash: bytesColumn(4, { fixed: true, unique: true }),
  short: bytesColumn(3, { null: true, index: true }),
  size: enumColumn(["small", "LARGE", "o'k", "", "é\\"], { default: "small" }),
}) {
  static objects = manager(this);
}

class Box extends Model("box", {
  id: fields.integer({ primaryKey: true }),
  width: fields.integer(),
  height: fields.integer({ null: true }),
  area: virtualColumn(fields.integer({ null: true }), "width * height"),
}) {
  static objects = manager(this);
}

onEngines("columns of MySQL", (engine) => {
  if (engine.name !== "mysql") {
    const holder = useDatabase(engine, []);

    it("are refused before a table is made", async () => {
      class Counted extends Model("counted", { n: unsignedInteger() }) {}
      class Sized extends Model("sized", { size: enumColumn(["a"]) }) {}
      class Hashed extends Model("hashed", { hash: bytesColumn(4) }) {}
      for (const [model, what] of [
        [Counted, /unsignedInteger\(\)/],
        [Sized, /enumColumn/],
        [Hashed, /bytesColumn/],
      ] as const) {
        await expect(holder.db.createTables([model])).rejects.toThrow(NotSupportedError);
        await expect(holder.db.createTables([model])).rejects.toThrow(what);
      }
    });

    it("that are not kept are SQLite's as well", async () => {
      if (engine.name === "postgres") {
        await expect(holder.db.createTables([Box])).rejects.toThrow(/not kept/);
        return;
      }
      await holder.db.createTables([Box]);
      const box = await Box.objects.using(holder.db).create({ width: 2, height: 3 });
      await box.refresh();
      expect(box.area).toBe(6);
    });
    return;
  }

  const holder = useDatabase(engine, [Item, File, Box], { localInfile: true });

  describe("for whole numbers", () => {
    it("keep every value within their limits, written in each way", async () => {
      const [low, high] = [0, 1].map((at) =>
        Object.fromEntries(Object.entries(LIMITS).map(([name, range]) => [name, range[at]])),
      );
      const values = (row: Item | null) =>
        Object.fromEntries(Object.keys(LIMITS).map((name) => [name, row?.[name as keyof Item]]));
      const created = await Item.objects.create(low!);
      expect(typeof created.id).toBe("bigint");
      expect(values(await Item.objects.get({ pk: created.pk }))).toEqual(low);
      await Item.objects.bulkCreate([{ id: 100n, ...high }, { id: 101n }]);
      expect(values(await Item.objects.get({ id: 100n }))).toEqual(high);
      await loadData(Item.objects, [
        { id: 200n, ...high },
        { id: 201n, ...low },
      ]);
      expect(values(await Item.objects.get({ id: 200n }))).toEqual(high);
      expect(values(await Item.objects.get({ id: 201n }))).toEqual(low);
      await Item.objects.filter({ id: 101n }).update(high!);
      expect(values(await Item.objects.get({ id: 101n }))).toEqual(high);
      const rows = await Item.objects.filter({ id__in: [100n, 101n] }).all();
      for (const row of rows) Object.assign(row, low);
      await Item.objects.bulkUpdate(rows, Object.keys(LIMITS) as never);
      expect(values(await Item.objects.get({ id: 100n }))).toEqual(low);
      await Item.objects.delete({ all: true });
    });

    it("refuse what does not fit before it is sent", async () => {
      for (const [name, [low, high]] of Object.entries(LIMITS)) {
        const beyond = typeof low === "bigint" ? [low - 1n, BigInt(high) + 1n] : [low - 1, Number(high) + 1];
        for (const value of [...beyond, "1", 1.5, true, {}, NaN]) {
          await expect(Item.objects.create({ [name]: value })).rejects.toThrow(ValidationError);
        }
        expect(() => Item.objects.filter({ [name]: "1" } as never)).toThrow(FieldError);
      }
      await expect(Item.objects.create({ u8: 256 })).rejects.toThrow(/outside 0 to 255/);
      expect(await Item.objects.count()).toBe(0);
    });

    it("are asked, ordered and worked with as others, and told apart beyond 2^63", async () => {
      const top = 18_446_744_073_709_551_615n;
      const parent = await Item.objects.create({ u64: top, u8: 1, made: 1999 });
      const [child] = await Item.objects.bulkCreate([{ u64: top - 1n, u8: 3, parent, made: 2001 }]);
      expect(await Item.objects.filter({ u64: top }).valuesList("u8", { flat: true }).all()).toEqual([1]);
      expect(
        await Item.objects
          .filter({ u64__in: [top - 1n, 5n] })
          .valuesList("u8", { flat: true })
          .all(),
      ).toEqual([3]);
      expect(await Item.objects.filter({ u64__gt: top - 1n }).count()).toBe(1);
      expect(await Item.objects.orderBy("-u64").valuesList("u64", { flat: true }).all()).toEqual([top, top - 1n]);
      expect(await Item.objects.filter({ parent__u8: 1 }).count()).toBe(1);
      expect((await Item.objects.selectRelated("parent").get({ pk: child!.pk })).parent?.u64).toBe(top);
      expect(await Item.objects.aggregate({ sum: Sum("u8"), max: Max("u64"), avg: Avg("u8") })).toEqual({
        sum: 4,
        max: top,
        avg: 2,
      });
      await Item.objects.filter({ pk: parent.pk }).update({ u32: 4_294_967_295, u24: 16_777_215 });
      expect(await Item.objects.filter({ u32: 4_294_967_295, u24__gte: 16_777_215 }).count()).toBe(1);
      expect(await Item.objects.filter({ u32__gt: 4_294_967_294, u64__lte: 2n ** 70n }).count()).toBe(1);
      expect(await Item.objects.filter({ u64__range: [-(2n ** 70n), top - 1n] }).count()).toBe(1);
      expect(await Item.objects.filter({ u8__gt: -1 }).count()).toBe(2);
      await Item.objects.filter({ u8__lt: 9 }).update({ u8: F("u8").add(1) });
      expect(
        await Item.objects
          .filter({ made__range: [1990, 2000] })
          .valuesList("u8", { flat: true })
          .all(),
      ).toEqual([2]);
      await expect(Item.objects.filter({ u8: 2 }).update({ u8: F("u8").sub(3) })).rejects.toThrow(DataError);
      await Item.objects.delete({ all: true });
    });

    it("are declared as they are called", async () => {
      const rows = await holder.db.execute(
        sql<{
          name: string;
          type: string;
          extra: string;
        }>`select column_name as name, column_type as type, extra as extra from information_schema.columns where table_schema = database() and table_name = 'item'`,
      );
      const types = Object.fromEntries(
        rows.map(({ name, type, extra }) => [
          name,
          `${type} ${extra}`
            .trim()
            .replace(/\(\d+\)/, "")
            .toLowerCase(),
        ]),
      );
      expect(types).toMatchObject({
        ...{
          id: "bigint unsigned auto_increment",
          parent_id: "bigint unsigned",
          u8: "tinyint unsigned",
          u24: "mediumint unsigned",
        },
        ...{ u32: "int unsigned zerofill", u64: "bigint unsigned", i8: "tinyint", i24: "mediumint", made: "year" },
      });
    });

    it("refuse options that make no sense", () => {
      expect(() => unsignedInteger({ zerofill: 1 as never })).toThrow(ConfigurationError);
      expect(() => unsignedInteger({ zero: true } as never)).toThrow(/no option "zero"/);
    });
  });

  describe("for bytes and texts of a list", () => {
    const hash = (...bytes: number[]) => Uint8Array.from(bytes);

    it("keep bytes that can be unique, indexed and sought", async () => {
      const file = await File.objects.create({ hash: hash(0, 255, 0, 0), short: hash(), size: "é\\" });
      await loadData(File.objects, [{ hash: hash(1, 2, 3, 0), short: hash(7), size: "o'k" }]);
      expect((await File.objects.get({ hash: hash(0, 255, 0, 0) })).pk).toBe(file.pk);
      const loaded = await File.objects.get({ short: hash(7) });
      expect([loaded.hash, loaded.size]).toEqual([hash(1, 2, 3, 0), "o'k"]);
      await expect(File.objects.create({ hash: hash(0, 255, 0, 0) })).rejects.toThrow(UniqueViolation);
      await expect(File.objects.create({ hash: hash(1) })).rejects.toThrow(/needs 4/);
      await expect(File.objects.create({ hash: hash(9, 9, 9, 9), short: hash(1, 2, 3, 4) })).rejects.toThrow(
        /at most 3/,
      );
      await File.objects.delete({ all: true });
    });

    it("keep one of some texts, in their order", async () => {
      await File.objects.bulkCreate(
        ["LARGE", "small", "", "o'k", "é\\"].map((size, at) => ({ hash: hash(at, 0, 0, 0), size: size as "small" })),
      );
      expect(await File.objects.orderBy("size").valuesList("size", { flat: true }).all()).toEqual([
        "small",
        "LARGE",
        "o'k",
        "",
        "é\\",
      ]);
      expect(await File.objects.filter({ size: "LARGE" }).count()).toBe(1);
      expect(await File.objects.filter({ size: "large" as never }).count()).toBe(0);
      expect(await File.objects.filter({ size__in: ["", "o'k"] }).count()).toBe(2);
      expect(await File.objects.filter({ size__icontains: "AR" as never }).count()).toBe(1);
      expect(await File.objects.filter({ size__startswith: "é" }).update({ size: "small" })).toBe(1);
      await expect(File.objects.create({ hash: hash(8, 8, 8, 8), size: "huge" as never })).rejects.toThrow(
        /not one of/,
      );
      const rows = await File.objects.filter({ size: "small" }).all();
      for (const row of rows) row.size = "";
      await File.objects.bulkUpdate(rows, ["size"]);
      expect(await File.objects.filter({ size: "" }).count()).toBe(3);
      await File.objects.delete({ all: true });
    });

    it("refuse what is no list, and no length", () => {
      const declare = enumColumn as (...args: unknown[]) => unknown;
      for (const values of [[], ["a", "a"], "a", null, [1], ["a "]])
        expect(() => declare(values)).toThrow(ConfigurationError);
      const bytes = bytesColumn as (...args: unknown[]) => unknown;
      for (const length of [0, -1, 1.5, "4", undefined, 70_000])
        expect(() => bytes(length)).toThrow(ConfigurationError);
      expect(() => bytes(4, { fixed: "yes" })).toThrow(ConfigurationError);
    });
  });

  describe("that are not kept", () => {
    it("are worked out when they are read", async () => {
      await Box.objects.bulkCreate([{ width: 2, height: 3 }, { width: 5 }, { width: 4, height: 4 }]);
      expect(await Box.objects.orderBy("id").valuesList("area", { flat: true }).all()).toEqual([6, null, 16]);
      await Box.objects.filter({ area: 6 }).update({ width: 10 });
      expect(
        await Box.objects.filter({ area__gte: 16 }).orderBy("area").valuesList("area", { flat: true }).all(),
      ).toEqual([16, 30]);
      await expect(Box.objects.create({ width: 1, area: 5 })).rejects.toThrow();
      const [row] = await holder.db.execute(
        sql<{
          extra: string;
        }>`select extra as extra from information_schema.columns where table_schema = database() and table_name = 'box' and column_name = 'area'`,
      );
      expect(row?.extra).toBe("VIRTUAL GENERATED");
    });

    it("refuse what can be none", () => {
      const declare = virtualColumn as (...args: unknown[]) => unknown;
      expect(() => declare({}, "1")).toThrow(ConfigurationError);
      expect(() => declare(fields.integer(), " ")).toThrow(ConfigurationError);
      expect(() => declare(fields.integer({ default: 1 }), "1")).toThrow(/no default/);
    });
  });
});
