import { SetRule } from "../fields/index.js";
import type { ForeignKeyMeta } from "../models/index.js";
import { type DeletePolicy, looseColumns } from "../objects/deleting/delete-graph.js";

const NULLS = new SetRule(null);

/** Nothing else is touched: what foreign keys say is left to the database. */
export const ALONE: DeletePolicy = { name: "alone", ruleOf: () => "do nothing" };

/** Whatever points at a row goes with it. */
export const DEEP: DeletePolicy = { name: "deep", ruleOf: () => "cascade" };

/** The same, but where foreign keys can be NULL they are set to that. */
export const DEEP_BUT_NULLS: DeletePolicy = {
  name: "deep but nulls",
  ruleOf: (relation) => (canBeLoosened(relation) ? NULLS : "cascade"),
};

function canBeLoosened(relation: ForeignKeyMeta): boolean {
  return relation.nullable && looseColumns(relation).length > 0;
}
