import type { ManyToManyMeta, ReverseMeta } from "../../models/index.js";
import type { ManagerFactory } from "../../types/index.js";
import { checkSaved, linkColumns } from "../rows/link-keys.js";
import { relatedManager } from "./related-manager.js";
import { attachReverseSides, relationListener } from "../relations/relations.js";
import { QuerySetBase } from "./query-set.js";
import type { StatefulRow } from "../rows/row-state.js";
import "./through-model.js";

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

/** The rows that a relation leads to from one: the target's own manager, narrowed to them. */
function managerOf(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta): QuerySetBase {
  // What is held in memory can be of rows that are not written yet.
  if (relationListener() === null) checkSaved(row, linkColumns(relation).here, relation.name);
  const { objects } = relation.target.model as { objects?: unknown };
  const base = objects instanceof QuerySetBase ? objects : new QuerySetBase(relation.target.model);
  return relatedManager(base, row, relation);
}

attachReverseSides({ many: managerOf });
