import { builderOfConditions } from "../../databases/kysely-bridge.js";
import { FieldError } from "../../errors/index.js";
import { type Expression, rawExpression } from "../../expressions/index.js";
import { type Query, withFilter } from "../../query/index.js";
import { printable } from "../../util/printable.js";

/** The condition that a callback makes with Kysely's expression builder. */
function builtCondition(model: string, build: unknown): Expression {
  if (typeof build !== "function") {
    throw new FieldError(
      `${model}: where(…) takes a function of Kysely's expression builder, where((eb) => eb("title", "=", "x")); ` +
        `got ${printable(build)}. For an object of lookups use filter({ … }).`,
    );
  }
  const built: unknown = (build as (eb: object) => unknown)(builderOfConditions());
  if (built === null || typeof built !== "object" || !("toOperationNode" in built)) {
    const got = built instanceof Promise ? "a promise: it must not be async" : printable(built);
    throw new FieldError(
      `${model}: where((eb) => …): the function gives a condition, such as eb("title", "=", "x"); got ${got}.`,
    );
  }
  return rawExpression(built);
}

export function withBuilt(query: Query, build: unknown): Query {
  return withFilter(query, [builtCondition(query.model.name, build)], "where");
}
