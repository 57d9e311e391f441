import type { LoadedBy } from "./loaded-along.js";
import type { FetchedAlong, PrefetchOf, PrefetchPaths } from "./prefetch.js";

/** Kysely's `sql` tag with what it holds; that of any version. */
export interface RawSql {
  toOperationNode(): object;
}

/** The rows that SQL of one's own gives. Nothing is asked until they are wanted. */
export interface RawRows<Row> {
  /** Fetches relations along by queries of their own, as querysets do. */
  prefetchRelated<const L extends readonly (string | PrefetchOf<string, unknown, string>)[]>(
    ...paths: PrefetchPaths<Row, L>
  ): RawRows<LoadedBy<Row, FetchedAlong<L>>>;
  all(): Promise<Row[]>;
  /** The first row, or null. All are fetched, unless the SQL has a limit. */
  first(): Promise<Row | null>;
  [Symbol.asyncIterator](): AsyncIterator<Row>;
}
