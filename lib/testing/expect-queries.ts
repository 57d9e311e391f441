import { AssertionError } from "node:assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { observers } from "../execute/observers.js";
import type { DatabaseLike } from "../types/index.js";

/** Which statements `expectQueries` counts. */
export interface ExpectQueriesOptions {
  /** Those of this database alone; of all unless given. */
  readonly database?: DatabaseLike;
}

interface Counted {
  readonly statements: string[];
  readonly database: DatabaseLike | null;
}

const counting = new AsyncLocalStorage<Counted>();

/**
 * Runs a function and throws, with a list of what was sent, unless that were so many statements. What else runs at the
 * same time does not count; BEGIN, COMMIT and savepoints do not either. Gives what the function gives.
 *
 * @example
 * ```ts
 * import { expectQueries } from "dunder-orm/testing";
 *
 * const albums = await expectQueries(2, () => Album.objects.prefetchRelated("tracks").all());
 * await expectQueries(0, () => albums[0].tracks.all());
 * ```
 * @throws AssertionError, of Node's, for another number of statements.
 */
export async function expectQueries<T>(
  expected: number,
  fn: () => T | Promise<T>,
  { database }: ExpectQueriesOptions = {},
): Promise<T> {
  if (!Number.isInteger(expected) || expected < 0) {
    throw new TypeError(`expectQueries(n, fn): n is a whole number from 0 upwards, got ${String(expected)}.`);
  }
  const counted: Counted = { statements: [], database: database ?? null };
  observers.queries.add(count);
  const result = await counting.run(counted, async () => fn());
  const { statements } = counted;
  if (statements.length === expected) return result;
  const list = statements.map((text, index) => `\n  ${index + 1}. ${text}`).join("");
  throw new AssertionError({
    message: `Expected ${expected} ${expected === 1 ? "query" : "queries"}, got ${statements.length}${list === "" ? "." : `:${list}`}`,
    actual: statements.length,
    expected,
    stackStartFn: expectQueries,
  });
}

// It stays among the observers once it is: a function may count while another does.
function count(event: { readonly sql: string }, database: object): void {
  const counted = counting.getStore();
  // That of a schema counts with the whole database.
  const { origin = database } = database as { readonly origin?: object };
  if (counted === undefined || (counted.database !== null && counted.database !== origin)) return;
  counted.statements.push(event.sql);
}
