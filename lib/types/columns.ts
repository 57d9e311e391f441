import type { LINK, TO_ONE, VALUE } from "./phantoms.js";
import type { HeldKey, LinkedTo, PkOf, SpecsOf } from "./specs.js";

type Small = "abcdefghijklmnopqrstuvwxyz";
type IsIn<C extends string, Letters extends string> = Letters extends `${string}${C}${string}` ? true : false;
type IsCapital<C extends string> = IsIn<C, "ABCDEFGHIJKLMNOPQRSTUVWXYZ">;
type First<Text extends string> = Text extends `${infer C}${string}` ? C : "ends";

// An underscore stands between a small letter and a capital, and before the last of several capitals: "http_server".
type Gap<Before extends string, C extends string, Rest extends string> =
  IsCapital<C> extends false
    ? ""
    : IsIn<Before, `${Small}0123456789`> extends true
      ? "_"
      : [IsCapital<Before>, IsIn<First<Rest>, Small>] extends [true, true]
        ? "_"
        : "";

/** "releasedOn" as "released_on": what a field's column is called unless it says otherwise. */
type Snake<Name extends string, Before extends string = "starts"> = Name extends `${infer C}${infer Rest}`
  ? `${Gap<Before, C, Rest>}${Lowercase<C>}${Snake<Rest, C>}`
  : "";

type ColumnName<K, S> = S extends { readonly [VALUE]: unknown }
  ? Snake<K & string>
  : S extends { readonly [TO_ONE]: infer J }
    ? LinkName<K & string, PkOf<NonNullable<J>>, S>
    : S extends LinkedTo<infer J, infer To>
      ? HeldName<K & string, HeldKey<NonNullable<J>, To>, S, To>
      : never;

// Of several columns, or of one that the target's names, not even the names are known here.
type LinkName<K extends string, Key, S> = Key extends readonly unknown[] ? never : Named<S, `${Snake<K>}_id`>;
type HeldName<K extends string, Key, S, To> = Key extends readonly unknown[]
  ? never
  : Named<S, `${Snake<K>}_${Snake<To & string>}`>;
type Named<S, Else> = S extends { readonly [LINK]: { readonly columns: readonly [infer Only] } } ? Only & string : Else;

type ColumnValue<S> = S extends { readonly [VALUE]: infer T }
  ? T
  : S extends { readonly [TO_ONE]: infer J }
    ? PkOf<NonNullable<J>>
    : S extends LinkedTo<infer J, infer To>
      ? HeldKey<NonNullable<J>, To>
      : never;

/** The columns of a model's table by their names in the database, with the types of the values they are compared with. */
export type ColumnsOf<I, F = SpecsOf<I>> = {
  -readonly [K in keyof F as ColumnName<K, F[K]>]: ColumnValue<F[K]> | null;
};
