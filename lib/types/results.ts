import type { Typed } from "./expression.js";
import type { Json } from "./json-value.js";
import type { FAMILY, NULLABLE, VALUE } from "./phantoms.js";

type ValueIn<S> = S extends { readonly [VALUE]: infer T } ? T : never;
type NullIn<S> = S extends { readonly [NULLABLE]: infer Null } ? Null : never;
type FamilyIn<S> = S extends { readonly [FAMILY]: infer Family extends string } ? Family : never;

/** True where one of a list of specifications may be NULL. */
type AnyNull<X extends readonly unknown[]> = true extends NullIn<X[number]> ? true : false;
/** True where all of them may be. */
type AllNull<X extends readonly unknown[]> = false extends NullIn<X[number]> ? false : true;

type WithNull<S, Null extends boolean> = Typed<ValueIn<S>, Null, FamilyIn<S>>;
type First<X extends readonly unknown[]> = X extends readonly [infer S, ...unknown[]] ? S : never;
type Second<X extends readonly unknown[]> = X extends readonly [unknown, infer S, ...unknown[]] ? S : never;

type Moment = "date" | "time" | "datetime";
/** A decimal number is a string, and wins over bigint, as that does over number. */
type Wider<T> = 0 extends T & 1 ? T : WiderOf<T>;
type WiderOf<T> = Extract<T, string> extends never ? (Extract<T, bigint> extends never ? number : bigint) : string;
type Summed<X extends readonly unknown[], A, B> =
  FamilyIn<A> extends Moment
    ? WithNull<A, AnyNull<X>>
    : FamilyIn<B> extends Moment
      ? WithNull<B, AnyNull<X>>
      : Typed<Wider<ValueIn<A | B>>, AnyNull<X>, "duration" extends FamilyIn<A | B> ? "duration" : "number">;
type Subtracted<X extends readonly unknown[]> =
  FamilyIn<Second<X>> extends Moment ? Typed<number, AnyNull<X>, "duration"> : Summed<X, First<X>, Second<X>>;

/** What JSON makes of a value. */
type InJson<S> =
  ValueIn<S> extends infer T ? (T extends Date | Uint8Array ? string : T extends bigint ? number : T) : never;
type JsonValue<S> = InJson<S> | (true extends NullIn<S> ? null : never);

/**
 * The rules by which functions give their results: `X` is a list of the specifications of their arguments. An
 * interface, so that functions of one's own can have rules of their own.
 */
export interface Results<X extends readonly unknown[]> {
  /** Text; NULL where an argument is. */
  text: Typed<string, AnyNull<X>, "text">;
  number: Typed<number, AnyNull<X>, "number">;
  date: Typed<string, AnyNull<X>, "date">;
  time: Typed<string, AnyNull<X>, "time">;
  datetime: Typed<Date, AnyNull<X>, "datetime">;
  /** The type of the first argument; NULL where an argument is. */
  same: WithNull<First<X>, AnyNull<X>>;
  /** The type of the first argument, which may turn out NULL. */
  maybe: WithNull<First<X>, true>;
  /** The type of the first argument, never NULL. */
  sure: WithNull<First<X>, false>;
  /** One of the arguments, NULL where one of them is. */
  either: WithNull<X[number], AnyNull<X>>;
  /** The first argument that is not NULL. */
  coalesce: WithNull<X[number], AllNull<X>>;
  sum: Summed<X, First<X>, Second<X>>;
  difference: Subtracted<X>;
  "cast smallInteger": Typed<number, AnyNull<X>, "number">;
  "cast integer": Typed<number, AnyNull<X>, "number">;
  "cast bigInteger": Typed<bigint, AnyNull<X>, "number">;
  "cast float": Typed<number, AnyNull<X>, "number">;
  "cast decimal": Typed<string, AnyNull<X>, "number">;
  "cast boolean": Typed<boolean, AnyNull<X>, "boolean">;
  "cast string": Typed<string, AnyNull<X>, "text">;
  "cast text": Typed<string, AnyNull<X>, "text">;
  "cast uuid": Typed<string, AnyNull<X>, "uuid">;
  "cast date": Typed<string, AnyNull<X>, "date">;
  "cast time": Typed<string, AnyNull<X>, "time">;
  "cast datetime": Typed<Date, AnyNull<X>, "datetime">;
  "cast duration": Typed<number, AnyNull<X>, "duration">;
  "cast json": Typed<Json, AnyNull<X>, "json">;
  "cast binary": Typed<Uint8Array, AnyNull<X>, "binary">;
  /** A list of values of the first argument. */
  list: Typed<JsonValue<First<X>>[], false, "json">;
  maybeList: Typed<JsonValue<First<X>>[], true, "json">;
  /** A list of the arguments. */
  array: Typed<{ -readonly [i in keyof X]: JsonValue<X[i]> }, false, "json">;
}

/** An object in JSON, of the specifications of its values. */
export type JsonOf<X> = Typed<{ -readonly [K in keyof X]: JsonValue<X[K]> }, false, "json">;

/** What a value of a specification is in a row. */
export type ValueOf<S> = S extends { readonly [VALUE]: infer T; readonly [NULLABLE]: infer Null }
  ? true extends Null
    ? T | null
    : T
  : never;

/** The specification of another, NULL where `Null` is true. */
export type Nulled<S, Null> = Null extends true ? WithNull<S, true> : S;
