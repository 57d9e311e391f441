import type { DatabaseCore } from "../../execute/database-core.js";
import { type RowOrigin, type RowResult, withResult } from "../../execute/index.js";
import {
  type AnyRelationMeta,
  type ColumnMeta,
  type ForeignKeyMeta,
  type ManyToManyMeta,
  keyColumnsOf,
  META,
  ORIGIN,
  type ReverseMeta,
} from "../../models/index.js";
import { changed, QUERY, type Query, rowsOf, withKeys, withoutOrder } from "../../query/index.js";
import { errorsOf } from "../rows/errors-of.js";
import { fetchAlong } from "../reading/fetch-along.js";
import { fetchRows } from "../reading/fetch.js";
import { fetchByKeys } from "../reading/fetch-by-keys.js";
import { fetchMembers } from "../reading/fetch-members.js";
import { identityIn, identityOf, keyIn, linkColumns } from "../rows/link-keys.js";
import { inOneBatch } from "./load-batches.js";
import { noteLoad } from "./load-loops.js";
import { ALONG, defaultSource, MISSING, treeOf } from "../reading/prefetch-tree.js";
import { readAgain } from "../rows/read-again.js";
import { lazyLoad, type RelatedOwner } from "./related-owner.js";
import { markResult, modeOf, peersOf } from "../rows/row-results.js";
import { databaseAround, type StatefulRow } from "../rows/row-state.js";
import { fillSparse, relationTo } from "../rows/sparse.js";

type Rows = readonly StatefulRow[];

/** Loads of rows of one model by the same columns: they are one query, whichever relations led to them. */
interface TargetKind {
  readonly query: Query;
  readonly columns: readonly ColumnMeta[];
  /** The query for one row, but for its key. */
  readonly one: Query;
}

const kindsOfTargets = new WeakMap<ForeignKeyMeta, TargetKind>();

function kindOf(relation: ForeignKeyMeta): TargetKind {
  let kind = kindsOfTargets.get(relation);
  if (kind === undefined) {
    const { target } = relation;
    const columns = keyColumnsOf(relation);
    const name = `load by ${columns.map((column) => column.index).join()}`;
    const query = withoutOrder(rowsOf(target));
    const key = columns.length === 1 ? null : columns.map(() => null);
    kind = (target.memo.get(name) as TargetKind | undefined) ?? {
      query,
      columns,
      one: withKeys(query, columns, [key]),
    };
    target.memo.set(name, kind);
    kindsOfTargets.set(relation, kind);
  }
  return kind;
}

/** Loads of a relation for the rows of one result. */
const kindsOfPeers = new WeakMap<RowResult, Map<object, object>>();

function kindOfPeers(result: RowResult, relation: object): object {
  let kinds = kindsOfPeers.get(result);
  if (kinds === undefined) kindsOfPeers.set(result, (kinds = new Map<object, object>()));
  let kind = kinds.get(relation);
  if (kind === undefined) kinds.set(relation, (kind = {}));
  return kind;
}

/** Reads the row that a sparse one stands for, into the same object, in one query with all others asked for in this tick. */
export async function loadSparse(target: object): Promise<void> {
  const sparse = target as StatefulRow;
  const { owner, relation } = relationTo(sparse);
  const origin = sparse[ORIGIN] as RowOrigin;
  const { result } = origin;
  const database = databaseAround(sparse, relation.target, "read");
  const mode = modeOf(origin);
  if (mode === "raise") throw lazyLoad(owner, relation.name, "selectRelated");
  if (mode === "peers" && result !== null) {
    await inOneBatch(database, kindOfPeers(result, relation), sparse, (rows) =>
      loadTargetsOfPeers(database, result, relation, rows as Rows),
    );
  } else {
    const kind = kindOf(relation);
    await inOneBatch(database, kind, sparse, (rows) => loadTargets(database, kind, rows as Rows));
  }
  if (sparse["isSparse"] === true) {
    throw new (errorsOf(relation.target).DoesNotExist)(`${sparse.toString()} is not in the database any more.`);
  }
}

function loadTargets(database: DatabaseCore, kind: TargetKind, rows: Rows): void | Promise<void> {
  const [first, ...others] = rows as readonly [StatefulRow, ...Rows];
  return others.length === 0 ? loadTarget(database, kind, first) : loadAllTargets(database, kind, rows);
}

/** One row by itself, in as few steps as there can be. */
function loadTarget(
  database: DatabaseCore,
  { query, one, columns }: TargetKind,
  row: StatefulRow,
): void | Promise<void> {
  noteLoad(row, relationTo(row));
  const key = keyIn(row, columns);
  const own = columns.length === 1 ? [key] : (key as readonly unknown[]);
  const values = query.values.length === 0 ? own : [...query.values, ...own];
  const found = fetchRows(database, changed(one, { values }));
  if (found instanceof Promise) return fillLater(row, found);
  fillOne(row, found);
}

// Awaited rather than handed to `then`, so that the stack of an error leads back to the caller.
async function fillLater(row: StatefulRow, found: Promise<object[]>): Promise<void> {
  fillOne(row, await found);
}

function fillOne(sparse: StatefulRow, [loaded]: readonly object[]): void {
  if (loaded !== undefined) fillAll([sparse], loaded as StatefulRow);
}

async function loadAllTargets(database: DatabaseCore, { query, columns }: TargetKind, rows: Rows): Promise<void> {
  const standing = new Map<unknown, StatefulRow[]>();
  const keys: unknown[] = [];
  for (const row of new Set(rows)) addStanding(standing, keys, row, keyIn(row, columns));
  const found = (await fetchByKeys(database, query, columns, keys)) as Rows;
  for (const row of found) fillAll(standing.get(identityIn(row, columns)) ?? [], row);
}

function addStanding(standing: Map<unknown, StatefulRow[]>, keys: unknown[], row: StatefulRow, key: unknown): void {
  const identity = identityOf(key);
  const others = standing.get(identity);
  if (others === undefined) {
    standing.set(identity, [row]);
    keys.push(key);
  } else others.push(row);
}

/** Fills sparse rows that stand for the same one: each gets values of its own. */
function fillAll(sparses: Rows, loaded: StatefulRow): void {
  sparses.forEach((sparse, at) => {
    const { database, result } = sparse[ORIGIN] as RowOrigin;
    if (sparse["isSparse"] !== true) return;
    fillSparse(sparse, at === 0 ? loaded : readAgain(loaded));
    if (database.unit !== null) database.unit.meet([sparse]);
    // What it loads in turn counts as loaded for the same result.
    if (result !== null) sparse[ORIGIN] = withResult(sparse[ORIGIN] as RowOrigin, result);
  });
}

/** Loads what a foreign key leads to from all rows that came together. */
async function loadTargetsOfPeers(
  database: DatabaseCore,
  result: RowResult,
  relation: ForeignKeyMeta,
  sparses: Rows,
): Promise<void> {
  const { there } = linkColumns(relation);
  const standing = new Map<unknown, StatefulRow[]>();
  const keys: unknown[] = [];
  for (const sparse of new Set(sparses)) addStanding(standing, keys, sparse, keyIn(sparse, there));
  const without = ownersWithout(result, relation, new Set(sparses), standing, keys);
  const found = (await fetchByKeys(database, kindOf(relation).query, there, keys)) as Rows;
  const loaded = new Map<unknown, StatefulRow>();
  for (const row of found) {
    const identity = identityIn(row, there);
    const stand = standing.get(identity) ?? [];
    fillAll(stand, row);
    loaded.set(identity, stand[0] ?? row);
  }
  for (const [owner, identity] of without) {
    if (loaded.has(identity)) owner[relation.rowSlot] = loaded.get(identity);
  }
  markResult(database, [...new Set([...loaded.values(), ...[...standing.values()].flat()])].filter(isLoaded), "peers");
}

/** The rows that have no related row yet, not even a sparse one; their keys, and the sparse rows of others, are added. */
function ownersWithout(
  result: RowResult,
  relation: ForeignKeyMeta,
  seen: ReadonlySet<StatefulRow>,
  standing: Map<unknown, StatefulRow[]>,
  keys: unknown[],
): (readonly [StatefulRow, unknown])[] {
  const without: (readonly [StatefulRow, unknown])[] = [];
  for (const owner of peersOf(result)) {
    const related = owner[relation.rowSlot] as StatefulRow | null | undefined;
    if (related && (seen.has(related) || isLoaded(related))) continue;
    const key = keyIn(owner, linkColumns(relation).here);
    if (key === null) continue;
    if (related) addStanding(standing, keys, related, key);
    else {
      const identity = identityOf(key);
      without.push([owner, identity]);
      if (!standing.has(identity)) standing.set(identity, (keys.push(key), []));
    }
  }
  return without;
}

function isLoaded(row: StatefulRow): boolean {
  return row["isSparse"] !== true;
}

/** Reads the row on the other side of a one-to-one relation, and keeps it; null where there is none. */
export async function loadOne(row: StatefulRow, relation: ReverseMeta): Promise<object | null> {
  const slot = relation.rowSlot;
  if (row[slot] === MISSING) return null;
  const origin = row[ORIGIN];
  const database = databaseAround(row, relation.target, "read");
  const mode = origin ? modeOf(origin) : "one";
  if (mode === "raise") throw lazyLoad(row[META].name, relation.name, "selectRelated");
  if (mode === "peers" && origin?.result) {
    await loadForPeers(database, origin.result, relation, row);
  } else {
    const found = await inOneBatch(database, relation, row, (rows) => loadReverse(database, relation, rows as Rows));
    const [one] = keptFor(database, row, relation, found.get(row) ?? []);
    row[slot] = one ?? MISSING;
  }
  return row[slot] === MISSING ? null : (row[slot] as object);
}

/** The rows on the many's side of a relation. */
export async function loadMany(owner: RelatedOwner, database: DatabaseCore): Promise<object[]> {
  const { row, relation } = owner;
  owner.checkMode();
  const origin = row[ORIGIN];
  if (origin?.result && modeOf(origin) === "peers") {
    await loadForPeers(database, origin.result, relation, row);
    return keptFor(database, row, relation, (owner.fetched ?? []) as Rows);
  }
  const found = await inOneBatch(database, relation, row, (rows) => loadReverse(database, relation, rows as Rows));
  return keptFor(database, row, relation, found.get(row) ?? []);
}

/** The rows that were found for one; a unit of work has them be what the relation leads to from now on. */
function keptFor({ unit }: DatabaseCore, row: StatefulRow, relation: AnyRelationMeta, found: Rows): object[] {
  return unit === null ? [...found] : [...unit.keep(row, relation, found)];
}

function loadForPeers(
  database: DatabaseCore,
  result: RowResult,
  relation: ReverseMeta | ManyToManyMeta,
  row: StatefulRow,
): Promise<void> {
  return inOneBatch(database, kindOfPeers(result, relation), row, (rows) => {
    const all = [...new Set([...peersOf(result), ...(rows as Rows)])];
    return fetchAlong(database, all, { tree: treeOf(relation), mode: "peers" });
  });
}

type Lists = Map<StatefulRow, StatefulRow[]>;

/** The rows that a relation leads to from each of some rows. */
async function loadReverse(database: DatabaseCore, relation: ReverseMeta | ManyToManyMeta, rows: Rows): Promise<Lists> {
  const { here } = linkColumns(relation);
  const owners = new Map<unknown, StatefulRow[]>();
  const keys: unknown[] = [];
  for (const row of new Set(rows)) {
    const key = keyIn(row, here);
    if (key !== null) addStanding(owners, keys, row, key);
  }
  const [first] = rows as readonly [StatefulRow];
  if (rows.length === 1) noteLoad(first, { owner: first[META].name, relation });
  const source = defaultSource(relation);
  const lists =
    relation.type === "manyToMany"
      ? await membersOf(database, source[QUERY], relation, { owners, keys })
      : await reversesOf(database, source[QUERY], relation, { owners, keys });
  const all = [...lists.values()].flat();
  markResult(database, all, null);
  const along = source[ALONG];
  if (along !== null) await fetchAlong(database, all, along);
  return lists;
}

interface Asking {
  readonly owners: ReadonlyMap<unknown, Rows>;
  readonly keys: readonly unknown[];
}

async function reversesOf(
  database: DatabaseCore,
  query: Query,
  relation: ReverseMeta,
  { owners, keys }: Asking,
): Promise<Lists> {
  const { there } = linkColumns(relation);
  const ordered = relation.many ? query : withoutOrder(query);
  const lists: Lists = new Map();
  const found = (await fetchByKeys(database, ordered, there, keys)) as StatefulRow[];
  const [only, ...others] = [...owners.values()].flat();
  if (only !== undefined && others.length === 0) {
    for (const row of found) row[relation.via.rowSlot] = only;
    return lists.set(only, found);
  }
  for (const row of found) {
    owners.get(identityIn(row, there))?.forEach((owner, at) => {
      // Those who asked for the same rows get rows of their own: they need know nothing of each other.
      const own = at === 0 ? row : readAgain(row);
      add(lists, owner, own);
      own[relation.via.rowSlot] = owner;
    });
  }
  return lists;
}

async function membersOf(
  database: DatabaseCore,
  query: Query,
  relation: ManyToManyMeta,
  { owners, keys }: Asking,
): Promise<Lists> {
  const { byOwner } = await fetchMembers(database, query, relation, keys);
  const lists: Lists = new Map();
  const given = new Set<StatefulRow>();
  for (const [identity, members] of byOwner) {
    for (const owner of owners.get(identity) ?? []) {
      for (const row of members) {
        add(lists, owner, given.has(row) ? readAgain(row) : row);
        given.add(row);
      }
    }
  }
  return lists;
}

function add(lists: Lists, owner: StatefulRow, row: StatefulRow): void {
  const list = lists.get(owner);
  if (list === undefined) lists.set(owner, [row]);
  else list.push(row);
}
