import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import BetterSqlite3 from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Database,
  type DatabaseOptions,
  fields,
  manager,
  Model,
  NotSupportedError,
  UniqueViolation,
} from "dunder-orm";
import { berkeleydb, type BerkeleyOptions } from "dunder-orm/berkeleydb";

class Note extends Model("note", {
  text: fields.text({ unique: true }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
}) {
  static objects = manager(this);
}

const SECRET = "it's s3cret";

/** As drivers are that cannot be taught functions. */
class Untaught extends BetterSqlite3 {
  override function(): never {
    throw new Error("not implemented");
  }

  override aggregate(): never {
    throw new Error("not implemented");
  }
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dunder-drivers-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function within(options: DatabaseOptions, work: (db: Database) => Promise<void>): Promise<void> {
  await using db = new Database(`sqlite:${join(folder, `${crypto.randomUUID()}.sqlite`)}`, options);
  Note.bind(db);
  await db.createTables([Note]);
  await work(db);
}

async function refusal(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It should have been refused.");
}

const connecting = (url: string, options: DatabaseOptions) => async () => {
  await using db = new Database(url, options);
  await db.connect();
};

async function writeAndRead(db: Database): Promise<void> {
  await Note.objects.create({ text: "Straße", price: "10.00" });
  await Note.objects.bulkCreate([{ text: "b" }, { text: "c", price: "9.50" }]);
  await expect(Note.objects.create({ text: "b" })).rejects.toThrow(UniqueViolation);
  await expect(
    db.atomic(async () => {
      await Note.objects.create({ text: "undone" });
      throw new Error("undo");
    }),
  ).rejects.toThrow("undo");
  expect(await Note.objects.filter({ text__contains: "tra" }).count()).toBe(1);
  const texts: string[] = [];
  for await (const note of Note.objects.orderBy("id")) texts.push(note.text);
  expect(texts).toEqual(["Straße", "b", "c"]);
}

describe("A driver of better-sqlite3's shape", () => {
  it.each([
    ["its class", BetterSqlite3],
    ["its module", { default: BetterSqlite3 }],
    ["a class made of it", class extends BetterSqlite3 {}],
  ])("is taken as %s, and does all that better-sqlite3 does", async (_, driver) => {
    await within({ driver: driver }, async (db) => {
      await writeAndRead(db);
      expect(await Note.objects.filter({ text__icontains: "STRASSE" }).count()).toBe(0);
      expect(await Note.objects.filter({ text__iexact: "STRAßE" }).count()).toBe(1);
      expect(await Note.objects.filter({ price__gt: "9.9" }).count()).toBe(1);
    });
  });

  it("is taken as an adapter", async () => {
    const opened: string[] = [];
    const driver = {
      name: "mine",
      open(path: string, options: object) {
        opened.push(path);
        return new BetterSqlite3(path, options) as never;
      },
    };
    await within({ driver }, writeAndRead);
    expect(opened.length).toBeGreaterThan(0);
  });

  it("is refused by name what takes functions, before any SQL is sent, where it takes none", async () => {
    const sent: string[] = [];
    await within({ driver: Untaught, onQuery: ({ sql }) => sent.push(sql) }, async (db) => {
      await writeAndRead(db);
      sent.length = 0;
      const asked = [
        [() => Note.objects.filter({ text__icontains: "x" }).count(), /lacks: comparing text whatever its case/],
        [() => Note.objects.filter({ text__regex: "x" }).count(), /lacks: regular expressions/],
        [() => Note.objects.filter({ price__gt: "1" }).all(), /lacks: exact decimals/],
        [() => Note.objects.orderBy("price").first(), /lacks: exact decimals.*better-sqlite3/],
      ] as const;
      for (const [ask, says] of asked) {
        const error = await refusal(ask);
        expect(error).toBeInstanceOf(NotSupportedError);
        expect(error.message).toMatch(says);
      }
      expect(sent).toEqual([]);
      expect(await Note.objects.count()).toBe(3);
    });
  });

  it("may hold tables that are called as our functions are", async () => {
    class Odd extends Model("dunder_fold", { dunder_decimal: fields.text() }) {
      static objects = manager(this);
    }
    await using db = new Database("sqlite::memory:", { driver: Untaught as never });
    Odd.bind(db);
    await db.createTables([Odd]);
    await Odd.objects.create({ dunder_decimal: "x" });
    expect(await Odd.objects.filter({ dunder_decimal: "x" }).count()).toBe(1);
  });
});

describe("The option driver", () => {
  it.each([
    ["a name nobody has", "libsqll", /Did you mean "libsql"/],
    ["a number", 5, /SQLite has none that is number 5.*"node:sqlite"/],
    ["null", null, /SQLite has none that is null/],
    ["a plain object, as of a request's body", { name: "x" }, /none that is a plain object/],
    ["a class of another kind", Date, /none that is function Date/],
    ["a name of Object's", "constructor", /none that is string "constructor"/],
  ])("refuses %s", async (_, driver, says) => {
    const error = await refusal(() => new Database("sqlite::memory:", { driver: driver as never }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(says);
  });

  it.each(["postgres://u@localhost/x", "mysql://u@localhost/x"])("is none of %s", (url) => {
    expect(() => new Database(url, { driver: "libsql" })).toThrow(/driver is SQLite's and PGlite's alone/);
    expect(() => new Database(url, { key: SECRET })).toThrow(/key is SQLite's alone/);
  });

  const isHere = (name: string): boolean => process.env["DUNDER_TEST_ALIASES"]?.includes(`"${name}"`) ?? false;

  it.each(["libsql", "better-sqlite3-multiple-ciphers"] as const)("says how to install %s", async (driver) => {
    if (isHere(driver)) return;
    const error = await refusal(connecting("sqlite::memory:", { driver }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`Run: npm install ${driver}`);
  });

  it("reaches node:sqlite where Node.js has it, and says what has it elsewhere", async () => {
    if ((process.getBuiltinModule("node:sqlite" as "fs") as unknown) !== undefined) {
      await within({ driver: "node:sqlite" }, writeAndRead);
      return;
    }
    const error = await refusal(connecting("sqlite::memory:", { driver: "node:sqlite" }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/needs Node\.js 22\.16 or newer; this is v2\d.*npm install better-sqlite3/);
  });
});

describe("The key of an encrypted file", () => {
  it("is refused by a driver that would write in the clear, and shown nowhere", async () => {
    const db = new Database(`sqlite:${join(folder, "clear.sqlite")}`, { key: SECRET });
    const error = await refusal(() => db.connect());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/better-sqlite3 can't encrypt.*multiple-ciphers/);
    expect(
      [String(error), inspect(error, { depth: 9 }), inspect(db, { depth: 9 }), JSON.stringify(db.options)].join(),
    ).not.toContain("s3cret");
    await db.close();
  });

  it("is a string, and its cipher a name", async () => {
    const wrong: readonly (readonly [DatabaseOptions, RegExp])[] = [
      [{ key: "" }, /key: expected the key/],
      [{ key: 5 as never }, /key: expected the key/],
    ];
    for (const [options, says] of wrong) {
      expect((await refusal(connecting("sqlite::memory:", options))).message).toMatch(says);
    }
    expect((await refusal(connecting("sqlite::memory:?cipher=a%27b", { key: SECRET }))).message).toMatch(
      /cipher: expected the name of a cipher such as "sqlcipher"/,
    );
  });
});

describe("PGlite", () => {
  it("says how to install it", async () => {
    if (process.env["DUNDER_TEST_ALIASES"]?.includes("pglite") === true) return;
    const error = await refusal(connecting("pglite::memory:", {}));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("npm install @electric-sql/pglite");
  });

  it("takes an instance of its own, and no other driver", async () => {
    expect((await refusal(() => new Database("pglite:", { driver: "libsql" }))).message).toMatch(
      /expected an instance of PGlite, got string "libsql"/,
    );
  });

  it("has no option that one session could not keep", async () => {
    for (const options of [{ statementTimeout: 5 }, { pipeline: true }]) {
      const error = await refusal(connecting("pglite::memory:", options));
      expect(error).toBeInstanceOf(NotSupportedError);
      expect(error.message).toMatch(/PGlite takes no (statementTimeout|pipeline)/);
    }
  });
});

describe("BerkeleyDB", () => {
  it.each([
    ["an unknown option", { cachesize: 5 }, /takes no option "cachesize".*cacheSize/],
    ["a page that is no power of 2", { pageSize: 1000 }, /pageSize.*a power of 2/],
    ["a cache that is no number", { cacheSize: "1; drop" }, /cacheSize.*whole number/],
    ["a library that is no file's name", { library: 5 }, /library.*the file/],
  ])("refuses %s", async (_, options, says) => {
    const error = await refusal(() => berkeleydb(options as BerkeleyOptions));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(says);
  });

  it("says how to install what reaches it", async () => {
    if (process.env["DUNDER_TEST_ALIASES"]?.includes("koffi") === true) return;
    expect((await refusal(() => berkeleydb())).message).toContain("npm install koffi");
  });
});
