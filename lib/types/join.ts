import type { JoinNameTaken } from "./messages.js";
import type { ALIASED, TO_ONE } from "./phantoms.js";
import type { AnyQuery, RowsGiven } from "./selection.js";

/** A model under a name: what `Category.alias("other")` gives, to be joined. */
export interface ModelAlias<I, Name extends string> {
  readonly [ALIASED]: I;
  readonly name: Name;
}

/** The type of `lateral`: the rows of a queryset under a name. */
export type LateralFactory = <const Name extends string, Q extends AnyQuery>(
  name: Name,
  queryset: Q,
) => ModelAlias<RowsGiven<Q>, Name>;

/** How `join` joins. */
export interface JoinOptions<Left extends boolean = boolean> {
  /** Keeps rows that none of the model's stands beside: what they have of it is NULL. */
  readonly left?: Left;
}

/** The name of joined rows: that of a relation to one row. */
export type Joined<J, Name extends string, Left extends boolean> = {
  readonly [K in Name]: { readonly [TO_ONE]: Left extends true ? J | null : J };
};

/** A name that no field has; else a message. */
export interface FreeName<F, Name extends string> {
  readonly name: Name extends keyof F ? JoinNameTaken<Name> : Name;
}
