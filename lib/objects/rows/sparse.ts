import { NotLoadedError } from "../../errors/index.js";
import { type Stamp, stampOf } from "../../execute/index.js";
import {
  type ColumnMeta,
  columnsOfField,
  currentValue,
  declaredName,
  type ForeignKeyMeta,
  keyColumnsOf,
  META,
  type ModelMeta,
  ORIGIN,
  RAW,
} from "../../models/index.js";
import { blankMaker } from "./blank.js";
import { ownRowsOf } from "./own-rows.js";
import { databaseOfRow, KNOWN, type StatefulRow } from "./row-state.js";

/** The relation by which a sparse row was met; null once it was loaded. */
const REACHED_BY = Symbol("dunder.reached-by");

/** How a model's sparse rows are made, and filled. */
interface SparseKind {
  readonly prototype: object;
  readonly make: () => object;
  readonly fill: Stamp;
}

const kinds = new WeakMap<ModelMeta, Map<string, SparseKind>>();

/** How rows are made of which some columns are known: a key, whichever. */
function kindOf(meta: ModelMeta, columns: readonly ColumnMeta[]): SparseKind {
  let ofModel = kinds.get(meta);
  if (ofModel === undefined) kinds.set(meta, (ofModel = new Map<string, SparseKind>()));
  const key = columns.length === 1 ? String(columns[0]?.index) : columns.map((column) => column.index).join();
  let kind = ofModel.get(key);
  if (kind === undefined) {
    const properties = [...meta.columns.map((column) => column.property), RAW, ORIGIN];
    const prototype = sparsePrototype(meta, columns);
    kind = { prototype, make: blankMaker(meta, prototype), fill: stampOf(properties) };
    ofModel.set(key, kind);
  }
  return kind;
}

/** A row of which only what a foreign key holds is known. Reading anything else of it throws `NotLoadedError`. */
export function sparseRow(row: StatefulRow, relation: ForeignKeyMeta, key: readonly unknown[]): object {
  const { target, targetColumns } = relation;
  const isKeyAlone = targetColumns[0]?.constant === undefined;
  const sparse = kindOf(target, isKeyAlone ? targetColumns : keyColumnsOf(relation)).make() as StatefulRow;
  for (let at = 0; at < key.length; at += 1) {
    const column = targetColumns[at] as ColumnMeta;
    if (column.constant === undefined) sparse[column.property] = key[at];
  }
  sparse[RAW] = null;
  sparse[ORIGIN] = row[ORIGIN] ?? ownRowsOf(databaseOfRow(row), relation.target).unsaved;
  sparse[REACHED_BY] = reachBy(row[META].name, relation);
  return sparse;
}

/** A relation, and the name of the model that has it. */
interface Reach {
  readonly owner: string;
  readonly relation: ForeignKeyMeta;
}

const reaches = new WeakMap<ForeignKeyMeta, Reach>();

function reachBy(owner: string, relation: ForeignKeyMeta): Reach {
  let reach = reaches.get(relation);
  if (reach === undefined) reaches.set(relation, (reach = { owner, relation }));
  return reach;
}

/** The relation by which a sparse row was met. */
export function relationTo(sparse: StatefulRow): Reach {
  return sparse[REACHED_BY] as Reach;
}

/** Turns a sparse row, where it stands, into the whole row that was read for it. */
export function fillSparse(sparse: object, loaded: object): void {
  const { [META]: expected, [KNOWN]: known = expected.primaryKey } = sparse as StatefulRow;
  const { [META]: meta } = loaded as StatefulRow;
  const kind = kindOf(meta, known);
  // Of several models in a table it turned out to be another one's.
  if (meta !== expected) Object.setPrototypeOf(sparse, kind.prototype);
  kind.fill(sparse, loaded);
  (sparse as StatefulRow)[REACHED_BY] = null;
}

/** A model's prototype with a guard before each field; values that a row comes to have of its own stand before those. */
function sparsePrototype(meta: ModelMeta, known: readonly ColumnMeta[]): object {
  const prototype = Object.create(meta.model.prototype as object) as object;
  const isKnown = (columns: readonly ColumnMeta[]) => columns.every((column) => known.includes(column));
  for (const field of Object.values(meta.fields)) {
    const isOpen = "many" in field ? field.many : isKnown(columnsOfField(field));
    if (!isOpen) defineGuard(prototype, meta, field.name);
  }
  if (!isKnown(meta.primaryKey)) defineGuard(prototype, meta, "pk");
  Object.defineProperty(prototype, KNOWN, { value: known });
  Object.defineProperty(prototype, "isSparse", {
    get(this: StatefulRow) {
      return this[REACHED_BY] !== null;
    },
  });
  return prototype;
}

/** Refuses a field until the row is loaded; from then on only relations come by here, on the way to their accessors. */
function defineGuard(prototype: object, meta: ModelMeta, name: string): void {
  const behind = meta.model.prototype as object;
  Object.defineProperty(prototype, name, {
    get(this: StatefulRow) {
      if (this[REACHED_BY] !== null) refuse(this, meta, name);
      return Reflect.get(behind, name, this) as unknown;
    },
    set(this: StatefulRow, value: unknown) {
      if (this[REACHED_BY] !== null) refuse(this, meta, name);
      Reflect.set(behind, name, value, this);
    },
  });
}

function refuse(row: StatefulRow, meta: ModelMeta, name: string): never {
  const { owner, relation } = relationTo(row);
  const known = row[KNOWN] ?? meta.primaryKey;
  const what = known.every((column) => column.primaryKey) ? "the key" : known.map(({ field }) => field).join(" and ");
  const values = known.map((column) => String(currentValue(row, column))).join();
  throw new NotLoadedError(
    `${meta.name}.${name} was not loaded: of this ${meta.name} only ${what} is known, ${values}. ` +
      `Load it with await row.${declaredName(relation.name)}.load(), or fetch it along with ` +
      `${owner}.objects.selectRelated("${relation.name}").`,
  );
}
