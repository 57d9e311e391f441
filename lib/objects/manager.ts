import type { ManyToManyMeta, ReverseMeta } from "../models/index.js";
import type { ManagerFactory } from "../types/index.js";
import { checkSaved, linkColumns } from "./link-keys.js";
import { OWNED } from "./refinable.js";
import { RelatedOwner } from "./related-owner.js";
import { attachReverseSides } from "./relations.js";
import { QuerySetBase } from "./query-set.js";
import "./through-model.js";
import { databaseOfRow, type StatefulRow } from "./row-state.js";

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
function relatedManager(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta): QuerySetBase {
  checkSaved(row, linkColumns(relation).here, relation.name);
  const { objects } = relation.target.model as { objects?: unknown };
  const base = objects instanceof QuerySetBase ? objects : new QuerySetBase(relation.target.model);
  return base[OWNED](new RelatedOwner(row, relation, base), databaseOfRow(row));
}

attachReverseSides({ many: relatedManager });
