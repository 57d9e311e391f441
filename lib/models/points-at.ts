import type { ForeignKeyMeta, ModelMeta } from "./meta.js";

/** True for a foreign key to a model, or to another class of the same rows: a proxy of it, or the one it is a proxy of. */
export function pointsAt({ target }: ForeignKeyMeta, meta: ModelMeta): boolean {
  // Classes that extend what one call of `Model(…)` gave share its options.
  return target === meta || target.options === meta.options;
}
