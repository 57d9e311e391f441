import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { checkConfig } from "./config.js";
import type { ConnectionConfig, Engine, PoolOptions, QueryNode } from "./ports/index.js";
import { parseUrl } from "./url.js";

/** A server that copies the primary: where it is, or that and a pool of its own size. */
export type ReplicaConfig =
  string | ConnectionConfig | { readonly url: string | ConnectionConfig; readonly pool?: PoolOptions };

/** How reads see what was written just before. */
export interface ReadYourWrites {
  /** "time": reads stay on the primary for `ms`. "position": a replica is asked once it has what was written. */
  readonly by?: "time" | "position";
  /** Milliseconds after a write for which reads stay on the primary; 2,000 unless given. */
  readonly ms?: number;
  /** Milliseconds that a read waits at most for a replica that is behind; then the primary is asked. 100 unless given. */
  readonly wait?: number;
}

/** What is done when the primary is lost. */
export interface Failover {
  /** Milliseconds that what needs the primary waits at most while it is looked for; 5,000 unless given. */
  readonly wait?: number;
}

/** What became of a server: handed to `onNode`. */
export interface NodeEvent extends QueryNode {
  /** A replica is not asked any more, or again; the primary is lost; a replica has become it. */
  readonly type: "ejected" | "restored" | "lost" | "promoted";
  /** Why, where it was an error. */
  readonly error: unknown;
}

/** Options of databases with replicas. */
export interface ReplicaOptions {
  /** Servers that copy this one: they answer what is read outside of transactions, in turn. */
  readonly replicas?: readonly ReplicaConfig[];
  /** Whether reads anywhere in this process see what it wrote before; only those in `db.readYourWrites(…)` unless given. */
  readonly readYourWrites?: boolean | ReadYourWrites;
  /** False keeps to the primary that is named, whatever becomes of it. */
  readonly failover?: boolean | Failover;
  /** Called when a server is lost, comes back, or becomes the primary. */
  readonly onNode?: (event: NodeEvent) => unknown;
}

/** Where a replica is, and how many connections it gets. */
export interface ReplicaTarget {
  readonly config: ConnectionConfig;
  readonly pool: PoolOptions | undefined;
}

const POOL = ["max", "min", "acquireTimeout", "idleTimeout", "staleTimeout", "pingAfter"];
const WINDOW = ["by", "ms", "wait"];

export function checkReplicaOptions({ replicas, readYourWrites, failover, onNode }: ReplicaOptions): void {
  if (replicas !== undefined && !Array.isArray(replicas)) {
    throw new ConfigurationError(`replicas: expected a list of URLs, got ${printable(replicas)}.`);
  }
  checkChoice("readYourWrites", readYourWrites, WINDOW);
  const by = (readYourWrites as ReadYourWrites | undefined)?.by;
  if (by !== undefined && by !== "time" && by !== "position") {
    throw new ConfigurationError(`readYourWrites.by: expected "time" or "position", got ${printable(by)}.`);
  }
  checkChoice("failover", failover, ["wait"]);
  if (onNode !== undefined && typeof onNode !== "function") {
    throw new ConfigurationError(`onNode: expected a function, got ${printable(onNode)}.`);
  }
  if (replicas === undefined) refuseUseless({ readYourWrites, failover, onNode });
}

function refuseUseless(options: Readonly<Record<string, unknown>>): void {
  const useless = Object.keys(options).find((name) => options[name] !== undefined);
  if (useless === undefined) return;
  throw new ConfigurationError(`${useless} is for databases with replicas, and this one is given none.`);
}

/** The replicas' settings, for a database of that engine. */
export function replicaTargets({ replicas = [] }: ReplicaOptions, { name, label }: Engine): ReplicaTarget[] {
  if (replicas.length > 0 && name === "sqlite") {
    throw new ConfigurationError("SQLite has no replicas: it reads a file, with as many readers as ask for it.", {
      hint: "Leave the option replicas out.",
    });
  }
  return replicas.map((replica, index) => {
    const target = targetOf(replica, `replicas[${index}]`);
    const { scheme } = target.config;
    if ((scheme === "mariadb" ? "mysql" : scheme) === name) return target;
    throw new ConfigurationError(`replicas[${index}] is for "${scheme}", and the database is on ${label}.`, {
      hint: "A replica is a server of the same kind that copies the primary.",
    });
  });
}

function targetOf(replica: ReplicaConfig, where: string): ReplicaTarget {
  if (typeof replica === "string") return { config: parseUrl(replica), pool: undefined };
  if (replica === null || typeof replica !== "object") {
    throw new ConfigurationError(`${where}: expected a URL or a configuration, got ${printable(replica)}.`);
  }
  if (!("url" in replica)) return { config: checkConfig(replica), pool: undefined };
  const { url, pool } = replica;
  checkNames(replica, ["url", "pool"], where);
  if (pool !== undefined) checkNumbers(pool, POOL, `${where}.pool`);
  return { config: typeof url === "string" ? parseUrl(url) : checkConfig(url), pool };
}

function checkChoice(name: string, value: unknown, numbers: readonly string[]): void {
  if (value === undefined || typeof value === "boolean") return;
  checkNumbers(value, numbers, name);
}

/** An object of numbers of these names; "by" alone is none. */
function checkNumbers(value: unknown, known: readonly string[], where: string): void {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ConfigurationError(`${where}: expected an object of ${known.join(", ")}, got ${printable(value)}.`);
  }
  checkNames(value, known, where);
  for (const [name, number] of Object.entries(value) as [string, unknown][]) {
    const low = name === "max" ? 1 : 0;
    if (name === "by" || number === undefined) continue;
    if (typeof number === "number" && Number.isInteger(number) && number >= low) continue;
    throw new ConfigurationError(
      `${where}.${name}: expected a whole number from ${low} upwards, got ${printable(number)}.`,
    );
  }
}

function checkNames(value: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${where} takes no "${unknown}".${didYouMean(unknown, known)} It takes: ${known.join(", ")}.`,
  );
}
