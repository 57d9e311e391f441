import type { Call, Typed } from "./expression.js";
import type { JsonAt } from "./json.js";
import type { BEHIND, FAMILY, LOOKUPS, NULLABLE, RELATION, TO_MANY, TO_MAYBE, TO_ONE, VALUE } from "./phantoms.js";
import type { JsonOf, Nulled, Results } from "./results.js";
import type { HeldKey, KeyNamesOf, LinkedTo, PkOf, SpecsOf } from "./specs.js";

type Scalar = { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean; readonly [FAMILY]: string };

/** The family of a model's key, for its lookups; a composite key has none of its own. */
type KeyFamily<J, K = KeyNamesOf<J>> = K extends keyof SpecsOf<J>
  ? SpecsOf<J>[K] extends { readonly [FAMILY]: infer Family extends string }
    ? Family
    : SpecsOf<J>[K] extends { readonly [TO_ONE]: infer Next }
      ? KeyFamily<NonNullable<Next>>
      : never
  : "json";
type KeySpec<J, Null extends boolean> = Typed<PkOf<J>, Null, KeyFamily<J>>;
/** The same for what a foreign key holds, where that is not the key. */
type HeldSpec<J, Null extends boolean, To> = Typed<HeldKey<J, To>, Null, KeyFamily<J, To>>;
type IsNull<J> = null extends J ? true : false;

// A relation stands for the key that it leads to.
type FieldSpec<S> = S extends Scalar
  ? S
  : S extends { readonly [TO_ONE]: infer J }
    ? KeySpec<NonNullable<J>, IsNull<J>>
    : S extends { readonly [TO_MANY]: infer J } | { readonly [TO_MAYBE]: infer J }
      ? KeySpec<J, true>
      : S extends LinkedTo<infer J, infer To>
        ? HeldSpec<NonNullable<J>, IsNull<J>, To>
        : never;

type Along<S, R extends string> = S extends { readonly [TO_ONE]: infer J }
  ? Nulled<PathSpec<NonNullable<J>, {}, R>, IsNull<J>>
  : S extends { readonly [TO_MANY]: infer J } | { readonly [TO_MAYBE]: infer J }
    ? Nulled<PathSpec<J, {}, R>, true>
    : S extends { readonly [VALUE]: infer T; readonly [FAMILY]: "json" }
      ? JsonAt<T, R> extends never
        ? never
        : Typed<JsonAt<T, R>, true, "json">
      : S extends LinkedTo<infer J, unknown>
        ? Nulled<PathSpec<NonNullable<J>, {}, R>, IsNull<J>>
        : S extends { readonly [BEHIND]: infer F }
          ? SpecAt<F, never, {}, R>
          : never;

type SpecAt<F, I, A, P extends string> = P extends keyof F
  ? FieldSpec<F[P]>
  : P extends "pk"
    ? KeySpec<I, false>
    : P extends keyof A
      ? FieldSpec<A[P]>
      : P extends `${infer H}__${infer R}`
        ? H extends keyof F
          ? Along<F[H], R>
          : H extends keyof A
            ? Along<A[H], R>
            : never
        : never;

/** The specification of what the path `P` leads to from `I`, whose annotations are `A`; never where there is nothing. */
export type PathSpec<I, A, P extends string> = SpecAt<SpecsOf<I>, I, A, P>;

type ResolvedList<I, A, L extends readonly unknown[]> = { readonly [i in keyof L]: Resolved<I, A, L[i]> };

/** An object of expressions, in JSON: what `JsonObject` works out. */
export interface ObjectNode<X> {
  readonly object: X;
}

/** Rows of the relation `P`, to be given a name, and what has to be checked of their condition. */
export interface NamedRelation<P extends string, C> {
  readonly [RELATION]: P;
  readonly [LOOKUPS]: C;
}

/** The specification of what the node `N` of an expression works out over `I`. */
export type Resolved<I, A, N> = N extends string
  ? PathSpec<I, A, N>
  : N extends Call<infer R, infer L>
    ? ResolvedList<I, A, L> extends infer X extends readonly unknown[]
      ? R extends keyof Results<X>
        ? Results<X>[R]
        : never
      : never
    : N extends ObjectNode<infer X>
      ? JsonOf<{ [K in keyof X]: Resolved<I, A, X[K]> }>
      : N;
