import {
  type AnyRelationMeta,
  type ForeignKeyMeta,
  type ManyToManyMeta,
  META,
  type ModelMeta,
  type ReverseMeta,
} from "../models/index.js";
import { isSaved, keyOf, loadedColumns, type StatefulRow } from "../objects/rows/row-state.js";
import { seenVersion, staleRow } from "../objects/writing/row-version.js";
import type { Core } from "./core.js";
import { identityOfRow } from "./identity-map.js";
import { queryOf } from "./query.js";
import { relationshipOf } from "./relationships.js";
import { relationsOf } from "./reverses.js";
import { append, listIn, oneIn, remove } from "./sides.js";
import { trackedOf } from "./states.js";

/** Takes the values of an object, and of those that it leads to, over to the session's own objects for the same rows. */
export async function mergeRow(
  core: Core,
  given: StatefulRow,
  met = new Map<object, StatefulRow>(),
): Promise<StatefulRow> {
  const before = met.get(given);
  if (before !== undefined) return before;
  if (trackedOf(given)?.owner === core) return given;
  const target = (await targetOf(core, given)) ?? newTarget(given);
  met.set(given, target);
  checkVersion(given, target);
  takeValues(given, target);
  for (const relation of relationsOf(given[META])) await mergeRelation(core, given, target, relation, met);
  if (trackedOf(target)?.owner !== core) core.add(target);
  return target;
}

function takeValues(given: StatefulRow, target: StatefulRow): void {
  const { primaryKey, version } = given[META];
  for (const column of loadedColumns(given)) {
    const isKept = column.relation !== null || column === version || (primaryKey.includes(column) && isSaved(target));
    if (!isKept && given[column.property] !== undefined) target[column.property] = given[column.property];
  }
}

/** The session's object for the row of another one; null where there is no row. */
async function targetOf(core: Core, given: StatefulRow): Promise<StatefulRow | null> {
  const identity = identityOfRow(given);
  if (identity === null) return null;
  const known = core.identities.known(given[META], identity) as StatefulRow | undefined;
  if (known !== undefined) return known;
  return (await queryOf(core, given[META].model).getOrNull({ pk: keyOf(given) })) as StatefulRow | null;
}

/** An object with nothing in it yet, to be inserted. */
function newTarget(given: StatefulRow): StatefulRow {
  const meta: ModelMeta = given[META];
  const Class = meta.model as unknown as new (values: object) => StatefulRow;
  const values: Record<string, unknown> = {};
  for (const field of Object.values(meta.fields)) {
    if (field.type === "scalar" && given[field.column.property] !== undefined) {
      values[field.name] = given[field.column.property];
    } else if (field.type === "foreignKey") {
      values[field.name] = oneIn(given, field) ?? given[field.column.property];
    }
  }
  return new Class(values);
}

function checkVersion(given: StatefulRow, target: StatefulRow): void {
  const [mine, theirs] = [seenVersion(given), seenVersion(target)];
  if (mine === null || theirs === null || !isSaved(target) || !isSaved(given)) return;
  if (mine.seen !== theirs.seen) throw staleRow(given, mine, "merged");
}

async function mergeRelation(
  core: Core,
  given: StatefulRow,
  target: StatefulRow,
  relation: AnyRelationMeta,
  met: Map<object, StatefulRow>,
): Promise<void> {
  const cascades = relationshipOf(given[META], relation).cascade.has("merge");
  if (relation.type === "foreignKey") return mergeKey(core, given, target, relation, cascades ? met : null);
  if (!cascades || relationshipOf(given[META], relation).viewonly) return;
  const list = relation.many ? listIn(given, relation) : null;
  if (list !== null) await mergeList(core, target, relation, list as StatefulRow[], met);
  const one = relation.many ? null : oneIn(given, relation);
  if (one !== null) append(target, relation, [await mergeRow(core, one, met)]);
}

/** What a foreign key leads to: the session's object for it, where that is merged, too. */
async function mergeKey(
  core: Core,
  given: StatefulRow,
  target: StatefulRow,
  relation: ForeignKeyMeta,
  met: Map<object, StatefulRow> | null,
): Promise<void> {
  const one = oneIn(given, relation);
  if (one !== null && one["isSparse"] !== true) {
    target[relation.name] = met === null ? one : await mergeRow(core, one, met);
    return;
  }
  const values = relation.columns.map((column) => given[column.property]);
  if (!values.includes(undefined)) target[relation.name] = values.length === 1 ? values[0] : values;
}

async function mergeList(
  core: Core,
  target: StatefulRow,
  relation: ReverseMeta | ManyToManyMeta,
  list: readonly StatefulRow[],
  met: Map<object, StatefulRow>,
): Promise<void> {
  const related = target[relation.name] as { all(): Promise<object[]> };
  const there = isSaved(target) ? await related.all() : [...(listIn(target, relation) ?? [])];
  const merged: StatefulRow[] = [];
  for (const one of list) merged.push(await mergeRow(core, one, met));
  remove(
    target,
    relation,
    there.filter((row) => !merged.includes(row as StatefulRow)),
  );
  append(
    target,
    relation,
    merged.filter((row) => !there.includes(row)),
  );
}
