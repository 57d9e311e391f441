import type { DatabaseCore } from "../execute/database-core.js";
import { IntegrityError } from "../errors/index.js";
import { atomic } from "../execute/index.js";
import { type Query, withFilter, withFirst } from "../query/index.js";
import { errorsOf } from "./errors-of.js";
import { fetchRows } from "./fetch.js";
import { newRow } from "./new-row.js";

/** What a new row is made of beside the lookups that did not find it. */
interface Making {
  readonly defaults: object;
  readonly given: object | null;
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
  const narrowed = withFilter(query, [where], "getOrCreate");
  const found = await findOne(database, narrowed);
  if (found !== null) return [found, false];
  const values = { ...equalities(where), ...called(making.defaults), ...making.given };
  const row = newRow(query.model, values, database);
  try {
    // A block of its own, so that a failed insert does not break the transaction around it.
    await atomic(database, () => row.save(), {});
    return [row, true];
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const theirs = await findOne(database, narrowed);
    if (theirs === null) throw error;
    return [theirs, false];
  }
}

async function findOne(database: DatabaseCore, query: Query): Promise<object | null> {
  const found = await fetchRows(database, withFirst(query, 2));
  if (found.length > 1) {
    const { MultipleObjectsReturned } = errorsOf(query.model);
    throw new MultipleObjectsReturned(`getOrCreate(…) found several rows of ${query.model.name}, not one.`);
  }
  return found[0] ?? null;
}

/** Lookups that say what a field is; `name__icontains` finds a row, but makes none. */
function equalities(where: object): Record<string, unknown> {
  const entries = Object.entries(where).map(([key, value]) => [key.replace(/__exact$/, ""), value] as const);
  return Object.fromEntries(entries.filter(([key]) => !key.includes("__")));
}

function called(defaults: object): Record<string, unknown> {
  const entries = Object.entries(defaults).map(([key, value]: [string, unknown]) => {
    return [key, typeof value === "function" ? (value as () => unknown)() : value] as const;
  });
  return Object.fromEntries(entries);
}
