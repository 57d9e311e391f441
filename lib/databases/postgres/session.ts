import { ConfigurationError } from "../../errors/index.js";
import type { PgClient } from "./driver.js";
import { PgQuery } from "./query.js";

/**
 * Settings of every session. They are start-up parameters of their own and not part of `options`, which poolers refuse: those
 * know the first two, and give them to every session of the server that a connection of theirs is served by.
 */
const SETTINGS = { TimeZone: "UTC", DateStyle: "ISO" };
const INTERVALS = { IntervalStyle: "iso_8601" };
const UTC = /^(Etc\/)?(UTC|UCT|GMT|Universal|Zulu)$/i;

/** What the connections of one pool have found out about what stands between them and the server. */
export class SessionPolicy {
  /** False where a pooler refuses to be told the style of intervals: they are read as the server writes them. */
  #stylesIntervals = true;
  /** The server's time limit of statements was seen to be the one that was asked for. */
  #isLimited = false;

  get parameters(): Readonly<Record<string, string>> {
    return this.#stylesIntervals ? { ...SETTINGS, ...INTERVALS } : SETTINGS;
  }

  /** True where connecting again will do better: what was refused is given up. */
  learnsFrom(error: unknown): boolean {
    if (!this.#stylesIntervals || refusedParameter(error)?.toLowerCase() !== "intervalstyle") return false;
    this.#stylesIntervals = false;
    return true;
  }

  /** Throws `ConfigurationError` where what stands before the server has kept a setting from it. */
  async check(client: PgClient, reported: ReadonlyMap<string, string>, limit: number | undefined): Promise<void> {
    const { TimeZone = "UTC", DateStyle = "ISO" } = Object.fromEntries(reported);
    if (!UTC.test(TimeZone)) throw lostSetting("TimeZone", "UTC", TimeZone);
    if (!DateStyle.startsWith("ISO")) throw lostSetting("DateStyle", "ISO", DateStyle);
    if (limit === undefined || limit === 0 || this.#isLimited) return;
    const actual = await oneNumber(client, "select setting from pg_settings where name = 'statement_timeout'");
    if (actual === 0 || actual > limit) throw lostLimit(limit, actual);
    this.#isLimited = true;
  }
}

/** The parameter that a pooler does not take: "unsupported startup parameter: options". */
export function refusedParameter(error: unknown): string | null {
  const { message } = error as { message?: unknown };
  return /unsupported startup parameter(?: in options)?: (\w+)/.exec(String(message))?.[1] ?? null;
}

/** A pooler refuses what it cannot give to the sessions of the server that it shares out. */
export function refusedStartup(cause: unknown, parameter: string, address: string): ConfigurationError {
  return new ConfigurationError(
    `What answers at ${address} is a pooler, which refuses the start-up parameter ${parameter}.`,
    {
      cause,
      hint:
        parameter === "statement_timeout"
          ? limitHint()
          : `Leave it out of the database's URL and options, and set it on the role: ALTER ROLE … SET ${parameter} = ….`,
    },
  );
}

/** Asks on a connection that nobody else uses yet. */
function oneNumber(client: PgClient, sql: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const query = new PgQuery(sql, [], null, [], (error, done) =>
      error === null ? resolve(Number(done.answeredRows[0]?.[0])) : reject(error),
    );
    client.query(query);
  });
}

function lostSetting(name: string, wanted: string, actual: string): ConfigurationError {
  return new ConfigurationError(
    `Sessions of PostgreSQL have to have ${name} = ${wanted}, but this one has ${actual}.`,
    {
      hint: `What stands before the server, a pooler maybe, drops start-up parameters: ALTER ROLE … SET ${name} = '${wanted}'.`,
    },
  );
}

function lostLimit(wanted: number, actual: number): ConfigurationError {
  return new ConfigurationError(
    `statementTimeout: ${wanted} does not reach PostgreSQL, whose statement_timeout is ${actual === 0 ? "off" : `${actual} ms`}.`,
    { hint: limitHint() },
  );
}

function limitHint(): string {
  return (
    "A pooler cannot pass statementTimeout on: set it on the role (ALTER ROLE … SET statement_timeout = '5s') and leave the " +
    "option out, or use queryset.timeout(ms)."
  );
}
