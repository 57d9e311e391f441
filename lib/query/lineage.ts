import { FieldError } from "../errors/index.js";
import type { AnyRelationMeta, ForeignKeyMeta, ReverseMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { withCombined } from "./combine.js";
import { changed, QUERY, queryOf } from "./query.js";
import { readCounting, recursionAlong, selfRelation } from "./recursion.js";
import { withFilter } from "./refine.js";
import type { Query } from "./tree.js";

/** The rows of a query that a foreign key of the model to itself leads to from one row, or those that it leads from. */
export function withLineage(query: Query, method: "ancestorsOf" | "descendantsOf", given: readonly unknown[]): Query {
  const [row, name, options] = given;
  const { model } = query;
  const relation = selfRelation(model, name, `${method}(row, foreignKey)`, isOwn) as ForeignKeyMeta;
  checkBegin(query, method);
  const counting = readCounting(query, options, method, ["includeSelf"]);
  const { includeSelf = false } = (options ?? {}) as { readonly includeSelf?: unknown };
  if (typeof includeSelf !== "boolean") {
    throw new FieldError(
      `${model.name}: ${method}(…, { includeSelf }) is true or false, got ${printable(includeSelf)}.`,
    );
  }
  if (row === null || row === undefined) {
    throw new FieldError(
      `${model.name}: ${method}(…) takes a row of ${model.name}, or its key, got ${printable(row)}.`,
    );
  }
  const start = withFilter(queryOf(model), [{ pk: row }], method);
  const tree = recursionAlong(start, method === "ancestorsOf" ? relation : downFrom(relation), counting);
  const found = includeSelf ? tree : withFilter(tree, [{ pk: row }], method, true);
  const { related, timeZone, order, reversed } = query;
  const all = changed(found, { timeZone });
  const within = query === queryOf(model) ? all : withCombined(all, { [QUERY]: query }, "and");
  return changed(within, { related, order, reversed, key: `${within.key}${query.key};` });
}

function isOwn(relation: AnyRelationMeta): boolean {
  return relation.type === "foreignKey";
}

/** The other side of a foreign key, whether or not the model declares one. */
function downFrom(via: ForeignKeyMeta): ReverseMeta {
  return {
    type: "reverse",
    name: via.name,
    kind: "hasMany",
    many: true,
    target: via.target,
    via,
    rowSlot: via.rowSlot,
  };
}

function checkBegin({ model, annotations, picked, order, distinct }: Query, method: string): void {
  const isPlainOrder = order === null || order.every((item) => item.kind === "path");
  if (annotations.length === 0 && picked === null && isPlainOrder && !distinct) return;
  throw new FieldError(
    `${model.name}: ${method}(…) takes the conditions that came before it. Annotate, order by what is worked out, pick ` +
      `values and say distinct after it.`,
  );
}
