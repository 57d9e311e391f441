// Stands for "dunder-orm" where programs are checked against its types alone, which takes a fraction of the time: what
// lib/index.ts exports, without what is behind it. `tsc -p .` checks the accepted programs against lib/index.ts.
import type * as types from "../../lib/types/index.js";
import type {
  Expressions,
  Extensions,
  FieldsFactory,
  ManagerFactory,
  ModelFactory,
  QFactory,
  QuerySetClass,
} from "../../lib/types/index.js";

export declare const fields: FieldsFactory;
export declare const Model: ModelFactory;
export declare const manager: ManagerFactory;
export declare const Q: QFactory;
export declare const lateral: types.LateralFactory;
export declare function set(value: unknown): types.SetRule;
export declare const QuerySet: QuerySetClass;
export type QuerySet<I> = types.QuerySet<I>;
export declare const Prefetch: types.PrefetchFactory;
export declare const prefetch: types.PrefetchRows;
export declare const preSave: types.RowSignal<"save">;
export declare const preBulkCreate: types.RowSignal<"bulkCreate">;
export declare const preUpdate: types.RowSignal<"update">;
export declare const postUpdate: types.RowSignal<"updated">;
export declare const preBulkUpdate: types.RowSignal<"bulkUpdate">;
export declare const postBulkUpdate: types.RowSignal<"bulkUpdated">;
export type * from "../../lib/types/index.js";

declare const extensions: Extensions;
export const { registerLookup, registerTransform, unregisterLookup, unregisterTransform } = extensions;
export const { defineFunction, defineAggregate } = extensions;
declare const expressions: Expressions;
export declare const JsonNull: null;
export const { F, Excluded, Value, raw, Case, When, Subquery, Exists, OuterRef, Window, FilteredRelation } =
  expressions;
export const { Count, Sum, Avg, Min, Max, StdDev, Variance, AnyValue, BoolAnd, BoolOr, StringAgg, JsonAgg } =
  expressions;
export const { RowNumber, Rank, DenseRank, PercentRank, CumeDist, Ntile } = expressions;
export const { Lag, Lead, FirstValue, LastValue, NthValue } = expressions;
export const { Lower, Upper, Length, Trim, LTrim, RTrim, Concat, Substr, Replace, Left, Right, LPad, RPad } =
  expressions;
export const { Reverse, Repeat, StrIndex, Chr, Ord, MD5, SHA1, SHA224, SHA256, SHA384, SHA512, Collate } = expressions;
export const { Coalesce, NullIf, Greatest, Least, Cast, Now, Extract, Trunc, JsonObject, JsonArray } = expressions;
export const { Abs, Round, Ceil, Floor, Mod, Power, Sqrt, Sign, Exp, Ln, Log, Pi, Random } = expressions;
export const { Sin, Cos, Tan, Cot, ASin, ACos, ATan, ATan2, Degrees, Radians } = expressions;
