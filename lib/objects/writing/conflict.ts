import type { ColumnMeta } from "../../models/index.js";
import type { Computed } from "./computed-columns.js";
import type { ConflictLimits } from "./conflict-limits.js";
import type { ColumnValues } from "../rows/same-value.js";

/** What an insert does about rows that are there already. */
export interface Conflict {
  readonly action: "ignore" | "update";
  /** Columns unique together by which rows are told apart; none: any that are. */
  readonly target: readonly ColumnMeta[];
  /** Columns set to what the new row has. */
  readonly taken: readonly ColumnMeta[];
  /** Columns set to one value, whatever the new row has. */
  readonly plain: ColumnValues;
  /** Columns set to what is worked out from both rows. */
  readonly computed: Computed;
  readonly limits: ConflictLimits;
  /** Part of the keys of plans. */
  readonly key: string;
  /** Who asked for it, for messages. */
  readonly method: string;
}

/** What is bound for it behind the rows. */
export function conflictValues({ plain, computed, limits }: Conflict): unknown[] {
  return [...plain.values(), ...computed.values, ...(limits.where?.values ?? [])];
}
