import type { Extra } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { RowOrigin } from "../../execute/index.js";
import { type ManyToManyMeta, ORIGIN, RAW } from "../../models/index.js";
import {
  asksWindow,
  changed,
  holdsAggregate,
  holdsWindow,
  isSliced,
  type LinkKey,
  type Query,
  queryOf,
  withMembersOf,
  withoutOrder,
} from "../../query/index.js";
import { isEmpty } from "./fetch.js";
import { fetchByKeys, fetchInParts } from "./fetch-by-keys.js";
import { identityIn, identityOf, keyIn, linkColumns } from "../rows/link-keys.js";
import type { StatefulRow } from "../rows/row-state.js";

/** Rows on the other side of a many-to-many relation. */
export interface Members {
  readonly rows: readonly StatefulRow[];
  /** Those of each owner, by what its key is identified by. */
  readonly byOwner: ReadonlyMap<unknown, readonly StatefulRow[]>;
}

/** Fetches the rows that a many-to-many relation leads to from rows with some keys. */
export async function fetchMembers(
  database: DatabaseCore,
  query: Query,
  relation: ManyToManyMeta,
  keys: readonly LinkKey[],
): Promise<Members> {
  return isPlain(query) ? fetchJoined(database, query, relation, keys) : fetchPaired(database, query, relation, keys);
}

/** True for a query whose rows can be joined with those that tie them to others, and come once for each. */
function isPlain(query: Query): boolean {
  const { annotations, distinctOn, filters, source } = query;
  const terms = annotations.map(({ term }) => term);
  return (
    !isSliced(query) &&
    distinctOn === null &&
    source === null &&
    !terms.some((term) => holdsAggregate(term, false) || holdsWindow(term)) &&
    !filters.some(({ predicate }) => asksWindow(predicate))
  );
}

async function fetchJoined(
  database: DatabaseCore,
  query: Query,
  relation: ManyToManyMeta,
  keys: readonly LinkKey[],
): Promise<Members> {
  const { there: columns } = linkColumns(relation);
  const narrow = (some: readonly LinkKey[]) => withMembersOf(query, relation, some);
  const rows = (await fetchInParts(database, query, { columns, keys, narrow })) as StatefulRow[];
  const byOwner = new Map<unknown, StatefulRow[]>();
  const { layout } = (rows[0]?.[ORIGIN] ?? {}) as Partial<RowOrigin>;
  const held = layout?.extras.filter(({ hidden }) => hidden === true) ?? [];
  for (const row of rows) {
    const key = held.map(({ at, decode }) => decoded(decode, row[RAW]?.[at]));
    add(byOwner, identityOf(key.length === 1 ? key[0] : key), row);
  }
  return { rows, byOwner };
}

function decoded(decode: Extra["decode"], value: unknown): unknown {
  return decode === null || value === null ? value : decode(value);
}

function add(byOwner: Map<unknown, StatefulRow[]>, owner: unknown, row: StatefulRow): void {
  const list = byOwner.get(owner);
  if (list === undefined) byOwner.set(owner, [row]);
  else list.push(row);
}

/** By a query for the rows between, and one for the rows that these lead to: whatever that is, a slice is of each owner's. */
async function fetchPaired(
  database: DatabaseCore,
  query: Query,
  relation: ManyToManyMeta,
  keys: readonly LinkKey[],
): Promise<Members> {
  const [, { columns, targetColumns }] = relation.hops;
  const { there } = linkColumns(relation);
  if (isEmpty(query)) return { rows: [], byOwner: new Map() };
  const between = withoutOrder(queryOf(relation.through));
  const owners = new Map<unknown, unknown[]>();
  const targets: LinkKey[] = [];
  for (const pair of (await fetchByKeys(database, between, there, keys)) as StatefulRow[]) {
    const target = keyIn(pair, columns);
    if (target === null) continue;
    const identity = identityOf(target);
    if (!owners.has(identity)) owners.set(identity, (targets.push(target), []));
    owners.get(identity)?.push(identityIn(pair, there));
  }
  const { limit, offset } = query;
  const whole = changed(query, { limit: null, offset: 0, fixed: false });
  const rows = (await fetchByKeys(database, whole, targetColumns, targets)) as StatefulRow[];
  const byOwner = new Map<unknown, StatefulRow[]>();
  for (const row of rows)
    for (const owner of owners.get(identityIn(row, targetColumns)) ?? []) add(byOwner, owner, row);
  const end = limit === null ? undefined : offset + limit;
  return { rows, byOwner: new Map([...byOwner].map(([owner, list]) => [owner, list.slice(offset, end)])) };
}
