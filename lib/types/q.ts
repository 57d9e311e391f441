import type { LOOKUPS, NODE } from "./phantoms.js";
import type { Spec } from "./specs.js";

/** What a condition gives where it stands for a value: true or false, and never NULL. */
export type Truth = Spec<boolean, false, true, "boolean", false>;

/**
 * A condition that can be combined before it is asked. Its names are checked where a queryset takes it. It is an
 * expression, too: `annotate({ late: Q({ position__gt: 9 }) })`.
 *
 * @example
 * ```ts
 * Track.objects.filter(Q({ title: "x" }).or(Q({ album__name: "y" })).not());
 * // … WHERE NOT ("title" = 'x' OR "album"."name" = 'y')
 * ```
 */
export interface QNode<out W> {
  readonly [LOOKUPS]: W;
  readonly [NODE]: Truth;
  or<W2>(other: QNode<W2>): QNode<W | W2>;
  and<W2>(other: QNode<W2>): QNode<W | W2>;
  /** One of the two, but not both. */
  xor<W2>(other: QNode<W2>): QNode<W | W2>;
  not(): QNode<W>;
}

type HeldIn<L extends readonly QNode<unknown>[]> = L[number] extends QNode<infer W> ? W : never;

/** The type of `Q`. */
export interface QFactory {
  /** A condition of lookups which must all hold. */
  <const W extends object>(where: W): QNode<W>;
  and<L extends readonly QNode<unknown>[]>(...conditions: L): QNode<HeldIn<L>>;
  or<L extends readonly QNode<unknown>[]>(...conditions: L): QNode<HeldIn<L>>;
  /** An odd number of them. */
  xor<L extends readonly QNode<unknown>[]>(...conditions: L): QNode<HeldIn<L>>;
}
