import type { AnyExpression, Ordering } from "./expression.js";
import type { NoSuchField } from "./messages.js";
import type { Leads, SuggestOrder } from "./paths.js";
import type { LOOKUPS } from "./phantoms.js";
import type { SpecsOf } from "./specs.js";
import type { WrongIn } from "./where.js";

/** `P` where rows can be ordered by it: a path, "-" before it to descend, or "?" for chance. */
export type OrderPath<I, A, P extends string> = P extends "?"
  ? P
  : Leads<SpecsOf<I>, A, P extends `-${infer R}` | `+${infer R}` ? R : P> extends true
    ? P
    : SuggestOrder<I> | NoSuchField<P>;

/** What rows are ordered by: a path, or an expression. */
export type OrderItem = string | AnyExpression | Ordering<unknown>;

type OrderOf<I, A, P> = P extends string
  ? OrderPath<I, A, P>
  : P extends { readonly [LOOKUPS]: infer C }
    ? WrongIn<I, A, C> extends never
      ? P
      : WrongIn<I, A, C>
    : never;

/** The same for a list of arguments, expressions among them. */
export type OrderList<I, A, L extends readonly unknown[]> = L extends readonly []
  ? L
  : NoInfer<{ [i in keyof L]: OrderOf<I, A, L[i]> }>;
