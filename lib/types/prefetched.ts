/** Related rows that were fetched along: `for (const track of album.tracks)`. */
export interface Prefetched<I> extends Iterable<I> {
  /** How many there are. */
  readonly length: number;
}

/** The end of a path whose rows a queryset of its own gives. */
export interface RowsOf<Q> {
  readonly rows: Q;
}

/** What stands under a name of its own: what the relation `Name` leads to, or the rows of a queryset. */
export interface ListOf<Name extends string, Q> {
  readonly relation: Name;
  readonly of: Q;
}

/** The rows that a queryset gives, or else `J`. */
export type RowIn<Q, J> = [Q] extends [undefined] ? J : Q extends { all(): Promise<(infer Row)[]> } ? Row : J;
