import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  ConnectionError,
  Database,
  type DatabaseOptions,
  fields,
  manager,
  Model,
  OperationalError,
  OrmError,
} from "dunder-orm";
import { onEngines, type TestEngine } from "../../support/engines.js";

const PASSWORD = "p4ssw0rd";

class Note extends Model("note", { text: fields.text() }) {
  static objects = manager(this);
}

async function failure(work: () => unknown): Promise<OrmError> {
  try {
    await work();
  } catch (error) {
    return error as OrmError;
  }
  throw new Error("It should have failed.");
}

/** One line with what is wrong and what to do, in less than a second, and no password in anything that is printed. */
async function refused(work: () => unknown, Class: typeof OrmError, says: RegExp): Promise<void> {
  const start = performance.now();
  const error = await failure(work);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(error).toBeInstanceOf(Class);
  expect(error.message).toMatch(says);
  expect(error.message).not.toContain("\n");
  const { cause } = error;
  expect(
    [String(error), error.stack, inspect(error, { depth: 9 }), JSON.stringify(error), inspect(cause)].join(),
  ).not.toContain(PASSWORD);
}

async function connecting(
  config: ConstructorParameters<typeof Database>[0],
  options: DatabaseOptions = {},
): Promise<void> {
  const db = new Database(config, options);
  try {
    await db.connect();
  } finally {
    await db.close();
  }
}

describe("A database's URL, configuration and options", () => {
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["no URL", () => new Database(""), /URL is missing.*environment variable/],
    ["a URL that is undefined", () => new Database(undefined as never), /takes a URL such as/],
    ["a path without an engine", () => new Database("notes.sqlite"), /does not say which engine.*sqlite:notes/],
    [
      "an unknown engine",
      () => new Database(`mongodb://ann:${PASSWORD}@h/x`),
      /"mongodb:\/\/\*\*\*@h\/x" is for an unknown engine.*Engines: sqlite/,
    ],
    [
      "a driver of Python's",
      () => new Database("postgresql+psycopg2://h/x"),
      /a driver of another language, "psycopg2"\. Write "postgresql:\/\/…"/,
    ],
    ["a misspelt engine", () => new Database("postgrs://h/x"), /Did you mean "postgres"/],
    ["no database", () => new Database(`postgres://ann:${PASSWORD}@h`), /names no database.*after the host/],
    ["a bad port", () => new Database(`mysql://ann:${PASSWORD}@h:port/x`), /port that is no number from 1 to 65535/],
    ["a password with a slash", () => new Database(`mysql://ann:${PASSWORD}/x@h/x`), /"\/" as "%2F"/],
    ["a bare percent sign", () => new Database(`mysql://ann:${PASSWORD}%@h/x`), /begins no percent-encoding.*"%25"/],
    ["no file", () => new Database("sqlite:"), /names no file.*sqlite::memory:/],
    ["a scheme nobody has", () => new Database({ scheme: "oracle" }), /No engine is called "oracle".*Engines: /],
    [
      "a setting nobody has",
      () => new Database({ scheme: "postgres", databse: "x" } as never),
      /"databse".*Did you mean "database"/,
    ],
    [
      "a port that is text",
      () => new Database({ scheme: "mysql", port: "3306" as never, database: "x" }),
      /port: expected a whole number from 1 to 65535/,
    ],
    [
      "a host that is none",
      () => new Database({ scheme: "mysql", host: 5 as never, database: "x" }),
      /host: expected a string/,
    ],
    [
      "a password that is none",
      () => new Database({ scheme: "mysql", password: [PASSWORD] as never, database: "x" }),
      /password: expected a string/,
    ],
    [
      "a pool of none",
      () => new Database("sqlite::memory:", { pool: { max: 0 } }),
      /pool\.max: expected a whole number from 1/,
    ],
    [
      "a pool of NaN",
      () => new Database("sqlite::memory:", { pool: { max: NaN } }),
      /pool\.max: expected a whole number/,
    ],
    ["a pool of text", () => new Database("sqlite::memory:", { pool: { max: "10" as never } }), /pool\.max.*got/],
    [
      "a pool of less than nothing",
      () => new Database("sqlite::memory:", { pool: { min: 5, max: 2 } }),
      /pool\.min.*pool\.max/,
    ],
    [
      "a time limit in words",
      () => new Database("sqlite::memory:", { connectTimeout: "1s" as never }),
      /connectTimeout/,
    ],
    [
      "an option nobody has",
      () => new Database("sqlite::memory:", { statmentTimeout: 1 } as never),
      /Did you mean "statementTimeout"/,
    ],
    [
      "a time zone nobody has",
      () => new Database("sqlite::memory:", { timeZone: "Mars" }),
      /timeZone: .*Europe\/Paris/,
    ],
    [
      "an option of SQLite's file",
      () => connecting("sqlite::memory:?readnly=true"),
      /no connection option "readnly".*Did you mean "readonly"/,
    ],
    [
      "an sslmode nobody has",
      () => connecting("postgres://127.0.0.1:1/x?sslmode=maybe"),
      /sslmode "maybe".*verify-full/,
    ],
    [
      "an encoding that loses letters",
      () => connecting("postgres://127.0.0.1:1/x?client_encoding=latin1"),
      /client_encoding/,
    ],
    ["a model of no database", () => Note.objects.count(), /Note has no database.*setDefaultDatabase/],
  ];

  it.each(cases)("%s", async (_, work, says) => {
    await refused(work, ConfigurationError, says);
  });
});

/** A server that answers whoever connects in a way of its own. */
async function fakeServer(
  answer: (socket: Socket) => void,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** PostgreSQL's packet for an error. */
function postgresRefusal(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** MySQL's, instead of a greeting. */
function mysqlRefusal(errno: number, message: string): Buffer {
  const body = Buffer.concat([Buffer.from([0xff, errno & 255, errno >> 8]), Buffer.from(message)]);
  return Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, 0, 0]), body]);
}

describe("A server that lets nobody in", () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  const urlOf = async (scheme: string, answer: (socket: Socket) => void): Promise<string> => {
    const { port, close } = await fakeServer(answer);
    cleanups.push(close);
    return `${scheme}://ann:${PASSWORD}@127.0.0.1:${port}/music`;
  };

  const postgres: readonly (readonly [string, string, string, RegExp])[] = [
    ["for it starts", "57P03", "the database system is starting up", /starting up.*try again in a moment/],
    ["for it is full", "53300", "sorry, too many clients already", /no connection left to give.*max_connections/],
    [
      "for the user is unknown",
      "28000",
      'role "ann" does not exist',
      /refused the log-in of user "ann" to database "music"/,
    ],
    ["for the password is wrong", "28P01", "password authentication failed", /refused the log-in of user "ann"/],
    [
      "for the address is not listed",
      "28000",
      'no pg_hba.conf entry for host "h", user "ann", database "music", no encryption',
      /refused the log-in.*sslmode=require/,
    ],
    [
      "for there is no such database",
      "3D000",
      'database "music" does not exist',
      /has no database "music"\. Create it/,
    ],
    ["for it has no right to", "42501", "permission denied for database music", /permission denied.*Grant/],
  ];
  it.each(postgres)("as PostgreSQL says it: %s", async (_, code, message, says) => {
    const url = await urlOf("postgres", (socket) =>
      socket.on("data", () => socket.end(postgresRefusal(code, message))),
    );
    await refused(() => connecting(url), OrmError, says);
  });

  const mysql: readonly (readonly [string, number, string, RegExp])[] = [
    ["for it is full", 1040, "#08004Too many connections", /no connection left to give.*max_connections/],
    ["for the address is not listed", 1130, "Host 'h' is not allowed to connect", /refused the log-in of user "ann"/],
    ["for it was blocked", 1129, "Host 'h' is blocked because of many connection errors", /blocked/],
  ];
  it.each(mysql)("as MySQL says it: %s", async (_, errno, message, says) => {
    const url = await urlOf("mysql", (socket) => socket.end(mysqlRefusal(errno, message)));
    await refused(() => connecting(url), ConnectionError, says);
  });

  it.each(["postgres", "mysql"])("for it speaks another language than %s", async (scheme) => {
    const url = await urlOf(scheme, (socket) => {
      socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      if (scheme === "mysql") socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await refused(() => connecting(url), ConnectionError, /127\.0\.0\.1:\d+/);
  });

  it.each(["postgres", "mysql"])("for it hangs up on %s", async (scheme) => {
    const url = await urlOf(scheme, (socket) => socket.destroy());
    await refused(() => connecting(url), ConnectionError, /127\.0\.0\.1:\d+/);
  });

  it.each(["postgres", "mysql"])("for it says nothing to %s", async (scheme) => {
    const url = await urlOf(scheme, () => undefined);
    await refused(
      () => connecting(url, { connectTimeout: 200 }),
      ConnectionError,
      /127\.0\.0\.1:\d+ cannot be reached: there was no answer in time/,
    );
  });

  it.each(["postgres", "mysql"])("for nothing listens there (%s)", async (scheme) => {
    const { port, close } = await fakeServer(() => undefined);
    await close();
    const url = `${scheme}://ann:${PASSWORD}@127.0.0.1:${port}/music`;
    await refused(() => connecting(url), ConnectionError, /nothing listens there.*server is running/);
  });

  it("for PostgreSQL has no TLS", async () => {
    const url = await urlOf("postgres", (socket) => socket.on("data", () => socket.write("N")));
    await refused(() => connecting(`${url}?sslmode=require`), ConnectionError, /no TLS.*sslmode/);
  });
});

onEngines("A server set up otherwise", (engine: TestEngine) => {
  let url = "";
  beforeAll(async () => {
    url = await engine.url();
  });
  const opened: Database[] = [];
  afterAll(async () => {
    for (const db of opened) await db.close();
  });
  const open = (query: string, options: DatabaseOptions = {}): Database => {
    const db = new Database(url + query, options);
    opened.push(db);
    return db;
  };

  it("has the letters, the time zone and the strictness that values need", async () => {
    const db = open("");
    await db.createTables([Note]);
    const text = "é ß 漢字 😀";
    await Note.objects.using(db).create({ text });
    expect((await Note.objects.using(db).get()).text).toBe(text);
  });

  if (engine.name === "sqlite" || engine.isPglite) return;

  if (engine.name === "mysql") {
    it("has no TLS", async () => {
      const server = open("");
      const [found] = await server.execute(sql<{ Value: string }>`show variables like 'have_ssl'`);
      // MySQL no longer says so, and makes a certificate of its own.
      if (found === undefined || found.Value === "YES") return;
      await refused(() => open("?ssl=true").connect(), ConnectionError, /no TLS.*ssl/);
    });
    return;
  }

  it("has no TLS", async () => {
    await refused(() => open("?sslmode=require").connect(), ConnectionError, /no TLS.*sslmode/);
  });

  it("is a replica, or otherwise only to be read", async () => {
    const db = open("?options=-c%20default_transaction_read_only%3Don");
    await refused(() => Note.objects.using(db).create({ text: "x" }), OperationalError, /read-only.*primary/);
  });

  it("has a time zone of its own, which ours is not", async () => {
    const db = open("?options=-c%20TimeZone%3DAsia%2FTokyo");
    expect(await db.execute(sql`show timezone`)).toEqual([{ TimeZone: "UTC" }]);
  });

  it("lets a user in who may do nothing", async () => {
    const admin = open("");
    const role = `guest_${Math.random().toString(36).slice(2, 10)}`;
    await admin.execute(sql.raw(`create role ${role} login password '${PASSWORD}'`));
    // Before PostgreSQL 15 anybody might.
    await admin.execute(sql`revoke create on schema public from public`);
    const guest = new URL(url);
    Object.assign(guest, { username: role, password: PASSWORD });
    const db = new Database(guest.toString());
    class Own extends Model("own", { text: fields.text() }) {}
    await refused(() => db.createTables([Own]), OrmError, /permission denied for schema public.*Grant/);
    await db.close();
    await admin.execute(sql.raw(`drop role ${role}`));
  });
});
