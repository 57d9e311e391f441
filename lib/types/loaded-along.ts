import type { ListOf, Prefetched, RowIn, RowsOf } from "./prefetched.js";
import type { NullOf, RowOfAny, ToAny } from "./one-of.js";
import type { TO_ANY, TO_MANY, TO_MAYBE, TO_ONE } from "./phantoms.js";
import type { Sparse } from "./sparse.js";
import type { LinkedTo, Rows, SpecsOf } from "./specs.js";

// What `Loaded` is for relations to one row, for those to many, too. It costs more, and is worked out only for rows of
// querysets that fetch such relations along. `S` has the paths as its names; their values say what a path leads to where
// that is not all there is: see `RowsOf`.
type HeadOf<P> = P extends `${infer H}__${string}` ? H : P;
type Below<S, H extends string> = { readonly [P in keyof S as P extends `${H}__${infer R}` ? R : never]: S[P] };

type Target<X, S, Rest> = X extends { readonly [TO_ONE]: infer J }
  ? LoadedBy<NonNullable<J>, Rest> | (null extends J ? null : never)
  : X extends { readonly [TO_MAYBE]: infer J }
    ? LoadedBy<J, Rest> | null
    : X extends { readonly [TO_MANY]: infer J }
      ? Prefetched<LoadedBy<S extends RowsOf<infer Q> ? RowIn<Q, J> : J, Rest>>
      : X extends LinkedTo<infer J, unknown>
        ? LoadedBy<NonNullable<J>, Rest> | (null extends J ? null : never)
        : X extends ToAny<infer M>
          ? LoadedAny<M, Rest> | NullOf<X>
          : never;
/** Rows of several models: all of them loaded, or where kinds are named those. */
type LoadedAny<M, Rest> = keyof Rest extends never
  ? RowOfAny<M>
  : {
      [K in keyof M]: K extends HeadOf<keyof Rest> ? LoadedBy<Rows<M[K]>, Below<Rest, K & string>> : Sparse<Rows<M[K]>>;
    }[keyof M];
// What a Prefetch gave a name of its own.
type Listed<F, S> = S extends ListOf<infer Name, infer Q> ? RowsAt<F[Name & keyof F], Q> : never;
type RowsAt<X, Q> = X extends { readonly [TO_MANY]: infer J }
  ? RowIn<Q, J>[]
  : X extends { readonly [TO_ONE]: infer J } | { readonly [TO_MAYBE]: infer J } | LinkedTo<infer J, unknown>
    ? RowIn<Q, NonNullable<J>> | null
    : never;

type MaybeHeads<F, H> = H extends keyof F ? (F[H] extends Replaced ? H : never) : never;
type Replaced = { readonly [TO_MAYBE]: unknown } | { readonly [TO_ANY]: unknown };
// Intersecting narrows a foreign key from sparse to loaded, and keeps the class; but `SparseOne & null` is never, so
// there the attribute is replaced.
type Without<I, H> = [H] extends [never] ? I : Omit<I, H & keyof I>;

type Along<I, F, S, Heads> = Without<I, MaybeHeads<F, Heads>> & {
  readonly [H in Heads & string]: H extends keyof F
    ? Target<F[H], H extends keyof S ? S[H] : true, Below<S, H>>
    : Listed<F, S[H & keyof S]>;
};

/** A row with what the members of `S` are named for loaded. */
export type LoadedBy<I, S> = keyof S extends never ? I : Along<I, SpecsOf<I>, S, HeadOf<keyof S>>;
