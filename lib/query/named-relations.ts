import type { ColumnMeta, ForeignKeyMeta, ModelMeta, RelationMeta } from "../models/index.js";

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

/** A model with one more relation, to look names up in. */
export function withRelation(model: ModelMeta, relation: RelationMeta): ModelMeta {
  const { name } = relation;
  return {
    ...model,
    fields: { ...model.fields, [name]: relation },
    relations: { ...model.relations, [name]: relation },
    memo: new Map(),
  };
}

/** True for a relation that a query gave its name. */
export function isNamed(relation: RelationMeta): boolean {
  return named.has(relation);
}

/** Joins that a query asked for itself: their rows are tied to its own by a condition alone. */
const asked = new WeakSet<RelationMeta>();

/** A relation to the one row of a model that stands beside each row of a query. */
export function askedRelation(name: string, target: ModelMeta, nullable: boolean): ForeignKeyMeta {
  const [key] = target.primaryKey as readonly [ColumnMeta, ...ColumnMeta[]];
  const relation: ForeignKeyMeta = Object.freeze({
    ...{ type: "foreignKey", name, kind: "foreignKey", target, nullable },
    ...{ column: key, columns: [], targetColumn: key, targetColumns: target.primaryKey },
    ...{ unique: false, indexed: false, onDelete: "do nothing", rowSlot: Symbol(name) },
  } as const);
  named.add(relation);
  asked.add(relation);
  return relation;
}

/** The joins that a query asked for, first to last. */
export function askedJoins({ model, named }: { readonly model: ModelMeta; readonly named: ModelMeta }): RelationMeta[] {
  if (named === model) return [];
  return Object.values(named.relations)
    .filter((field) => field.type !== "manyToMany")
    .filter((it) => asked.has(it));
}

/** True where a path leads through a row that a query joined. */
export function leadsThroughJoin(hops: readonly RelationMeta[]): boolean {
  const [first] = hops;
  return first !== undefined && asked.has(first);
}
