/** Rows that keep others from being deleted: those of one foreign key. */
export interface Blocker {
  /** The model whose rows point at what was to be deleted. */
  readonly model: string;
  /** Its foreign key. */
  readonly field: string;
  readonly rule: "protect" | "restrict";
  /** How many rows there are. */
  readonly count: number;
  /** The primary keys of the first of them. */
  readonly keys: readonly unknown[];
}
