import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import type { Decode, Encode } from "./types.js";

/** What a call is written with, besides its arguments. */
export interface CallContext {
  /** Of the arguments. */
  readonly types: readonly ColumnType[];
  readonly result: ColumnType;
  readonly options: Readonly<Record<string, unknown>>;
  /** An IANA name, or null for UTC: whose clocks parts of a datetime are read from. */
  readonly timeZone: string | null;
}

/** The rows that a function over a window sees. */
export interface WindowParts {
  readonly partition: readonly OperationNode[];
  /** Items of ORDER BY. */
  readonly order: readonly OperationNode[];
  /** Edges are places relative to the row, null for no bound. */
  readonly frame: {
    readonly type: "rows" | "range" | "groups";
    readonly start: number | null;
    readonly end: number | null;
    readonly exclude: "current row" | "group" | "ties" | null;
  } | null;
  /** What edges that are distances are added to: the number that rows are ordered by; null where they are none. */
  readonly distanceOf: ColumnType | null;
  /** True for functions that have no value without a window, false for aggregates. */
  readonly ofPlaces: boolean;
}

/** What a function that needs a window is written with, besides its arguments. */
export interface WindowCallContext {
  /** `parts`, `rows` or `n`: a whole number from 1. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What stands in the brackets of OVER. */
  readonly over: OperationNode;
}

/** What an aggregate is written with, besides its argument. */
export interface AggregateContext {
  /** Of the argument; null for the rows themselves. */
  readonly type: ColumnType | null;
  readonly result: ColumnType;
  readonly distinct: boolean;
  /** The condition of rows that count. */
  readonly filter: OperationNode | null;
  /** Items of ORDER BY, for aggregates that depend on order. */
  readonly order: readonly OperationNode[];
  /** What stands in the brackets of OVER, where it is worked out over a window; it may be an empty node. */
  readonly over: OperationNode | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The SQL of the functions and aggregates that `functions/` knows by name, as Kysely nodes. */
export interface Functions {
  /** An argument may come to stand in the SQL more than once. */
  call(name: string, args: readonly OperationNode[], context: CallContext): OperationNode;
  aggregate(name: string, arg: OperationNode | null, context: AggregateContext): OperationNode;
  /** What stands in the brackets of OVER; it may be an empty node. Throws `NotSupportedError` for frames it lacks. */
  over(parts: WindowParts): OperationNode;
  /** A function that needs a window. What it takes may come to stand in the SQL more than once. */
  window(name: string, args: readonly OperationNode[], context: WindowCallContext): OperationNode;
  /** A bound value as an operand: cast where the engine would not know its type. */
  literal(parameter: OperationNode, type: ColumnType): OperationNode;
  /** How a value of `literal` is bound, in place of `EngineTypes.encoder`; null: as it is. */
  encodeLiteral(type: ColumnType): Encode | null;
  /** How what was worked out is read, in place of `EngineTypes.decoder`; null: as it is. */
  decodeResult(type: ColumnType): Decode | null;
}
