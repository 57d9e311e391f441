/**
 * Where rows keep what is not a field. Symbols, so that it shows in no listing of a row's keys and in no JSON; plain
 * properties, because private ones would tie every row to a constructor's run.
 */

/** The driver's row that the instance was read from, or null for one that was never saved. */
export const RAW = Symbol("dunder.raw");
/** What rows read by the same plan share: see `RowOrigin` in `execute/`. */
export const ORIGIN = Symbol("dunder.origin");
/** The columns that `only` or `defer` left out: not a row's own, but its prototype's. */
export const LEFT_OUT = Symbol("dunder.left-out");
