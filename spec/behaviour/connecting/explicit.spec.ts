import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import {
  ConfigurationError,
  ConnectionError,
  Database,
  fields,
  manager,
  Model,
  OperationalError,
  TransactionError,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

const note = { id: fields.integer({ primaryKey: true }), text: fields.string({ default: "" }) };

class Note extends Model("note", note) {
  static objects = manager(this);
}

onEngines("Connecting by hand", (engine) => {
  it("connect() is true, and an error the second time, or false where that is said to be all right", async () => {
    const db = await engine.database();
    expect([db.isConnected, db.isClosed()]).toEqual([false, true]);
    expect(await db.connect()).toBe(true);
    expect([db.isConnected, db.isClosed()]).toEqual([true, false]);
    await expect(db.connect()).rejects.toThrow(OperationalError);
    await expect(db.connect()).rejects.toThrow(/connected already: it was opened before.*reuseIfOpen: true/);
    expect(await db.connect({ reuseIfOpen: true })).toBe(false);
    expect(await db.close()).toBe(true);
    expect(db.isClosed()).toBe(true);
  });

  it("close() is true where something was open, else false, and refused inside a transaction", async () => {
    const db = await engine.database();
    expect(await db.close()).toBe(false);
    await db.connect();
    await db.atomic(async () => {
      await expect(db.close()).rejects.toThrow(TransactionError);
      expect(db.isConnected).toBe(true);
    });
    expect(await db.close()).toBe(true);
    expect(await db.close()).toBe(false);
  });

  it("autoconnect: false leaves it to connect()", async () => {
    const db = new Database(await engine.url(), { autoconnect: false });
    const works: readonly (() => Promise<unknown>)[] = [
      () => Note.objects.using(db).count(),
      () => Note.objects.using(db).create({ text: "x" }),
      () => db.createTables([Note]),
      () => db.atomic(() => Promise.resolve(1)),
      () => db.transaction(),
      () => db.execute(sql`select 1`),
      () => db.kysely.selectFrom("note").selectAll().execute(),
      async () => {
        for await (const row of Note.objects.using(db)) expect(row).toBeUndefined();
      },
    ];
    for (const work of works) {
      await expect(work()).rejects.toThrow(ConnectionError);
      await expect(work()).rejects.toThrow(/not connected, and autoconnect: false.*await db\.connect\(\) first/);
    }
    expect(await db.close()).toBe(false);
    expect(await db.connect()).toBe(true);
    await db.createTables([Note]);
    expect(await Note.objects.using(db).count()).toBe(0);
    expect(await db.close()).toBe(true);
    await expect(Note.objects.using(db).count()).rejects.toThrow(/was closed/);
  });

  it("keeps autoconnect: false where connecting fails", async () => {
    const db = new Database("postgres://127.0.0.1:1/x", { autoconnect: false });
    await expect(db.connect()).rejects.toThrow(ConnectionError);
    await expect(db.execute(sql`select 1`)).rejects.toThrow(/autoconnect: false/);
  });

  it("new Database(null) is deferred until init, whose options are added to its own", async () => {
    const told: string[] = [];
    const db = new Database(null, { onQuery: ({ sql: text }) => told.push(text) });
    expect([db.deferred, db.isConnected, await db.close()]).toEqual([true, false, false]);
    expect(() => Note.objects.using(db).sql()).toThrow(/never told where to connect.*db\.init/);
    const slow: string[] = [];
    // Not awaited: it has nothing to close, and is told at once.
    const telling = db.init(await engine.url(), {
      slowQueryThreshold: 0,
      onSlowQuery: ({ sql: text }) => slow.push(text),
    });
    expect(db.deferred).toBe(false);
    await db.createTables([Note]);
    await telling;
    told.length = slow.length = 0;
    await Note.objects.using(db).count();
    expect([told.length, slow.length]).toEqual([1, 1]);
    await db.close();
  });

  it("init again moves it, but not inside a transaction nor to where it cannot be", async () => {
    const [here, there] = [await engine.url(), await engine.url()];
    const db = new Database(here);
    await db.createTables([Note]);
    await Note.objects.using(db).create({ text: "here" });
    await db.atomic(async () => {
      await expect(db.init(there)).rejects.toThrow(TransactionError);
    });
    await expect(db.init("postgrs://h/x")).rejects.toThrow(ConfigurationError);
    await expect(db.init(there, { pool: { maxx: 2 } } as never)).rejects.toThrow(/maxx.*Did you mean "max"/);
    expect(await Note.objects.using(db).count()).toBe(1);
    await db.init(there);
    expect(db.isConnected).toBe(false);
    await db.createTables([Note]);
    expect(await Note.objects.using(db).count()).toBe(0);
    await db.init(here);
    expect((await Note.objects.using(db).get()).text).toBe("here");
    await db.close();
  });

  it("using(alias) asks the database of that name, when the query runs", async () => {
    const alias = `attic of ${engine.name}`;
    const archived = Note.objects.using(alias);
    await expect(archived.count()).rejects.toThrow(ConfigurationError);
    await expect(archived.count()).rejects.toThrow(/Note: using\(…\): no database is called "attic of /);
    await using db = new Database(await engine.url(), { alias });
    await db.createTables([Note]);
    await archived.create({ text: "x" });
    expect(await Note.objects.using(db).count()).toBe(1);
    expect(await archived.filter({ text: "x" }).count()).toBe(1);
    await expect(Note.objects.using(`atic of ${engine.name}`).count()).rejects.toThrow(`Did you mean "${alias}"?`);
    for (const none of [null, undefined, 5, "", {}, Note]) {
      expect(() => Note.objects.using(none as never)).toThrow(/expected a Database or the alias of one/);
    }
  });
});

describe("An alias", () => {
  it("is one database's, until that is closed, or made a second time", async () => {
    const first = new Database("sqlite:somewhere.sqlite", { alias: "taken" });
    expect(() => new Database("sqlite:elsewhere.sqlite", { alias: "taken" })).toThrow(/is called "taken" already/);
    const second = new Database("sqlite:somewhere.sqlite", { alias: "taken" });
    await second.close();
    expect(() => new Database("sqlite:elsewhere.sqlite", { alias: "taken" })).not.toThrow();
    await first.close();
  });

  it("is a name, and not a reserved one", () => {
    for (const alias of ["", " ", 5, null]) {
      expect(() => new Database("sqlite::memory:", { alias: alias as never })).toThrow(/alias: expected a name/);
    }
    expect(() => new Database("sqlite::memory:", { alias: "primary" })).toThrow(/"primary" is what using\(…\) calls/);
  });
});

describe("Options of other libraries", () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ threadlocals: true }, /takes no option "threadlocals"\. No thread.*db\.atomic.*Leave it out/],
    [{ check_same_thread: false }, /"check_same_thread"\. No thread/],
    [{ max_connections: 20 }, /"max_connections"\. It is pool: \{ max \}/],
    [{ stale_timeout: 300 }, /"stale_timeout"\. It is pool: \{ staleTimeout \}, in milliseconds/],
    [{ timeout: 5 }, /pool: \{ acquireTimeout \}, and for a statement statementTimeout/],
    [{ pool: { idleTimeoutMillis: 5 } }, /"idleTimeoutMillis"\. It is pool: \{ idleTimeout \}/],
    [{ max: 5 }, /"max"\. It is pool: \{ max \}/],
    [{ autoconnect: "no" }, /autoconnect: expected a boolean/],
    [{ onPool: true }, /onPool: expected a function/],
    [{ pool: { traceHolders: 1 } }, /pool\.traceHolders: expected a boolean/],
    [{ pool: { pingAfter: -1 } }, /pool\.pingAfter: expected a whole number from 0/],
  ];

  it.each(cases)("%j", (options, says) => {
    expect(() => new Database("sqlite::memory:", options)).toThrow(ConfigurationError);
    expect(() => new Database("sqlite::memory:", options)).toThrow(says);
  });
});
