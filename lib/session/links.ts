import { metaOfRow, type ManyToManyMeta, type ModelMeta } from "../models/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";
import { otherSides } from "./reverses.js";

/** Pairs of a many-to-many relation that are to be tied and untied, of one row on the side that declares it. */
export interface LinkChanges {
  /** Rows to be tied, with values of the rows between. */
  readonly added: ReadonlyMap<object, object>;
  readonly removed: ReadonlySet<object>;
}

interface Noted extends LinkChanges {
  readonly added: Map<object, object>;
  readonly removed: Set<object>;
}

const changes = new WeakMap<object, Map<ManyToManyMeta, Noted>>();

/** What is to be tied and untied of a row. */
export function linksOfRow(row: object): ReadonlyMap<ManyToManyMeta, LinkChanges> | undefined {
  return changes.get(row);
}

export function forgetLinks(row: object): void {
  changes.delete(row);
}

/** What is to be tied and untied, by the rows that it is noted of. */
export type TakenLinks = ReadonlyMap<StatefulRow, ReadonlyMap<ManyToManyMeta, LinkChanges>>;

/** Takes what is noted of rows: what is noted from now on comes after that. */
export function takeLinks(rows: readonly StatefulRow[]): TakenLinks {
  const taken = new Map<StatefulRow, ReadonlyMap<ManyToManyMeta, LinkChanges>>();
  for (const row of rows) {
    taken.set(row, changes.get(row) ?? new Map<ManyToManyMeta, LinkChanges>());
    changes.delete(row);
  }
  return taken;
}

/** Notes again what was taken and could not be written. */
export function putBack(taken: TakenLinks): void {
  for (const [row, relations] of taken) {
    for (const [relation, { added, removed }] of relations) {
      const noted = notedOf(row, relation);
      for (const [member, values] of added) if (!noted.removed.delete(member)) noted.added.set(member, values);
      for (const member of removed) if (!noted.added.delete(member)) noted.removed.add(member);
    }
  }
}

/** A pair as the side sees it that declares the relation: its row, its relation, and the other row. */
interface Pair {
  readonly owner: object;
  readonly relation: ManyToManyMeta;
  readonly member: object;
}

/** Notes that two rows are to be tied. Gives the row that it is noted of. */
export function tie(row: object, relation: ManyToManyMeta, other: object, throughDefaults: object): object {
  const { owner, relation: forward, member } = asDeclared(row, relation, other);
  const noted = notedOf(owner, forward);
  if (!noted.removed.delete(member)) noted.added.set(member, throughDefaults);
  return owner;
}

/** The values with which two rows are to be tied, where that was noted already. */
export function tiedWith(row: object, relation: ManyToManyMeta, other: object): object {
  const { owner, relation: forward, member } = asDeclared(row, relation, other);
  return changes.get(owner)?.get(forward)?.added.get(member) ?? {};
}

/** The rows that are tied to one in the database, with what was noted since: `linked` are the rows that it is noted of. */
export function withTies(
  row: object,
  relation: ManyToManyMeta,
  found: readonly object[],
  linked: Iterable<object>,
): object[] {
  const tied = new Set(found);
  for (const owner of linked) {
    for (const [forward, { added, removed }] of changes.get(owner) ?? []) {
      for (const member of [...added.keys(), ...removed]) {
        const other = otherEnd(row, relation, { owner, relation: forward, member });
        if (other === null) continue;
        if (added.has(member)) tied.add(other);
        else tied.delete(other);
      }
    }
  }
  return [...tied];
}

/** What a pair ties to a row along a relation of it; null for a pair of others. */
function otherEnd(row: object, relation: ManyToManyMeta, { owner, relation: forward, member }: Pair): object | null {
  if (owner === row && forward === relation) return member;
  if (member !== row || relation === forward) return null;
  return asDeclared(row, relation, owner).relation === forward ? owner : null;
}

/** Notes that two rows are to be untied. */
export function untie(row: object, relation: ManyToManyMeta, other: object): object {
  const { owner, relation: forward, member } = asDeclared(row, relation, other);
  const noted = notedOf(owner, forward);
  if (!noted.added.delete(member)) noted.removed.add(member);
  return owner;
}

function notedOf(owner: object, relation: ManyToManyMeta): Noted {
  let ofRow = changes.get(owner);
  if (ofRow === undefined) changes.set(owner, (ofRow = new Map<ManyToManyMeta, Noted>()));
  let noted = ofRow.get(relation);
  if (noted === undefined) ofRow.set(relation, (noted = { added: new Map(), removed: new Set() }));
  return noted;
}

function asDeclared(row: object, relation: ManyToManyMeta, other: object): Pair {
  if (relation.isReverse) {
    const [forward] = otherSides(metaOfRow(row) as ModelMeta, relation);
    if (forward !== undefined) return { owner: other, relation: forward, member: row };
  }
  return { owner: row, relation, member: other };
}
