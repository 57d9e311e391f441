import { sql } from "kysely";
import { afterEach, describe, expect, inject, it } from "vitest";
import {
  CheckViolation,
  ConfigurationError,
  Database,
  F,
  FieldError,
  fields,
  ForeignKeyViolation,
  manager,
  Model,
  NotSupportedError,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { loadData } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Maker extends Model("maker", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
}) {
  static objects = manager(this);
}

class Part extends Model(
  "part",
  {
    id: fields.integer({ primaryKey: true }),
    code: fields.string({ maxLength: 30, unique: true }),
    note: fields.text({ null: true }),
    big: fields.bigInteger({ null: true }),
    price: fields.decimal({ precision: 30, scale: 10, null: true }),
    weight: fields.float({ null: true }),
    isOld: fields.boolean({ default: false }),
    made: fields.datetime({ null: true }),
    day: fields.date({ null: true }),
    at: fields.time({ null: true }),
    tag: fields.uuid({ null: true }),
    extra: fields.json({ null: true }),
    bytes: fields.binary({ null: true }),
    serial: fields.integer({ dbDefault: 7 }),
    maker: () => fields.foreignKey(Maker, { null: true, onDelete: "do nothing" }),
  },
  { constraints: [{ check: "serial >= 0", name: "part_serial_positive" }] },
) {
  static objects = manager(this);
}

class Bare extends Model("bare", { id: fields.integer({ primaryKey: true }) }) {
  static objects = manager(this);
}

const SPECIAL = "tab\tnew\nline\r\\N \\ 'quote\" é 🎉 \u2028";

const FULL = {
  code: "full",
  note: SPECIAL,
  big: 9_007_199_254_740_993n,
  price: "12345678901234567890.0123456789",
  weight: -1.7976931348623157e308,
  isOld: true,
  made: new Date("1965-02-03T04:05:06.789Z"),
  day: "9999-12-31",
  at: "23:59:59.123456",
  tag: "6f1e0c9e-5a67-4f0a-9df5-0f0a2f7f6c11",
  extra: { text: SPECIAL, list: [1, null, true], nested: { "a\tb": "\\N" } },
  bytes: Uint8Array.from({ length: 256 }, (_, at) => at),
  serial: 0,
};

const fieldsOf = (row: Part) => Object.fromEntries(Object.keys(FULL).map((name) => [name, row[name as keyof Part]]));

const isMysql = (engine: { readonly name: string }) => engine.name === "mysql";

onEngines("loadData", (engine) => {
  if (!isMysql(engine)) {
    const holder = useDatabase(engine, [Maker, Part]);

    it("is refused before anything is read or sent", async () => {
      let read = 0;
      const rows = (function* () {
        read += 1;
        yield { code: "x" };
      })();
      await expect(loadData(Part.objects, rows)).rejects.toThrow(NotSupportedError);
      await expect(loadData(Part.objects, rows)).rejects.toThrow(/on (SQLite|PostgreSQL).*\n?/);
      expect(read).toBe(0);
      expect(holder.db.isConnected).toBe(true);
    });

    it("has no option for it", () => {
      expect(
        () => new Database(engine.name === "sqlite" ? "sqlite::memory:" : "postgres://x/y", { localInfile: true }),
      ).toThrow(ConfigurationError);
    });
    return;
  }

  const holder = useDatabase(engine, [Maker, Part, Bare], { localInfile: true });

  afterEach(async () => {
    await Part.objects.delete({ all: true });
    await Maker.objects.delete({ all: true });
  });

  describe("values", () => {
    it("arrive as those of create do, of every kind", async () => {
      expect(await loadData(Part.objects, [FULL])).toEqual({ written: 1, skipped: 0 });
      const loaded = await Part.objects.get({ code: "full" });
      await Part.objects.delete({ all: true });
      await Part.objects.create(FULL);
      const created = await Part.objects.get({ code: "full" });
      expect(fieldsOf(loaded)).toEqual(fieldsOf(created));
      expect(fieldsOf(loaded)).toEqual(FULL);
    });

    it("may be NULL, empty, left to defaults of the field and of the database", async () => {
      await loadData(Part.objects, [
        { code: "nulls", note: null, bytes: null, extra: null },
        { code: "", note: "", bytes: new Uint8Array(), serial: 1 },
        { code: "\\N", note: "\\N", extra: "\\N" },
      ]);
      const rows = await Part.objects.orderBy("id").all();
      expect(rows.map(({ code, note, serial, isOld }) => ({ code, note, serial, isOld }))).toEqual([
        { code: "nulls", note: null, serial: 7, isOld: false },
        { code: "\\N", note: "\\N", serial: 7, isOld: false },
        { code: "", note: "", serial: 1, isOld: false },
      ]);
      expect(rows[2]?.bytes).toEqual(new Uint8Array());
      expect(rows[1]?.extra).toBe("\\N");
    });

    it("are checked before anything is sent, and told by their row", async () => {
      const rows = [{ code: "a" }, { code: "b".repeat(31) }];
      await expect(loadData(Part.objects, rows)).rejects.toThrow(ValidationError);
      await expect(loadData(Part.objects, rows)).rejects.toThrow(/rows\[1\]/);
      await expect(loadData(Part.objects, [{ code: "a", nope: 1 } as never])).rejects.toThrow(/nope/);
      await expect(loadData(Part.objects, [null as never])).rejects.toThrow(/rows\[0\]/);
      await expect(loadData(Part.objects, [{ code: F("note") } as never])).rejects.toThrow(FieldError);
      await expect(loadData(Part.objects, [{ code: "a", maker: { name: "x" } }])).rejects.toThrow(/bulkCreate/);
      expect(await Part.objects.count()).toBe(0);
    });

    it("may be rows and keys of others", async () => {
      const maker = await Maker.objects.create({ name: "Ada" });
      await loadData(Part.objects, [
        { code: "a", maker },
        { code: "b", maker: maker.pk },
      ]);
      expect(await Part.objects.filter({ maker__name: "Ada" }).count()).toBe(2);
    });

    it("may be none at all, of a row that is all defaults, and of no rows", async () => {
      expect(await loadData(Bare.objects, [{}, {}])).toEqual({ written: 2, skipped: 0 });
      expect(await Bare.objects.count()).toBe(2);
      expect(await loadData(Part.objects, [])).toEqual({ written: 0, skipped: 0 });
    });
  });

  describe("sources", () => {
    it("may be asynchronous, and are read a batch at a time", async () => {
      const events: string[] = [];
      async function* rows() {
        for (let at = 0; at < 25; at += 1) {
          await Promise.resolve();
          events.push("read");
          yield { code: `c${at}` };
        }
      }
      const options = { batchSize: 10, onProgress: ({ done }: { done: number }) => events.push(`done ${done}`) };
      expect(await loadData(Part.objects, rows(), options)).toEqual({ written: 25, skipped: 0 });
      expect(events.indexOf("done 10")).toBe(10);
      expect(events.filter((event) => event !== "read")).toEqual(["done 10", "done 20", "done 25"]);
    });

    it("may read the same database, inside a transaction too", async () => {
      await Maker.objects.bulkCreate(Array.from({ length: 30 }, (_, at) => ({ name: `m${at}` })));
      async function* rows() {
        for await (const maker of Maker.objects.orderBy("id").iterator({ chunkSize: 5 })) {
          yield { code: maker.name, note: (await Maker.objects.get({ pk: maker.pk })).name };
        }
      }
      await loadData(Part.objects, rows(), { batchSize: 7 });
      expect(await Part.objects.filter({ note: F("code") }).count()).toBe(30);
      await Part.objects.delete({ all: true });
      await holder.db.atomic(() => loadData(Part.objects, rows(), { batchSize: 7 }));
      expect(await Part.objects.filter({ note: F("code") }).count()).toBe(30);
    });

    it("that fail midway leave nothing behind, and are closed", async () => {
      let isClosed = false;
      function* rows() {
        try {
          yield { code: "a" };
          yield { code: "b" };
          throw new Error("the file is torn");
        } finally {
          isClosed = true;
        }
      }
      await expect(loadData(Part.objects, rows(), { batchSize: 1 })).rejects.toThrow("the file is torn");
      expect(isClosed).toBe(true);
      expect(await Part.objects.count()).toBe(0);
    });

    it("are closed where a row is wrong", async () => {
      let isClosed = false;
      function* rows() {
        try {
          yield { code: "a" };
          yield { code: 1 as never };
          yield { code: "c" };
        } finally {
          isClosed = true;
        }
      }
      await expect(loadData(Part.objects, rows())).rejects.toThrow(ValidationError);
      expect(isClosed).toBe(true);
    });
  });

  describe("what the server would let pass", () => {
    it("is the error of an INSERT, and undoes all", async () => {
      const rows = [{ code: "a" }, { code: "b" }, { code: "a" }];
      const error = await loadData(Part.objects, rows).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UniqueViolation);
      expect(await Part.objects.count()).toBe(0);
      await expect(loadData(Part.objects, [{ code: "a", maker: 99 }])).rejects.toThrow(ForeignKeyViolation);
      await expect(loadData(Part.objects, [{ code: "a", serial: -1 }])).rejects.toThrow(CheckViolation);
      expect(await Part.objects.count()).toBe(0);
    });

    it("undoes no more than its own part of a transaction", async () => {
      await holder.db.atomic(async () => {
        await Part.objects.create({ code: "kept" });
        await expect(loadData(Part.objects, [{ code: "new" }, { code: "kept" }])).rejects.toThrow(UniqueViolation);
        await Part.objects.create({ code: "after" });
      });
      expect(await Part.objects.orderBy("code").valuesList("code", { flat: true }).all()).toEqual(["after", "kept"]);
    });
  });

  describe("duplicates", () => {
    const rows = [
      { code: "a", note: "new" },
      { code: "b", note: "new" },
      { code: "b", note: "twice" },
    ];
    const notes = () => Part.objects.orderBy("code").valuesList("code", "note").all();

    it("are left as they are where that is asked for", async () => {
      await Part.objects.create({ code: "a", note: "old" });
      expect(await loadData(Part.objects, rows, { duplicates: "ignore" })).toEqual({ written: 1, skipped: 2 });
      expect(await notes()).toEqual([
        ["a", "old"],
        ["b", "new"],
      ]);
    });

    it("hide no other error then", async () => {
      await Part.objects.create({ code: "a" });
      const bad = [...rows, { code: "c", maker: 99 }];
      await expect(loadData(Part.objects, bad, { duplicates: "ignore" })).rejects.toThrow(ForeignKeyViolation);
      expect(await Part.objects.count()).toBe(1);
    });

    it("are counted beyond what a server lists by itself", async () => {
      const many = Array.from({ length: 3000 }, (_, at) => ({ code: `c${at}` }));
      await loadData(Part.objects, many);
      expect(await loadData(Part.objects, [...many, { code: "one" }], { duplicates: "ignore" })).toEqual({
        written: 1,
        skipped: 3000,
      });
    });

    it("are replaced where that is asked for", async () => {
      await Part.objects.create({ code: "a", note: "old", serial: 3 });
      expect(await loadData(Part.objects, rows, { duplicates: "replace" })).toEqual({ written: 3, skipped: 0 });
      expect(await notes()).toEqual([
        ["a", "new"],
        ["b", "twice"],
      ]);
    });
  });

  it("needs the database's option", async () => {
    const db = await engine.database();
    await expect(loadData(Part.objects.using(db), [{ code: "a" }])).rejects.toThrow(/localInfile/);
    await expect(
      db.execute(sql`load data local infile '/etc/passwd' into table ${sql.table("part")}`),
    ).rejects.toThrow();
  });

  it("reads no file, whatever the server asks for", async () => {
    await expect(
      holder.db.execute(sql.raw("load data local infile '/etc/hostname' into table part")),
    ).rejects.toThrow();
    expect(await Part.objects.count()).toBe(0);
  });

  it("refuses what it cannot take", async () => {
    const load = (manager: unknown, rows: unknown, options?: unknown) =>
      loadData(manager as typeof Part.objects, rows as never, options as never);
    await expect(load(Part, [])).rejects.toThrow(/manager/);
    await expect(load(Part.objects.values("code"), [])).rejects.toThrow(FieldError);
    await expect(load(Part.objects, { code: "a" })).rejects.toThrow(/a list/);
    await expect(load(Part.objects, [], { duplicate: "ignore" })).rejects.toThrow(/Did you mean "duplicates"/);
    await expect(load(Part.objects, [], { duplicates: "skip" })).rejects.toThrow(FieldError);
    await expect(load(Part.objects, [], { batchSize: 60_000 })).rejects.toThrow(FieldError);
    await expect(load(Part.objects, [], { onProgress: 1 })).rejects.toThrow(FieldError);
    await expect(load(Part.objects, [], null)).rejects.toThrow(FieldError);
  });

  it("shows in what the database tells of its statements", async () => {
    const texts: string[] = [];
    const url = await engine.url();
    await using db = new Database(url, { localInfile: true, onQuery: ({ sql: text }) => texts.push(text) });
    await db.createTables([Bare]);
    await loadData(Bare.objects.using(db), [{ id: 5 }]);
    expect(texts.some((text) => text.startsWith("LOAD DATA LOCAL INFILE 'rows' INTO TABLE `bare`"))).toBe(true);
    expect(inject("mysqlLabel")).toBe(engine.label);
  });
});
