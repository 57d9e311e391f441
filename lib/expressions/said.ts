/** Rows that a function over a window sees around its own: places relative to it, null for no bound. */
export interface Frame {
  readonly type: "rows" | "range" | "groups";
  readonly start: number | null;
  readonly end: number | null;
  readonly exclude: "current row" | "group" | "ties" | null;
}

/** What an expression says. `E` is an expression, `Q` a condition. */
export type Said<E, Q> =
  | { readonly kind: "path"; readonly path: string }
  /** What the row that was to be inserted has, where another one is there already. */
  | { readonly kind: "incoming"; readonly path: string }
  /** What stands in JSON behind steps: texts are keys, numbers are indexes. */
  | { readonly kind: "key"; readonly of: E; readonly steps: readonly unknown[] }
  /** A path that begins at the query around, or `levels` above that. */
  | { readonly kind: "outer"; readonly path: string; readonly levels: number }
  /** A value, of the kind of field that `as` names. */
  | { readonly kind: "value"; readonly value: unknown; readonly as: string | null }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly E[];
      readonly options: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "case";
      readonly whens: readonly { readonly when: Q; readonly then: E }[];
      readonly otherwise: E | null;
    }
  | {
      readonly kind: "aggregate";
      readonly name: string;
      /** null for `Count("*")`. */
      readonly arg: E | null;
      readonly distinct: boolean;
      readonly filter: Q | null;
      /** What stands for no rows; undefined where that is left to SQL. */
      readonly otherwise: unknown;
      /** The order of what is put together, for those that put together. */
      readonly orderBy: readonly unknown[];
      readonly options: Readonly<Record<string, unknown>>;
      /** Of one of a user's own. */
      readonly definition?: object;
    }
  /** A function that has no value without a window. */
  | {
      readonly kind: "windowed";
      readonly name: string;
      readonly args: readonly E[];
      readonly options: Readonly<Record<string, unknown>>;
    }
  /** Such a function, or an aggregate, over rows around each. */
  | {
      readonly kind: "window";
      readonly of: E;
      readonly partitionBy: readonly E[];
      readonly orderBy: readonly unknown[];
      readonly frame: Frame | null;
    }
  /** A function of a user's own. */
  | {
      readonly kind: "own";
      readonly definition: object;
      readonly args: readonly E[];
      /** Constants, which are part of the shape. */
      readonly options: Readonly<Record<string, unknown>>;
    }
  /** SQL of one's own: a node of Kysely's, and the kind of field whose values it gives. */
  | { readonly kind: "raw"; readonly node: object; readonly as: string | null; readonly scale: number | null }
  /** Those rows of a relation that fulfil a condition. */
  | { readonly kind: "filteredRelation"; readonly relation: string; readonly condition: Q }
  /** The one value of a query's one row. */
  | { readonly kind: "subquery"; readonly queryset: unknown }
  /** A condition, as a value that is true or false: the object itself is the condition. */
  | { readonly kind: "condition" };
