import type { Savepoint } from "../execute/index.js";
import type { AnyRelationMeta } from "../models/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";

/** What a transaction, or a savepoint in it, has done to objects: what undoing it has to put back. */
export class Frame {
  /** null for the transaction itself. */
  readonly savepoint: Savepoint | null;
  readonly added = new Set<StatefulRow>();
  readonly inserted = new Set<StatefulRow>();
  readonly deleted = new Set<StatefulRow>();
  /** Objects that were read after something was written. */
  readonly met = new Set<StatefulRow>();
  /** What relations led to before they were changed. */
  readonly touched = new Map<StatefulRow, Map<AnyRelationMeta, unknown>>();

  /** What was put into the logs of objects. */
  readonly logged: (readonly [row: object, entry: object])[] = [];

  constructor(savepoint: Savepoint | null = null) {
    this.savepoint = savepoint;
  }

  touch(row: StatefulRow, relation: AnyRelationMeta): void {
    let relations = this.touched.get(row);
    if (relations === undefined) this.touched.set(row, (relations = new Map<AnyRelationMeta, unknown>()));
    if (relations.has(relation)) return;
    const before = row[relation.rowSlot];
    relations.set(relation, Array.isArray(before) ? [...(before as object[])] : before);
  }

  /** Leaves what it did to the one around. */
  handOver(around: Frame): void {
    if (around !== this) around.logged.push(...this.logged);
    for (const row of this.added) around.added.add(row);
    for (const row of this.met) around.met.add(row);
    for (const row of this.inserted) around.inserted.add(row);
    for (const row of this.deleted) around.deleted.add(row);
    for (const [row, relations] of this.touched) {
      const known = around.touched.get(row);
      if (known === undefined) around.touched.set(row, relations);
      else for (const [relation, before] of relations) if (!known.has(relation)) known.set(relation, before);
    }
  }
}
