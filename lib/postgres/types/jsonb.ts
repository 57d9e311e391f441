import type { AnyExpression, Call, ClaimsOf, Expression, NodeOf } from "../../types/expression.js";

/** A key, or keys and places from the outside in. */
export type JsonPath = string | readonly (string | number)[];

type Written<X> = Expression<Call<"maybe", [NodeOf<X>]>, ClaimsOf<X>>;

export type JsonWriteFactory = <const X extends string | AnyExpression>(of: X, other: unknown) => Written<X>;

export interface JsonPathFactory {
  <const X extends string | AnyExpression>(of: X, path: JsonPath): Written<X>;
  <const X extends string | AnyExpression>(
    of: X,
    path: JsonPath,
    value: unknown,
    options?: { readonly create?: boolean },
  ): Written<X>;
}

declare module "../../types/lookups.js" {
  interface JsonExtras {
    /** PostgreSQL: a path of SQL/JSON leads to something: `$.tags[*] ? (@ == "a")`. */
    path_exists: string;
    /** PostgreSQL: what a predicate of SQL/JSON says: `$.size > 3`. */
    path_match: string;
  }
}
