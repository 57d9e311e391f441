import type { LookupFamily } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";

export type CallOptions = Readonly<Record<string, unknown>>;

/** A function or an operator: what it takes and what comes out. Its SQL is the engines' (`ports/functions.ts`). */
export interface FunctionDefinition {
  readonly name: string;
  readonly arity: readonly [least: number, most: number];
  /** Families each argument may be of; the last entry holds for all further ones; null: any. */
  readonly takes: readonly (readonly LookupFamily[] | null)[];
  /** Names of its options. */
  readonly options: readonly string[];
  /** What comes out; throws a `Refusal` for arguments or options that do not go together. */
  result(args: readonly Operand[], options: CallOptions): Operand;
  /** "any": NULL where an argument is NULL; "all": NULL only where all are; "never"; "made": may be NULL by itself. */
  readonly nulls: "any" | "all" | "never" | "made";
}

/** A function that needs a window: what it takes and what comes out. */
export interface WindowDefinition extends Omit<FunctionDefinition, "nulls"> {
  /** True where it looks at a frame of rows; others look at the whole partition, and take none. */
  readonly framed: boolean;
  /** "given": NULL where the value of the row is; "missing": NULL also where there is no such row. */
  readonly nulls: "never" | "given" | "missing";
}

/** What is worked out over many rows. */
export interface AggregateDefinition {
  readonly name: string;
  /** Families its argument may be of; null: any. */
  readonly takes: readonly LookupFamily[] | null;
  /** Takes the rows themselves, as `count(*)` does, in place of an argument. */
  readonly star: boolean;
  /** NULL where there is no row, or no row with a value. */
  readonly emptyIsNull: boolean;
  /** Equal values may be counted once. Not every engine can for all: MySQL cannot for variances. */
  readonly distinct: boolean;
  /** Rows may be given an order. */
  readonly ordered: boolean;
  /** Names of its options. */
  readonly options: readonly string[];
  /** What comes out; null for the rows themselves. Throws a `Refusal`. */
  result(arg: Operand | null, options: CallOptions): Operand;
}
