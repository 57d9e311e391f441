import type { ComputedColumn } from "../../compile/index.js";
import type { Need } from "../../query/index.js";

/** Columns set to what is worked out for each row, and the values in it. */
export interface Computed {
  readonly columns: readonly ComputedColumn[];
  readonly values: readonly unknown[];
  readonly needs: readonly Need[];
  readonly key: string;
}

export const NOTHING: Computed = { columns: [], values: [], needs: [], key: "" };
