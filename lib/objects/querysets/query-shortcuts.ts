import { FieldError } from "../../errors/index.js";
import { argument, call, combine, type Expression, OrderExpression, whereExpression } from "../../expressions/index.js";
import { areRowsOf, metaOfRow, type ModelMeta, ownColumns } from "../../models/index.js";
import { keyOfRow, type Query, withDistinct, withFilter, withOrder, withPicked } from "../../query/index.js";
import { printable } from "../../util/printable.js";

/** Rows of which one of some texts contains a term, whatever its case; unless told which, any text of the model's own. */
export function withSearch(query: Query, term: unknown, fields: readonly unknown[]): Query {
  const { model } = query;
  if (typeof term !== "string") {
    throw new FieldError(`${model.name}: search(term, …fields) takes a text to look for, got ${printable(term)}.`);
  }
  const names = fields.length > 0 ? fields : textFields(model);
  if (names.length === 0) throw new FieldError(`${model.name} has no text field to search in.`);
  const wheres = names.map((name) => whereExpression({ [`${searched(model, name)}__icontains`]: term }));
  return withFilter(query, [combine("or", wheres)], "search");
}

function searched(model: ModelMeta, name: unknown): string {
  if (typeof name === "string") return name;
  throw new FieldError(`${model.name}: search(term, …fields) takes names of text fields, got ${printable(name)}.`);
}

function textFields(model: ModelMeta): string[] {
  return ownColumns(model)
    .filter(({ family, relation }) => family === "text" && relation === null)
    .map(({ field }) => field);
}

/** The different days, months, … in a field, in order. */
export function withMoments(
  query: Query,
  method: "dates" | "datetimes",
  [path, part, order = "asc"]: readonly unknown[],
): Query {
  const { model } = query;
  if (order !== "asc" && order !== "desc") {
    throw new FieldError(
      `${model.name}: ${method}(field, part, order): order is "asc" or "desc", got ${printable(order)}.`,
    );
  }
  if (typeof part !== "string") {
    throw new FieldError(
      `${model.name}: ${method}(field, part): part is a name such as "month", got ${printable(part)}.`,
    );
  }
  const at = argument(path, `${model.name}: ${method}(field, part)`);
  const cut = call("trunc", [method === "dates" ? call("cast", [at], { to: "date" }) : at], { part });
  const known = withFilter(query, [notNull(at)], method);
  const sorted = withOrder(known, [new OrderExpression(cut, order === "desc", null)], method);
  return withDistinct(withPicked(sorted, "flat", [{ moment: cut }], "valuesList"));
}

function notNull(expression: Expression): Expression {
  return expression.isNull(false);
}

/** The lookup that finds a row of the model. */
export function rowLookup(model: ModelMeta, row: unknown): Record<string, unknown> {
  const meta = metaOfRow(row);
  if (meta === null || !areRowsOf(meta, model)) {
    throw new FieldError(`${model.name}: contains(row) takes a row of ${model.name}, got ${printable(row)}.`);
  }
  return { pk: keyOfRow(row, model) };
}

/** The lookups of a `get`, without their values, which may be secrets. */
export function describe(where: readonly unknown[]): string {
  const names = where.flatMap((item) => (item !== null && typeof item === "object" ? Object.keys(item) : []));
  return names.length === 0 ? "" : `{ ${names.join(", ")} }`;
}
