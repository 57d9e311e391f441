import { type DatabaseCore, type LimitOptions, onPrimary, withinLimits } from "../../execute/index.js";

/** What running a queryset is bound by. */
export interface Bounds extends LimitOptions {
  /** On the primary, where there are replicas. */
  readonly primary?: boolean;
}

/** Runs a queryset's work within its bounds. */
export function withinBounds<T>(database: DatabaseCore, bounds: Bounds, work: () => Promise<T>): Promise<T> {
  const { timeout, signal, primary } = bounds;
  const bound = timeout === undefined && signal === undefined ? work : () => withinLimits(bounds, work);
  return primary === true ? onPrimary(database.origin, bound) : bound();
}
