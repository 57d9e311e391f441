import { NotLoadedError } from "../errors/index.js";
import { type Stamp, stampOf } from "../execute/index.js";
import { type ForeignKeyMeta, META, type ModelMeta, ORIGIN, RAW } from "../models/index.js";
import { blankMaker } from "./blank.js";
import { ownRowsOf } from "./own-rows.js";
import { databaseOfRow, keyOf, type StatefulRow } from "./row-state.js";

/** Where a sparse row was met, for the message of its error; null once it was loaded. */
const REACHED_BY = Symbol("dunder.reached-by");

/** How a model's sparse rows are made, and filled. */
interface SparseKind {
  readonly prototype: object;
  readonly make: () => object;
  readonly fill: Stamp;
}

const kinds = new WeakMap<ModelMeta, SparseKind>();

function kindOf(meta: ModelMeta): SparseKind {
  let kind = kinds.get(meta);
  if (kind === undefined) {
    const properties = [...meta.columns.map((column) => column.property), RAW, ORIGIN];
    const prototype = sparsePrototype(meta);
    kind = { prototype, make: blankMaker(meta, prototype), fill: stampOf(properties) };
    kinds.set(meta, kind);
  }
  return kind;
}

/** A row of which only the key is known. Reading anything else of it throws `NotLoadedError`. */
export function sparseRow(row: StatefulRow, relation: ForeignKeyMeta, key: unknown): object {
  const sparse = kindOf(relation.target).make() as StatefulRow;
  sparse[relation.targetColumn.property] = key;
  sparse[RAW] = null;
  sparse[ORIGIN] = row[ORIGIN] ?? ownRowsOf(databaseOfRow(row), relation.target).unsaved;
  sparse[REACHED_BY] = `${row[META].name}.${relation.name}`;
  return sparse;
}

/** Turns a sparse row, where it stands, into the whole row that was read for it. */
export function fillSparse(sparse: object, loaded: object): void {
  const { [META]: meta } = loaded as StatefulRow;
  // Of several models in a table it turned out to be another one's.
  if (meta !== (sparse as StatefulRow)[META]) Object.setPrototypeOf(sparse, kindOf(meta).prototype);
  kindOf((sparse as StatefulRow)[META]).fill(sparse, loaded);
  (sparse as StatefulRow)[REACHED_BY] = null;
}

/** A model's prototype with a guard before each field; values that a row comes to have of its own stand before those. */
function sparsePrototype(meta: ModelMeta): object {
  const prototype = Object.create(meta.model.prototype as object) as object;
  for (const field of Object.values(meta.fields)) {
    const isKey = field.type !== "reverse" && field.column.primaryKey;
    if (!isKey && !(field.type === "reverse" && field.many)) defineGuard(prototype, meta, field.name);
  }
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
  const [owner = "Row", relation = "relation"] = (row[REACHED_BY] as string).split(".");
  throw new NotLoadedError(
    `${meta.name}.${name} was not loaded: of this ${meta.name} only the key is known, ${String(keyOf(row))}. ` +
      `Load it with await row.${relation}.load(), or fetch it along with ${owner}.objects.selectRelated("${relation}").`,
  );
}
