import type { LoadedBy } from "./loaded-along.js";
import type { NoSuchAnyRelation, OtherRows } from "./messages.js";
import type { ListOf, RowsOf } from "./prefetched.js";
import type { RowOfAny, ToAny } from "./one-of.js";
import type { BEHIND, MODEL, SHAPE, TO_MANY, TO_MAYBE, TO_ONE } from "./phantoms.js";
import type { LinkedTo, SpecsOf } from "./specs.js";

/** A path with a queryset, and maybe a name, of its own: what `Prefetch(…)` gives. */
export interface PrefetchOf<Path extends string, Q, Name extends string> {
  readonly path: Path;
  readonly source: Q;
  readonly attribute: Name | null;
}

/** A queryset of instances. */
interface Rows {
  readonly [MODEL]: unknown;
  readonly [SHAPE]: unknown;
  all(): Promise<unknown[]>;
}

/** The type of `Prefetch`. */
export interface PrefetchFactory {
  <const Path extends string, Q extends Rows | undefined = undefined, const Name extends string = never>(
    path: Path,
    queryset?: Q,
    options?: { readonly toAttr?: Name },
  ): PrefetchOf<Path, Q, Name>;
}

type Next<S> = S extends { readonly [TO_ONE]: infer J }
  ? NonNullable<J>
  : S extends { readonly [TO_MANY]: infer J } | { readonly [TO_MAYBE]: infer J }
    ? J
    : S extends LinkedTo<infer J, unknown>
      ? NonNullable<J>
      : S extends ToAny<infer M>
        ? RowOfAny<M>
        : never;
type FieldsBehind<S> = S extends { readonly [BEHIND]: infer F } ? F : SpecsOf<Next<S>>;

/** The rows that a path of relations leads to; never for any other path. */
type AtEnd<F, P extends string> = P extends `${infer H}__${infer R}`
  ? H extends keyof F
    ? AtEnd<FieldsBehind<F[H]>, R>
    : never
  : P extends keyof F
    ? Next<F[P]>
    : never;

type IfRelation<S> = Next<S> extends never ? never : unknown;

/** `P` where it leads along relations of any kind; else a message, and the names that could stand there. */
export type AnyRelationPath<I, P extends string> = PathOf<I, P>;

type PathOf<I, P extends string, F = SpecsOf<I>> =
  AtEnd<F, P> extends never ? NoSuchAnyRelation<P> | { [K in keyof F]: K & IfRelation<F[K]> }[keyof F] : P;

type Fits<I, E, P extends string, Q> = [AtEnd<SpecsOf<I>, P>] extends [never]
  ? NoSuchAnyRelation<P>
  : [Q] extends [undefined]
    ? E
    : [Q] extends [{ readonly [MODEL]: AtEnd<SpecsOf<I>, P> }]
      ? E
      : OtherRows<P>;

type Item<I, E> = E extends string
  ? PathOf<I, E>
  : E extends PrefetchOf<infer P, infer Q, string>
    ? Fits<I, E, P, Q>
    : never;

/** What `prefetchRelated` takes: paths of relations, and what `Prefetch(…)` gives. */
export type PrefetchPaths<I, L extends readonly unknown[]> = L extends readonly []
  ? L
  : NoInfer<{ [i in keyof L]: Item<I, L[i]> }>;

// A path stands for those that it leads through, too.
type Steps<P extends string, Before extends string = ""> = P extends `${infer H}__${infer R}`
  ? `${Before}${H}` | Steps<R, `${Before}${H}__`>
  : `${Before}${P}`;
type Through<P extends string> = P extends `${infer H}__${infer R}`
  ? R extends `${string}__${string}`
    ? `${H}__${Through<R>}`
    : H
  : never;
type Last<P extends string> = P extends `${string}__${infer R}` ? Last<R> : P;
type Beside<P extends string, Name extends string> = P extends `${string}__${string}` ? `${Through<P>}__${Name}` : Name;

type FetchedBy<E> = E extends string
  ? { readonly [K in Steps<E>]: true }
  : E extends PrefetchOf<infer P, infer Q, infer Name>
    ? { readonly [K in Steps<Through<P>>]: true } & ([Name] extends [never]
        ? { readonly [K in P]: [Q] extends [undefined] ? true : RowsOf<Q> }
        : { readonly [K in Beside<P, Name>]: ListOf<Last<P>, Q> })
    : never;

type Together<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void ? All : never;

/** The paths that `prefetchRelated` adds to those that are loaded. */
export type FetchedAlong<L extends readonly unknown[]> = Together<FetchedBy<L[number]>>;

/** The type of `prefetch`: gives the same list. */
export type PrefetchRows = <I, const L extends readonly (string | PrefetchOf<string, unknown, string>)[]>(
  rows: readonly I[],
  ...paths: PrefetchPaths<I, L>
) => Promise<LoadedBy<I, FetchedAlong<L>>[]>;
