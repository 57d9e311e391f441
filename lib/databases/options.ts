import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { isTimeZone } from "../util/time-zone.js";
import { foreignOption } from "./foreign-options.js";
import type { Engine, EngineOptions, PoolEvent, PoolOptions, QueryNode } from "./ports/index.js";
import type { Pglite } from "./postgres/pglite/pglite.js";
import { checkReplicaOptions, type ReplicaOptions } from "./replica-options.js";
import type { SqliteDriverOption } from "./sqlite/driver.js";

/** What happened to one statement. Handed to `onQuery` and, written out, to `echo`. */
export interface QueryEvent {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** From the moment it was sent until its rows were there, waiting for a connection included. */
  readonly durationMs: number;
  /** Rows read, or rows affected by a write. */
  readonly rows: number;
  /** The model asked, where there is one. */
  readonly model: string | null;
  /** The number of the transaction it ran in, the same for all of its statements; null outside of transactions. */
  readonly transaction: number | null;
  /** How many savepoints, which nested blocks are, it was in. */
  readonly depth: number;
  readonly error: unknown;
  /** The server that answered, where the database has replicas; else null. */
  readonly node: QueryNode | null;
}

/** A statement that took as long as `slowQueryThreshold` says, or longer. Handed to `onSlowQuery`. */
export interface SlowQuery extends QueryEvent {
  /** The line of the program that asked, as in a stack; null where it is not known. */
  readonly place: string | null;
}

/** What a lazy load fetches: its own row's relation, that of every row of the same result, or nothing, but throws. */
export const fetchModes = ["one", "peers", "raise"] as const;
export type FetchMode = (typeof fetchModes)[number];

/** Rows of one result loaded a relation one after another, a query for each. Handed to `onLoadLoop`. */
export interface LoadLoop {
  /** The model whose rows did. */
  readonly model: string;
  readonly relation: string;
  /** How many queries it came to so far. */
  readonly loads: number;
  /** The line of the program that asked, as in a stack; null where it is not known. */
  readonly place: string | null;
  /** What happened and what to do about it, in a sentence or two. */
  readonly message: string;
}

/** Options of `new Database(url, options)`. Times are in milliseconds. */
export interface DatabaseOptions extends EngineOptions, ReplicaOptions {
  /** A name to ask for it by: `qs.using("archive")`. */
  readonly alias?: string;
  /** false: it connects by `db.connect()` alone, and queries before that throw a `ConnectionError`. */
  readonly autoconnect?: boolean;
  /** Called with what becomes of its connections: opened, lent, given back, closed. */
  readonly onPool?: (event: PoolEvent) => unknown;
  /**
   * SQLite: "better-sqlite3" unless given, "node:sqlite", "libsql", "better-sqlite3-multiple-ciphers", a class with the
   * methods of better-sqlite3's, or an adapter. PGlite: an instance of its class, which is its user's to close.
   *
   * @example
   * ```ts no-run
   * new Database("sqlite:notes.sqlite", { driver: "node:sqlite" });
   * ```
   */
  readonly driver?: SqliteDriverOption | Pglite;
  /** SQLite: the key of an encrypted file, for a driver that can encrypt. It is in no message and no event. */
  readonly key?: string;
  /** Prints every statement with its time, and where transactions begin and end; a function gets the text instead. */
  readonly echo?: boolean | ((text: string) => void);
  /** Called after every statement. What it throws is a warning of the process: the statement was run all the same. */
  readonly onQuery?: (event: QueryEvent) => unknown;
  /** Milliseconds from which on a statement is slow, waiting for a connection included. None is unless given. */
  readonly slowQueryThreshold?: number;
  /** Called after every slow statement, instead of a warning on the console. */
  readonly onSlowQuery?: (event: SlowQuery) => unknown;
  /** IANA name of the zone in which parts of datetimes (`created__hour`) are taken. UTC unless given. */
  readonly timeZone?: string;
  /** What lazy loads do unless `qs.fetchMode(…)` says otherwise: "one" unless given, "peers" or "raise". */
  readonly fetchMode?: FetchMode;
  /** Called, once for each place in the program, when rows of one result load a relation one by one. */
  readonly onLoadLoop?: (loop: LoadLoop) => void;
  /** From how many such loads on; 5 unless given. */
  readonly loadLoopThreshold?: number;
  /** Compiled query shapes kept; 500 unless given, none for 0. `db.stats` tells whether they suffice. */
  readonly planCacheSize?: number;
}

const KNOWN = [
  ..."pool statementTimeout connectTimeout preparedStatements pipeline echo onQuery timeZone planCacheSize".split(" "),
  ..."fetchMode onLoadLoop loadLoopThreshold slowQueryThreshold onSlowQuery alias autoconnect onPool".split(" "),
  ..."replicas readYourWrites failover onNode localInfile driver key".split(" "),
];
const OF_ONE_ENGINE = [
  ["pipeline", "postgres", "PostgreSQL's"],
  ["localInfile", "mysql", "MySQL's and MariaDB's"],
] as const;
const POOL = "max min acquireTimeout idleTimeout staleTimeout pingAfter traceHolders".split(" ");

/** Refuses options that would be passed over in silence, and numbers that no time or size can be. */
export function checkOptions(options: DatabaseOptions): void {
  checkNames(options, KNOWN, "new Database(url, options)");
  checkTypes("pool", options.pool, ["object"]);
  checkNames(options.pool ?? {}, POOL, "new Database(url, { pool })");
  for (const name of ["statementTimeout", "connectTimeout", "planCacheSize", "slowQueryThreshold"] as const) {
    checkNumber(name, options[name], 0);
  }
  for (const [name, value] of Object.entries(options.pool ?? {})) {
    if (name === "traceHolders") checkTypes("pool.traceHolders", value, ["boolean"]);
    else checkNumber(`pool.${name}`, value as unknown, name === "max" ? 1 : 0);
  }
  checkPoolSize(options.pool);
  if (options.timeZone !== undefined && !isTimeZone(options.timeZone)) {
    throw new ConfigurationError(
      `timeZone: expected the IANA name of a time zone such as "Europe/Paris", got ${printable(options.timeZone)}.`,
    );
  }
  checkTypes("onQuery", options.onQuery, ["function"]);
  checkSlowQueries(options);
  checkLoads(options);
  checkTypes("echo", options.echo, ["boolean", "function"]);
  checkTypes("preparedStatements", options.preparedStatements, ["boolean", "number"]);
  if (typeof options.preparedStatements === "number") checkNumber("preparedStatements", options.preparedStatements, 0);
  for (const name of ["pipeline", "localInfile"] as const) checkTypes(name, options[name], ["boolean"]);
  checkReplicaOptions(options);
  checkTypes("autoconnect", options.autoconnect, ["boolean"]);
  checkTypes("onPool", options.onPool, ["function"]);
  checkAlias(options.alias);
}

/** Words that `using(…)` has another meaning for. */
const RESERVED: readonly unknown[] = ["primary"];

function checkAlias(alias: unknown): void {
  const isName = typeof alias === "string" && alias.trim() !== "" && !alias.includes(":");
  if (alias === undefined || (isName && !RESERVED.includes(alias))) return;
  throw new ConfigurationError(
    typeof alias === "string" && RESERVED.includes(alias)
      ? `alias: "${alias}" is what using(…) calls a database's own server that is written to. Choose another one.`
      : `alias: expected a name to ask for the database by, such as "archive", without colons, got ${printable(alias)}.`,
  );
}

function checkPoolSize({ min = 0, max = 10 }: PoolOptions = {}): void {
  if (min <= max) return;
  throw new ConfigurationError(`pool.min, ${min}, is more than pool.max, ${max}: no more than that are ever open.`);
}

function checkSlowQueries({ slowQueryThreshold, onSlowQuery }: DatabaseOptions): void {
  checkTypes("onSlowQuery", onSlowQuery, ["function"]);
  if (onSlowQuery === undefined || slowQueryThreshold !== undefined) return;
  throw new ConfigurationError(
    "onSlowQuery is never called without slowQueryThreshold, the milliseconds that are slow.",
  );
}

function checkLoads({ fetchMode, onLoadLoop, loadLoopThreshold }: DatabaseOptions): void {
  checkTypes("onLoadLoop", onLoadLoop, ["function"]);
  if (loadLoopThreshold !== undefined) checkNumber("loadLoopThreshold", loadLoopThreshold, 2);
  if (fetchMode === undefined || fetchModes.includes(fetchMode)) return;
  throw new ConfigurationError(
    `fetchMode: expected one of ${fetchModes.map((mode) => `"${mode}"`).join(", ")}, got ${printable(fetchMode)}.`,
  );
}

/** Refuses options that an engine has no use for, so that nobody counts on them. */
export function checkOptionsFor(engine: Engine, options: DatabaseOptions): void {
  const { name, label } = engine;
  const refuse = (option: string, whose: string): never => {
    throw new ConfigurationError(`${option} is ${whose} alone, and this database is on ${label}.`, {
      hint: "Leave the option out.",
    });
  };
  for (const [option, owner, whose] of OF_ONE_ENGINE) {
    if (options[option] === true && name !== owner) refuse(`${option}: true`, whose);
  }
  if (options.key !== undefined && name !== "sqlite") refuse("key", "SQLite's");
  if (options.driver === undefined) return;
  if (engine.checkDriver === undefined) refuse("driver", "SQLite's and PGlite's");
  else engine.checkDriver(options.driver);
}

/** The options without what nobody is to see who prints them: it is there when asked for. */
export function kept({ key, ...options }: DatabaseOptions): DatabaseOptions {
  return key === undefined ? options : Object.defineProperty(options, "key", { value: key, enumerable: false });
}

function checkTypes(name: string, value: unknown, types: readonly string[]): void {
  if (value === undefined || types.includes(typeof value)) return;
  throw new ConfigurationError(`${name}: expected a ${types.join(" or a ")}, got ${printable(value)}.`);
}

function checkNames(options: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const instead = foreignOption(unknown) ?? `${didYouMean(unknown, known).trimStart()}`;
  throw new ConfigurationError(
    `${where} takes no option "${unknown}". ${instead} Options: ${known.join(", ")}.`.replace(
      ".  Options",
      ". Options",
    ),
  );
}

function checkNumber(name: string, value: unknown, low: number): void {
  if (value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= low)) return;
  throw new ConfigurationError(`${name}: expected a whole number from ${low} upwards, got ${printable(value)}.`);
}
