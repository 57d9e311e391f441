import type { RelationMeta } from "../models/index.js";
import { isNamed } from "./named-relations.js";

/**
 * How a step from a model is known again: by the foreign key, and by the direction it is followed in. A model's own
 * relation to the rows of a through model, and a many-to-many relation over them, so begin with the same step.
 */
export function hopKey(hop: RelationMeta): string {
  return hop.type === "foreignKey" || isNamed(hop) ? `/${hop.name}` : `<${hop.target.id}.${hop.via.name}`;
}

/** True for two steps from one model that lead to the same rows. */
function isSameHop(one: RelationMeta, other: RelationMeta): boolean {
  return one === other || hopKey(one) === hopKey(other);
}

/** True where a path begins with another one. */
export function leadsThrough(hops: readonly RelationMeta[], prefix: readonly RelationMeta[]): boolean {
  return hops.length >= prefix.length && prefix.every((hop, index) => isSameHop(hops[index] as RelationMeta, hop));
}
