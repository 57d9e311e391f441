import type { FamilyLookups, LookupFamily, NullableLookups, RelationLookups } from "./lookups.js";
import type { NoSuchLookup, WrongValue } from "./messages.js";
import type { LOOKUPS, FAMILY, MODEL, NULLABLE, TO_MANY, TO_MAYBE, TO_ONE, VALUE } from "./phantoms.js";
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

// Below, `never` stands for "no such lookup". Messages are made only where an error is certain: what is worked out on
// the way is then the same for all keys that end alike, and for all models that have such a field.
type Relation<J, Null, R extends string> = R extends keyof RelationLookups<unknown, unknown>
  ? Nullable<RelationLookups<KeyOperand<J>, QueryOf<J>>[R], Null, R>
  : At<J, R>[Value<R>];

/** The lookup `R` of a value of type `T`, or the lookup after the transforms in `R`. */
type Lookup<T, Null, Family, R extends string> = Family extends LookupFamily
  ? R extends keyof FamilyLookups<T>[Family]
    ? Nullable<FamilyLookups<T>[Family][R], Null, R>
    : R extends `${infer H}__${infer After}`
      ? Transformed<T, Null, Family, H, After>
      : Transformed<T, Null, Family, R, "exact">
  : never;

type Transformed<
  T,
  Null,
  Family extends LookupFamily,
  Name,
  R extends string,
> = Name extends keyof FamilyTransforms[Family]
  ? FamilyTransforms[Family][Name] extends infer Result
    ? Result extends "same"
      ? Lookup<T, Null, Family, R>
      : Result extends keyof FamilyValues
        ? Lookup<FamilyValues[Result], Null, Result, R>
        : never
    : never
  : never;

type Scalar = { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean; readonly [FAMILY]: string };

type StepValue<S, R extends string> = S extends Scalar
  ? Lookup<S[typeof VALUE], S[typeof NULLABLE], S[typeof FAMILY], R>
  : S extends { readonly [TO_ONE]: unknown }
    ? Relation<NonNullable<S[typeof TO_ONE]>, null extends S[typeof TO_ONE] ? true : false, R>
    : S extends { readonly [TO_MANY]: unknown }
      ? Relation<S[typeof TO_MANY], true, R>
      : S extends { readonly [TO_MAYBE]: unknown }
        ? Relation<S[typeof TO_MAYBE], true, R>
        : never;

// The compiler keeps what it works out for the members of an interface, and would work out a conditional type at the
// end of another again for each key and model. It must not know the member's name beforehand, or it looks through.
type Value<R> = R extends string ? "value" : never;

/** The lookup `R` of a field. */
interface Step<S, R extends string> {
  readonly value: StepValue<S, R>;
}

/** What the path `P` takes in a filter over `I`. */
interface At<I, P extends string> {
  readonly value: ValueAt<SpecsOf<I>, I, {}, P>;
}

/** The key itself: its own lookups, and rows or a queryset of them where those compare for equality. */
type KeyStep<I, K, R extends string> = K extends keyof SpecsOf<I>
  ? R extends keyof RelationLookups<unknown, unknown>
    ? RelationLookups<KeyOperand<I>, QueryOf<I>>[R]
    : Step<SpecsOf<I>[K], R>[Value<R>]
  : R extends "exact" | "ne"
    ? PkOf<I>
    : R extends "in"
      ? readonly PkOf<I>[] | QueryOf<I>
      : never;

// The row's own names come before annotations, so that they are known where `this` is not: in a queryset's subclass.
type ValueAt<F, I, A, P extends string> = P extends keyof F
  ? Step<F[P], "exact">[Value<P>]
  : P extends `${infer H}__${infer R}`
    ? H extends keyof F
      ? Step<F[H], R>[Value<R>]
      : H extends "pk"
        ? KeyStep<I, KeyNamesOf<I>, R>
        : Annotated<A, P, H, R>
    : P extends "pk"
      ? KeyStep<I, KeyNamesOf<I>, "exact">
      : P extends keyof A
        ? A[P]
        : never;

type Annotated<A, P extends string, H, R extends string> = P extends keyof A
  ? A[P]
  : H extends keyof A
    ? Lookup<NonNullable<A[H]>, null extends A[H] ? true : false, FamilyOf<NonNullable<A[H]>>, R>
    : never;

/** The type of value that a key such as `album__name__in` takes in a filter over `I`; never where there is none. */
export type LookupValue<I, A, Key extends string> = ValueAt<SpecsOf<I>, I, A, Key>;

type Bad<Wanted, V, Key extends string> = [V] extends [Wanted]
  ? never
  : [Wanted] extends [never]
    ? NoSuchLookup<Key>
    : WrongValue<Key>;
type BadIn<I, A, W> = W extends unknown
  ? { [K in keyof W]: Bad<LookupValue<I, A, K & string>, W[K], K & string> }[keyof W]
  : never;

type Named<V, Key extends string> = [V] extends [never] ? NoSuchLookup<Key> : V;
type Lookups<I, A, W> = { [K in keyof W]: Named<LookupValue<I, A, K & string>, K & string> };

/**
 * What a filter's argument of type `W` must be: `W` itself where it is an object of lookups with the right values, or
 * a Q of such; else what it ought to be, so that an error points at the one key that is wrong. Without keys, which is
 * how an editor asks while they are written, it is all that could be: to hold calls against that would cost more than
 * all else here.
 */
export type Where<I, A, W> = W extends { readonly [LOOKUPS]: infer Held }
  ? [BadIn<I, A, Held>] extends [never]
    ? W
    : BadIn<I, A, Held>
  : [keyof W] extends [never]
    ? Suggest<I>
    : Lookups<I, A, NoInfer<W>>;

/** The same for a list of arguments. */
export type WhereList<I, A, L extends readonly unknown[]> = { [i in keyof L]: Where<I, A, L[i]> };
