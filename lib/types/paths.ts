import type { JsonAt } from "./json.js";
import type { NoSuchField, NoSuchRelation, NotToItself } from "./messages.js";
import type { BEHIND, FAMILY, TO_MANY, TO_MAYBE, TO_ONE, VALUE } from "./phantoms.js";
import type { LinkedTo, SpecsOf } from "./specs.js";

type Next<S> = S extends { readonly [TO_MANY]: infer J } ? J : ToOne<S>;

/** True where a path leads to a field of `I`, or to an annotation in `A`. */
export type Leads<F, A, P extends string> = P extends keyof F | "pk"
  ? true
  : P extends `${infer H}__${infer R}`
    ? H extends keyof F
      ? Next<F[H]> extends never
        ? IntoJson<F[H], R>
        : Leads<SpecsOf<Next<F[H]>>, {}, R>
      : P extends keyof A
        ? true
        : H extends keyof A
          ? Next<A[H]> extends never
            ? false
            : Leads<SpecsOf<Next<A[H]>>, {}, R>
          : false
    : P extends keyof A
      ? true
      : false;

/** True where a path goes on into JSON that can hold it. */
type IntoJson<S, R> = S extends { readonly [VALUE]: infer T; readonly [FAMILY]: "json" }
  ? JsonAt<T, R> extends never
    ? false
    : true
  : S extends { readonly [BEHIND]: infer F }
    ? IntoOne<F, R>
    : false;
// Of rows of several models there is no one key.
type IntoOne<F, R> = R extends "pk" ? false : Leads<F, {}, R & string>;

type OwnNames<I> = keyof SpecsOf<I> & string;

/** What an editor completes in `orderBy("…")`. */
export type SuggestOrder<I> = OwnNames<I> | `-${OwnNames<I>}`;

/** `P` where it names a field, along relations at any depth; else a message, and names for an editor to complete. */
export type FieldPath<I, A, P extends string> = P extends unknown
  ? Leads<SpecsOf<I>, A, P> extends true
    ? P
    : OwnNames<I> | NoSuchField<P>
  : never;

type One = { readonly [TO_ONE]: unknown } | { readonly [TO_MAYBE]: unknown } | LinkedTo<unknown, unknown>;
type ToOne<S> = S extends { readonly [TO_ONE]: infer J }
  ? NonNullable<J>
  : S extends { readonly [TO_MAYBE]: infer J }
    ? J
    : S extends LinkedTo<infer J, unknown>
      ? NonNullable<J>
      : never;

type LeadsToOne<F, P extends string> = P extends `${infer H}__${infer R}`
  ? H extends keyof F
    ? ToOne<F[H]> extends never
      ? F[H] extends { readonly [BEHIND]: infer Members }
        ? LeadsToOne<Members, R>
        : false
      : LeadsToOne<SpecsOf<ToOne<F[H]>>, R>
    : false
  : P extends keyof F
    ? ToOne<F[P]> extends never
      ? false
      : true
    : false;

type IfToOne<S> = S extends One ? unknown : never;

/** `P` where it leads along relations to one row each; else a message, and the names that could stand there. */
export type RelationPath<I, P extends string, F = SpecsOf<I>> = P extends unknown
  ? LeadsToOne<F, P> extends true
    ? P
    : NoSuchRelation<P> | { [K in keyof F]: K & IfToOne<F[K]> }[keyof F]
  : never;

/** The same, or "self" for the row itself. */
export type LockPath<I, P extends string> = P extends "self" ? P : RelationPath<I, P>;
// Told by fields rather than rows, so that querysets of a subclass of a model still fit the place of the model's own.
type LeadsBack<F, S> = Next<S> extends never ? false : [SpecsOf<Next<S>>] extends [F] ? true : false;
type SelfNames<F> = { [K in keyof F]: LeadsBack<F, F[K]> extends true ? K : never }[keyof F];

/** `P` where it is a relation of the model to itself; else a message, and the names that could stand there. */
export type SelfPath<I, P extends string, F = SpecsOf<I>> = P extends keyof F
  ? LeadsBack<F, F[P]> extends true
    ? P
    : NotToItself<P> | SelfNames<F>
  : NotToItself<P> | SelfNames<F>;

type Key = { readonly [TO_ONE]: unknown } | LinkedTo<unknown, unknown>;

/** The same for a foreign key of the model to itself. */
export type SelfKey<I, P extends string, F = SpecsOf<I>> = P extends keyof F
  ? F[P] extends Key
    ? SelfPath<I, P, F>
    : NotToItself<P> | SelfNames<F>
  : NotToItself<P> | SelfNames<F>;
