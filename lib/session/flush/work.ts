import { LEFT_OUT, META, type ForeignKeyMeta, type ReverseMeta, tableKey } from "../../models/index.js";
import { keyIn, identityOf } from "../../objects/rows/link-keys.js";
import { isSaved, type StatefulRow } from "../../objects/rows/row-state.js";
import { isDirty } from "../changes.js";
import type { Core } from "../core.js";
import { SessionError } from "../errors.js";
import { identityOfRow } from "../identity-map.js";
import { relationshipOf } from "../relationships.js";
import { foreignKeysOf } from "../reverses.js";
import { oneIn } from "../sides.js";
import { trackedOf } from "../states.js";
import { type Doom, doomedWith } from "./doom.js";
import { type Edge, inOrder, type Order } from "./order.js";
import { type UpdateGroup, updateGroups } from "./updates.js";

/** What a flush is to do. */
export interface Work {
  readonly inserts: ReadonlySet<StatefulRow>;
  readonly order: Order;
  readonly updates: readonly StatefulRow[];
  /** The same, by what has changed of them; rows that have nothing to be written are not among them. */
  readonly groups: readonly UpdateGroup[];
  readonly links: readonly StatefulRow[];
  readonly doom: Doom;
  /** Rows that were looked at, since they were taken out of what a relation led to. */
  readonly orphaned: ReadonlyMap<StatefulRow, ReverseMeta>;
  /** New rows that are not to be inserted: they were taken out of what owned them. */
  readonly expelled: ReadonlySet<StatefulRow>;
}

/** Looks at all objects of a session. Nothing is written, and nothing is changed. */
export async function workOf(core: Core): Promise<Work> {
  takeInOwners(core, core.fresh);
  const dirty: StatefulRow[] = [];
  for (const row of core.identities) if (isDirty(row as StatefulRow)) dirty.push(row as StatefulRow);
  takeInOwners(core, dirty);
  const orphaned = new Map(core.orphans);
  const orphans = orphansOf(core);
  const doomed = new Set([...core.doomed, ...[...orphans].filter((row) => !core.fresh.has(row))]);
  const doom = await doomedWith(core, doomed);
  const expelled = new Set([...doom.expelled, ...[...orphans].filter((row) => core.fresh.has(row))]);
  const updates = dirty.filter((row) => !doom.explicit.has(row) && !doom.carried.has(row));
  const inserts = new Set([...core.fresh].filter((row) => !expelled.has(row) && !isSaved(row)));
  return {
    inserts,
    order: inOrder(inserts, edgesAmong(inserts)),
    updates,
    groups: updateGroups(updates),
    links: [...core.linked].filter((row) => !expelled.has(row)),
    doom,
    orphaned,
    expelled,
  };
}

/** Rows that are pointed at have to be there first: new ones of no session are added. */
function takeInOwners(core: Core, rows: Iterable<StatefulRow>): void {
  for (const row of rows) {
    for (const relation of foreignKeysOf(row[META])) {
      // Of a key that was left out there is nothing to see.
      if (row[LEFT_OUT] !== undefined && oneIn(row, relation) === null) continue;
      const one = oneIn(row, relation);
      if (one !== null && one["isSparse"] !== true && !isSaved(one) && trackedOf(one) === undefined) core.add(one);
    }
  }
}

/** Rows that nothing owns any more, and that are deleted with that. */
function orphansOf(core: Core): Set<StatefulRow> {
  const found = new Set<StatefulRow>();
  for (const [row, reverse] of core.orphans) {
    const { via } = reverse;
    const tracked = trackedOf(row);
    if (tracked?.owner !== core || tracked.state === "deleted" || core.doomed.has(row)) continue;
    if (oneIn(row, via) !== null || keyIn(row, via.columns) !== null) continue;
    if (relationshipOf(via.target, reverse).cascade.has("delete-orphan")) found.add(row);
    else if (!via.nullable) throw orphaned(row, via, reverse.name);
  }
  return found;
}

function orphaned(row: StatefulRow, via: ForeignKeyMeta, name: string): SessionError {
  return new SessionError(
    `${row.toString()} was taken out of ${via.target.name}.${name}, and its "${via.name}" cannot be null.`,
    {
      hint: `Give it to another row, delete it, or declare ${name} with relationship(…, { cascade: "all, delete-orphan" }).`,
    },
  );
}

/** Which of some new rows wait for which. */
function edgesAmong(rows: ReadonlySet<StatefulRow>): Edge[] {
  const keyed = keyedAmong(rows);
  const edges: Edge[] = [];
  for (const row of rows) {
    for (const relation of foreignKeysOf(row[META])) {
      const one = oneIn(row, relation) ?? (keyed === null ? null : pointedAt(keyed, row, relation));
      if (one !== null && rows.has(one)) edges.push({ waiting: row, awaited: one, relation, holder: row });
    }
  }
  return edges;
}

type Keyed = ReadonlyMap<string, StatefulRow>;

/** New rows that have keys already, by which others may point at them. */
function keyedAmong(rows: ReadonlySet<StatefulRow>): Keyed | null {
  const keyed = new Map<string, StatefulRow>();
  for (const row of rows) {
    const identity = identityOfRow(row);
    if (identity !== null) keyed.set(`${tableKey(row[META])} ${identity as string}`, row);
  }
  return keyed.size === 0 ? null : keyed;
}

function pointedAt(keyed: Keyed, row: StatefulRow, relation: ForeignKeyMeta): StatefulRow | null {
  const key = keyIn(row, relation.columns);
  return key === null ? null : (keyed.get(`${tableKey(relation.target)} ${identityOf(key) as string}`) ?? null);
}
