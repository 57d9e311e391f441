import type { AnyExpression, Argument, ClaimsOf, Expression, Typed } from "./expression.js";
import type { AggregateOptions, Kinds } from "./expressions.js";
import type { LookupFamily } from "./lookups.js";
import type { RawSql } from "./raw.js";

/** A kind of lookups and transforms: a family, or a kind of field, which stands for its family. */
export type LookupKind = LookupFamily | keyof Kinds | "email" | "url" | "slug" | "ipAddress";

/** The engine that SQL is written for; MariaDB is "mysql". */
export type EngineName = "sqlite" | "postgres" | "mysql";

/** How a lookup of one's own is made. */
export interface LookupDefinition {
  /** SQL for the condition: `lhs` is what is asked about, `rhs` what it is compared with. It should not hold for NULL. */
  readonly compile: (parts: { readonly lhs: RawSql; readonly rhs: RawSql; readonly engine: EngineName }) => RawSql;
  /** The kind of field whose values it takes; those of the field itself unless it says. */
  readonly valueType?: Exclude<keyof Kinds, "decimal">;
}

/** How a transform of one's own is made. */
export interface TransformDefinition {
  readonly compile: (parts: { readonly lhs: RawSql; readonly engine: EngineName }) => RawSql;
  /** The kind of field whose values it gives; "same" for what it was given. */
  readonly result: Exclude<keyof Kinds, "decimal"> | "same";
}

/** How a function of one's own is made. */
export interface OwnFunction<K> {
  /** How many arguments it takes, or the least and the most. */
  readonly arguments: number | readonly [least: number, most: number];
  /** The kind of field whose values it gives. */
  readonly result: K;
  /** Digits after the point, where the result is a decimal. */
  readonly scale?: number;
  readonly compile: (parts: { readonly args: readonly RawSql[]; readonly engine: EngineName }) => RawSql;
}

/** How an aggregate of one's own is made. */
export interface OwnAggregate<K> {
  readonly result: K;
  readonly scale?: number;
  /** SQL for the aggregate of `arg`; where a filter or `distinct` is asked for, that is in `arg`. NULLs must be skipped. */
  readonly compile: (parts: { readonly arg: RawSql; readonly engine: EngineName }) => RawSql;
}

type Own<K extends keyof Kinds, C> = Expression<Typed<Kinds[K][0], true, Kinds[K][1]>, C>;

/** The functions that extend the query language, by name. */
export interface Extensions {
  /**
   * Makes a lookup known: `title__soundslike`. The compiler learns of it by declaration merging, in an interface that is
   * named for the family: `TextLookups`, `NumberLookups`, `DatetimeLookups` and so on.
   *
   * @example
   * ```ts
   * registerLookup("text", "soundslike", {
   *   compile: ({ lhs, rhs }) => sql`soundex(${lhs}) = soundex(${rhs})`,
   * });
   * declare module "dunder-orm" {
   *   interface TextLookups<T> {
   *     soundslike: string;
   *   }
   * }
   * ```
   * @throws ConfigurationError for a kind that is none, and for a name that is taken or cannot stand in a path.
   */
  registerLookup(kind: LookupKind, name: string, definition: LookupDefinition): void;
  /**
   * Makes a step between a field and its lookup known: `title__initial__in`. The compiler learns of it by declaration
   * merging: `interface TextTransforms { initial: "text" }`.
   *
   * @example
   * ```ts
   * registerTransform("text", "initial", { compile: ({ lhs }) => sql`substr(${lhs}, 1, 1)`, result: "text" });
   * ```
   */
  registerTransform(kind: LookupKind, name: string, definition: TransformDefinition): void;
  /** Forgets a lookup of one's own; false where there was none. */
  unregisterLookup(kind: LookupKind, name: string): boolean;
  /** Forgets a transform of one's own; false where there was none. */
  unregisterTransform(kind: LookupKind, name: string): boolean;
  /**
   * A function of one's own, for use like those that are there. Its arguments are paths, expressions and numbers.
   *
   * @example
   * ```ts
   * const Soundex = defineFunction("Soundex", {
   *   arguments: 1,
   *   result: "text",
   *   compile: ({ args }) => sql`soundex(${args[0]})`,
   * });
   * Track.objects.annotate({ sound: Soundex("title") }); // SELECT …, soundex("track"."title") AS "sound"
   * ```
   */
  defineFunction<K extends keyof Kinds>(
    name: string,
    definition: OwnFunction<K>,
  ): <const L extends readonly Argument[]>(...args: L) => Own<K, ClaimsOf<L[number]>>;
  /**
   * An aggregate of one's own, for use like those that are there.
   *
   * @example
   * ```ts
   * const Product = defineAggregate("Product", { result: "float", compile: ({ arg }) => sql`exp(sum(ln(${arg})))` });
   * await Track.objects.aggregate({ product: Product("position", { filter: { album: 1 } }) });
   * ```
   */
  defineAggregate<K extends keyof Kinds>(
    name: string,
    definition: OwnAggregate<K>,
  ): <const X extends string | AnyExpression>(of: X, options?: AggregateOptions) => Own<K, ClaimsOf<X>>;
}
