import type { KeyByKind, NullOf, ToAny } from "./one-of.js";
import type { NULLABLE, OPTIONAL, TO_ONE, VALUE } from "./phantoms.js";
import type { HeldKey, LinkedTo, OrNull, PkOf, SpecsOf } from "./specs.js";

/** What a schema of version 1 of Standard Schema has; see https://standardschema.dev. */
export interface StandardProps<Output> {
  readonly version: 1;
  readonly vendor: string;
  /** The values, converted; or everything that is wrong with them. */
  readonly validate: (value: unknown) => StandardResult<Output>;
  readonly types?: { readonly input: Output; readonly output: Output } | undefined;
}

/** What came of a validation: the values, or what is wrong with them and where. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One thing wrong with values from outside. */
export interface StandardIssue {
  readonly message: string;
  /** The field; empty where it is the whole. */
  readonly path: readonly PropertyKey[];
}

/** A schema that frameworks and validators take; `Model.inputSchema()` makes one. */
export interface InputSchema<Output> {
  readonly "~standard": StandardProps<Output>;
}

/** Which fields a schema has, and whether all must be there. */
export interface InputSchemaOptions<Only, Except, Part> {
  /** These fields, and no others. */
  readonly only?: readonly Only[];
  /** All but these. */
  readonly except?: readonly Except[];
  /** true: for changes, where what is not given stays as it is. */
  readonly partial?: Part;
}

type Column = { readonly [OPTIONAL]: boolean };
type Must = { readonly [OPTIONAL]: false };

/** The fields of rows of `I` that values can be given for. */
export type InputField<I> = Named<SpecsOf<I>>;
type Named<F> = { [K in keyof F]: F[K] extends Column ? K : never }[keyof F] & string;

type Given<S> = S extends { readonly [VALUE]: unknown; readonly [NULLABLE]: boolean }
  ? OrNull<S[typeof VALUE], S[typeof NULLABLE]>
  : S extends { readonly [TO_ONE]: infer I }
    ? PkOf<NonNullable<I>> | (null extends I ? null : never)
    : S extends LinkedTo<infer I, infer To>
      ? HeldKey<NonNullable<I>, To> | (null extends I ? null : never)
      : S extends ToAny<infer M>
        ? KeyByKind<M> | NullOf<S>
        : never;

/** What a new row with fields `F` takes. */
export type ModelInput<F> = InputValues<F, Named<F>, false>;

/** Values of some fields; relations are given by their keys. */
export type InputValues<F, K extends keyof F, Part> = {
  [P in K as [F[P], Part] extends [Must, false] ? P : never]: Given<F[P]>;
} & { [P in K as [F[P], Part] extends [Must, false] ? never : P]?: Given<F[P]> };
