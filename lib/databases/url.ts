import { ConfigurationError } from "../errors/index.js";
import { didYouMean } from "../util/suggest.js";
import type { ConnectionConfig } from "./ports/index.js";

const SCHEMES: Readonly<Record<string, string>> = {
  sqlite: "sqlite",
  postgres: "postgres",
  postgresql: "postgres",
  pglite: "pglite",
  mysql: "mysql",
  mariadb: "mariadb",
};

const EXAMPLES =
  '"sqlite:notes.sqlite", "postgres://user:password@host:5432/name", "mysql://user:password@host:3306/name"';

/**
 * Reads a database's URL. User, password, host and name may be percent-encoded; query parameters go to the driver,
 * `true`, `false` and whole numbers as such.
 *
 * Throws {@link ConfigurationError}, whose message masks the password, for what is no such URL.
 *
 * @example
 * ```ts
 * parseUrl("sqlite:notes.sqlite"); // also "sqlite::memory:", "sqlite:///srv/notes.sqlite?readonly=true"
 * parseUrl("postgres://ann:s3cret@db.example.com:5433/music?ssl=true");
 * parseUrl("mysql://root@[::1]/music");
 * ```
 */
export function parseUrl(text: string): ConnectionConfig {
  if (typeof text !== "string" || text.trim() === "") {
    throw new ConfigurationError("A database's URL is missing.", {
      hint: `Is the environment variable set? Examples: ${EXAMPLES}.`,
    });
  }
  const url = new UrlText(text.trim());
  const scheme = readScheme(url);
  const [rest, query] = splitAt(url.rest, "?");
  const driverOptions = readQuery(query, url);
  // Of an instance that is given beside it.
  if (scheme === "pglite" && rest === "") return { scheme, driverOptions };
  return scheme === "sqlite" || scheme === "pglite"
    ? { scheme, database: readPath(rest, url), driverOptions }
    : { scheme, ...readServer(rest, url), driverOptions };
}

/** The text being read, which knows how to complain about itself. */
class UrlText {
  readonly scheme: string | null;
  /** What follows the scheme and its colon. */
  readonly rest: string;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    const match = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text);
    this.scheme = match === null ? null : match[1]!.toLowerCase();
    this.rest = match === null ? text : match[2]!;
  }

  error(problem: string, hint: string): ConfigurationError {
    return new ConfigurationError(`The database URL ${JSON.stringify(this.#masked())} ${problem}.`, { hint });
  }

  decode(part: string): string {
    try {
      return decodeURIComponent(part);
    } catch {
      throw this.error("has a % that begins no percent-encoding", 'Write a percent sign as "%25".');
    }
  }

  /** Without anything that may be a password, also where a special character in it has led us astray. */
  #masked(): string {
    return this.#text
      .replace(/^([a-z][a-z0-9+.-]*:)?(\/\/)?.*@/is, "$1$2***@")
      .replace(/([?&][^=&]*(?:pass|pwd|secret|token)[^=&]*=)[^&]*/gi, "$1***");
  }
}

function readScheme(url: UrlText): string {
  if (url.scheme === null) throw url.error("does not say which engine it is for", `Examples: ${EXAMPLES}.`);
  const name = withoutManner(url.scheme);
  if (Object.hasOwn(SCHEMES, name)) return SCHEMES[name]!;
  const [engine, driver] = splitAt(name, "+");
  if (driver !== undefined && Object.hasOwn(SCHEMES, engine)) {
    throw url.error(
      `names a driver of another language, "${driver}"`,
      `Write "${engine}://…": which driver it is, the engine says.`,
    );
  }
  const known = Object.keys(SCHEMES);
  throw url.error(
    `is for an unknown engine, "${name}"`,
    `${didYouMean(name, known).trimStart()} Engines: ${known.join(", ")}.`.trimStart(),
  );
}

/** The scheme without what peewee and peewee-async say beside the engine: here all are pooled, waited for and extended. */
function withoutManner(scheme: string): string {
  return scheme.replace(/(?:\+pool|\+async)+$/, "").replace(/^(sqlite|postgres|postgresql|mysql)ext$/, "$1");
}

function readPath(rest: string, url: UrlText): string {
  const path = url.decode(rest.replace(/^\/\/(?=[^/])/, "").replace(/^\/{2,}/, "/"));
  if (path === "" || path === "/") {
    throw url.error("names no file", 'Write "sqlite:notes.sqlite", or "sqlite::memory:" for one in memory.');
  }
  // "sqlite:///C:/notes.sqlite" and "sqlite:///:memory:"
  return /^\/(?:[a-z]:[\\/]|:memory:$)/i.test(path) ? path.slice(1) : path;
}

function readServer(rest: string, url: UrlText): Omit<ConnectionConfig, "scheme"> {
  if (!rest.startsWith("//")) throw url.error('lacks the "//" after the scheme', `Examples: ${EXAMPLES}.`);
  const [authority, path = ""] = splitAt(rest.slice(2), "/");
  const at = authority.lastIndexOf("@");
  const database = url.decode(path);
  const server = { ...readUser(authority.slice(0, Math.max(at, 0)), url), ...readHost(authority.slice(at + 1), url) };
  if (database === "") throw url.error("names no database", 'Put its name after the host: "…@host:5432/name".');
  return { ...server, database };
}

function readUser(text: string, url: UrlText): { user?: string; password?: string } {
  if (text === "") return {};
  const [user, password] = splitAt(text, ":");
  return {
    ...(user === "" ? {} : { user: url.decode(user) }),
    ...(password === undefined ? {} : { password: url.decode(password) }),
  };
}

function readHost(text: string, url: UrlText): { host?: string; port?: number } {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(text);
  if (match === null) throw url.error("has no proper host", 'Write an IPv6 address in brackets: "[::1]:5432".');
  const host = match[1] ?? url.decode(match[2]!);
  const port = match[3];
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw url.error(
      "has a port that is no number from 1 to 65535",
      'In a user or password write "/" as "%2F", "?" as "%3F" and "#" as "%23".',
    );
  }
  return { ...(host === "" ? {} : { host }), ...(port === undefined ? {} : { port: Number(port) }) };
}

function readQuery(query: string | undefined, url: UrlText): Readonly<Record<string, unknown>> {
  const pairs = (query ?? "").split("&").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value = ""] = splitAt(pair, "=");
      return [url.decode(name), converted(url.decode(value.replaceAll("+", " ")))];
    }),
  );
}

function converted(value: string): string | number | boolean {
  if (value === "true" || value === "false") return value === "true";
  return /^(?:0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

function splitAt(text: string, separator: string): readonly [before: string, after?: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
