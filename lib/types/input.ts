import type { NULLABLE, OPTIONAL, TO_ONE, VALUE } from "./phantoms.js";
import type { Sparse } from "./sparse.js";
import type { KeyNamesOf, PkOf, PkValue, SpecsOf } from "./specs.js";

/** What a foreign key is given: a row, loaded or not, or its key. */
export type RelationInput<I> = Sparse<NonNullable<I>> | PkOf<NonNullable<I>> | (null extends I ? null : never);

type InputOf<S> = S extends { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean }
  ? S[typeof NULLABLE] extends true
    ? S[typeof VALUE] | null
    : S[typeof VALUE]
  : S extends { readonly [TO_ONE]: unknown }
    ? RelationInput<S[typeof TO_ONE]>
    : never;

type Column = { readonly [OPTIONAL]: boolean };
type Must = { readonly [OPTIONAL]: false };
type Names<K> = K extends readonly (infer N)[] ? N : K;

// A key that must be given may be given by its name or as `pk`, but not left out.
type KeyInput<F, K, Own extends keyof F> = [Own] extends [never]
  ? { readonly pk?: PkValue<F, K> }
  : | ({ readonly [P in Own]: InputOf<F[P]> } & { readonly pk?: undefined })
    | ({ readonly [P in Own]?: undefined } & { readonly pk: PkValue<F, K> });

type RequiredKeys<F, K> = K extends keyof F ? (F[K] extends Must ? K : never) : never;

// Which type it is, the other half of the intersection says.
type AnyValue = {} | null;
type Values<F> = { readonly [P in keyof F as F[P] extends Column ? P : never]?: InputOf<F[P]> };

/** What a new row is made of; `Given` names the fields that are filled in already. */
export type CreateValues<F, K, Given = never> = Values<F> & {
  readonly [P in keyof F as F[P] extends Must ? Exclude<P, Given | Names<K>> : never]: AnyValue;
} & KeyInput<F, K, Exclude<RequiredKeys<F, Names<K>>, Given>>;

/** What fields are set to. */
export type UpdateValues<F, K> = Values<F> & { readonly pk?: PkValue<F, K> };

/** What `Track.objects.create({ … })` and `new Track({ … })` take. */
export type CreateInput<I, Given = never> = CreateValues<SpecsOf<I>, KeyNamesOf<I>, Given>;

/** What `Track.objects.update({ … })` and `track.update({ … })` take. */
export type UpdateInput<I> = UpdateValues<SpecsOf<I>, KeyNamesOf<I>>;
