import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { Expression, type QExpression } from "./expression.js";

/** Those rows of a relation that fulfil a condition. */
export function filteredRelation(relation: unknown, condition: QExpression): Expression {
  if (typeof relation === "string") return new Expression({ kind: "filteredRelation", relation, condition });
  throw new FieldError(
    `FilteredRelation(relation, condition) takes the name of a relation and a condition, got ${printable(relation)}.`,
  );
}
