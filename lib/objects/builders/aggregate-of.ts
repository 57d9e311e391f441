import { FieldError } from "../../errors/index.js";
import { argument, Expression, QExpression, whereExpression } from "../../expressions/index.js";
import { printable } from "../../util/printable.js";

export type Options = Readonly<Record<string, unknown>>;

export function condition(given: unknown, where: string): QExpression {
  if (QExpression.is(given)) return given;
  if (Expression.is(given)) return new QExpression("boolean", { subject: given });
  try {
    return whereExpression(given);
  } catch {
    throw new FieldError(`${where} takes a condition such as { name: "x" } or Q({ … }), got ${printable(given)}.`);
  }
}

export const SHARED = ["distinct", "filter", "default", "orderBy"];

export function aggregateOf(
  name: string,
  label: string,
  of: unknown,
  options: Options,
  more: Options = {},
): Expression {
  const { distinct = false, filter, default: otherwise, orderBy = [], ...rest } = options;
  if (typeof distinct !== "boolean") {
    throw new FieldError(`${label}(…, { distinct }): expected true or false, got ${printable(distinct)}.`);
  }
  return new Expression({
    kind: "aggregate",
    name,
    arg: of === "*" ? null : QExpression.is(of) ? of : argument(of, label),
    distinct,
    filter: filter === undefined ? null : condition(filter, `${label}(…, { filter })`),
    otherwise,
    orderBy: Array.isArray(orderBy) ? (orderBy as unknown[]) : [orderBy],
    options: { ...rest, ...more },
  });
}
