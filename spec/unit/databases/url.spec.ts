import { describe, expect, it } from "vitest";
import { parseUrl } from "../../../lib/databases/url.js";
import { ConfigurationError } from "../../../lib/errors/index.js";

describe("parseUrl", () => {
  it.each([
    ["sqlite:notes.sqlite", "notes.sqlite"],
    ["sqlite:data/notes.sqlite", "data/notes.sqlite"],
    ["sqlite:./my%20notes.sqlite", "./my notes.sqlite"],
    ["sqlite::memory:", ":memory:"],
    ["sqlite://:memory:", ":memory:"],
    ["sqlite:///:memory:", ":memory:"],
    ["sqlite:/srv/notes.sqlite", "/srv/notes.sqlite"],
    ["sqlite:///srv/notes.sqlite", "/srv/notes.sqlite"],
    ["sqlite:////srv/notes.sqlite", "/srv/notes.sqlite"],
    ["sqlite://notes.sqlite", "notes.sqlite"],
    ["SQLite:notes#1.sqlite", "notes#1.sqlite"],
    ["sqlite:C:\\data\\notes.sqlite", "C:\\data\\notes.sqlite"],
    ["sqlite:///C:/data/notes.sqlite", "C:/data/notes.sqlite"],
    ["  sqlite:notes.sqlite\n", "notes.sqlite"],
  ])("%s", (url, database) => {
    expect(parseUrl(url)).toEqual({ scheme: "sqlite", database, driverOptions: {} });
  });

  it("converts query parameters", () => {
    const url =
      "sqlite://notes.sqlite?readonly=true&busyTimeout=250&x=-7&y=007&z=1.5&w=a%26b+c&big=12345678901234567890&n";
    expect(parseUrl(url)).toEqual({
      scheme: "sqlite",
      database: "notes.sqlite",
      driverOptions: {
        readonly: true,
        busyTimeout: 250,
        x: -7,
        y: "007",
        z: "1.5",
        w: "a&b c",
        big: "12345678901234567890",
        n: "",
      },
    });
  });

  it("takes a parameter named __proto__ for data", () => {
    const { driverOptions } = parseUrl("sqlite:a?__proto__=x");
    expect(Object.keys(driverOptions!)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(driverOptions)).toBe(Object.prototype);
  });

  it.each([
    ["postgres://localhost/music", { scheme: "postgres", host: "localhost", database: "music" }],
    [
      "postgresql://ann:s3cret@db.example.com:5433/music",
      { scheme: "postgres", user: "ann", password: "s3cret", host: "db.example.com", port: 5433, database: "music" },
    ],
    [
      "postgres://a%40b:p%2F%3A%3F%23%25@h/my%20db",
      { scheme: "postgres", user: "a@b", password: "p/:?#%", host: "h", database: "my db" },
    ],
    ["mysql://root:p@ss:w@h/d", { scheme: "mysql", user: "root", password: "p@ss:w", host: "h", database: "d" }],
    ["mysql://root:@h/d", { scheme: "mysql", user: "root", password: "", host: "h", database: "d" }],
    ["mysql://root@[::1]:3307/d", { scheme: "mysql", user: "root", host: "::1", port: 3307, database: "d" }],
    ["mariadb://[fe80::1]/d", { scheme: "mariadb", host: "fe80::1", database: "d" }],
    ["postgres+pool://h/d", { scheme: "postgres", host: "h", database: "d" }],
    ["postgresext+pool+async://h/d", { scheme: "postgres", host: "h", database: "d" }],
    ["postgresqlext://h/d", { scheme: "postgres", host: "h", database: "d" }],
    ["mysql+pool+async://h/d", { scheme: "mysql", host: "h", database: "d" }],
    ["sqliteext+pool:x.sqlite", { scheme: "sqlite", database: "x.sqlite" }],
    ["postgres:///d", { scheme: "postgres", database: "d" }],
  ])("%s", (url, expected) => {
    expect(parseUrl(url)).toEqual({ ...expected, driverOptions: {} });
  });

  it("passes a socket's folder on to the driver", () => {
    expect(parseUrl("postgres:///d?host=/run/postgresql&ssl=false").driverOptions).toEqual({
      host: "/run/postgresql",
      ssl: false,
    });
  });

  it.each([
    [
      "notes.sqlite",
      'The database URL "notes.sqlite" does not say which engine it is for. Examples: "sqlite:notes.sqlite",',
    ],
    [
      "postgers://ann:s3cret@h/d",
      '"postgers://***@h/d" is for an unknown engine, "postgers". Did you mean "postgres"? Engines: sqlite, postgres, postgresql, pglite, mysql, mariadb.',
    ],
    ["constructor:x", 'is for an unknown engine, "constructor".'],
    ["oracle://h/d", 'is for an unknown engine, "oracle". Engines: sqlite,'],
    ["sqlite:", 'names no file. Write "sqlite:notes.sqlite"'],
    ["sqlite://", "names no file."],
    ["postgres:h/d", 'lacks the "//" after the scheme.'],
    ["postgres://ann:s3cret@h", '"postgres://***@h" names no database. Put its name after the host'],
    ["postgres://ann:s3cret@h/", "names no database."],
    ["postgres://h:0/d", "has a port that is no number from 1 to 65535."],
    ["postgres://h:65536/d", "has a port that is no number from 1 to 65535."],
    ["postgres://h:/d", "has a port that is no number from 1 to 65535."],
    ["postgres://ann:s3cret/word@h/d", '"postgres://***@h/d" has a port that is no number'],
    ["postgres://::1/d", 'has no proper host. Write an IPv6 address in brackets: "[::1]:5432".'],
    ["postgres://ann:s3cret%zz@h/d", '"postgres://***@h/d" has a % that begins no percent-encoding.'],
    ["postgres://h:x/d?user=ann&password=s3cret&ssl=true", "?user=ann&password=***&ssl=true"],
    ["ann:s3cret@h/d", '"ann:***@h/d"'],
    ["", "A database's URL is missing. Is the environment variable set?"],
    [undefined as unknown as string, "A database's URL is missing."],
  ])("refuses %s", (url, message) => {
    const attempt = (): unknown => parseUrl(url);
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow(/s3cret/);
  });
});
