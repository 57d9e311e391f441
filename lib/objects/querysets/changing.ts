import { FieldError } from "../../errors/index.js";
import { type Query, refuseSet, refuseSliced, rowsOf } from "../../query/index.js";

/** A query that changes rows, checked to be one: never a slice, and never a whole table by mistake. */
export function changing(query: Query, method: string, all: boolean): Query {
  const { name } = query.model;
  refuseSet(query, method);
  refusePicked(query, method);
  if (query.hints.length > 0) throw new FieldError(`${name}: ${method}(…) takes no hints: leave them out.`);
  if (query.source !== null || query.distinctOn !== null) {
    const rows = query.source === null ? "whole rows, not the first of each" : "rows of the table itself";
    throw new FieldError(
      `${name}: ${method}(…) needs ${rows}. Name them by key: objects.filter({ pk__in: these }).${method}(…).`,
    );
  }
  refuseSliced(query, method, `Name the rows by key: objects.filter({ pk__in: sliced }).${method}(…).`);
  if (query.filters.length === rowsOf(query.model).filters.length && !query.none && !all) {
    const call = method === "delete" ? "delete({ all: true })" : "update({ … }, { all: true })";
    throw new FieldError(`${name}: ${method} without a filter would ${method} every row. Say so: ${call}.`);
  }
  return query;
}

export function refusePicked({ model, picked }: Query, method: string): void {
  if (picked !== null) throw new FieldError(`${model.name}: ${method}(…) is about rows, and cannot follow values(…).`);
}
