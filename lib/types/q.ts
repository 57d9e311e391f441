import type { ENTRIES } from "./phantoms.js";

/**
 * A condition that can be combined before it is asked. Its names are checked where a queryset takes it.
 *
 * @example
 * ```ts
 * Track.objects.filter(Q({ title: "x" }).or(Q({ album__name: "y" })).not());
 * // … WHERE NOT ("title" = 'x' OR "album"."name" = 'y')
 * ```
 */
export interface QNode<out E> {
  readonly [ENTRIES]: E;
  or<E2>(other: QNode<E2>): QNode<E | E2>;
  and<E2>(other: QNode<E2>): QNode<E | E2>;
  /** One of the two, but not both. */
  xor<E2>(other: QNode<E2>): QNode<E | E2>;
  not(): QNode<E>;
}

type Entries<W> = { [K in keyof W]: readonly [K, W[K]] }[keyof W];
type EntriesOf<L extends readonly QNode<unknown>[]> = L[number] extends QNode<infer E> ? E : never;

/** The type of `Q`. */
export interface QFactory {
  /** A condition of lookups which must all hold. */
  <const W extends object>(where: W): QNode<Entries<W>>;
  and<L extends readonly QNode<unknown>[]>(...conditions: L): QNode<EntriesOf<L>>;
  or<L extends readonly QNode<unknown>[]>(...conditions: L): QNode<EntriesOf<L>>;
  /** An odd number of them. */
  xor<L extends readonly QNode<unknown>[]>(...conditions: L): QNode<EntriesOf<L>>;
}
