import type { AnyExpression, Call } from "./expression.js";
import type { FreeExpression, InputOf } from "./input.js";
import type { JsonMember } from "./json.js";
import type { FamilyLookups, LookupFamily, NullableLookups, RelationLookups, ValuesOf } from "./lookups.js";
import type { NoSuchField, NoSuchLookup, WrongValue } from "./messages.js";
import type { AnyInput, ToAny } from "./one-of.js";
import type { Leads } from "./paths.js";
import type { BEHIND, LOOKUPS, FAMILY, MODEL, NODE, NULLABLE, TO_MANY, TO_MAYBE, TO_ONE, VALUE } from "./phantoms.js";
import type { Resolved } from "./resolve.js";
import type { Sparse, SparseBy } from "./sparse.js";
import type { HeldKey, KeyNamesOf, LinkedTo, PkOf, SpecsOf } from "./specs.js";
import type { Suggest } from "./suggest.js";
import type { FamilySteps, FamilyTransforms, FamilyValues } from "./transforms.js";

/** A queryset whose rows are `I`, where a lookup takes one. */
export interface QueryOf<I> {
  readonly [MODEL]: I;
}

type Widened<P> = P extends bigint ? bigint | number : P;
/** What a relation is compared with: a row, loaded or not, or its key. */
type KeyOperand<J> = Sparse<J> | Widened<PkOf<J>>;
type HeldOperand<J, To> = Sparse<J> | SparseBy<J, To> | Widened<HeldKey<J, To>>;

type Nullable<T, Null, R> = R extends keyof NullableLookups ? (Null extends true ? T | null : T) : T;

// Below, `never` stands for "no such lookup". Messages are made only where an error is certain: what is worked out on
// the way is then the same for all keys that end alike, and for all models that have such a field.
type Relation<J, Null, R extends string> = R extends keyof RelationLookups<unknown, unknown>
  ? Nullable<RelationLookups<KeyOperand<J>, QueryOf<J> | ValuesOf<PkOf<J>>>[R], Null, R>
  : At<J, R>[Value<R>];
type LinkedRelation<J, To, Null, R extends string> = R extends keyof RelationLookups<unknown, unknown>
  ? Nullable<RelationLookups<HeldOperand<J, To>, QueryOf<J> | ValuesOf<HeldKey<J, To>>>[R], Null, R>
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
        : Stepped<Result, R>
    : never
  : Family extends "json"
    ? Behind<JsonMember<T, Name>, R>
    : Family extends keyof FamilySteps<T, Name>
      ? Stepped<FamilySteps<T, Name>[Family], R>
      : never;

/** Behind a step of an extension, which says itself what it leads to. */
type Stepped<S, R extends string> = S extends Scalar ? Lookup<S[typeof VALUE], true, S[typeof FAMILY], R> : never;

// Behind a key anything but a lookup is a key, too.
type Behind<T, R extends string> = [T] extends [never] ? never : Lookup<T, true, "json", R>;

type Scalar = { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean; readonly [FAMILY]: string };

type StepValue<S, R extends string> = S extends Scalar
  ? Lookup<S[typeof VALUE], S[typeof NULLABLE], S[typeof FAMILY], R>
  : S extends { readonly [TO_ONE]: unknown }
    ? Relation<NonNullable<S[typeof TO_ONE]>, null extends S[typeof TO_ONE] ? true : false, R>
    : S extends { readonly [TO_MANY]: unknown }
      ? Relation<S[typeof TO_MANY], true, R>
      : S extends { readonly [TO_MAYBE]: unknown }
        ? Relation<S[typeof TO_MAYBE], true, R>
        : S extends LinkedTo<infer J, infer To>
          ? LinkedRelation<NonNullable<J>, To, null extends J ? true : false, R>
          : S extends ToAny<infer M> & HasBehind<infer F>
            ? OneOfLookup<M, F, S[typeof NULLABLE], R>
            : never;

interface HasBehind<F> {
  readonly [BEHIND]: F;
}
type OneOfLookup<M, F, Null, R extends string> = R extends keyof RelationLookups<unknown, unknown>
  ? Nullable<RelationLookups<AnyInput<M>, never>[R], Null, R>
  : ValueAt<F, never, {}, R>;

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
    ? RelationLookups<KeyOperand<I>, QueryOf<I> | ValuesOf<PkOf<I>>>[R]
    : Step<SpecsOf<I>[K], R>[Value<R>]
  : R extends "exact" | "ne" | "in"
    ? RelationLookups<KeyOperand<I>, QueryOf<I> | ValuesOf<PkOf<I>>>[R]
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
        ? Step<A[P], "exact">[Value<P>]
        : never;

type Annotated<A, P extends string, H, R extends string> = P extends keyof A
  ? Step<A[P], "exact">[Value<P>]
  : H extends keyof A
    ? Step<A[H], R>[Value<R>]
    : never;

/** The type of value that a key such as `album__name__in` takes in a filter over `I`; never where there is none. */
export type LookupValue<I, A, Key extends string> = ValueAt<SpecsOf<I>, I, A, Key>;

type Numeric<V> = Extract<V, number | bigint> extends never ? false : true;
type Fits<Wanted, S> = S extends { readonly [VALUE]: infer T; readonly [FAMILY]: infer Family }
  ? [T] extends [Wanted]
    ? true
    : [Wanted] extends [T]
      ? true
      : Family extends "number"
        ? Numeric<Wanted>
        : false
  : false;

/** What is wrong with an expression of type `E` where the lookup `Key` takes `Wanted`; never where nothing is. */
type BadValue<I, A, Wanted, E, Key extends string> =
  E extends AnyExpression<infer N, infer C>
    ? WrongIn<I, A, C> extends never
      ? Fits<Wanted, Resolved<I, A, N>> extends true
        ? never
        : WrongValue<Key>
      : WrongIn<I, A, C>
    : WrongValue<Key>;

type WrongEntry<I, A, Wanted, V, Key extends string> = [V] extends [Wanted]
  ? never
  : [Wanted] extends [never]
    ? NoSuchLookup<Key>
    : BadValue<I, A, Wanted, V, Key>;

/** What is wrong among the paths and lookups in an expression, `C`: a union of messages, or never. */
export type WrongIn<I, A, C> = C extends string
  ? Leads<SpecsOf<I>, A, C> extends true
    ? never
    : NoSuchField<C>
  : { [K in keyof C]: WrongEntry<I, A, LookupValue<I, A, K & string>, C[K], K & string> }[keyof C];

// Most conditions hold lookups of plain values. That is tried first: it takes a fraction of the time.
type PlainIn<I, A, W> = W extends object
  ? { [K in keyof W]: W[K] extends LookupValue<I, A, K & string> ? never : true }[keyof W]
  : W;

type Named<V, Key extends string> = [V] extends [never] ? NoSuchLookup<Key> : V;

type Admitted<I, A, E, Key extends string> =
  WrongEntry<I, A, LookupValue<I, A, Key>, E, Key> extends never ? E : WrongEntry<I, A, LookupValue<I, A, Key>, E, Key>;
type Checked<I, A, W, C> = WrongIn<I, A, C> extends never ? W : WrongIn<I, A, C>;

type Lookups<I, A, W> = {
  [K in keyof W]: W[K] extends { readonly [NODE]: unknown }
    ? NoInfer<Admitted<I, A, W[K], K & string>>
    : Named<LookupValue<I, A, K & string>, K & string>;
};

/** What may be a condition, as far as can be told before its model is known. */
type Conditional =
  string | { readonly [VALUE]: boolean } | Call<"same" | "maybe" | "sure" | "either" | "coalesce", never>;

/**
 * What a filter's argument of type `W` must be: `W` itself where it is an object of lookups with the right values, or
 * a Q of such; else what it ought to be, so that an error points at the one key that is wrong. Without keys, which is
 * how an editor asks while they are written, it is all that could be: to hold calls against that would cost more than
 * all else here.
 */
export type Where<I, A, W> = W extends { readonly [LOOKUPS]: infer Held; readonly [NODE]: Conditional }
  ? PlainIn<I, A, Held> extends never
    ? W
    : NoInfer<Checked<I, A, W, Held>>
  : NoInfer<keyof W extends never ? Suggest<I> : Lookups<I, A, W>>;

/** The same for a list of arguments. */
export type WhereList<I, A, L extends readonly unknown[]> = L extends readonly []
  ? L
  : NoInfer<{ [i in keyof L]: Where<I, A, L[i]> }>;

type NewValue<F, I, K> = K extends keyof F ? InputOf<F[K], FreeExpression> : PkOf<I>;
type Set<I, A, F, V, K extends string> = K extends keyof F | "pk"
  ? V extends { readonly [NODE]: unknown }
    ? Admitted<I, A, V, K>
    : NewValue<F, I, K>
  : NoSuchField<K>;

/** What `update` sets fields to where expressions are among it: these are checked as `field = …` is. */
export type SetValues<I, A, W> = W extends never
  ? W
  : NoInfer<{ readonly [K in keyof W]: Set<I, A, SpecsOf<I>, W[K], K & string> }>;
