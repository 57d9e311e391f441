import { NotLoadedError, ValidationError } from "../../errors/index.js";
import { Refusal, refuse } from "../../fields/index.js";
import {
  type AnyRelationMeta,
  fieldOf,
  type ForeignKeyMeta,
  isPlainKey,
  type ManyToManyMeta,
  META,
  metaOfRow,
  type OneOfMeta,
  ORIGIN,
  type ReverseMeta,
} from "../../models/index.js";
import { kindGiven } from "../../query/index.js";
import { armOf } from "../rows/one-of.js";
import { assignReference, isUnsavedFor, keyValues, settledRow } from "../rows/references.js";
import { loadOne } from "./loads.js";
import { MISSING } from "../reading/prefetch-tree.js";
import { checkedValue } from "../rows/row-values.js";
import type { StatefulRow } from "../rows/row-state.js";
import { sparseRow } from "../rows/sparse.js";
import { refuseStranger } from "../rows/strangers.js";

/** What a reverse relation's accessor gives; made where querysets are known. */
export interface ReverseSides {
  many(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta): unknown;
}

/** Who keeps both sides of relations in step in memory. */
export interface RelationListener {
  /** Told when a foreign key was given another row, or none. */
  moved(row: StatefulRow, relation: ForeignKeyMeta, before: unknown): void;
  /** Puts rows at the end of what a relation leads to. */
  append(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta, rows: readonly unknown[]): void;
  /** Has the one row that a relation leads to be another one, or none; false where neither is of a unit of work. */
  put(row: StatefulRow, relation: ReverseMeta, value: unknown): boolean;
}

let sides: ReverseSides | null = null;
let listener: RelationListener | null = null;

/** Told once, when the module that has units of work is loaded. */
export function attachRelationListener(attached: RelationListener): void {
  listener = attached;
}

/** Who keeps both sides of relations in step; null where nobody does. */
export function relationListener(): RelationListener | null {
  return listener;
}

/** Told once, when the module that has querysets is loaded; rows cannot know it, since querysets make rows. */
export function attachReverseSides(attached: ReverseSides): void {
  sides = attached;
}

/** Defines the accessor of a relation on a model's prototype. */
export function defineRelation(prototype: object, name: string): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: false,
    get(this: StatefulRow) {
      const relation = relationNamed(this, name);
      // The link to a parent may be declared by another name.
      if (relation === undefined) return undefined;
      return relation.type === "foreignKey" ? readForeignKey(this, relation) : readOther(this, relation);
    },
    set(this: StatefulRow, value: unknown) {
      const relation = relationNamed(this, name);
      if (relation !== undefined) writeRelation(this, relation, value);
    },
  });
}

function relationNamed(row: StatefulRow, name: string): AnyRelationMeta | OneOfMeta | undefined {
  return fieldOf(row[META], name) as AnyRelationMeta | OneOfMeta | undefined;
}

function readOneOf(row: StatefulRow, relation: OneOfMeta): unknown {
  const arm = armOf(row, relation);
  return arm === null || arm === undefined ? arm : readForeignKey(row, arm);
}

function readOther(row: StatefulRow, relation: Exclude<AnyRelationMeta, ForeignKeyMeta> | OneOfMeta): unknown {
  if (relation.type === "oneOf") return readOneOf(row, relation);
  if (relation.many) return sides?.many(row, relation);
  const related = row[relation.rowSlot];
  return related === undefined || related === MISSING ? unloadedOne(row, relation) : related;
}

function readForeignKey(row: StatefulRow, relation: ForeignKeyMeta): unknown {
  const related = isPlainKey(relation) ? row[relation.rowSlot] : settledRow(row, relation);
  if (related !== undefined && related !== null) return related;
  const key = keyValues(row, relation);
  if (key === null || key === undefined) return key;
  const unit = row[ORIGIN]?.database.unit ?? null;
  return (row[relation.rowSlot] =
    unit === null ? sparseRow(row, relation, key) : unit.standIn(relation, key, () => sparseRow(row, relation, key)));
}

/** What stands for the other side of a one-to-one relation: it is not even known yet whether there is a row. */
function unloadedOne(row: StatefulRow, relation: ReverseMeta): object {
  const { name: owner } = row[META];
  const { name, target } = relation;
  const unloaded = { load: () => loadOne(row, relation) };
  for (const field of ["pk", ...Object.keys(target.fields)]) {
    Object.defineProperty(unloaded, field, {
      get(): never {
        throw new NotLoadedError(
          row[relation.rowSlot] === MISSING
            ? `${target.name}.${field}: this ${owner} has no ${name}. What await row.${name}.load() gives says so: null.`
            : `${target.name}.${field} was not loaded: whether this ${owner} has a ${name} is not known yet. ` +
                `Load it with await row.${name}.load(), or fetch it along with ${owner}.objects.selectRelated("${name}").`,
        );
      },
    });
  }
  return unloaded;
}

/** Has a row know those that a relation leads to from it, as if they had been fetched along with it. */
export function keepRelated(row: object, relation: ReverseMeta | ManyToManyMeta, related: readonly object[]): void {
  (row as StatefulRow)[relation.rowSlot] = relation.many ? related : (related[0] ?? null);
}

function writeRelation(row: StatefulRow, relation: AnyRelationMeta | OneOfMeta, value: unknown): void {
  if (relation.type === "oneOf") return writeOneOf(row, relation, value);
  const where = `${row[META].name}.${relation.name}`;
  if (relation.type === "reverse" && !relation.many && listener?.put(row, relation, value) === true) return;
  if (relation.type !== "foreignKey") {
    const message =
      relation.type === "reverse"
        ? `the rows of ${relation.target.name} hold this relation. Set their "${relation.via.name}", not ${where}.`
        : `rows of ${relation.through.name} hold this relation. Call await row.${relation.name}.set([…]) instead.`;
    throw new ValidationError(row[META].name, [{ field: relation.name, message }]);
  }
  if (listener === null) return setForeignKey(row, relation, value);
  const isHeld = (row[ORIGIN]?.database.unit ?? null) !== null;
  const before = isHeld ? readForeignKey(row, relation) : row[relation.rowSlot];
  setForeignKey(row, relation, value);
  listener.moved(row, relation, before);
}

/** Assigns a row of one of the models, or a key by its kind. */
function writeOneOf(row: StatefulRow, field: OneOfMeta, value: unknown): void {
  const { name } = row[META];
  try {
    assignKind(row, field, value);
  } catch (error) {
    if (error instanceof ValidationError) {
      throw new ValidationError(
        name,
        error.problems.map((problem) => ({ ...problem, field: field.name })),
      );
    }
    if (!(error instanceof Refusal)) throw error;
    throw new ValidationError(name, [{ field: field.name, message: error.message }]);
  }
}

/** Throws a `Refusal`. */
function assignKind(row: StatefulRow, field: OneOfMeta, value: unknown): void {
  if (value === null || value === undefined) return assignNothing(row, field, value);
  const { arm, value: given } = kindGiven(field, value);
  if (field.kind === "oneOf")
    for (const other of field.arms.values()) if (other !== arm) setForeignKey(row, other, null);
  setForeignKey(row, arm, given);
}

function assignNothing(row: StatefulRow, field: OneOfMeta, nothing: null | undefined): void {
  if (nothing === null && !field.nullable) refuse("cannot be null.");
  if (field.kind === "oneOf") for (const arm of field.arms.values()) setForeignKey(row, arm, nothing);
  else for (const column of field.columns) row[column.property] = nothing;
}

/** Assigns a row, saved or not, or a key; a row not saved yet gives its key when this row is saved. */
export function setForeignKey(row: StatefulRow, relation: ForeignKeyMeta, value: unknown): void {
  try {
    const database = row[ORIGIN]?.database;
    if (database !== undefined && metaOfRow(value) !== null) refuseStranger(row, database, value as object);
    if (isPlainKey(relation)) assignPlain(row, relation, value);
    else assignReference(row, relation, value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ValidationError(row[META].name, [{ field: relation.name, message: error.message }]);
  }
}

function assignPlain(row: StatefulRow, relation: ForeignKeyMeta, value: unknown): void {
  const isOpen = value === undefined || isUnsavedFor(relation, value);
  row[relation.column.property] = isOpen ? undefined : checkedValue(relation.column, value);
  row[relation.rowSlot] = metaOfRow(value) === null ? undefined : value;
}
