import type { OuterQuery, Scope } from "./scope.js";
import type { Sources } from "./sources.js";

/** What conditions of one query are written with. */
export interface WhereContext {
  readonly scope: Scope;
  readonly sources: Sources;
  readonly timeZone: string | null;
  /** Where the query's slots begin among the statement's: above 0 inside another query. */
  readonly base: number;
  readonly outer: OuterQuery | null;
  /** True where aggregates over groups are over different rows, which must not be joined to each other. */
  readonly mixed: boolean;
}
