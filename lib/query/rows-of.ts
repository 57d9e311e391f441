import type { ModelMeta } from "../models/index.js";
import { queryOf } from "./query.js";
import { withFilter } from "./refine.js";
import type { Query } from "./tree.js";

/** All rows of a model: of a table of several, those that are its own. */
export function rowsOf(model: ModelMeta): Query {
  const { kind } = model;
  if (kind === null || kind.value === null) return queryOf(model);
  const known = model.memo.get("rows") as Query | undefined;
  if (known !== undefined) return known;
  const query = withFilter(queryOf(model), [{ [kind.column.field]: kind.value }], "objects");
  model.memo.set("rows", query);
  return query;
}
