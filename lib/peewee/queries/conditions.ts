import { combine, Expression, whereExpression } from "../../expressions/index.js";
import { metaOf, metaOfRow } from "../../models/index.js";

/** Conditions that hold together, as one: lookups, `Q(…)` and other expressions. */
export function together(conditions: readonly unknown[]): Expression {
  return combine("and", conditions.map(conditionOf));
}

/** Conditions of which one at least holds. */
export function either(one: readonly unknown[], other: readonly unknown[]): Expression {
  return combine("or", [together(one), together(other)]);
}

function conditionOf(given: unknown): unknown {
  return Expression.is(given) ? given : whereExpression(given);
}

/** What a row is asked for by: lookups as they are, anything else is taken for a primary key. */
export function byKeyOrLookups(model: unknown, where: readonly unknown[]): readonly unknown[] {
  const [first] = where;
  if (where.length !== 1 || first === undefined) return where;
  return isKey(model, first) ? [{ pk: first }] : where;
}

function isKey(model: unknown, given: unknown): boolean {
  if (given === null || typeof given !== "object") return true;
  if (Array.isArray(given)) return metaOf(model).primaryKey.length > 1;
  return metaOfRow(given) !== null || given instanceof Date || given instanceof Uint8Array;
}
