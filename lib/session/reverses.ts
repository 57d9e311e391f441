import {
  type AnyRelationMeta,
  areRowsOf,
  type ForeignKeyMeta,
  type ManyToManyMeta,
  type ModelMeta,
  type ReverseMeta,
} from "../models/index.js";

// Which relations are two sides of one.

const ofKeys = new WeakMap<ForeignKeyMeta, readonly ReverseMeta[]>();
const ofMany = new WeakMap<ManyToManyMeta, readonly ManyToManyMeta[]>();

/** The relations of a foreign key's target that are its other side. */
export function reversesOf(via: ForeignKeyMeta): readonly ReverseMeta[] {
  let found = ofKeys.get(via);
  if (found === undefined) {
    found = Object.values(via.target.relations).filter(
      (relation): relation is ReverseMeta => relation.type === "reverse" && relation.via === via,
    );
    ofKeys.set(via, found);
  }
  return found;
}

/** The other sides of a many-to-many relation. */
export function otherSides(meta: ModelMeta, relation: ManyToManyMeta): readonly ManyToManyMeta[] {
  let found = ofMany.get(relation);
  if (found === undefined) {
    found = relation.isSymmetrical ? [relation] : Object.values(relation.target.relations).filter(isOtherSide);
    ofMany.set(relation, found);
  }
  return found;

  function isOtherSide(other: AnyRelationMeta): other is ManyToManyMeta {
    return (
      other.type === "manyToMany" &&
      other !== relation &&
      other.through === relation.through &&
      other.isReverse !== relation.isReverse &&
      areRowsOf(meta, other.target)
    );
  }
}

/** The foreign keys of a model. */
export function foreignKeysOf(meta: ModelMeta): readonly ForeignKeyMeta[] {
  const known = meta.memo.get("session foreign keys") as readonly ForeignKeyMeta[] | undefined;
  if (known !== undefined) return known;
  const found = Object.values(meta.relations).filter((relation) => relation.type === "foreignKey");
  meta.memo.set("session foreign keys", found);
  return found;
}

/** The relations of a model, those that it may be without apart. */
export function relationsOf(meta: ModelMeta): readonly AnyRelationMeta[] {
  const known = meta.memo.get("session relations") as readonly AnyRelationMeta[] | undefined;
  if (known !== undefined) return known;
  const found = Object.values(meta.relations);
  meta.memo.set("session relations", found);
  return found;
}
