import { ValidationError } from "../errors/index.js";
import {
  type AnyRelationMeta,
  areRowsOf,
  currentValue,
  type ForeignKeyMeta,
  linksOf,
  type ManyToManyMeta,
  META,
  metaOfRow,
  type ModelMeta,
  type ReverseMeta,
  valueIn,
} from "../models/index.js";
import { MISSING } from "../objects/reading/prefetch-tree.js";
import { attachRelationListener } from "../objects/relations/relations.js";
import { isSaved, type StatefulRow } from "../objects/rows/row-state.js";
import { sameValue } from "../objects/rows/same-value.js";
import { printable } from "../util/printable.js";
import { SessionError } from "./errors.js";
import { tie, tiedWith, untie } from "./links.js";
import { relationshipOf } from "./relationships.js";
import { foreignKeysOf, otherSides, reversesOf } from "./reverses.js";
import { trackedOf } from "./states.js";

// Both sides of relations are kept in step in memory: what is done to one side is seen on the other at once.

/** What a session is told of what is done to its objects' relations. */
export interface Keeper {
  /** Takes an object in, and what it leads to. */
  add(row: object): void;
  /** Told before the rows that a relation leads to change. */
  touch(row: object, relation: AnyRelationMeta): void;
  /** Told that pairs of a row are to be tied or untied. */
  noteLinks(row: object): void;
  /** Told that a row was taken out of what a relation leads to. */
  noteOrphan(row: object, relation: ReverseMeta): void;
}

type ToMany = ReverseMeta | ManyToManyMeta;

function keeperOf(row: object): Keeper | null {
  const tracked = trackedOf<Keeper & object>(row);
  return tracked === undefined || tracked.state === "detached" ? null : tracked.owner;
}

/** The rows that a relation leads to, where they are known. */
export function listIn(row: object, relation: AnyRelationMeta): object[] | null {
  const list = (row as StatefulRow)[relation.rowSlot];
  return Array.isArray(list) ? (list as object[]) : null;
}

/** The one row in a relation's place, loaded or not; null for none known. */
export function oneIn(row: object, relation: AnyRelationMeta): StatefulRow | null {
  const one = (row as StatefulRow)[relation.rowSlot];
  return one === null || one === undefined || typeof one !== "object" || Array.isArray(one)
    ? null
    : (one as StatefulRow);
}

/** True where a foreign key leads to a row: to the object, or by its key. */
export function leadsTo(child: object, via: ForeignKeyMeta, parent: object): boolean {
  const one = oneIn(child, via);
  if (one === parent) return true;
  return linksOf(via).every(({ here, there }) => {
    const value = currentValue(child, here);
    return value !== null && value !== undefined && sameValue(value, valueIn(parent, there));
  });
}

function moved(child: StatefulRow, via: ForeignKeyMeta, before: unknown): void {
  const keeper = keeperOf(child);
  const after = targetOf(child, via, keeper);
  if (before === after || !concernsSession(child, before, after)) return;
  for (const reverse of reversesOf(via)) {
    if (metaOfRow(before) !== null) take(before as StatefulRow, reverse, child);
    if (after !== null) give(after, reverse, child);
    else if (isOwned(reverse)) keeper?.noteOrphan(child, reverse);
  }
  if (after !== null && keeper !== null && after["isSparse"] !== true) keeper.add(after);
}

/** What a foreign key leads to; of a row of a session be it known by its key alone. */
function targetOf(child: StatefulRow, via: ForeignKeyMeta, keeper: Keeper | null): StatefulRow | null {
  return keeper === null ? oneIn(child, via) : ((child[via.name] ?? null) as StatefulRow | null);
}

/** True where rows that are taken out of what a relation leads to are deleted. */
function isOwned(reverse: ReverseMeta): boolean {
  return relationshipOf(reverse.via.target, reverse).cascade.has("delete-orphan");
}

/** Rows that no session has are not kept in step: they are written, and read again, one by one. */
function concernsSession(child: object, ...owners: readonly unknown[]): boolean {
  return keeperOf(child) !== null || owners.some((owner) => metaOfRow(owner) !== null && isHeld(owner as object));
}

/** True for a row of a session, and for a new one, which may be added to one with all that it leads to. */
function isHeld(row: object): boolean {
  return keeperOf(row) !== null || (!isSaved(row) && (row as StatefulRow)["isSparse"] !== true && building.has(row));
}

/** New rows that collections were put together for. */
const building = new WeakSet<object>();

function give(owner: StatefulRow, reverse: ReverseMeta, child: object): void {
  keeperOf(owner)?.touch(owner, reverse);
  if (!reverse.many) return giveOne(owner, reverse, child);
  const list = listIn(owner, reverse);
  if (list !== null) {
    if (!list.includes(child)) list.push(child);
  } else if (!isSaved(owner) && owner["isSparse"] !== true) owner[reverse.rowSlot] = [child];
}

/** The row that was there before has no owner any more. */
function giveOne(owner: StatefulRow, reverse: ReverseMeta, child: object): void {
  const before = oneIn(owner, reverse);
  owner[reverse.rowSlot] = child;
  if (before !== null && before !== child && leadsTo(before, reverse.via, owner)) release(before, reverse, owner);
}

function take(owner: StatefulRow, reverse: ReverseMeta, child: object): void {
  keeperOf(owner)?.touch(owner, reverse);
  if (!reverse.many) {
    if (oneIn(owner, reverse) === child) owner[reverse.rowSlot] = null;
    return;
  }
  const list = listIn(owner, reverse);
  const place = list?.indexOf(child) ?? -1;
  if (place >= 0) list?.splice(place, 1);
}

/** Takes a row out of what a relation leads to: its foreign key is null from now on, or it is an orphan. */
function release(child: StatefulRow, reverse: ReverseMeta, owner: StatefulRow): void {
  const { via } = reverse;
  keeperOf(child)?.noteOrphan(child, reverse);
  if (via.nullable) child[via.name] = null;
  else {
    take(owner, reverse, child);
    child[via.rowSlot] = undefined;
    for (const column of via.columns) if (!column.primaryKey) child[column.property] = null;
  }
}

function checked(row: StatefulRow, relation: ToMany, given: unknown): StatefulRow {
  const meta = metaOfRow(given);
  if (meta !== null && areRowsOf(meta, relation.target)) return given as StatefulRow;
  throw new ValidationError(row[META].name, [
    { field: relation.name, message: `leads to rows of ${relation.target.name}, got ${printable(given)}.` },
  ]);
}

function checkWritten(row: StatefulRow, relation: ToMany): void {
  if (!relationshipOf(row[META], relation).viewonly) return;
  throw new SessionError(`${row[META].name}.${relation.name} is viewonly: it can be read, and not changed.`);
}

/** Puts rows at the end of what a relation leads to. */
export function append(row: StatefulRow, relation: ToMany, rows: readonly unknown[], throughDefaults = {}): void {
  checkWritten(row, relation);
  const children = rows.map((one) => checked(row, relation, one));
  if (keeperOf(row) === null && isSaved(row) && !children.some((child) => keeperOf(child) !== null)) {
    throw new SessionError(`${row.toString()}.${relation.name}: this row is of no session.`, {
      hint: "Add it to one, session.add(row), or write at once: await row.save(), await row.relation.add(…).",
    });
  }
  building.add(row);
  for (const child of children) {
    if (relation.type === "manyToMany") appendMember(row, relation, child, throughDefaults);
    else {
      child[relation.via.name] = row;
      give(row, relation, child);
    }
    const keeper = keeperOf(row);
    if (keeper !== null && cascades(row[META], relation)) keeper.add(child);
  }
}

function cascades(meta: ModelMeta, relation: AnyRelationMeta): boolean {
  return relationshipOf(meta, relation).cascade.has("save-update");
}

function appendMember(row: StatefulRow, relation: ManyToManyMeta, member: StatefulRow, throughDefaults: object): void {
  if (listIn(row, relation)?.includes(member) === true) return;
  put(row, relation, member);
  for (const other of otherSides(row[META], relation)) put(member, other, row);
  note(tie(row, relation, member, throughDefaults));
  if (relation.isSymmetrical && member !== row) note(tie(member, relation, row, throughDefaults));
}

function put(row: StatefulRow, relation: ManyToManyMeta, member: object): void {
  keeperOf(row)?.touch(row, relation);
  const list = listIn(row, relation);
  if (list !== null) {
    if (!list.includes(member)) list.push(member);
  } else if (!isSaved(row)) row[relation.rowSlot] = [member];
}

function note(row: object): void {
  keeperOf(row)?.noteLinks(row);
}

/** Takes rows out of what a relation leads to. */
export function remove(row: StatefulRow, relation: ToMany, rows: readonly unknown[]): void {
  checkWritten(row, relation);
  for (const one of rows) {
    const child = checked(row, relation, one);
    if (relation.type === "manyToMany") removeMember(row, relation, child);
    else if (leadsTo(child, relation.via, row)) release(child, relation, row);
    else throw notAmong(row, relation, child);
  }
}

function removeMember(row: StatefulRow, relation: ManyToManyMeta, member: StatefulRow): void {
  const list = listIn(row, relation);
  if (list !== null && !list.includes(member)) throw notAmong(row, relation, member);
  drop(row, relation, member);
  for (const other of otherSides(row[META], relation)) drop(member, other, row);
  note(untie(row, relation, member));
  if (relation.isSymmetrical && member !== row) note(untie(member, relation, row));
}

function drop(row: StatefulRow, relation: ManyToManyMeta, member: object): void {
  keeperOf(row)?.touch(row, relation);
  const list = listIn(row, relation);
  const place = list?.indexOf(member) ?? -1;
  if (place >= 0) list?.splice(place, 1);
}

function notAmong(row: StatefulRow, relation: ToMany, child: StatefulRow): SessionError {
  return new SessionError(`${row.toString()}.${relation.name}: ${child.toString()} is not among them.`);
}

/** Takes rows of a model that are gone out of what `others`, the objects of another model, lead to; `touch` is told before. */
export function takeOut(
  meta: ModelMeta,
  gone: ReadonlySet<StatefulRow>,
  others: (target: ModelMeta) => Iterable<StatefulRow>,
  touch: (row: StatefulRow, relation: AnyRelationMeta) => void,
): void {
  for (const relation of Object.values(meta.relations)) {
    const sides =
      relation.type === "foreignKey"
        ? reversesOf(relation)
        : relation.type === "manyToMany"
          ? otherSides(meta, relation)
          : [];
    for (const side of sides) for (const owner of others(relation.target)) takeAll(owner, side, gone, touch);
  }
}

function takeAll(
  owner: StatefulRow,
  side: ToMany,
  gone: ReadonlySet<StatefulRow>,
  touch: (row: StatefulRow, relation: AnyRelationMeta) => void,
): void {
  const list = side.many ? listIn(owner, side) : null;
  if (list?.some((row) => gone.has(row as StatefulRow)) === true) {
    touch(owner, side);
    owner[side.rowSlot] = list.filter((row) => !gone.has(row as StatefulRow));
  }
  const one = side.many ? null : oneIn(owner, side);
  if (one !== null && gone.has(one)) {
    touch(owner, side);
    owner[side.rowSlot] = null;
  }
}

/** Has a row that was made with rows in its foreign keys be seen from there. */
export function showToOwners(row: StatefulRow): void {
  for (const relation of Object.values(row[META].relations)) {
    if (relation.type !== "foreignKey") continue;
    const owner = oneIn(row, relation);
    if (owner !== null) for (const reverse of reversesOf(relation)) give(owner, reverse, row);
  }
}

/** Notes all pairs that a new row is part of. Gives the rows that they are noted of. */
export function tieAll(row: StatefulRow): object[] {
  return Object.values(row[META].relations).flatMap((relation) => {
    if (relation.type !== "manyToMany") return [];
    return (listIn(row, relation) ?? []).map((member) => tie(row, relation, member, tiedWith(row, relation, member)));
  });
}

/** Has a row that leaves its session make what stands for the rows that it points at anew: that was of the session. */
export function forgetStandIns(row: StatefulRow): void {
  for (const relation of foreignKeysOf(row[META])) {
    if (oneIn(row, relation)?.["isSparse"] === true) row[relation.rowSlot] = undefined;
  }
}

function putOne(row: StatefulRow, relation: ReverseMeta, value: unknown): boolean {
  const isHeldValue = metaOfRow(value) !== null && keeperOf(value as object) !== null;
  if (isSaved(row) && keeperOf(row) === null && !isHeldValue) return false;
  checkWritten(row, relation);
  const before = oneIn(row, relation);
  if (value === null || value === undefined) {
    if (before !== null && before !== (MISSING as unknown)) release(before, relation, row);
    row[relation.rowSlot] = null;
  } else append(row, relation, [value]);
  return true;
}

attachRelationListener({ moved, append, put: putOne });
