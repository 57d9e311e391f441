import type { LookupFamily } from "./lookups.js";
import type { NoSuchOption } from "./messages.js";

/** Options that every scalar field takes; `T` is the type of its values. */
export interface FieldOptions<T> {
  readonly primaryKey?: boolean;
  /** NULL allowed. */
  readonly null?: boolean;
  /** A value, or a function called for each row, used when none is given. */
  readonly default?: T | null | (() => T | null);
  /** A default kept by the database. */
  readonly dbDefault?: T | null;
  readonly unique?: boolean;
  readonly index?: boolean;
  /** The column's name where it is not the field's in snake_case. */
  readonly column?: string;
  /** The only values allowed; the field's type is their union. */
  readonly choices?: readonly T[];
  /** Checks of one's own: each gives a sentence saying what is wrong, or nothing. */
  readonly validators?: readonly ((value: T) => string | null | undefined | void)[];
  readonly comment?: string;
  /** An SQL condition for the column's CHECK constraint. It reaches the database as written. */
  readonly check?: string;
  /** An SQL expression whose value the database keeps in this column. It reaches the database as written. */
  readonly generatedAs?: string;
}

/** No options, as the default of a type parameter: it still says what validators are given while their types are inferred. */
export type NoOptions<T> = Pick<FieldOptions<T>, "validators">;

export interface TextOptions extends FieldOptions<string> {
  /** Characters at most. */
  readonly maxLength?: number;
  readonly collation?: string;
}

export interface DecimalOptions extends FieldOptions<string> {
  /** Digits in all. */
  readonly precision: number;
  /** Digits after the point. */
  readonly scale: number;
}

/** Options of date, time and datetime fields. */
export interface MomentOptions<T> extends FieldOptions<T> {
  /** Set to the present whenever the row is saved. */
  readonly autoNow?: boolean;
  /** Set to the present when the row is made. */
  readonly autoNowAdd?: boolean;
}

/** The rule that `set(value)` gives: rows that point at one that is deleted are made to point at another one. */
export interface SetRule {
  readonly onDeleteSet: unknown;
}

/** What happens to rows that point at one that is deleted. */
export type OnDelete = "cascade" | "restrict" | "protect" | "set null" | "set default" | "do nothing" | SetRule;

export interface ForeignKeyOptions {
  readonly null?: boolean;
  readonly onDelete?: OnDelete;
  /** The column's name where it is not `<field>_id`. */
  readonly column?: string;
  readonly unique?: boolean;
  readonly index?: boolean;
  readonly primaryKey?: boolean;
  readonly comment?: string;
  /** A key, or a function that gives one. */
  readonly default?: unknown;
}

/** The same for a foreign key that says what it holds, and in which columns. */
export interface LinkOptions extends ForeignKeyOptions {
  /** The field of the target that it holds, or the fields, unique together; unless given, the primary key. */
  readonly to?: string | readonly string[];
  /** The names of its columns, one for each field that it holds. Another field's column is shared with that. */
  readonly columns?: readonly string[];
  /** Of a model with a parent: this is the relation to the row in the parent's table, by a name of one's own. */
  readonly parentLink?: true;
}

/** What `fields.manyToMany(Tag, { … })` takes. */
export interface ManyToManyOptions {
  /** A model of one's own whose rows tie two together, or a function that gives it: `() => Membership`. */
  readonly through?: object;
  /** The foreign keys of that model: to the one that declares the relation, and to its target. */
  readonly throughFields?: readonly [here: string, there: string];
  /** The table of the model that is made where no `through` is given; `<table>_<field>` unless told. */
  readonly table?: string;
  /** Of a model to itself: false where a row may have another that does not have it. */
  readonly symmetrical?: boolean;
  /** The field of the other model that this is the other side of. */
  readonly reverse?: string;
}

/** A field of one's own: how its column is declared, and how values travel to it and back. */
export interface CustomField<T> {
  /** The column's SQL type on an engine: "sqlite", "postgres" or "mysql". It reaches the database as written. */
  sqlType(engine: string): string;
  /** To what the driver binds: a string, number, bigint or Uint8Array. */
  toDb(value: T): unknown;
  /** From what the driver reads. */
  fromDb(value: unknown): T;
  /** Gives a sentence saying what is wrong with a value, or nothing. */
  validate?(value: T): string | null | undefined | void;
}

/** Options of a field of one's own. */
export interface CustomOptions {
  /** Whose lookups the field has; "text" unless told otherwise. */
  readonly lookups?: LookupFamily;
}

/** Whether a field with the options `O` takes null. */
export type IsNull<O> = O extends { readonly null: true } ? true : false;
/** Whether it is the primary key. */
export type IsKey<O> = O extends { readonly primaryKey: true } ? true : false;
type FilledIn =
  | { readonly null: true }
  | { readonly default: unknown }
  | { readonly dbDefault: unknown }
  | { readonly autoNow: true }
  | { readonly autoNowAdd: true }
  | { readonly generatedAs: string }
  | { readonly parentLink: true };
/** Whether it may be left out when a row is made. */
export type IsOptional<O> = O extends FilledIn ? true : false;
/** The same for integers, which the database generates where they are the primary key. */
export type IsOptionalInteger<O> = O extends FilledIn | { readonly primaryKey: true } ? true : false;
/** The type of its values: `T`, or the union of its choices. */
export type Chosen<T, O> = O extends { readonly choices: readonly (infer C)[] } ? C : T;
/** Whether a key that the database generates is one: unless told otherwise. */
export type IsAutoKey<O> = O extends { readonly primaryKey: false } ? false : true;
/** The lookups of a field of one's own. */
export type OwnFamily<O> = O extends { readonly lookups: infer L extends LookupFamily } ? L : "text";

/** Refuses options that are not among `Allowed`, which an inferred type would let through. */
export type Known<O, Allowed> = keyof O extends keyof Allowed
  ? unknown
  : { readonly [K in Exclude<keyof O, keyof Allowed>]: NoSuchOption<K> };

/** The values of an enumeration: a list, or a TypeScript enum object. */
export type EnumerationSource = readonly (string | number)[] | Readonly<Record<string, string | number>>;
export type EnumerationValue<E> = E extends readonly (infer V)[] ? V : E[keyof E];
export type EnumerationFamily<V> = [V] extends [number] ? "number" : "text";
