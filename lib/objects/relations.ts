import { NotLoadedError, ValidationError } from "../errors/index.js";
import { Refusal } from "../fields/index.js";
import {
  fieldOf,
  type ForeignKeyMeta,
  META,
  type ModelMeta,
  ORIGIN,
  RAW,
  type RelationMeta,
  type ReverseMeta,
} from "../models/index.js";
import { propertyOf } from "../execute/index.js";
import { blankWith } from "./blank.js";
import { checkedValue } from "./row-values.js";
import { databaseOfRow, keyOf, type StatefulRow } from "./row-state.js";

/** What a reverse relation's accessor gives; made where querysets are known. */
export interface ReverseSides {
  many(row: object, relation: ReverseMeta): unknown;
  one(row: object, relation: ReverseMeta): Promise<object | null>;
}

let sides: ReverseSides | null = null;

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
      return readRelation(this, relationNamed(this, name));
    },
    set(this: StatefulRow, value: unknown) {
      writeRelation(this, relationNamed(this, name), value);
    },
  });
}

function relationNamed(row: StatefulRow, name: string): RelationMeta {
  return fieldOf(row[META], name) as RelationMeta;
}

function readRelation(row: StatefulRow, relation: RelationMeta): unknown {
  const related = row[relation.rowSlot];
  if (relation.type === "foreignKey") {
    if (related !== undefined && related !== null) return related;
    const key = row[relation.keySlot];
    if (key === null || key === undefined) return key;
    return (row[relation.rowSlot] = sparseRow(row, relation, key));
  }
  if (relation.many) return sides?.many(row, relation);
  return related === undefined ? unloadedOne(row, relation) : related;
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
          `${target.name}.${field} was not loaded: whether this ${owner} has a ${name} is not known yet. ` +
            `Load it with await row.${name}.load(), or fetch it along with ${owner}.objects.selectRelated("${name}").`,
        );
      },
    });
  }
  return unloaded;
}

async function loadOne(row: StatefulRow, relation: ReverseMeta): Promise<object | null> {
  const related = (await sides?.one(row, relation)) ?? null;
  row[relation.rowSlot] = related;
  if (related !== null) (related as StatefulRow)[relation.via.rowSlot] = row;
  return related;
}

function writeRelation(row: StatefulRow, relation: RelationMeta, value: unknown): void {
  const where = `${row[META].name}.${relation.name}`;
  if (relation.type === "reverse") {
    throw new ValidationError(row[META].name, [
      {
        field: relation.name,
        message: `the rows of ${relation.target.name} hold this relation. Set their "${relation.via.name}", not ${where}.`,
      },
    ]);
  }
  setForeignKey(row, relation, value);
}

/** Assigns a row, saved or not, or a key; a row not saved yet gives its key when this row is saved. */
export function setForeignKey(row: StatefulRow, relation: ForeignKeyMeta, value: unknown): void {
  const isRow = value !== null && typeof value === "object" && META in value;
  const unsaved = isRow && keyOf(value) === null && (value as StatefulRow)[META].table === relation.target.table;
  try {
    row[relation.keySlot] = unsaved || value === undefined ? undefined : checkedValue(relation.column, value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ValidationError(row[META].name, [{ field: relation.name, message: error.message }]);
  }
  row[relation.rowSlot] = isRow ? value : undefined;
}

/** A row of which only the key is known. Reading anything else of it throws `NotLoadedError`. */
function sparseRow(row: StatefulRow, relation: ForeignKeyMeta, key: unknown): object {
  const { target } = relation;
  const sparse = blankWith(target, sparsePrototype(target)) as StatefulRow;
  sparse[propertyOf(relation.targetColumn)] = key;
  sparse[RAW] = null;
  sparse[ORIGIN] = { database: databaseOfRow(row), layout: null as never };
  sparse[REACHED_BY] = `${row[META].name}.${relation.name}`;
  return sparse;
}

/** Where a sparse row was met, for the message of its error. */
const REACHED_BY = Symbol("dunder.reached-by");

const prototypes = new WeakMap<ModelMeta, object>();

function sparsePrototype(meta: ModelMeta): object {
  let prototype = prototypes.get(meta);
  if (prototype === undefined) {
    prototype = Object.create(meta.model.prototype as object) as object;
    for (const field of Object.values(meta.fields)) {
      const isKey = field.type !== "reverse" && field.column.primaryKey;
      if (!isKey && !(field.type === "reverse" && field.many)) defineUnloaded(prototype, meta, field.name);
    }
    Object.defineProperty(prototype, "isSparse", { value: true });
    prototypes.set(meta, prototype);
  }
  return prototype;
}

function defineUnloaded(prototype: object, meta: ModelMeta, name: string): void {
  const refuse = (row: StatefulRow): never => {
    const [owner = "Row", relation = "relation"] = (row[REACHED_BY] as string).split(".");
    throw new NotLoadedError(
      `${meta.name}.${name} was not loaded: of this ${meta.name} only the key is known, ${String(keyOf(row))}. ` +
        `Load it with await row.${relation}.load(), or fetch it along with ${owner}.objects.selectRelated("${relation}").`,
    );
  };
  Object.defineProperty(prototype, name, {
    get(this: StatefulRow) {
      return refuse(this);
    },
    set(this: StatefulRow) {
      refuse(this);
    },
  });
}

/** Turns a sparse row, where it stands, into the whole row that was read for it. */
export function fillSparse(sparse: object, loaded: object): void {
  Object.setPrototypeOf(sparse, Object.getPrototypeOf(loaded) as object);
  Object.assign(sparse, loaded);
}
