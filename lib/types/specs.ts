import type {
  FAMILY,
  FIELDS,
  KEY,
  KEY_NAMES,
  LINK,
  NULLABLE,
  OPTIONAL,
  OWN_KEYS,
  PK,
  TO_MANY,
  TO_MAYBE,
  TO_ONE,
  VALUE,
  VIA,
} from "./phantoms.js";

/** A scalar field as the compiler sees it: what `fields.string(…)` and its like give. */
export interface Spec<T, Null extends boolean, Optional extends boolean, Family extends string, Key extends boolean> {
  readonly [VALUE]: T;
  readonly [NULLABLE]: Null;
  readonly [OPTIONAL]: Optional;
  readonly [FAMILY]: Family;
  readonly [KEY]: Key;
}

/** What `fields.foreignKey(Album)` and `fields.oneToOne(Album)` give; `C` is the class, `Link` what it holds of it. */
export interface Fk<C, Null extends boolean, Optional extends boolean, Key extends boolean, Link = null> {
  // A declaration may not look into its target, which may point back at it. A member does so when it is asked for.
  readonly [TO_ONE]: OrNull<Rows<C>, Null>;
  readonly [OPTIONAL]: Optional;
  readonly [KEY]: Key;
  readonly [LINK]: Link;
}

/** What `fields.hasMany(Track, "album")` gives. */
export interface Many<C, Via extends string> {
  readonly [TO_MANY]: Rows<C>;
  readonly [VIA]: Via;
}

/** What `fields.hasOne(Profile, "user")` gives. */
export interface One<C, Via extends string> {
  readonly [TO_MAYBE]: Rows<C>;
  readonly [VIA]: Via;
}

/** The rows of a model's class. */
export type Rows<C> = C extends { readonly prototype: infer I } ? I : never;

/** `T`, or `T | null` where null is allowed. */
export type OrNull<T, Null> = Null extends true ? T | null : T;

// A type of its own, so that the compiler works it out once for all fields that are alike.
type Declared<Entry> = Entry extends () => infer Relation ? Relation : Entry;

/** The fields of a model as declared, relations taken out of their thunks. */
export type Specs<D> = { readonly [K in keyof D]: Declared<D[K]> };

type ScalarKey<D> = { [K in keyof D]: D[K] extends { readonly [KEY]: true } ? K : never }[keyof D];
type RelationKey<D> = { [K in keyof D]: D[K] extends () => { readonly [KEY]: true } ? K : never }[keyof D];

/**
 * The `id` that a model gets when it declares no primary key; it has no type of value where a relation turns out to
 * be the key. What thunks give may not be asked before a member is, or a mixin over models that point at each other fails.
 */
export interface AddedKey<D> {
  readonly id: [RelationKey<D>] extends [never] ? Spec<number, false, true, "number", true> : {};
}

/** The names of key fields that can be told from fields `D` and options `M` alone: a name, a tuple of them, or none. */
export type OwnKeys<D, M> = M extends { readonly primaryKey: infer Names extends readonly string[] }
  ? Names
  : ScalarKey<D>;

type KeyIn<F> = { [K in keyof F]: F[K] extends { readonly [KEY]: true } ? K : never }[keyof F];

/** The name of a model's primary key, or a tuple of names, from its fields and its own keys. */
export type KeyNames<F, Own> = [Own] extends [never] ? ([KeyIn<F>] extends [never] ? "id" : KeyIn<F>) : Own;

/** All fields of a model: those declared, and the `id` that is added where no primary key is. */
export type FieldSpecs<D, M> = M extends { readonly primaryKey: readonly string[] } | { readonly abstract: true }
  ? Specs<D>
  : [ScalarKey<D>] extends [never]
    ? Specs<D & AddedKey<D>>
    : Specs<D>;

/** The specifications of a row's fields. */
export type SpecsOf<I> = I extends { readonly [FIELDS]: infer F } ? F : never;

/** The type of a row's primary key: a value, or a tuple of them for a composite one. */
export type PkOf<I> = I extends { readonly [PK]: infer P } ? P : never;

/** The names of a row's key fields; see `OwnKeys`. */
export type OwnKeysOf<I> = I extends { readonly [OWN_KEYS]: infer K } ? K : never;

/** The name of a row's primary key, or a tuple of names. */
export type KeyNamesOf<I> = I extends { readonly [KEY_NAMES]: infer K } ? K : never;

type KeyValue<S> = S extends { readonly [VALUE]: infer T }
  ? T
  : S extends { readonly [TO_ONE]: infer I; readonly [LINK]: infer Link }
    ? RawKey<NonNullable<I>, Link>
    : never;

/** The raw key of a foreign key to `I`: the value of its primary key, or of what `Link` says that it holds. */
export type RawKey<I, Link> = Link extends { readonly to: infer To } ? HeldValue<SpecsOf<I>, To> : PkOf<I>;

type HeldValue<F, To> = To extends readonly [infer Only]
  ? HeldValue<F, Only>
  : To extends readonly string[]
    ? Tuple<F, To>
    : To extends keyof F
      ? KeyValue<F[To]>
      : never;

type Tuple<F, Names extends readonly string[]> = Flat<{
  readonly [i in keyof Names]: Names[i] extends keyof F ? KeyValue<F[Names[i]]> : never;
}>;

// A key in a key has several values of its own.
type Flat<T> = T extends readonly [infer First, ...infer Rest]
  ? readonly [...(First extends readonly unknown[] ? First : readonly [First]), ...Flat<Rest>]
  : readonly [];

/** The value of the primary key `K` of a model with fields `F`. */
export type PkValue<F, K> = K extends readonly string[]
  ? HeldValue<F, K>
  : K extends keyof F
    ? KeyValue<F[K]>
    : never;
