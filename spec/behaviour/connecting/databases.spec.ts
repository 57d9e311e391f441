import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  ConnectionError,
  Database,
  fields,
  manager,
  Model,
  OrmError,
  PoolTimeoutError,
  QueryTimeoutError,
  type QueryEvent,
  setDefaultDatabase,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

const PASSWORD = "pa55-marker";

const note = { id: fields.integer({ primaryKey: true }), text: fields.string({ default: "" }) };

async function failure(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It should have failed.");
}

function shown(error: unknown): string {
  const seen =
    error instanceof Error ? [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 9 })] : [];
  return seen.join();
}

onEngines("A database", (engine) => {
  afterEach(() => setDefaultDatabase(null));

  it("connects by itself, once for all who ask at the same time", async () => {
    class Note extends Model("note", note) {
      static objects = manager(this);
    }
    const db = await engine.database();
    Note.bind(db);
    expect(db.isConnected).toBe(false);
    await Promise.all([db.createTables([Note]), db.execute(sql`select 1`), db.execute(sql`select 2`)]);
    expect(db.isConnected).toBe(true);
    expect(await Note.objects.count()).toBe(0);
  });

  it("that is closed refuses queries until it is connected again", async () => {
    class Note extends Model("note", note) {
      static objects = manager(this);
    }
    const db = await engine.database();
    Note.bind(db);
    await db.createTables([Note]);
    await Note.objects.create({ text: "kept" });
    expect(await db.close()).toBe(true);
    expect(await db.close()).toBe(false);
    expect(db.isConnected).toBe(false);
    const works: readonly (() => Promise<unknown>)[] = [
      () => Note.objects.count(),
      () => Note.objects.all(),
      () => Note.objects.create({ text: "x" }),
      () => Note.objects.filter({ pk: 1 }).update({ text: "x" }),
      () => db.atomic(() => Note.objects.count()),
      () => db.execute(sql`select 1`),
      () => db.createTables([Note]),
      async () => {
        for await (const row of Note.objects) expect(row).toBeUndefined();
      },
    ];
    for (const work of works) {
      const error = await failure(work);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.message).toMatch(/was closed.*db\.connect\(\)/);
    }
    expect(await db.connect()).toBe(true);
    expect((await Note.objects.get()).text).toBe("kept");
    await expect(db.connect()).rejects.toThrow(/connected already.*reuseIfOpen/);
    expect(await db.connect({ reuseIfOpen: true })).toBe(false);
  });

  it("closes itself at the end of `await using`", async () => {
    let db: Database;
    {
      db = await engine.database();
      const disposable: AsyncDisposable = db;
      await db.connect();
      await disposable[Symbol.asyncDispose]();
    }
    expect(db.isConnected).toBe(false);
  });

  it("made with null waits to be told", async () => {
    class Note extends Model("note", note) {
      static objects = manager(this);
    }
    const db = new Database(null);
    Note.bind(db);
    expect(db.isConnected).toBe(false);
    for (const work of [
      () => Note.objects.count(),
      () => db.createTables([Note]),
      () => db.connect(),
      () => db.atomic(() => Promise.resolve(1)),
      () => db.execute(sql`select 1`),
    ]) {
      const error = await failure(work);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toMatch(/never told where to connect.*db\.init/);
    }
    expect(await db.close()).toBe(false);
    await db.init(await engine.url());
    await db.createTables([Note]);
    await Note.objects.create({ text: "first" });
    await db.init(await engine.url());
    await db.createTables([Note]);
    expect(await Note.objects.count()).toBe(0);
    await db.close();
  });

  it("is found for a model by option, by default, by bind and by using, in that order of strength", async () => {
    const [first, second, third] = [await engine.database(), await engine.database(), await engine.database()];
    class Optional extends Model("note", note, { database: first }) {
      static objects = manager(this);
    }
    class Plain extends Model("note", note) {
      static objects = manager(this);
    }
    class OfDatabase extends first.Model("note", note) {
      static objects = manager(this);
    }
    for (const [index, db] of [first, second, third].entries()) {
      await db.createTables([Plain]);
      await Plain.objects.using(db).bulkCreate(Array.from({ length: index + 1 }, () => ({})));
    }
    const error = await failure(() => Plain.objects.count());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/Plain has no database.*setDefaultDatabase/);
    expect(await Optional.objects.count()).toBe(1);
    expect(await OfDatabase.objects.count()).toBe(1);
    setDefaultDatabase(second);
    expect(await Plain.objects.count()).toBe(2);
    expect(await Optional.objects.count()).toBe(1);
    Plain.bind(third);
    Optional.bind(third);
    expect(await Plain.objects.count()).toBe(3);
    expect(await Optional.objects.count()).toBe(3);
    expect(await Plain.objects.using(first).count()).toBe(1);
    const row = await Plain.objects.using(first).create({ text: "here" });
    await row.update({ text: "there" });
    await row.refresh();
    expect(await Plain.objects.using(first).filter({ text: "there" }).count()).toBe(1);
    expect(await Plain.objects.filter({ text: "there" }).count()).toBe(0);
    for (const wrong of ["", "sqlite:x", {}, { close: () => Promise.resolve() }]) {
      expect(() => Plain.bind(wrong as never)).toThrow(ConfigurationError);
      expect(() => Plain.objects.using(wrong as never)).toThrow(ConfigurationError);
    }
  });

  it("tells of every statement, with its parameters, its rows and its error", async () => {
    const events: QueryEvent[] = [];
    const lines: string[] = [];
    const db = await engine.database({ onQuery: (event) => events.push(event), echo: (line) => lines.push(line) });
    class Note extends Model("note", note, { database: db }) {
      static objects = manager(this);
    }
    await db.createTables([Note]);
    events.length = lines.length = 0;
    await Note.objects.create({ text: "secret" });
    await Note.objects.filter({ text: "secret" }).all();
    await Note.objects.create({ pk: 1, text: "again" }).catch(() => null);
    expect(events).toHaveLength(3);
    expect(events.map((event) => event.model)).toEqual(["Note", "Note", "Note"]);
    expect(events[0]?.parameters).toEqual(["secret"]);
    expect(events[1]).toMatchObject({ rows: 1, error: null });
    expect(events[1]?.durationMs).toBeGreaterThan(0);
    expect((events[2]?.error as Error).name).toBe("UniqueViolation");
    expect(lines).toHaveLength(3);
    expect(lines.join()).not.toContain("secret");
    expect(lines[2]).toMatch(/failed: UniqueViolation/);
  });

  if (engine.name === "sqlite") return;

  describe.skipIf(engine.isPglite)("on a server that cannot be reached", () => {
    const changed = async (change: (url: URL) => void): Promise<string> => {
      const url = new URL(await engine.url());
      change(url);
      return url.toString();
    };
    const refused = async (url: string): Promise<Error> => {
      const db = new Database(url, { connectTimeout: 1_000 });
      try {
        const error = await failure(() => db.execute(sql`select 1`));
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error.cause).toBeInstanceOf(Error);
        expect(shown(error)).not.toContain(PASSWORD);
        // Nothing is left half open: the next attempt says the same.
        expect((await failure(() => db.connect())).message).toBe(error.message);
        return error;
      } finally {
        await db.close();
      }
    };

    it("for nobody listens says where it looked", async () => {
      const closed = createServer();
      await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
      const { port } = closed.address() as AddressInfo;
      await new Promise((resolve) => closed.close(resolve));
      const error = await refused(await changed((url) => ((url.port = String(port)), (url.password = PASSWORD))));
      expect(error.message).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached: nothing listens there`));
    });

    it("for the password is wrong names the user and no password", async () => {
      const admin = await engine.database();
      const user = `u_${Math.random().toString(36).slice(2, 10)}`;
      const create =
        engine.name === "postgres"
          ? `create role ${user} login password 'right'`
          : `create user ${user} identified by 'right'`;
      await admin.execute(sql.raw(create));
      const error = await refused(await changed((url) => ((url.username = user), (url.password = PASSWORD))));
      expect(error.message).toMatch(new RegExp(`refused the log-in of user "${user}"`));
      await admin.execute(sql.raw(engine.name === "postgres" ? `drop role ${user}` : `drop user ${user}`));
    });

    it("for there is no such database names it", async () => {
      const error = await refused(await changed((url) => (url.pathname = "/no_such_database")));
      expect(error.message).toMatch(/has no database "no_such_database"\. Create it/);
    });

    it("for its host has no address names it", async () => {
      const error = await refused(await changed((url) => (url.hostname = "no-such-host.invalid")));
      expect(error.message).toContain("no-such-host.invalid");
    });
  });

  describe("on a server that is slow", () => {
    it("lets a caller wait for a connection no longer than told", async () => {
      const db = await engine.database({ pool: { max: 1, acquireTimeout: 1000 } });
      await db.connect();
      await db.atomic(async () => {
        const stranger = new Database(null);
        await stranger.close();
        await db.execute(sql`select 1`);
        const outside = await new Promise<unknown>((resolve) => {
          // Started outside of the block, as another request would be.
          outsideOf(() => db.execute(sql`select 2`).catch(resolve));
        });
        expect(outside).toBeInstanceOf(PoolTimeoutError);
        expect((outside as Error).message).toMatch(/within 1,?000 ms.*at most 1/);
      });
      expect(await db.execute(sql`select 3`)).toHaveLength(1);
    });

    it.skipIf(engine.isPglite)("ends a statement that runs too long, and takes the next", async () => {
      const db = await engine.database({ statementTimeout: 150 });
      const long =
        engine.name === "postgres"
          ? sql`select pg_sleep(10)`
          : sql`select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c`;
      const start = performance.now();
      expect(await failure(() => db.execute(long))).toBeInstanceOf(QueryTimeoutError);
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(await db.execute(sql`select 1`)).toHaveLength(1);
    });
  });
});

const outside: (() => void)[] = [];
const timer = setInterval(() => outside.splice(0).forEach((work) => work()), 5);
timer.unref();
/** Runs work in no asynchronous context of the caller's. */
function outsideOf(work: () => unknown): void {
  outside.push(() => void work());
}

describe("A SQLite file", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });
  const folder = async (): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), "dunder-spec-"));
    folders.push(made);
    return made;
  };
  const refused = async (url: string): Promise<Error> => {
    const db = new Database(url);
    const error = await failure(() => db.execute(sql`select name from sqlite_master`));
    await db.close();
    expect(error).toBeInstanceOf(OrmError);
    return error;
  };

  it("that is a directory, is in none, or is something else, is refused with its name", async () => {
    const here = await folder();
    await mkdir(join(here, "dir"));
    await writeFile(join(here, "text.sqlite"), "not a database at all, but a text that is long enough".repeat(50));
    for (const name of ["dir", "missing/notes.sqlite", "text.sqlite"]) {
      const error = await refused(`sqlite:${join(here, name)}`);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.message).toContain(name);
    }
  });

  it("is made where there is none, and kept", async () => {
    const path = join(await folder(), "new file ü.sqlite");
    for (const expected of [0, 1]) {
      const db = new Database(`sqlite:${encodeURI(path)}`);
      await db.execute(sql`create table if not exists n (x integer)`);
      expect(await db.execute(sql`select * from n`)).toHaveLength(expected);
      await db.execute(sql`insert into n values (1)`);
      await db.close();
    }
  });

  it("in memory lives as long as its database is open", async () => {
    const db = new Database("sqlite::memory:");
    await db.execute(sql`create table n (x integer)`);
    await Promise.all([1, 2, 3].map((n) => db.execute(sql`insert into n values (${n})`)));
    expect(await db.execute(sql`select * from n`)).toHaveLength(3);
    await db.close();
    await db.connect();
    await expect(db.execute(sql`select * from n`)).rejects.toThrow(/no such table/);
    await db.close();
  });
});
