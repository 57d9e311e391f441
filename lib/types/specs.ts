import type {
  FAMILY,
  FIELDS,
  KEY,
  KEY_NAMES,
  NULLABLE,
  OPTIONAL,
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

/** What `fields.foreignKey(Album)` and `fields.oneToOne(Album)` give. The target stays a class, not looked into. */
export interface ForeignKeyEntry<C, Null extends boolean, Optional extends boolean, Key extends boolean> {
  readonly [TO_ONE]: C;
  readonly [NULLABLE]: Null;
  readonly [OPTIONAL]: Optional;
  readonly [KEY]: Key;
}

/** What `fields.hasMany(Track, "album")` gives. */
export interface HasManyEntry<C, Via extends string> {
  readonly [TO_MANY]: C;
  readonly [VIA]: Via;
}

/** What `fields.hasOne(Profile, "user")` gives. */
export interface HasOneEntry<C, Via extends string> {
  readonly [TO_MAYBE]: C;
  readonly [VIA]: Via;
}

/** A foreign key among a model's specifications; `I` is `Album`, or `Album | null`. */
export interface Fk<I, Optional extends boolean> {
  readonly [TO_ONE]: I;
  readonly [OPTIONAL]: Optional;
}

/** A relation to many rows of `I`, back along its foreign key `Via`. */
export interface Many<I, Via extends string> {
  readonly [TO_MANY]: I;
  readonly [VIA]: Via;
}

/** A relation to one row of `I` at most, back along its foreign key. */
export interface One<I> {
  readonly [TO_MAYBE]: I;
}

/** The rows of a model's class. */
export type Rows<C> = C extends { readonly prototype: infer I } ? I : never;

/** `T`, or `T | null` where null is allowed. */
export type OrNull<T, Null> = Null extends true ? T | null : T;

// Members are asked for by name here and elsewhere, not inferred: `infer` costs the compiler several times as much.
type Normal<Entry> = Entry extends { readonly [VALUE]: unknown }
  ? Entry
  : Entry extends () => infer Relation
    ? Relation extends { readonly [TO_ONE]: unknown; readonly [NULLABLE]: unknown; readonly [OPTIONAL]: boolean }
      ? Fk<OrNull<Rows<Relation[typeof TO_ONE]>, Relation[typeof NULLABLE]>, Relation[typeof OPTIONAL]>
      : Relation extends { readonly [TO_MANY]: unknown; readonly [VIA]: string }
        ? Many<Rows<Relation[typeof TO_MANY]>, Relation[typeof VIA]>
        : Relation extends { readonly [TO_MAYBE]: unknown }
          ? One<Rows<Relation[typeof TO_MAYBE]>>
          : never
    : never;

/** The fields of a model as declared, relations resolved. */
export type Specs<D> = { readonly [K in keyof D]: Normal<D[K]> };

type DeclaredKey<D> = {
  [K in keyof D]: D[K] extends { readonly [KEY]: true } | (() => { readonly [KEY]: true }) ? K : never;
}[keyof D];

/** The `id` that a model gets when it declares no primary key. */
export interface AddedKey {
  readonly id: Spec<number, false, true, "number", true>;
}

/** The name of a model's primary key, or a tuple of names, from its fields `D` and its options `M`. */
export type KeyNames<D, M> = M extends { readonly primaryKey: infer Names extends readonly string[] }
  ? Names
  : [DeclaredKey<D>] extends [never]
    ? M extends { readonly abstract: true }
      ? never
      : "id"
    : DeclaredKey<D>;

/** All fields of a model: those declared, and the `id` that is added where no primary key is. */
export type FieldSpecs<D, M> = M extends { readonly primaryKey: readonly string[] } | { readonly abstract: true }
  ? Specs<D>
  : [DeclaredKey<D>] extends [never]
    ? Specs<D & AddedKey>
    : Specs<D>;

/** The specifications of a row's fields. */
export type SpecsOf<I> = I extends { readonly [FIELDS]: infer F } ? F : never;

/** The type of a row's primary key: a value, or a tuple of them for a composite one. */
export type PkOf<I> = I extends { readonly [PK]: infer P } ? P : never;

/** The name of a row's primary key, or a tuple of names. */
export type KeyNamesOf<I> = I extends { readonly [KEY_NAMES]: infer K } ? K : never;

type KeyValue<S> = S extends { readonly [VALUE]: infer T }
  ? T
  : S extends { readonly [TO_ONE]: infer I }
    ? PkOf<NonNullable<I>>
    : never;

/** The value of the primary key `K` of a model with fields `F`. */
export type PkValue<F, K> = K extends readonly string[]
  ? { readonly [i in keyof K]: K[i] extends keyof F ? KeyValue<F[K[i]]> : never }
  : K extends keyof F
    ? KeyValue<F[K]>
    : never;
