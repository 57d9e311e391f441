import type { AnyExpression, ClaimsOf, Expression, Typed } from "../../types/expression.js";
import type { FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { Spec } from "../../types/specs.js";

/** The weight of words: those marked A count most, unless told otherwise. */
export type SearchWeight = "A" | "B" | "C" | "D";

export interface SearchQueryOptions {
  /** How the text is read: "plain" unless given. */
  readonly type?: "plain" | "phrase" | "raw" | "websearch";
  /** The text search configuration; unless given, the database's own. */
  readonly config?: string;
}

/** What is searched for. */
export interface SearchQueryExpression<C = never> extends Expression<Typed<string, false, "tsquery">, C> {
  /** Both. */
  and<X = never>(other: string | AnyExpression<unknown, X>): SearchQueryExpression<C | X>;
  /** One of the two at least. */
  or<X = never>(other: string | AnyExpression<unknown, X>): SearchQueryExpression<C | X>;
  /** What it does not fit. */
  not(): SearchQueryExpression<C>;
  /** That, and then the other one so many words behind it. */
  followedBy<X = never>(other: string | AnyExpression<unknown, X>, distance?: number): SearchQueryExpression<C | X>;
}

export type SearchQueryFactory = <const X extends string | AnyExpression>(
  text: X,
  options?: SearchQueryOptions,
) => SearchQueryExpression<X extends string ? never : ClaimsOf<X>>;

export interface SearchVectorOptions {
  readonly config?: string;
  readonly weight?: SearchWeight;
}

type Claims<L> = L extends readonly (infer X)[] ? ClaimsOf<X> : never;

export type SearchVectorFactory = <const L extends readonly (string | AnyExpression | SearchVectorOptions)[]>(
  ...fields: L
) => Expression<Typed<string, false, "tsvector">, Claims<L>>;

export interface SearchRankOptions {
  /** Of words marked D, C, B and A: `[0.1, 0.2, 0.4, 1]` unless given. */
  readonly weights?: readonly [d: number, c: number, b: number, a: number];
  /** PostgreSQL's bits: 1 and 2 have long texts count less, 32 makes it less than 1. */
  readonly normalization?: number;
  /** Looks at how near to each other the words are. */
  readonly coverDensity?: boolean;
  readonly config?: string;
}

type Asked<Q> = Q extends string ? never : ClaimsOf<Q>;

export type SearchRankFactory = <const X extends string | AnyExpression, const Q extends string | AnyExpression>(
  of: X,
  query: Q,
  options?: SearchRankOptions,
) => Expression<Typed<number, true, "number">, ClaimsOf<X> | Asked<Q>>;

export interface SearchHeadlineOptions {
  readonly config?: string;
  /** What stands before and behind each word: `<b>` and `</b>` unless given. */
  readonly startSel?: string;
  readonly stopSel?: string;
  readonly maxWords?: number;
  readonly minWords?: number;
  readonly shortWord?: number;
  readonly highlightAll?: boolean;
  readonly maxFragments?: number;
  readonly fragmentDelimiter?: string;
}

export type SearchHeadlineFactory = <const X extends string | AnyExpression, const Q extends string | AnyExpression>(
  of: X,
  query: Q,
  options?: SearchHeadlineOptions,
) => Expression<Typed<string, true, "text">, ClaimsOf<X> | Asked<Q>>;

export interface SearchVectorFieldOptions extends FieldOptions<string> {
  /** The columns whose words it has, by their names in the database, each with its weight or null. */
  readonly columns?: Readonly<Record<string, SearchWeight | null>>;
  readonly config?: string;
}

type Kept<O> = O extends { readonly columns: object } ? true : IsOptional<O>;

export type SearchVectorFieldFactory = <const O extends SearchVectorFieldOptions = {}>(
  options?: O & Known<O, SearchVectorFieldOptions>,
) => Spec<string, IsNull<O>, Kept<O>, "tsvector", IsKey<O>>;

/** Lookups of words to search in. */
export interface SearchVectorLookups {
  /** Fits what is searched for: a text, of which all words must be there, or a `SearchQuery(…)`. */
  search: string;
  exact: string;
  isnull: boolean;
}

declare module "../../types/lookups.js" {
  interface TextExtras {
    /** PostgreSQL: its words fit what is searched for: a text, or a `SearchQuery(…)`. */
    search: string;
  }
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
  interface FamilyLookups<T> {
    tsvector: SearchVectorLookups;
    tsquery: {};
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    tsvector: {};
    tsquery: {};
  }
  interface FamilyValues {
    tsvector: string;
    tsquery: string;
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly tsvector: true;
    readonly tsquery: true;
  }
}
