import type { IsolationLevel, LockMode } from "../databases/ports/index.js";
import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { type LimitOptions, limitsProblem } from "./limits.js";

/** Options of `db.transaction(options)`. */
export interface TransactionOptions {
  readonly isolation?: IsolationLevel;
  readonly readOnly?: boolean;
  /** Together with `readOnly`: on a replica, where there is one. */
  readonly replica?: boolean;
  /** SQLite only: when the file is locked. "immediate" unless given, with `readOnly` "deferred". */
  readonly lockMode?: LockMode;
  /**
   * PostgreSQL only: settings for this transaction alone, which policies of row-level security can ask for by
   * `current_setting('app.tenant_id', true)`. Names and values are bound (`set_config(name, value, true)`), and nobody who
   * uses the connection later sees them.
   */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** Options of `db.atomic(fn, options)`. */
export interface AtomicOptions extends TransactionOptions, LimitOptions {
  /** Refuses to be a savepoint: this must be the outermost block. */
  readonly durable?: boolean;
  /** How many times the whole function is run again after a deadlock or a serialization failure; 0 unless given. */
  readonly retries?: number;
}

const TRANSACTION = ["isolation", "readOnly", "replica", "lockMode", "settings"];
const ATOMIC = [...TRANSACTION, "durable", "retries", "timeout", "signal"];
const CHOICES = {
  isolation: ["read uncommitted", "read committed", "repeatable read", "serializable"],
  lockMode: ["deferred", "immediate", "exclusive"],
} as const;

export function checkAtomicOptions(fn: unknown, options: AtomicOptions): void {
  if (typeof fn !== "function") {
    throw new ConfigurationError(`db.atomic(async () => { … }): expected a function, got ${printable(fn)}.`);
  }
  checkNames(options, ATOMIC, "db.atomic");
  checkChoices(options);
  const { retries = 0 } = options;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new ConfigurationError(`retries: expected a whole number from 0 upwards, got ${printable(retries)}.`);
  }
  const problem = limitsProblem(options);
  if (problem !== null) throw new ConfigurationError(problem);
}

export function checkTransactionOptions(options: TransactionOptions): void {
  checkNames(options, TRANSACTION, "db.transaction");
  checkChoices(options);
}

function checkNames(options: unknown, known: readonly string[], method: string): void {
  if (options === null || typeof options !== "object") {
    throw new ConfigurationError(`${method} takes an object of options, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${method} takes no option "${unknown}".${didYouMean(unknown, known)} Options: ${known.join(", ")}.`,
  );
}

function checkChoices(options: TransactionOptions): void {
  for (const name of ["isolation", "lockMode"] as const) {
    const choices: readonly unknown[] = CHOICES[name];
    if (options[name] === undefined || choices.includes(options[name])) continue;
    throw new ConfigurationError(`${name}: expected one of ${choices.join(", ")}, got ${printable(options[name])}.`);
  }
  const { replica, readOnly, lockMode } = options;
  if (replica === undefined || replica === false) return;
  if (replica === true && readOnly === true && lockMode === undefined) return;
  throw new ConfigurationError(
    replica === true
      ? "replica: true takes readOnly: true beside it, and no lockMode: replicas take no writes."
      : `replica: expected true or false, got ${printable(replica)}.`,
  );
}
