import { NotLoadedError } from "../errors/index.js";
import { type ColumnMeta, columnsOfField, isOwnColumn, LEFT_OUT, type ModelMeta } from "../models/index.js";

/** Columns that rows of a layout come without, and the method that left them out; or had, until they expired. */
export interface LeftOut {
  readonly columns: readonly ColumnMeta[];
  readonly method: "only" | "defer" | "expire";
}

/** Programs that leave out fields at random get no more prototypes than these kept. */
const MOST_KEPT = 200;

/**
 * A model's prototype with a guard before each field that was left out. A value that a row comes to have of its own, by
 * an assignment or by `load()`, stands before the guard.
 */
export function partialPrototype(meta: ModelMeta, leftOut: LeftOut): object {
  const known = prototypesOf(meta);
  const key = `${leftOut.method} ${leftOut.columns.map((column) => column.index).join()}`;
  let prototype = known.get(key);
  if (prototype === undefined) {
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, (prototype = newPrototype(meta, leftOut)));
  }
  return prototype;
}

function prototypesOf(meta: ModelMeta): Map<string, object> {
  let known = meta.memo.get("partial prototypes") as Map<string, object> | undefined;
  if (known === undefined) meta.memo.set("partial prototypes", (known = new Map<string, object>()));
  return known;
}

function newPrototype(meta: ModelMeta, leftOut: LeftOut): object {
  const prototype = Object.create(meta.model.prototype as object) as object;
  Object.defineProperty(prototype, LEFT_OUT, { value: Object.freeze([...leftOut.columns]) });
  for (const column of leftOut.columns) {
    if (!isOwnColumn(meta, column)) continue;
    if (column.relation === null) guardValue(prototype, meta, column, leftOut.method);
  }
  for (const relation of [...Object.values(meta.relations), ...meta.oneOfs]) {
    const columns = columnsOfField(relation).filter((column) => leftOut.columns.includes(column));
    if (columns.length > 0) guardRelation(prototype, meta, { field: relation.name, columns }, leftOut.method);
  }
  return prototype;
}

function guardValue(prototype: object, meta: ModelMeta, { field }: ColumnMeta, method: LeftOut["method"]): void {
  Object.defineProperty(prototype, field, {
    get: () => refuse(meta, field, method),
    set(this: object, value: unknown) {
      Object.defineProperty(this, field, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}

/** A foreign key lies behind an accessor of the model's, which is what it is reached by once its key is there. */
function guardRelation(
  prototype: object,
  meta: ModelMeta,
  { field, columns }: { readonly field: string; readonly columns: readonly ColumnMeta[] },
  method: LeftOut["method"],
): void {
  const behind = meta.model.prototype as object;
  Object.defineProperty(prototype, field, {
    get(this: object): unknown {
      return columns.every(({ property }) => Object.hasOwn(this, property))
        ? Reflect.get(behind, field, this)
        : refuse(meta, field, method);
    },
    set(this: object, value: unknown) {
      Reflect.set(behind, field, value, this);
    },
  });
}

function refuse(meta: ModelMeta, field: string, method: LeftOut["method"]): never {
  if (method === "expire") {
    throw new NotLoadedError(
      `${meta.name}.${field} has expired. Read it again with await session.refresh(row), or with a query of the session.`,
    );
  }
  const leave = method === "only" ? `name it in only(…, "${field}")` : `take "${field}" out of defer(…)`;
  throw new NotLoadedError(
    `${meta.name}.${field} was not loaded: ${method}(…) left it out. Load it with await row.load("${field}"), or ${leave}.`,
  );
}
