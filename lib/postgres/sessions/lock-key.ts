import { ConfigurationError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";

/** What an advisory lock is known by: a whole number of 64 bits, two of 32, or a text, of which a number is made. */
export type LockKey = number | bigint | string | readonly [number, number];

/** A key as the database is told it. */
export interface BoundKey {
  /** What stands in the brackets of the locking functions. */
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Tells keys apart within this process. */
  readonly id: string;
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

export function lockKey(key: unknown, where: string): BoundKey {
  if (Array.isArray(key) && key.length === 2 && key.every(isInt32)) {
    return { sql: "$1::integer, $2::integer", parameters: key, id: key.join(" ") };
  }
  const number = numberOf(key);
  if (number === null) {
    throw new ConfigurationError(
      `${where}: a lock is known by a text, a whole number of 64 bits, or two of 32 bits as a list; got ${printable(key)}.`,
    );
  }
  return { sql: "$1::bigint", parameters: [number], id: String(number) };
}

function numberOf(key: unknown): bigint | null {
  if (typeof key === "bigint") return key >= LEAST && key <= MOST ? key : null;
  if (typeof key === "number") return Number.isSafeInteger(key) ? BigInt(key) : null;
  return typeof key === "string" ? hashed(key) : null;
}

/** Of equal texts the same number in every process: the first 64 bits of their SHA-256. */
function hashed(text: string): bigint {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(text).digest().readBigInt64BE(0);
}

function isInt32(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value === (value | 0);
}
