import { type ManyToManyMeta, metaOf, type ReverseMeta, valueIn } from "../models/index.js";
import { FieldError } from "../errors/index.js";
import type { ManagerFactory } from "../types/index.js";
import { QUERY, withMembers } from "../query/index.js";
import { attachReverseSides } from "./relations.js";
import { QuerySetBase } from "./query-set.js";
import { REFINED } from "./refinable.js";
import "./through-model.js";
import { databaseOfRow } from "./row-state.js";

/**
 * The querysets of a model, from which every query on it starts.
 *
 * @example
 * ```ts
 * class Note extends Model("note", { text: fields.text(), completed: fields.boolean({ default: false }) }) {
 *   static objects = manager(this);
 *   static open = manager(this).filter({ completed: false });
 * }
 * ```
 */
export const manager = ((model: unknown) => QuerySetBase.asManager(model)) as unknown as ManagerFactory;

/** The rows that point at one through a foreign key: the target's own manager, narrowed to them. */
function relatedManager(row: object, relation: ReverseMeta | ManyToManyMeta): QuerySetBase {
  const { target, name } = relation;
  const link = relation.type === "manyToMany" ? relation.hops[0].via : relation.via;
  const isKnown = link.targetColumns.every((column) => (valueIn(row, column) ?? null) !== null);
  if (!isKnown) {
    throw new FieldError(
      `${metaOf(row.constructor).name}.${name}: this row has no key, so nothing can point at it: it was never saved, or it was deleted.`,
    );
  }
  const { objects } = target.model as { objects?: unknown };
  const base = objects instanceof QuerySetBase ? objects : new QuerySetBase(target.model);
  const database = databaseOfRow(row);
  if (relation.type === "manyToMany") {
    return base[REFINED](
      withMembers(base[QUERY], relation, (column) => valueIn(row, column)),
      database,
    );
  }
  const { via } = relation;
  return QuerySetBase.narrowed(base, { [via.name]: row }, { [via.name]: row }, database);
}

attachReverseSides({
  many: relatedManager,
  one: (row, relation) => relatedManager(row, relation).getOrNull(),
});
