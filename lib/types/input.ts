import type { AnyExpression } from "./expression.js";
import type { HeldElsewhere } from "./messages.js";
import type { AnyInput, NullOf, ToAny } from "./one-of.js";
import type { FIELDS, LINK, LINKS, NULLABLE, OPTIONAL, TO_MANY, TO_MAYBE, TO_ONE, VALUE, VIA } from "./phantoms.js";
import type { Sparse, SparseBy } from "./sparse.js";
import type { HeldKey, LinkedTo, OwnKeysOf, PkOf, SpecsOf } from "./specs.js";

/** An expression that names no field: there is no row yet that it could be of. */
export type FreeExpression = AnyExpression<unknown, never>;

/** What a foreign key is given: a row, loaded or not, or its key. */
export type RelationInput<I> = Sparse<NonNullable<I>> | PkOf<NonNullable<I>> | (null extends I ? null : never);
/** The same for one that holds something else than the key. */
type LinkedInput<I, To> =
  Sparse<NonNullable<I>> | SparseBy<NonNullable<I>, To> | HeldKey<NonNullable<I>, To> | (null extends I ? null : never);

// `X` stands within the alias, so that the compiler works it out once for fields that are alike.
/** What a field is set to; `X` is what may stand for a value. */
export type InputOf<S, X = never> = S extends { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean }
  ? S[typeof NULLABLE] extends true
    ? S[typeof VALUE] | null | X
    : S[typeof VALUE] | X
  : S extends { readonly [TO_ONE]: unknown }
    ? RelationInput<S[typeof TO_ONE]> | X
    : S extends LinkedTo<infer I, infer To>
      ? LinkedInput<I, To> | X
      : S extends ToAny<infer M>
        ? AnyInput<M> | NullOf<S>
        : HeldElsewhere;

type Column = { readonly [OPTIONAL]: boolean };
type Must = { readonly [OPTIONAL]: false };
type Names<K> = K extends readonly (infer N)[] ? N : K;

// A key that must be given may be given by its name or as `pk`, but not left out.
type ByNameOrPk<F, K extends PropertyKey, I> =
  | ({ readonly [P in K & keyof F as F[P] extends Must ? P : never]: InputOf<F[P]> } & { readonly pk?: undefined })
  | ({ readonly [P in K]?: undefined } & { readonly pk: PkOf<I> });
type KeyInput<F, K, I, Given> = K extends readonly string[]
  ? ByNameOrPk<F, Exclude<K[number], Given | Shared<F, Given>>, I>
  : [K extends keyof F ? F[K] : never] extends [{ readonly [OPTIONAL]: true }]
    ? { readonly pk?: PkOf<I> }
    : ByNameOrPk<F, K & PropertyKey, I>;

// What a foreign key that is given sets of other fields' columns, by their names.
type Shared<F, Given> = {
  [K in keyof F]: F[K] extends {
    readonly [LINK]: { readonly columns: readonly (infer Name)[] };
    readonly [OPTIONAL]: infer O;
  }
    ? K extends Given
      ? FieldOf<Name>
      : O extends false
        ? FieldOf<Name>
        : never
    : never;
}[keyof F];
// The field that has a column, by how columns are called.
type FieldOf<Name> = Name | (Name extends `${infer Field}_id` ? Field : never);
type GivenNames<F, Given> = [Given] extends [never] ? never : Given | Shared<F, Given>;

// Which type it is, the other half of the intersection says.
type AnyValue = {} | null;
type Values<F, X> = { readonly [P in keyof F]?: InputOf<F[P], X> };

/**
 * What a new row of a model is made of. `F` are its fields, `K` its own keys, `I` what has the type of its key; `Given`
 * names the fields that are filled in already, and `X` is the type of expressions where they may stand for values.
 */
export type CreateValues<F, K, I, Given = never> = Values<F, never> & Needed<F, K, I, Given>;

/** The same for a row of a model with a parent, which a relation in `L` may say that it extends: then that has its values. */
export type ChildValues<F, K, I, L> = Values<F, never> & (Needed<F, K, I, never> | Below<F, L, never>);

type Below<F, L, Given> = {
  [P in keyof L]: { readonly [Q in P]: {} } & {
    readonly [
      Q in Exclude<keyof F, keyof SpecsOf<L[P]>> as F[Q] extends Must ? Exclude<Q, GivenNames<F, Given>> : never
    ]: AnyValue;
  };
}[keyof L];
type NeededOf<I, Given> = I extends { readonly [LINKS]: infer L }
  ? Needed<SpecsOf<I>, OwnKeysOf<I>, I, Given> | Below<SpecsOf<I>, L, Given>
  : Needed<SpecsOf<I>, OwnKeysOf<I>, I, Given>;

type Needed<F, K, I, Given> = {
  readonly [P in keyof F as F[P] extends Must ? Exclude<P, GivenNames<F, Given> | Names<K>> : never]: AnyValue;
} & ([K] extends [never] ? { readonly pk?: PkOf<I> } : KeyInput<F, K, I, Given>);

// Rows made along with their row are not asked for the key that leads back to it.
type Child<J, Via extends PropertyKey> = CreateInput<J, Via> & NoRow & { readonly [P in Via]?: undefined };
/** What no row of a model is, which could look like the values of another one. */
interface NoRow {
  readonly [FIELDS]?: undefined;
}
type MadeOf<S, X> = S extends Column
  ? S extends { readonly [TO_ONE]: infer I }
    ? RelationInput<I> | (CreateInput<NonNullable<I>> & NoRow) | X
    : S extends LinkedTo<infer I, unknown>
      ? InputOf<S, X> | (CreateInput<NonNullable<I>> & NoRow)
      : InputOf<S, X>
  : S extends { readonly [TO_MANY]: infer J; readonly [VIA]: infer Via extends string }
    ? readonly Child<J, Via>[]
    : S extends { readonly [TO_MAYBE]: infer J; readonly [VIA]: infer Via extends string }
      ? Child<J, Via> | null
      : S extends { readonly [TO_MANY]: infer J }
        ? readonly (RelationInput<J> | (CreateInput<J> & NoRow))[]
        : never;
type NestedValues<F, X> = { readonly [P in keyof F]?: MadeOf<F[P], X> };

/** What fields are set to. */
export type UpdateValues<F, I, X = never> = Values<F, X> & { readonly pk?: PkOf<I> };

/** What `Track.objects.create({ … })` takes: rows that are to be made with it in the place of relations, too. */
export type CreateInput<I, Given = never> = NestedValues<SpecsOf<I>, FreeExpression> & NeededOf<I, Given>;

/** What `Track.objects.update({ … })` and `track.update({ … })` take. */
export type UpdateInput<I> = UpdateValues<SpecsOf<I>, I, FreeExpression>;
