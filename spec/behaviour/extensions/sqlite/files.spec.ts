import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Database,
  type DatabaseOptions,
  fields,
  manager,
  Model,
  NotSupportedError,
  OperationalError,
  TransactionError,
} from "dunder-orm";
import { sqlite } from "dunder-orm/sqlite";
import { hasSqlitePages, optionsOfDriver } from "../../../support/drivers.js";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Page extends Model("page", { id: fields.integer({ primaryKey: true }), text: fields.text() }) {
  static objects = manager(this);
}

class OldPage extends Model(
  "page",
  { id: fields.integer({ primaryKey: true }), text: fields.text(), title: fields.string({ index: true, default: "" }) },
  { schema: "archive" },
) {
  static objects = manager(this);
}

class OldNote extends Model(
  "old_note",
  { page: () => fields.foreignKey(OldPage, { onDelete: "cascade" }), text: fields.text() },
  { schema: "archive" },
) {
  static objects = manager(this);
}

onEngines("Files of SQLite", (engine) => {
  if (engine.name !== "sqlite") {
    it("are none of other engines", async () => {
      const db = await engine.database();
      expect(() => sqlite(db)).toThrow(NotSupportedError);
    });
    return;
  }

  const spec = useDatabase(engine, [Page]);
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dunder-files-"));
    await Page.objects.bulkCreate(
      Array.from({ length: 300 }, (_, index) => ({ id: index + 1, text: "x".repeat(2000) })),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const counted = async (path: string, options: DatabaseOptions = {}) => {
    const db = new Database({ scheme: "sqlite", database: path }, options);
    const count = await Page.objects.using(db).count();
    await db.close();
    return count;
  };

  describe("backup", () => {
    it("copies page by page, telling how far it is, while others write", async () => {
      const told: number[] = [];
      let writes = Promise.resolve<unknown>(null);
      const done = await sqlite(spec.db).backup(file("copy.sqlite"), {
        pages: 10,
        onProgress({ totalPages, remainingPages }) {
          if (told.length === 3) writes = Page.objects.create({ id: 1000, text: "meanwhile" });
          told.push(remainingPages / totalPages);
        },
      });
      await writes;
      expect(done.remainingPages).toBe(0);
      expect(told.length).toBeGreaterThan(5);
      expect(told[1]!).toBeGreaterThan(told.at(-1)!);
      expect(await counted(file("copy.sqlite"))).toBe(301);
      await Page.objects.filter({ id: 1000 }).delete();
    });

    it("copies a database that is in memory, too", async () => {
      const memory = new Database("sqlite::memory:");
      await memory.createTables([Page]);
      await Page.objects.using(memory).create({ id: 1, text: "kept" });
      await sqlite(memory).backup(file("from-memory.sqlite"));
      await memory.close();
      expect(await counted(file("from-memory.sqlite"))).toBe(1);
    });

    it("says what is wrong", async () => {
      const lite = sqlite(spec.db);
      await expect(lite.backup(file("no/such/folder.sqlite"))).rejects.toThrow(/there is no such directory/);
      await expect(lite.backup("")).rejects.toThrow(/expected the path of a file/);
      await expect(lite.backup(":memory:")).rejects.toThrow(ConfigurationError);
      await expect(lite.backup(undefined as never)).rejects.toThrow(/got undefined/);
      await expect(lite.backup(file("a"), { pages: 0 })).rejects.toThrow(/pages is a whole number/);
      await expect(lite.backup(file("a"), { page: 1 } as never)).rejects.toThrow(/no option "page"/);
      await expect(lite.backup(file("a"), { onProgress: 1 as never })).rejects.toThrow(/onProgress is a function/);
      await expect(spec.db.atomic(() => lite.backup(file("a")))).rejects.toThrow(TransactionError);
      const stop = new Error("stop");
      const stopping = () => {
        throw stop;
      };
      await expect(lite.backup(file("b"), { onProgress: stopping })).rejects.toBe(stop);
      await writeFile(file("text.sqlite"), "this is no database, and long enough to tell".repeat(20));
      await expect(lite.backup(file("text.sqlite"))).rejects.toThrow(/not a database/);
    });
  });

  it("are had as bytes", async () => {
    const bytes = await sqlite(spec.db).serialize();
    expect(new TextDecoder().decode(bytes.slice(0, 15))).toBe("SQLite format 3");
    await writeFile(file("bytes.sqlite"), bytes);
    expect(await counted(file("bytes.sqlite"))).toBe(300);
    await expect(spec.db.atomic(() => sqlite(spec.db).serialize())).rejects.toThrow(TransactionError);
  });

  it.skipIf(!hasSqlitePages)("are rebuilt by vacuum, in place or into another one", async () => {
    const lite = sqlite(spec.db);
    await Page.objects.bulkCreate(
      Array.from({ length: 300 }, (_, index) => ({ id: index + 2000, text: "y".repeat(4000) })),
    );
    await Page.objects.filter({ id__gte: 2000 }).delete();
    const before = await lite.pragma("page_count");
    expect(await lite.pragma("freelist_count")).toBeGreaterThan(100);
    await lite.vacuum();
    expect(await lite.pragma("page_count")).toBeLessThan(before);
    expect(await lite.pragma("freelist_count")).toBe(0);
    const odd = file('it\'s "odd".sqlite');
    await lite.vacuum({ into: odd });
    // It has the key of the file that it is made of.
    expect(await counted(odd, await optionsOfDriver("sqlite"))).toBe(300);
    await expect(lite.vacuum({ into: odd })).rejects.toThrow(/already exists/);
    await expect(spec.db.atomic(() => lite.vacuum())).rejects.toThrow(TransactionError);
    await expect(lite.vacuum({ schema: "x; drop" })).rejects.toThrow(ConfigurationError);
  });

  describe("pragmas", () => {
    it.skipIf(!hasSqlitePages)("are read as what they are", async () => {
      const lite = sqlite(spec.db);
      expect(await lite.pragma("journal_mode")).toBe("wal");
      expect(await lite.pragma("synchronous")).toBe("normal");
      expect(await lite.pragma("foreign_keys")).toBe(true);
      expect(await lite.pragma("encoding")).toBe("UTF-8");
      expect(await lite.pragma("page_size")).toBe(4096);
    });

    it("are set on every connection, present and future", async () => {
      const db = new Database(await engine.url());
      const lite = sqlite(db);
      await db.createTables([Page]);
      await Page.objects.using(db).bulkCreate([{ text: "a" }, { text: "b" }]);
      // A reader is open from now on.
      for await (const row of Page.objects.using(db)) expect(row.text).not.toBe("");
      await lite.pragma("cache_size", -4321);
      await lite.pragma("temp_store", "memory");
      await lite.pragma("recursive_triggers", false);
      const readers = async () => {
        const found: unknown[] = [];
        await db.atomic(async () => found.push(await db.execute(sql`select * from pragma_cache_size`)), {
          readOnly: true,
        });
        return found.flat();
      };
      expect(await readers()).toEqual([{ cache_size: -4321 }]);
      expect(await lite.pragma("cache_size")).toBe(-4321);
      await db.close();
      await db.connect();
      expect(await lite.pragma("cache_size")).toBe(-4321);
      expect(await lite.pragma("temp_store")).toBe("memory");
      expect(await lite.pragma("recursive_triggers")).toBe(false);
      expect(await readers()).toEqual([{ cache_size: -4321 }]);
      await db.close();
    });

    it("are kept by the file where it keeps them", async () => {
      const url = await engine.url();
      const db = new Database(url);
      await sqlite(db).pragma("user_version", 7);
      await sqlite(db).pragma("application_id", 42);
      await db.close();
      const again = new Database(url);
      expect(await sqlite(again).pragma("user_version")).toBe(7);
      expect(await sqlite(again).pragma("application_id")).toBe(42);
      await again.close();
    });

    it("are refused by name where there are none such, or no such values", async () => {
      const lite = sqlite(spec.db);
      await expect(lite.pragma("cachesize" as "cache_size")).rejects.toThrow(/Did you mean "cache_size"/);
      await expect(lite.pragma("toString" as never)).rejects.toThrow(ConfigurationError);
      await expect(lite.pragma("cache_size", "1; drop table page" as never)).rejects.toThrow(/expected a whole number/);
      await expect(lite.pragma("synchronous", "sometimes" as never)).rejects.toThrow(
        /"off", "normal", "full", "extra"/,
      );
      await expect(lite.pragma("foreign_keys", 1 as never)).rejects.toThrow(/expected true or false/);
      await expect(lite.pragma("foreign_keys", undefined as never)).rejects.toThrow(/got undefined/);
      await expect(lite.pragma("journal_mode" as "cache_size", 1)).rejects.toThrow(NotSupportedError);
      await expect(spec.db.atomic(() => lite.pragma("cache_size", 1))).rejects.toThrow(TransactionError);
    });
  });

  describe("attached", () => {
    it("are read and written by models of their schema, on every connection", async () => {
      const db = new Database(await engine.url());
      const lite = sqlite(db);
      await db.createTables([Page]);
      await lite.attach("archive", file("archive'.sqlite"));
      await db.createTables([OldNote, OldPage]);
      await db.createTables([OldPage, OldNote]);
      const old = OldPage.objects.using(db);
      await old.create({ id: 1, text: "old" });
      await OldNote.objects.using(db).create({ page: 1, text: "note" });
      await Page.objects.using(db).create({ id: 1, text: "new" });
      expect((await Page.objects.using(db).get()).text).toBe("new");
      expect((await OldNote.objects.using(db).selectRelated("page").get({ page__text: "old" })).page.text).toBe("old");
      for await (const row of old) expect(row.text).toBe("old");
      await expect(OldNote.objects.using(db).create({ page: 9, text: "none" })).rejects.toThrow(/FOREIGN KEY/);
      await db.atomic(async () => {
        await old.create({ id: 2, text: "in a block" });
        await Page.objects.using(db).create({ id: 2, text: "and here" });
      });
      await db.close();
      await db.connect();
      expect(await old.count()).toBe(2);
      await lite.backup(file("archive-copy.sqlite"), { schema: "archive" });
      expect(await counted(file("archive-copy.sqlite"))).toBe(2);
      expect(new TextDecoder().decode((await lite.serialize({ schema: "archive" })).slice(0, 6))).toBe("SQLite");
      await lite.vacuum({ schema: "archive" });
      await db.dropTables([OldNote, OldPage]);
      await lite.detach("archive");
      await expect(old.count()).rejects.toThrow(/no such table/);
      expect(existsSync(file("archive'.sqlite"))).toBe(true);
      await db.close();
      await db.connect();
      await expect(old.count()).rejects.toThrow(/no such table/);
      await db.close();
    });

    it("are refused under wrong names", async () => {
      const lite = sqlite(spec.db);
      await expect(lite.attach("main", file("x"))).rejects.toThrow(/every connection has a "main"/);
      await expect(lite.attach("a b", file("x"))).rejects.toThrow(/is no name for it/);
      await expect(lite.attach("x", ":memory:")).rejects.toThrow(/expected the path of a file/);
      // BerkeleyDB looks for the file when a table of it is asked for.
      if (hasSqlitePages) {
        await expect(lite.attach("x", file("no/folder"))).rejects.toThrow(/unable to open database/);
      }
      await expect(lite.detach("nothing")).rejects.toThrow(/nothing was attached/);
      await expect(spec.db.atomic(() => lite.attach("x", file("x")))).rejects.toThrow(TransactionError);
      await lite.attach("twice", file("twice.sqlite"));
      await expect(lite.attach("twice", file("other.sqlite"))).rejects.toThrow(/already in use/);
      await lite.detach("twice");
    });
  });

  it("of extensions are loaded only where they are", async () => {
    const lite = sqlite(spec.db);
    await expect(lite.loadExtension(file("nothing.so"))).rejects.toThrow(OperationalError);
    await expect(lite.loadExtension("")).rejects.toThrow(ConfigurationError);
    // Nothing of it is remembered.
    await spec.db.close();
    await spec.db.connect();
    expect(await Page.objects.count()).toBe(300);
    await expect(spec.db.execute(sql`select load_extension('x')`)).rejects.toThrow(/not authorized/);
  });

  it("are said to be wanted only of a database", () => {
    expect(() => sqlite(null as never)).toThrow(ConfigurationError);
  });
});
