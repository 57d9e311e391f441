import { describe, expect, it } from "vitest";
import { ConfigurationError, Database, type DatabaseOptions } from "dunder-orm";

const URL = "postgres://host/name";
const make = (options: unknown, url = URL) => new Database(url, options as DatabaseOptions);

describe("options of a database with replicas", () => {
  it.each([
    ["replicas that are no list", { replicas: "postgres://b/name" }, /replicas: expected a list of URLs/],
    ["a replica that is nothing", { replicas: [null] }, /replicas\[0\]: expected a URL or a configuration, got null/],
    ["a number", { replicas: [URL, 5] }, /replicas\[1\]: expected a URL or a configuration, got number 5/],
    ["a URL that is none", { replicas: ["nowhere"] }, /does not say which engine it is for/],
    ["an empty URL", { replicas: [""] }, /A database's URL is missing/],
    ["a configuration without a scheme", { replicas: [{ host: "b" }] }, /with a scheme/],
    [
      "another engine",
      { replicas: ["mysql://b/name"] },
      /replicas\[0\] is for "mysql", and the database is on PostgreSQL/,
    ],
    [
      "a name it does not take",
      { replicas: [{ url: URL, pol: {} }] },
      /replicas\[0\] takes no "pol"\. Did you mean "pool"\?/,
    ],
    [
      "a pool of nothing",
      { replicas: [{ url: URL, pool: { max: 0 } }] },
      /replicas\[0\]\.pool\.max: .* from 1 upwards/,
    ],
    ["a pool that is none", { replicas: [{ url: URL, pool: 5 }] }, /replicas\[0\]\.pool: expected an object/],
    [
      "a way of its own",
      { replicas: [URL], readYourWrites: { by: "luck" } },
      /expected "time" or "position", got string "luck"/,
    ],
    ["a time that is none", { replicas: [URL], readYourWrites: { ms: -1 } }, /readYourWrites\.ms: .* from 0 upwards/],
    ["a name that it lacks", { replicas: [URL], readYourWrites: { seconds: 2 } }, /readYourWrites takes no "seconds"/],
    [
      "a text for a time",
      { replicas: [URL], readYourWrites: "2s" },
      /readYourWrites: expected an object of by, ms, wait/,
    ],
    ["a list for a wait", { replicas: [URL], failover: [5] }, /failover: expected an object of wait/],
    ["no number to wait", { replicas: [URL], failover: { wait: "5" } }, /failover\.wait: expected a whole number/],
    ["a listener that is none", { replicas: [URL], onNode: "log" }, /onNode: expected a function/],
    ["a window without replicas", { readYourWrites: true }, /readYourWrites is for databases with replicas/],
    ["failover without replicas", { failover: false }, /failover is for databases with replicas/],
  ])("refuse %s", (_, options, message) => {
    expect(() => make(options)).toThrow(ConfigurationError);
    expect(() => make(options)).toThrow(message);
  });

  it("never show a password", () => {
    const replicas = ["postgres://ann:s3cret@host:notaport/name"];
    expect(() => make({ replicas })).toThrow(/\*\*\*@/);
    expect(() => make({ replicas })).not.toThrow(/s3cret/);
  });

  it("are refused on SQLite, with a word why", () => {
    expect(() => make({ replicas: ["sqlite:b.sqlite"] }, "sqlite:a.sqlite")).toThrow(
      /SQLite has no replicas.*Leave the option/,
    );
  });

  it("may be none, and say the rest all the same: where they are depends on the environment", async () => {
    const db = make(
      { replicas: [], readYourWrites: true, failover: false, onNode: () => undefined },
      "sqlite::memory:",
    );
    expect(db.nodes).toEqual([]);
    expect(db.usingPrimary(() => 1)).toBe(1);
    expect(await db.readYourWrites(() => db.usingPrimary(async () => Promise.resolve(2)))).toBe(2);
    expect(() => db.usingPrimary(null as never)).toThrow(ConfigurationError);
    await db.close();
  });

  it("take URLs, configurations, and either with a pool of its own; mysql:// and mariadb:// are one engine", () => {
    const config = { scheme: "mariadb", host: "b", database: "name" };
    const replicas = ["mariadb://a/name", config, { url: config, pool: { max: 2 } }, { url: "mysql://c/name" }];
    expect(() =>
      make({ replicas, failover: { wait: 0 }, readYourWrites: { by: "position" } }, "mysql://p/name"),
    ).not.toThrow();
  });

  it("are looked at where the database is told later where it is", async () => {
    const db = make({ replicas: ["postgres://b/name"] }, null as never);
    await expect(db.init("sqlite::memory:")).rejects.toThrow(/SQLite has no replicas/);
  });
});

describe("atomic(fn, { replica: true })", () => {
  const db = make({}, "sqlite::memory:");
  const nothing = () => Promise.resolve();

  it.each([
    [{ replica: true }, /takes readOnly: true beside it/],
    [{ replica: true, readOnly: true, lockMode: "immediate" }, /no lockMode/],
    [{ replica: "first", readOnly: true }, /replica: expected true or false/],
  ])("is refused: %j", async (options, message) => {
    await expect(db.atomic(nothing, options as never)).rejects.toThrow(ConfigurationError);
    await expect(db.atomic(nothing, options as never)).rejects.toThrow(message);
  });

  it("belongs to the outermost block, and is a read-only block where there are no replicas", async () => {
    await db.atomic(nothing, { replica: true, readOnly: true });
    const inner = db.atomic(() => db.atomic(nothing, { replica: true, readOnly: true }));
    await expect(inner).rejects.toThrow(/belong to a whole transaction/);
  });
});
