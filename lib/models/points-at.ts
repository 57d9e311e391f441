import type { ForeignKeyMeta, ModelClass, ModelMeta } from "./meta.js";

/** True for a foreign key whose rows are a model's: those of the model itself, or of one that it extends with the same table. */
export function pointsAt({ target }: ForeignKeyMeta, meta: ModelMeta): boolean {
  return target === meta || (target.table === meta.table && isSubclass(meta.model, target.model));
}

function isSubclass(model: ModelClass, other: ModelClass): boolean {
  return model === other || Object.prototype.isPrototypeOf.call(other, model);
}
