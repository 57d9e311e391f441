import type { Typed } from "../../types/expression.js";
import type { FIELDS, PK } from "../../types/phantoms.js";
import type { Spec } from "../../types/specs.js";

declare const COLUMN: unique symbol;
declare const NESTED: unique symbol;

/** A column of `jsonTable` that is read in a way of its own; `S` is the specification of its values. */
export interface JsonTableColumn<S> {
  readonly [COLUMN]: S;
}

/** Columns of what stands in a list within each row of `jsonTable`. */
export interface NestedColumns<C> {
  readonly [NESTED]: C;
}

/** What a column reads where nothing stands at its path, or what is no value of its kind. */
export type JsonTableDefault<T> = "null" | "error" | { readonly default: T };

/** How `jsonColumn` reads. */
export interface JsonColumnOptions<T> {
  /** Where it is in a row: `$.quantity`; unless given, at the key of its name. */
  readonly path?: string;
  /** Where nothing is there: NULL unless given. */
  readonly onEmpty?: JsonTableDefault<T>;
  /** Where that is no such value: NULL unless given. */
  readonly onError?: JsonTableDefault<T>;
}

/** The type of values that a field holds. */
export type ValueIn<S> = S extends Spec<infer T, boolean, boolean, string, boolean> ? T : never;

/** What a field's values are where there may be none. */
export type Read<S> = S extends Spec<infer T, boolean, boolean, infer Family, boolean> ? Typed<T, true, Family> : never;

type Own<C> = {
  readonly [K in keyof C as C[K] extends NestedColumns<unknown> ? never : K]: C[K] extends JsonTableColumn<infer S>
    ? S
    : Read<C[K]>;
};
type Inner<C> = C extends NestedColumns<infer N> ? (columns: ColumnsRead<N>) => void : never;
type All<U> = [U] extends [never] ? unknown : U extends (all: infer A) => void ? A : never;
type Both<U> = [U] extends [never]
  ? unknown
  : (U extends unknown ? (x: U) => void : never) extends (x: infer A) => void
    ? A
    : never;

/** The columns of a table as the fields of a row, those of lists within among them. */
export type ColumnsRead<C> = Own<C> & Both<All<Inner<C[keyof C]>>>;

/** A row of `jsonTable`, as names lead into it. It has no key. */
export interface JsonTableRow<C> {
  readonly [FIELDS]: ColumnsRead<C>;
  readonly [PK]: never;
}
