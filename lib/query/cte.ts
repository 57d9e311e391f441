import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { valuesOf } from "./combine.js";
import { queryOf, shapeKey } from "./query.js";
import { columnsHeld, itemsOf, readOptions } from "./source.js";
import type { CteSource, Query } from "./tree.js";

/** The same rows, written as a table of the statement under a name. */
export function withCte(query: Query, name: unknown, options: unknown): Query {
  const { model, picked, none, needs, timeZone, related } = query;
  checkCteName(model, name);
  refuseOuter(query, "asCte");
  const { materialized = null } = readOptions(model, options, "asCte", ["materialized"]);
  if (materialized !== null && typeof materialized !== "boolean") {
    throw new FieldError(`${model.name}: asCte(…, { materialized }) is true or false, got ${printable(materialized)}.`);
  }
  const columns = columnsHeld(query);
  const isOfValues = picked !== null;
  const values = valuesOf(query);
  const kept = materialized === null ? "" : materialized ? "+" : "-";
  const key = `${model.id}[with ${name}${kept} ${shapeKey(query)}];`;
  const member = { query, slot: 0 };
  const source: CteSource = {
    ...{ kind: "cte", name, member, slots: values.length, materialized },
    ...{ columns, isOfValues, key },
  };
  return {
    ...queryOf(model),
    ...{ source, key, values, needs, timeZone, related, none },
    order: isOfValues ? [] : null,
    annotations: isOfValues
      ? []
      : columns.slice(model.columns.length).map((term) => ({ name: term.name, term, base: 0, given: true })),
    picked: picked === null ? null : { as: picked.as, items: itemsOf(columns, picked) },
  };
}

const NAME = /^[A-Za-z]\w{0,59}$/;
/** Names like those that statements give tables by themselves. */
const OWN = /^(t|tree_t)\d+$/i;

function checkCteName(model: ModelMeta, name: unknown): asserts name is string {
  if (typeof name === "string" && NAME.test(name) && !OWN.test(name)) return;
  throw new FieldError(
    `${model.name}: asCte(name) takes a name that starts with a letter and has letters, digits and underscores, ` +
      `60 at most, and is none such as "t1"; got ${printable(name)}.`,
  );
}

/** What stands beside a statement's query knows nothing of its rows. */
export function refuseOuter({ model, outer }: Query, method: string): void {
  const [first] = outer;
  if (first === undefined) return;
  throw new FieldError(
    `${model.name}: ${method}(…) stands apart from the query around it, so that OuterRef("${first.path}") has no row ` +
      `to name. Filter by it after ${method}(…).`,
  );
}
