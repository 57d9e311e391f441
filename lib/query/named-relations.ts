import type { RelationMeta } from "../models/index.js";

/** Relations that a query gave a name: there may be no row of them where their model's own have one. */
const named = new WeakSet<RelationMeta>();

/** A relation under another name. */
export function renamed(of: RelationMeta, name: string): RelationMeta {
  const copy: RelationMeta = Object.freeze(
    of.type === "foreignKey" ? { ...of, name, nullable: true } : { ...of, name },
  );
  named.add(copy);
  return copy;
}

/** True for a relation that a query gave its name. */
export function isNamed(relation: RelationMeta): boolean {
  return named.has(relation);
}
