import { FieldError } from "../../errors/index.js";
import {
  changed,
  isSliced,
  keyOrder,
  orderOf,
  type Query,
  refuseSliced,
  withFilter,
  withFirst,
  withLastFirst,
  withoutOrder,
  withReverse,
} from "../../query/index.js";
import { errorsOf } from "../rows/errors-of.js";
import { describe } from "./query-shortcuts.js";

/** `get` fetches so many rows at most: enough to tell how many there were, without reading a table by mistake. */
const GET_LIMIT = 21;

/** The rows that `get` looks at. */
export function someOf(query: Query, where: readonly unknown[]): Query {
  const asked = where.length === 0 ? query : withFilter(query, where, "get");
  return withFirst(withoutOrder(asked), GET_LIMIT);
}

/** What `get` says that has found no row, or several. */
export function notOne({ model }: Query, found: readonly object[], where: readonly unknown[]): never {
  const { DoesNotExist, MultipleObjectsReturned } = errorsOf(model);
  const asked = describe(where);
  if (found.length === 0) throw new DoesNotExist(`No ${model.name} matches get(${asked}).`);
  const number = found.length === GET_LIMIT ? `more than ${GET_LIMIT - 1}` : String(found.length);
  throw new MultipleObjectsReturned(`get(${asked}) found ${number} rows of ${model.name}, not one.`);
}

/** The rows from the first one on: by primary key where they are in no order. */
export function fromFirst(query: Query): Query {
  refuseUnorderedGroups(query, "first");
  return orderOf(query).length > 0 || isSliced(query) ? query : orderedByKey(query);
}

/** The rows from the last one on. */
export function fromLast(query: Query): Query {
  refuseSliced(query, "last");
  refuseUnorderedGroups(query, "last");
  return withLastFirst(withReverse(orderOf(query).length > 0 ? query : orderedByKey(query)));
}

function refuseUnorderedGroups({ model, groups, order, source }: Query, method: string): void {
  if ((groups === null && !source?.isOfValues) || (order !== null && order.length > 0)) return;
  throw new FieldError(
    `${model.name}: ${method}() of ${groups === null ? "values" : "groups"} needs an order. Call orderBy(…) before it.`,
  );
}

function orderedByKey(query: Query): Query {
  const key = `${query.key}<pk${query.reversed ? "~" : ""};`;
  return changed(query, { key, order: keyOrder(query.model) });
}
