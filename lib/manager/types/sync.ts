import type { BulkKey, Aggregated, Computed } from "../../types/selection.js";
import type { CreateInput, UpdateInput } from "../../types/input.js";
import type { FieldPath } from "../../types/paths.js";
import type { DeleteResult } from "../../types/index.js";
import type { ANN, GIVEN, ROW } from "../../types/phantoms.js";
import type { SetValues, Where, WhereList } from "../../types/where.js";

/**
 * What a queryset gives without promises: rows of `I`, with annotations `Ann`, that come out as `Row`. Each method does
 * what the queryset's own method of its name does.
 */
export interface SyncQuerySet<I, Ann, Given, Row> {
  all(): Row[];
  [Symbol.iterator](): IterableIterator<Row>;
  get<const W extends object, const L extends readonly object[]>(
    where?: Where<I, Ann, W>,
    ...conditions: WhereList<I, Ann, L>
  ): Row;
  getOrNull<const W extends object, const L extends readonly object[]>(
    where?: Where<I, Ann, W>,
    ...conditions: WhereList<I, Ann, L>
  ): Row | null;
  first(): Row | null;
  last(): Row | null;
  count(): number;
  exists(): boolean;
  inBulk<const P extends string = "pk", K = BulkKey<I, P>>(
    keys?: readonly NoInfer<K>[],
    options?: { readonly field?: FieldPath<I, {}, P> },
  ): Map<K, Row>;
  aggregate<const X extends object>(aggregates: X & NoInfer<Computed<I, Ann, X>>): Aggregated<I, Ann, X>;
  create(values: CreateInput<I, keyof Given>): I;
  update(values: UpdateInput<I>, options?: { readonly all?: boolean }): number;
  update<const W extends object>(values: SetValues<I, Ann, W>, options?: { readonly all?: boolean }): number;
  delete(options?: { readonly all?: boolean }): DeleteResult;
}

declare module "../../types/query-set.js" {
  interface QuerySet<I> {
    /**
     * The same queryset without promises, on SQLite, whose drivers answer at once: for scripts, and for code that cannot
     * wait. The process does nothing else meanwhile.
     *
     * @example
     * ```ts
     * import "dunder-orm/manager";
     *
     * await db.connect();
     * const loud = Track.objects.filter({ title__icontains: "bird" }).sync.all();
     * ```
     * @throws SyncNotAllowedError where `db.allowSync` is false; NotSupportedError on other engines, and for what takes
     * several steps (prefetchRelated, time limits, signals, deletes along relations); ConnectionError before
     * `db.connect()`; TransactionError where somebody else's transaction would have to be waited for.
     */
    readonly sync: SyncQuerySet<I, this[typeof ANN], this[typeof GIVEN], this[typeof ROW]>;
  }
}
