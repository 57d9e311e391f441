import { FieldError } from "../../errors/index.js";
import { type ManyToManyMeta, META, ORIGIN, type ReverseMeta } from "../../models/index.js";
import type { ManagerFactory } from "../../types/index.js";
import { checkSaved, keyIn, linkColumns } from "../rows/link-keys.js";
import { appendInMemory, relatedManager } from "./related-manager.js";
import { attachTableRows } from "../instances/table.js";
import { attachReverseSides } from "../relations/relations.js";
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
  const { here } = linkColumns(relation);
  // What a unit of work holds in memory can be of rows that are not written yet.
  const isHeld = (row[ORIGIN]?.database.unit ?? null) !== null;
  return isHeld || keyIn(row, here) !== null ? wholeManager(row, relation) : ofUnsaved(row, relation);
}

/** Of a row that nothing in the database can point at there is one thing to be done: rows can be put there in memory. */
function ofUnsaved(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta): QuerySetBase {
  const get = (_: object, name: PropertyKey): unknown => {
    if (name === "append") return (...rows: unknown[]) => appendInMemory(row, relation, rows);
    // Whoever looks at it, or prints it, asks for nothing; a loop does.
    if (typeof name === "symbol" && name !== Symbol.iterator && name !== Symbol.asyncIterator) return undefined;
    checkSaved(row, linkColumns(relation).here, relation.name);
    throw new FieldError(`${row[META].name}.${relation.name}: the row was saved since. Ask it again.`);
  };
  return new Proxy({}, { get }) as QuerySetBase;
}

function wholeManager(row: StatefulRow, relation: ReverseMeta | ManyToManyMeta): QuerySetBase {
  const { objects } = relation.target.model as { objects?: unknown };
  const base = objects instanceof QuerySetBase ? objects : new QuerySetBase(relation.target.model);
  return relatedManager(base, row, relation);
}

attachReverseSides({ many: managerOf });
attachTableRows((model, database) => new QuerySetBase(model).using(database));
