import type { DatabaseCore, RowOrigin } from "../execute/index.js";
import {
  type AnyRelationMeta,
  areRowsOf,
  META,
  metaOfRow,
  type ModelMeta,
  ORIGIN,
  type ReverseMeta,
} from "../models/index.js";
import { identityOf } from "../objects/rows/link-keys.js";
import { MISSING, orderRelated } from "../objects/reading/prefetch-tree.js";
import { missingColumns, type StatefulRow, takeColumns } from "../objects/rows/row-state.js";
import { fillSparse } from "../objects/rows/sparse.js";
import type { Core } from "./core.js";
import { identityOfRow } from "./identity-map.js";
import { withTies } from "./links.js";
import { relationshipOf } from "./relationships.js";
import { relationsOf } from "./reverses.js";
import { leadsTo, oneIn } from "./sides.js";
import { trackedOf } from "./states.js";

// Rows come from the database as objects of their own, with what was fetched along. Here they become the objects that
// the session has for them: one row is one object, and what it was changed to stays.

/** The objects for rows that were just read, and for all that was fetched along with them. */
export function meetAll(core: Core, rows: readonly object[]): object[] {
  const met = new Map<object, object>();
  return rows.map((row) => meetOne(core, row as StatefulRow, met));
}

function meetOne(core: Core, fresh: StatefulRow, met: Map<object, object>): object {
  const before = met.get(fresh);
  if (before !== undefined) return before;
  const meta = metaOfRow(fresh);
  if (meta === null || fresh["isSparse"] === true) return fresh;
  const identity = identityOfRow(fresh);
  if (identity === null) return fresh;
  const known = core.identities.known(meta, identity) as StatefulRow | undefined;
  if (known === undefined) return meetNew(core, fresh, identity, met);
  met.set(fresh, known);
  if (known !== fresh) bringUp(core, known, fresh);
  takeRelations(core, known, fresh, met);
  takeExtras(core, known, fresh, met);
  return known;
}

/** Takes in a row that the session had no object for, or one of which only the key was known. */
function meetNew(core: Core, fresh: StatefulRow, identity: unknown, met: Map<object, object>): object {
  const meta = fresh[META];
  const standIn = core.identities.standIn(meta, identity) as StatefulRow | undefined;
  const isFilled = standIn !== undefined && standIn !== fresh && standIn["isSparse"] === true;
  if (isFilled) fillSparse(standIn, fresh);
  const row = isFilled ? standIn : fresh;
  met.set(fresh, row);
  row[ORIGIN] = heldOrigin(core, fresh[ORIGIN] as RowOrigin);
  orderRelations(meta);
  core.identities.put(meta, identity, row);
  if (core.hasWritten) core.frame.met.add(row);
  core.change(row, "persistent", identity);
  takeRelations(core, row, fresh, met);
  takeExtras(core, row, fresh, met);
  return row;
}

/** Gives an object what it lacks: columns that were left out when it was read, or that expired since. */
function bringUp(core: Core, known: StatefulRow, fresh: StatefulRow): void {
  const missing = missingColumns(known);
  if (missing.length === 0) return;
  const there = missing.filter((column) => !missingColumns(fresh).includes(column));
  if (there.length === 0) return;
  takeColumns(known, fresh, there);
  known[ORIGIN] = heldOrigin(core, known[ORIGIN] as RowOrigin);
  if (missingColumns(known).length === 0) Object.setPrototypeOf(known, known[META].model.prototype as object);
}

function takeRelations(core: Core, row: StatefulRow, fresh: StatefulRow, met: Map<object, object>): void {
  for (const relation of relationsOf(row[META])) {
    const found = fresh[relation.rowSlot];
    if (found === undefined) continue;
    if (row !== fresh && !isOpen(row, relation, found)) {
      if (typeof found === "object" && found !== null) meetThose(core, found, met);
      continue;
    }
    const held = typeof found === "object" && found !== null ? meetThose(core, found, met) : found;
    if (core.hasWritten && row !== fresh) core.frame.touch(row, relation);
    row[relation.rowSlot] = held;
  }
}

function meetThose(core: Core, found: object, met: Map<object, object>): unknown {
  return Array.isArray(found)
    ? (found as StatefulRow[]).map((one) => meetOne(core, one, met))
    : meetOne(core, found as StatefulRow, met);
}

/** True where an object has nothing yet of a relation, and what was found is what it leads to. */
function isOpen(row: StatefulRow, relation: AnyRelationMeta, found: unknown): boolean {
  const held = row[relation.rowSlot];
  if (relation.type !== "foreignKey") return held === undefined || held === MISSING;
  const one = oneIn(row, relation);
  if (one !== null && one["isSparse"] !== true) return false;
  return metaOfRow(found) !== null && leadsTo(row, relation, found as object);
}

/** Annotations, and what was fetched along to names of its own. */
function takeExtras(core: Core, row: StatefulRow, fresh: StatefulRow, met: Map<object, object>): void {
  const { fields } = row[META];
  for (const name of Object.keys(fresh)) {
    if (Object.hasOwn(fields, name)) continue;
    const value = fresh[name];
    const isRows = Array.isArray(value) && value.some((one) => metaOfRow(one) !== null);
    if (isRows || row !== fresh) row[name] = isRows ? meetThose(core, value, met) : value;
  }
}

/** The rows that a relation was found to lead to, with what was changed since and not written: it has them from now on. */
export function keepFound(core: Core, row: StatefulRow, relation: AnyRelationMeta, found: readonly object[]): object[] {
  const met = meetAll(core, found);
  if (trackedOf(row)?.owner !== core) return met;
  if (core.hasWritten) core.frame.touch(row, relation);
  if (relation.type === "reverse") return keepPointing(core, row, relation, met);
  const tied = relation.type === "manyToMany" ? withTies(row, relation, met, core.linked) : met;
  row[relation.rowSlot] = tied;
  return tied;
}

function keepPointing(core: Core, row: StatefulRow, relation: ReverseMeta, met: readonly object[]): object[] {
  const { via } = relation;
  const held = met.filter((child) => leadsTo(child, via, row));
  for (const child of core.fresh) if (oneIn(child, via) === row && !held.includes(child)) held.push(child);
  if (core.modified.get(row)?.has(relation) === true) held.push(...movedTo(core, row, relation, new Set(held)));
  for (const child of held as StatefulRow[]) if (oneIn(child, via) === null) child[via.rowSlot] = row;
  row[relation.rowSlot] = relation.many ? held : (held[0] ?? MISSING);
  return held;
}

/** Objects that lead to a row since they were changed, which is not written. */
function movedTo(core: Core, row: StatefulRow, { target, via }: ReverseMeta, held: ReadonlySet<object>): object[] {
  const rows = [...core.identities.rowsOf(target)] as StatefulRow[];
  return rows.filter((child) => !held.has(child) && areRowsOf(child[META], target) && leadsTo(child, via, row));
}

const origins = new WeakMap<object, WeakMap<RowOrigin, RowOrigin>>();

/** The origin of rows that a session has: what they load, they load by way of it. */
function heldOrigin(core: Core, origin: RowOrigin): RowOrigin {
  if (origin.database === core.view) return origin;
  let known = origins.get(core);
  if (known === undefined) origins.set(core, (known = new WeakMap<RowOrigin, RowOrigin>()));
  let held = known.get(origin);
  if (held === undefined) {
    held = { database: core.view, layout: origin.layout, result: null };
    known.set(origin, held);
  }
  return held;
}

/** The object for the row of a key; where there is none yet, one of which nothing but the key is known. */
export function standInFor({ identities }: Core, meta: ModelMeta, key: readonly unknown[], make: () => object): object {
  const identity = identityOf(key.length === 1 ? key[0] : key);
  const known = identities.known(meta, identity) ?? identities.standIn(meta, identity);
  if (known !== undefined) return known;
  const made = make();
  identities.putStandIn(meta, identity, made);
  return made;
}

/** Has a row that leaves its session be one like any other. */
export function makePlain(row: StatefulRow, database: DatabaseCore): void {
  const origin = row[ORIGIN] ?? null;
  row[ORIGIN] = origin === null ? null : { database, layout: origin.layout, result: null };
}

const seen = new WeakSet<ModelMeta>();

/** Has relations that are declared with an order come in it. */
function orderRelations(meta: ModelMeta): void {
  if (seen.has(meta)) return;
  seen.add(meta);
  for (const relation of relationsOf(meta)) {
    const { orderBy } = relationshipOf(meta, relation);
    if (orderBy.length > 0) orderRelated(relation, orderBy);
  }
}
