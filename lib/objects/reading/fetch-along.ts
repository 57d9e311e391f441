import type { FetchMode } from "../../databases/options.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { ReverseMeta } from "../../models/index.js";
import { QUERY, type Query, withoutOrder, withRelated } from "../../query/index.js";
import { fetchByKeys } from "./fetch-by-keys.js";
import { fetchMembers, type Members } from "./fetch-members.js";
import { checkSaved, identityIn, identityOf, keyIn, linkColumns } from "../rows/link-keys.js";
import {
  ALONG,
  type Along,
  defaultSource,
  MISSING,
  NOTHING_ALONG,
  type PrefetchNode,
  type PrefetchTree,
  type RowSource,
  USING,
} from "./prefetch-tree.js";
import { markResult } from "../rows/row-results.js";
import type { StatefulRow } from "../rows/row-state.js";
import { withLinks } from "./with-links.js";

type Rows = readonly StatefulRow[];

/** Fetches what a queryset wants to have along with rows of it, a query for each relation, and puts it on them. */
export async function fetchAlong(database: DatabaseCore, rows: readonly object[], along: Along): Promise<void> {
  if (rows.length > 0) await fetchTree(database, rows as Rows, along.tree, along.mode);
}

async function fetchTree(
  database: DatabaseCore,
  rows: Rows,
  tree: PrefetchTree,
  mode: FetchMode | null,
): Promise<void> {
  for (const node of tree.values()) {
    const wanting = node.source === null ? rows.filter((row) => !isThere(row, node)) : rows;
    if (wanting.length > 0) await fetchNode(database, wanting, node, mode);
    if (node.children.size === 0) continue;
    const related = relatedRows(rows, node);
    if (related.length > 0) await fetchTree(node.source?.[USING] ?? database, related, node.children, mode);
  }
}

/** True where there is nothing left to fetch. */
function isThere(row: StatefulRow, { relation, attribute }: PrefetchNode): boolean {
  if (attribute !== null) return Object.hasOwn(row, attribute);
  const related = row[relation.rowSlot];
  if (relation.type !== "foreignKey") return related !== undefined && typeof related !== "symbol";
  return related !== undefined && related !== null && !(related as StatefulRow)["isSparse"];
}

function relatedRows(rows: Rows, { relation, attribute }: PrefetchNode): Rows {
  const found = new Set<StatefulRow>();
  for (const row of rows) {
    const related = row[attribute ?? relation.rowSlot] as StatefulRow | Rows | null | undefined;
    if (Array.isArray(related)) for (const one of related as Rows) found.add(one);
    else if (related !== null && related !== undefined && !(related as StatefulRow)["isSparse"]) {
      found.add(related as StatefulRow);
    }
  }
  return [...found];
}

/** Rows that want the same relation, and the keys by which they get it. */
interface Wanting {
  readonly rows: Rows;
  readonly node: PrefetchNode;
  /** Of each row what its key is identified by. */
  readonly identities: readonly unknown[];
  /** The first row of each key. */
  readonly owners: ReadonlyMap<unknown, StatefulRow>;
  readonly keys: readonly unknown[];
}

function wantingOf(rows: Rows, node: PrefetchNode): Wanting {
  const { relation } = node;
  const { here } = linkColumns(relation);
  const owners = new Map<unknown, StatefulRow>();
  const keys: unknown[] = [];
  const identities = rows.map((row) => {
    if (relation.type !== "foreignKey") checkSaved(row, here, relation.name, true);
    const key = keyIn(row, here);
    const identity = identityOf(key);
    if (key !== null && !owners.has(identity)) {
      owners.set(identity, row);
      keys.push(key);
    }
    return identity;
  });
  return { rows, node, identities, owners, keys };
}

async function fetchNode(
  database: DatabaseCore,
  rows: Rows,
  node: PrefetchNode,
  mode: FetchMode | null,
): Promise<void> {
  const { relation } = node;
  const wanting = wantingOf(rows, node);
  const source = node.source ?? defaultSource(relation);
  const along = source[ALONG];
  const from = source[USING] ?? database;
  const query = queryFor(source, node);
  if (relation.type === "manyToMany") {
    const members = await fetchMembers(from, query, relation, wanting.keys);
    await followedBy(from, members.rows, along, mode);
    putMembers(wanting, members);
    return;
  }
  const found = (await fetchByKeys(from, query, linkColumns(relation).there, wanting.keys)) as Rows;
  await followedBy(from, found, along, mode);
  if (relation.type === "foreignKey") putTargets(wanting, found);
  else if (relation.many) putLists(wanting, relation, found);
  else putOnes(wanting, relation, found);
}

/** What the related rows' own queryset wants to have done about them. */
async function followedBy(
  database: DatabaseCore,
  rows: Rows,
  along: Along | null,
  above: FetchMode | null,
): Promise<void> {
  const mode = along?.mode ?? above;
  markResult(database, rows, mode);
  if (along !== null) await fetchAlong(database, rows, { tree: along.tree, mode });
}

function queryFor(rows: RowSource, { relation, source, joined, children }: PrefetchNode): Query {
  const isOne = relation.type === "foreignKey" || !relation.many;
  const ordered = isOne && source === null ? withoutOrder(rows[QUERY]) : rows[QUERY];
  const linked = withLinks(ordered, rows[ALONG]?.tree ?? NOTHING_ALONG);
  return withLinks(joined.length === 0 ? linked : withRelated(linked, joined), children);
}

/** A foreign key whose row was not among those found stays as it is. */
function putTargets({ rows, node, identities }: Wanting, found: Rows): void {
  const { relation, attribute } = node;
  const { there } = linkColumns(relation);
  const byKey = new Map<unknown, StatefulRow>();
  for (const row of found) byKey.set(identityIn(row, there), row);
  const to = attribute ?? relation.rowSlot;
  rows.forEach((row, at) => {
    const target = byKey.get(identities[at]);
    if (target !== undefined) row[to] = target;
    else if (attribute !== null) row[to] = null;
  });
}

function putLists({ rows, node, identities, owners }: Wanting, relation: ReverseMeta, found: Rows): void {
  const { attribute } = node;
  const to = attribute ?? relation.rowSlot;
  for (const row of rows) row[to] = [];
  const { there } = linkColumns(relation);
  const back = relation.via.rowSlot;
  for (const row of found) {
    const owner = owners.get(identityIn(row, there));
    if (owner === undefined) continue;
    (owner[to] as StatefulRow[]).push(row);
    row[back] = owner;
  }
  // Rows that are there twice have the same rows related.
  if (owners.size === rows.length) return;
  rows.forEach((row, at) => {
    const owner = owners.get(identities[at]);
    if (owner === undefined || owner === row) return;
    row[to] = attribute === null ? owner[to] : [...(owner[to] as Rows)];
  });
}

function putMembers({ rows, node, identities }: Wanting, { byOwner }: Members): void {
  const to = node.attribute ?? node.relation.rowSlot;
  rows.forEach((row, at) => {
    row[to] = [...(byOwner.get(identities[at]) ?? [])];
  });
}

function putOnes({ rows, node, identities, owners }: Wanting, relation: ReverseMeta, found: Rows): void {
  const to = node.attribute ?? relation.rowSlot;
  const { there } = linkColumns(relation);
  const byKey = new Map<unknown, StatefulRow>();
  for (const row of found) {
    const identity = identityIn(row, there);
    byKey.set(identity, row);
    row[relation.via.rowSlot] = owners.get(identity);
  }
  rows.forEach((row, at) => {
    row[to] = byKey.get(identities[at]) ?? (node.lazy === true ? MISSING : null);
  });
}
