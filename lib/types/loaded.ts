import type { NullOf, ToAny } from "./one-of.js";
import type { TO_ANY, TO_MAYBE, TO_ONE } from "./phantoms.js";
import type { Sparse } from "./sparse.js";
import type { LinkedTo, Rows, SpecsOf } from "./specs.js";

type Head<P extends string> = P extends `${infer H}__${string}` ? H : P;
type Rest<P extends string, H extends string> = P extends `${H}__${infer R}` ? R : never;
type Joined<S, R extends string> = S extends { readonly [TO_ONE]: infer J }
  ? Loaded<NonNullable<J>, R> | (null extends J ? null : never)
  : S extends { readonly [TO_MAYBE]: infer J }
    ? Loaded<J, R> | null
    : S extends LinkedTo<infer J, unknown>
      ? Loaded<NonNullable<J>, R> | (null extends J ? null : never)
      : S extends ToAny<infer M>
        ? JoinedAny<M, R> | NullOf<S>
        : never;
type JoinedAny<M, R extends string> = {
  [K in keyof M]: K extends Head<R> ? Loaded<Rows<M[K]>, Rest<R, K & string>> : Sparse<Rows<M[K]>>;
}[keyof M];
type MaybeHeads<F, H extends string> = H extends keyof F
  ? F[H] extends { readonly [TO_MAYBE]: unknown } | { readonly [TO_ANY]: unknown }
    ? H
    : never
  : never;
// Intersecting narrows a foreign key from sparse to loaded, and keeps the class; but `SparseOne & null` is never, so
// there the attribute is replaced.
type Without<I, H> = [H] extends [never] ? I : Omit<I, H & keyof I>;

type Along<I, F, P extends string, Heads extends string> = Without<I, MaybeHeads<F, Heads>> & {
  readonly [H in Heads]: Joined<F[H & keyof F], Rest<P, H>>;
};

/** A row with the relations along the paths `P` loaded: `Loaded<Track, "album__artist">`. */
export type Loaded<I, P extends string> = [P] extends [never] ? I : Along<I, SpecsOf<I>, P, Head<P>>;
