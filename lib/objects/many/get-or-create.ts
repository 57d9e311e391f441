import type { DatabaseCore } from "../../execute/database-core.js";
import { IntegrityError } from "../../errors/index.js";
import { atomic, currentBlock } from "../../execute/index.js";
import { type Query, withFilter, withFirst, withLock } from "../../query/index.js";
import { errorsOf } from "../rows/errors-of.js";
import { fetchRows } from "../reading/fetch.js";
import { newRow } from "../instances/new-row.js";

/** What a new row is made of beside the lookups that did not find it. */
export interface Making {
  readonly defaults: object;
  readonly given: object | null;
  /** Who asks, for messages. */
  readonly method: string;
}

/**
 * The one row that lookups find, or a new one made of their plain equalities and the defaults. Safe against others doing
 * the same: if a unique constraint says that somebody was faster, their row is the answer.
 */
export async function getOrCreate(
  database: DatabaseCore,
  query: Query,
  where: object,
  making: Making,
): Promise<[object, boolean]> {
  const narrowed = withFilter(query, [where], making.method);
  const found = await findOne(database, narrowed, making.method);
  return found === null ? createOrFind(database, narrowed, where, making) : [found, false];
}

/** A new row; where there turns out to be one, that of somebody who was faster. */
export async function createOrFind(
  database: DatabaseCore,
  narrowed: Query,
  where: object,
  { defaults, given, method }: Making,
): Promise<[object, boolean]> {
  const values = { ...equalities(where), ...called(defaults), ...given };
  const row = newRow(narrowed.model, values, database);
  try {
    // A block of its own, so that a failed insert does not break the transaction around it.
    await atomic(database, () => row.save(), {});
    return [row, true];
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const theirs = await findOne(database, seeingAll(database, narrowed), method);
    if (theirs === null) throw error;
    return [theirs, false];
  }
}

/**
 * The query, reading what others have committed meanwhile: a transaction that sees the rows of a moment long past sees
 * others only where it locks them.
 */
export function seeingAll(database: DatabaseCore, query: Query): Query {
  const { distinct, distinctOn, groups, picked, source } = query;
  const isLockable = !distinct && distinctOn === null && groups === null && picked === null && source === null;
  const isBlind = database.engine.features.readsSnapshots === true && currentBlock(database) !== null;
  return isBlind && isLockable && query.lock === null ? withLock(query, { share: true }) : query;
}

export async function findOne(database: DatabaseCore, query: Query, method: string): Promise<object | null> {
  const found = await fetchRows(database, withFirst(query, 2));
  if (found.length > 1) {
    const { MultipleObjectsReturned } = errorsOf(query.model);
    throw new MultipleObjectsReturned(`${method}(…) found several rows of ${query.model.name}, not one.`);
  }
  return found[0] ?? null;
}

/** Lookups that say what a field is; `name__icontains` finds a row, but makes none. */
function equalities(where: object): Record<string, unknown> {
  const entries = Object.entries(where).map(([key, value]) => [key.replace(/__exact$/, ""), value] as const);
  return Object.fromEntries(entries.filter(([key]) => !key.includes("__")));
}

/** Values, functions called that give one. */
export function called(defaults: object): Record<string, unknown> {
  const entries = Object.entries(defaults).map(([key, value]: [string, unknown]) => {
    return [key, typeof value === "function" ? (value as () => unknown)() : value] as const;
  });
  return Object.fromEntries(entries);
}
