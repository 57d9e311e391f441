import type { FamilyLookups, NullableLookups, RelationLookups } from "./lookups.js";
import type { NoSuchLookup, Refused, WrongValue } from "./messages.js";
import type { ENTRIES, FAMILY, MODEL, NULLABLE, TO_MANY, TO_MAYBE, TO_ONE, VALUE } from "./phantoms.js";
import type { Sparse } from "./sparse.js";
import type { KeyNamesOf, PkOf, SpecsOf } from "./specs.js";
import type { Suggest } from "./suggest.js";
import type { FamilyOf, FamilyTransforms, FamilyValues } from "./transforms.js";

/** A queryset whose rows are `I`, where a lookup takes one. */
export interface QueryOf<I> {
  readonly [MODEL]: I;
}

type Widened<P> = P extends bigint ? bigint | number : P;
/** What a relation is compared with: a row, loaded or not, or its key. */
type KeyOperand<J> = Sparse<J> | Widened<PkOf<J>>;

type Nullable<T, Null, R> = R extends keyof NullableLookups ? (Null extends true ? T | null : T) : T;

type Relation<J, Null, R extends string, Key extends string> = R extends keyof RelationLookups<unknown, unknown>
  ? Nullable<RelationLookups<KeyOperand<J>, QueryOf<J>>[R], Null, R>
  : ValueAt<SpecsOf<J>, J, {}, R, Key>;

/** The lookup `R` of a value of type `T`, or the lookup after the transforms in `R`. */
type Lookup<T, Null, Family, R extends string, Key extends string> = Family extends keyof FamilyLookups<T>
  ? R extends keyof FamilyLookups<T>[Family]
    ? Nullable<FamilyLookups<T>[Family][R], Null, R>
    : Family extends keyof FamilyTransforms
      ? R extends `${infer H}__${infer After}`
        ? H extends keyof FamilyTransforms[Family]
          ? Transformed<T, Null, Family, FamilyTransforms[Family][H], After, Key>
          : NoSuchLookup<Key>
        : R extends keyof FamilyTransforms[Family]
          ? Transformed<T, Null, Family, FamilyTransforms[Family][R], "exact", Key>
          : NoSuchLookup<Key>
      : NoSuchLookup<Key>
  : NoSuchLookup<Key>;

type Transformed<T, Null, Family, Result, R extends string, Key extends string> = Result extends "same"
  ? Lookup<T, Null, Family, R, Key>
  : Result extends keyof FamilyValues
    ? Lookup<FamilyValues[Result], Null, Result, R, Key>
    : NoSuchLookup<Key>;

type Scalar = { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean; readonly [FAMILY]: string };

type Step<S, R extends string, Key extends string> = S extends Scalar
  ? Lookup<S[typeof VALUE], S[typeof NULLABLE], S[typeof FAMILY], R, Key>
  : S extends { readonly [TO_ONE]: unknown }
    ? Relation<NonNullable<S[typeof TO_ONE]>, null extends S[typeof TO_ONE] ? true : false, R, Key>
    : S extends { readonly [TO_MANY]: unknown }
      ? Relation<S[typeof TO_MANY], true, R, Key>
      : S extends { readonly [TO_MAYBE]: unknown }
        ? Relation<S[typeof TO_MAYBE], true, R, Key>
        : never;

/** The key itself: its own lookups, and rows or a queryset of them where those compare for equality. */
type KeyStep<I, K, R extends string, Key extends string> = K extends keyof SpecsOf<I>
  ? R extends keyof RelationLookups<unknown, unknown>
    ? RelationLookups<KeyOperand<I>, QueryOf<I>>[R]
    : Step<SpecsOf<I>[K], R, Key>
  : R extends "exact" | "ne"
    ? PkOf<I>
    : R extends "in"
      ? readonly PkOf<I>[] | QueryOf<I>
      : NoSuchLookup<Key>;

// The row's own names come before annotations, so that they are known where `this` is not: in a queryset's subclass.
type ValueAt<F, I, A, P extends string, Key extends string> = P extends keyof F
  ? Step<F[P], "exact", Key>
  : P extends "pk"
    ? KeyStep<I, KeyNamesOf<I>, "exact", Key>
    : P extends `${infer H}__${infer R}`
      ? H extends keyof F
        ? Step<F[H], R, Key>
        : H extends "pk"
          ? KeyStep<I, KeyNamesOf<I>, R, Key>
          : P extends keyof A
            ? A[P]
            : H extends keyof A
              ? Lookup<NonNullable<A[H]>, null extends A[H] ? true : false, FamilyOf<NonNullable<A[H]>>, R, Key>
              : NoSuchLookup<Key>
      : P extends keyof A
        ? A[P]
        : NoSuchLookup<Key>;

/** The type of value that a key such as `album__name__in` takes in a filter over `I`; a message where there is none. */
export type LookupValue<I, A, Key extends string> = ValueAt<SpecsOf<I>, I, A, Key, Key>;

type BadEntry<I, A, E> = E extends readonly [infer K extends string, infer V]
  ? LookupValue<I, A, K> extends infer Wanted
    ? [Wanted] extends [Refused]
      ? Wanted
      : [V] extends [Wanted]
        ? never
        : WrongValue<K>
    : never
  : never;

type Lookups<I, A, W> = { [K in keyof W]: LookupValue<I, A, K & string> };

/**
 * What a filter's argument of type `W` must be: `W` itself where it is an object of lookups with the right values, or
 * a Q of such; else what it ought to be, so that an error points at the one key that is wrong. Without keys, which is
 * how an editor asks while they are written, it is all that could be: to hold calls against that would cost more than
 * all else here.
 */
export type Where<I, A, W> = W extends { readonly [ENTRIES]: infer E }
  ? [BadEntry<I, A, E>] extends [never]
    ? W
    : BadEntry<I, A, E>
  : [keyof W] extends [never]
    ? Suggest<I, W>
    : W extends Lookups<I, A, NoInfer<W>>
      ? W
      : Lookups<I, A, NoInfer<W>>;

/** The same for a list of arguments. */
export type WhereList<I, A, L extends readonly unknown[]> = { [i in keyof L]: Where<I, A, L[i]> };
