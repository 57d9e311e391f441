import type {
  FAMILY,
  FIELDS,
  HELD,
  KEY,
  KEY_NAMES,
  LINK,
  NULLABLE,
  OPTIONAL,
  OWN_KEYS,
  PK,
  TO_LINKED,
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

/** What `fields.foreignKey(Album)` and `fields.oneToOne(Album)` give; `C` is the class. */
export interface Fk<C, Null extends boolean, Optional extends boolean, Key extends boolean> {
  // A declaration may not look into its target, which may point back at it. A member does so when it is asked for.
  readonly [TO_ONE]: OrNull<Rows<C>, Null>;
  readonly [OPTIONAL]: Optional;
  readonly [KEY]: Key;
}

/** The same where `Link` are options that say what it holds, and in which columns. */
export type LinkedFk<C, Null extends boolean, Optional extends boolean, Key extends boolean, Link> = Link extends {
  readonly to: infer To;
}
  ? FkTo<C, To, Null, Optional, Key> & Sharing<Link>
  : Fk<C, Null, Optional, Key> & Sharing<Link>;

/** A foreign key that holds the fields `To` of its target, which are not its primary key. */
export interface FkTo<C, To, Null extends boolean, Optional extends boolean, Key extends boolean> {
  readonly [TO_LINKED]: OrNull<Rows<C>, Null>;
  readonly [HELD]: To;
  readonly [OPTIONAL]: Optional;
  readonly [KEY]: Key;
}

interface Sharing<Link> {
  readonly [LINK]: Link;
}

/** A specification that is a foreign key to such fields `To` of `I`, which may be null. */
export interface LinkedTo<I, To> {
  readonly [TO_LINKED]: I;
  readonly [HELD]: To;
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
  : S extends { readonly [TO_ONE]: infer I }
    ? PkOf<NonNullable<I>>
    : S extends LinkedTo<infer I, infer To>
      ? HeldKey<NonNullable<I>, To>
      : never;

/** The raw key of a foreign key that holds the fields `To` of `I`. */
export type HeldKey<I, To> = HeldValue<SpecsOf<I>, To>;

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
export type PkValue<F, K> = K extends readonly string[] ? HeldValue<F, K> : K extends keyof F ? KeyValue<F[K]> : never;
