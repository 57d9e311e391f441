import type { Frame, Nulls } from "../expressions/index.js";
import type { OwnAggregateDefinition, OwnFunctionDefinition } from "../functions/index.js";
import type { CompileTransform, Form, Operand } from "../lookups/index.js";
import type { ColumnMeta, ModelMeta, RelationMeta } from "../models/index.js";
import type { JsonShape } from "../util/json-shape.js";
import type { RelatedTree } from "./related.js";
import type { ResolvedLookup, ResolvedPath } from "./resolve-path.js";

/** One lookup with the place of its values among the query's slots. */
export interface Condition {
  readonly kind: "condition";
  readonly lookup: ResolvedLookup;
  /** What is asked about where that is not the lookup's own column. */
  readonly lhs: PlacedTerm | null;
  /** What it is compared with, for the form "e". */
  readonly rhs: Term | null;
  /** The upper bound of a range, for the form "e". */
  readonly high?: Term;
  readonly form: Form;
  /** Of JSON: what of the value decides on the SQL. */
  readonly json?: JsonShape | undefined;
  /** The first of its slots, counted from the filter's own first slot. */
  readonly slot: number;
  /** For the form "l": its length rounded up to a power of two, which is part of the shape; else 0. */
  readonly listLength: number;
  /** The query whose rows `in` takes, for the form "query". */
  readonly query: Query | null;
}

export interface Combination {
  readonly kind: "and" | "or" | "xor";
  readonly items: readonly Predicate[];
}

export interface Negation {
  readonly kind: "not";
  readonly item: Predicate;
}

/** Whether another query has a row. Its slots begin at `slot`. */
export interface Existence {
  readonly kind: "exists";
  readonly query: Query;
  readonly slot: number;
}

/** A term that is true or false by itself. */
export interface Truth {
  readonly kind: "truth";
  readonly term: Term;
}

/** All filters of another query on the same rows, with slots, time zone and related rows of its own. */
export interface Side {
  readonly kind: "side";
  readonly filters: readonly Filter[];
  /** Where the other query's slots begin among this one's. */
  readonly base: number;
  readonly timeZone: string | null;
}

/** Whether the row is among those of another query of its model. Its slots begin at `slot`. */
export interface Membership {
  readonly kind: "member";
  readonly query: Query;
  readonly slot: number;
}

/** What a row must fulfil: a tree without values, which together with the slots says everything. */
export type Predicate = Condition | Combination | Negation | Existence | Truth | Side | Membership;

/** One call of `filter` or `exclude`: its conditions may hold for one related row together. */
export interface Filter {
  readonly predicate: Predicate;
  /** Where its slots begin among the query's. */
  readonly base: number;
  /** True where the next call of `filter` is one with it: about the same related rows. */
  readonly isOpen?: boolean;
}

/** What every term has: what its value is, and whether it may be NULL. */
interface Valued {
  readonly operand: Operand;
  readonly nullable: boolean;
}

/** A column at the end of a path. */
export interface ColumnTerm extends Valued {
  readonly kind: "column";
  readonly path: ResolvedPath;
}

/** A value in a slot, counted from the first slot of what holds the term. */
export interface ValueTerm extends Valued {
  readonly kind: "value";
  readonly slot: number;
}

export interface NullTerm extends Valued {
  readonly kind: "null";
}

/** What a transform makes of another term: a part of a date, a text in lower case. */
export interface TransformTerm extends Valued {
  readonly kind: "transform";
  readonly name: string;
  readonly of: Term;
  /** For one of a user's own. */
  readonly compile?: CompileTransform;
}

/** What stands at a path in JSON; NULL where nothing does. The path is in a slot, the kinds of its steps decide on the SQL. */
export interface KeyTerm extends Valued {
  readonly kind: "key";
  readonly of: Term;
  readonly kinds: string;
  readonly slot: number;
}

/** Something that rows were annotated with before. */
export interface AnnotationTerm extends Valued {
  readonly kind: "annotation";
  readonly name: string;
  readonly of: PlacedTerm;
}

/** What an operator or a function makes of its arguments. */
export interface CallTerm extends Valued {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Term[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a function of a user's own makes of its arguments. */
export interface OwnTerm extends Valued {
  readonly kind: "own";
  readonly definition: OwnFunctionDefinition;
  readonly args: readonly Term[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CaseTerm extends Valued {
  readonly kind: "case";
  readonly whens: readonly { readonly when: Predicate; readonly then: Term }[];
  readonly otherwise: Term | null;
}

/** A condition as a value that is true or false. */
export interface ConditionTerm extends Valued {
  readonly kind: "condition";
  readonly predicate: Predicate;
}

/** What is worked out over many rows: all of a query's, those of a group, or those that a relation leads to. */
export interface AggregateTerm extends Valued {
  readonly kind: "aggregate";
  readonly name: string;
  /** null for the rows themselves. */
  readonly arg: Term | null;
  readonly distinct: boolean;
  readonly filter: Predicate | null;
  /** What stands for no rows. */
  readonly otherwise: Term | null;
  readonly order: readonly SortTerm[];
  readonly options: Readonly<Record<string, unknown>>;
  /** True for one over a group of rows, or over all; false for one over what relations lead to from each row. */
  readonly grouped: boolean;
  /** Filters that came before it: where they ask about the same related rows, it is over those they let through. */
  readonly after: readonly Filter[];
  /** For one of a user's own. */
  readonly own?: OwnAggregateDefinition;
}

/** A function that has a value only over a window. */
export interface WindowedTerm extends Valued {
  readonly kind: "windowed";
  readonly name: string;
  readonly args: readonly Term[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What is worked out for each row from the rows around it. */
export interface WindowTerm extends Valued {
  readonly kind: "window";
  readonly of: WindowedTerm | AggregateTerm;
  readonly partitionBy: readonly Term[];
  readonly orderBy: readonly SortTerm[];
  readonly frame: Frame | null;
}

/** What several columns are compared with together. */
export interface TupleTerm extends Valued {
  readonly kind: "tuple";
  readonly parts: readonly Term[];
}

/** The one value of another query's one row. Its slots begin at `slot`. */
export interface QueryTerm extends Valued {
  readonly kind: "query";
  readonly query: Query;
  readonly slot: number;
}

/** A value of the query around, or `levels` above that; it is known only where the query stands in that one. */
export interface OuterTerm extends Valued {
  readonly kind: "outer";
  readonly path: string;
  readonly levels: number;
  /** Which one it is of the values of a key of several columns; null for a value that is one. */
  readonly part: { readonly at: number; readonly of: number } | null;
  /** What it is of that query's row; null until it is known. */
  readonly found: Term | null;
}

/** SQL of one's own. */
export interface RawTerm extends Valued {
  readonly kind: "raw";
  /** Kysely's nodes; in place of values stand `RawSlot`s, and in place of expressions of ours `RawPart`s. */
  readonly template: object;
  readonly parts: readonly Term[];
  /** The template spelled out. */
  readonly spelled: string;
}

/** A value in a template, by its slot. */
export interface RawSlot {
  readonly kind: "RawSlot";
  readonly slot: number;
}

/** An expression in a template, by its place among the parts. */
export interface RawPart {
  readonly kind: "RawPart";
  readonly index: number;
}

/** A column of what a query is read from, where that is no table: of other queries' rows. */
export interface HeldTerm extends Valued {
  readonly kind: "held";
  /** As users name it. */
  readonly name: string;
  /** Its name in SQL. */
  readonly column: string;
  /** The model's column as which its values are read; null for what was worked out. */
  readonly of: ColumnMeta | null;
}

/** What the row that was to be inserted has in a column, where another one is there already. */
export interface IncomingTerm extends Valued {
  readonly kind: "incoming";
  readonly column: ColumnMeta;
}

/** A value worked out for each row, read and resolved: its own values stand in slots. */
export type Term =
  | ColumnTerm
  | ValueTerm
  | NullTerm
  | TransformTerm
  | KeyTerm
  | AnnotationTerm
  | CallTerm
  | CaseTerm
  | ConditionTerm
  | AggregateTerm
  | WindowTerm
  | OwnTerm
  | RawTerm
  | QueryTerm
  | OuterTerm
  | HeldTerm
  | IncomingTerm
  | TupleTerm;

/** One value of a row that is no instance. */
export interface PickedItem {
  readonly name: string;
  readonly value: PlacedTerm;
  readonly hidden?: boolean;
  /** For one of the values that make one together: what that is called, and how many more of them follow. */
  readonly tuple?: { readonly name: string; readonly more: number };
}

/** What rows hold that are no instances: objects by name, lists, or one value each. */
export interface Picked {
  readonly as: "objects" | "lists" | "flat";
  readonly items: readonly PickedItem[];
}

/** A term, and where its slots begin among the query's; null where it stands among those of what holds it. */
export interface PlacedTerm {
  readonly term: Term;
  readonly base: number | null;
}

/** One thing that rows are ordered by: a column, a term, or chance. */
export type OrderTerm =
  | { readonly kind: "path"; readonly path: ResolvedPath; readonly descending: boolean }
  | { readonly kind: "term"; readonly sort: SortTerm; readonly base: number | null }
  | { readonly kind: "random" };

/** A term that rows are ordered by. */
export interface SortTerm {
  readonly term: Term;
  readonly descending: boolean;
  readonly nulls: Nulls;
}

/** Something added to each row under a name. */
export interface Annotation {
  readonly name: string;
  readonly term: Term;
  /** Where its slots begin among the query's. */
  readonly base: number;
  /** False for an alias, which can be asked about but is not given. */
  readonly given: boolean;
  /** True for what is read with rows, but is no property of theirs. */
  readonly hidden?: boolean;
}

/** Of rows that have the same values of some terms, only the first is taken. */
export interface DistinctOn {
  readonly terms: readonly PlacedTerm[];
  /** The slot that holds the number of a first row. */
  readonly one: number;
  /** True where the first is told by the order turned round: for `last()`, whose rows are those of `all()`. */
  readonly turned: boolean;
}

/** How the rows of a query are locked until the transaction ends. */
export interface RowLock {
  readonly strength: "update" | "noKeyUpdate" | "share";
  /** What to do about rows that somebody else has locked. */
  readonly wait: "wait" | "nowait" | "skip";
  /** "self" and paths of relations that are fetched along; null for every table of the query. */
  readonly of: readonly string[] | null;
}

/** Fields that rows come with, or without, by paths from the root. */
export interface Loading {
  readonly method: "only" | "defer";
  readonly paths: ReadonlySet<string>;
}

/** What an extension says to an engine about how a query is run, not what it is. */
export interface Hint {
  /** Behind SELECT, or behind the query's own table. */
  readonly place: "front" | "table";
  /** As SQL; throws `NotSupportedError` for an engine that has no such thing. */
  readonly sql: (engine: { readonly name: string; readonly label: string }) => string;
}

export type SetOperation = "union" | "intersection" | "difference";

/** One of the queries that a set is made of. Its slots begin at `slot`. */
export interface Member {
  readonly query: Query;
  readonly slot: number;
}

/** What every query is that is read in place of a table. */
interface Held {
  /** What its rows hold: for instances their model's columns first. */
  readonly columns: readonly HeldTerm[];
  /** True for rows that are no instances: then its columns are all that can be named. */
  readonly isOfValues: boolean;
  /** Its query's key as long as nothing was said of it. */
  readonly key: string;
}

/** Other queries' rows as one set. */
export interface SetSource extends Held {
  readonly kind: "set";
  readonly operation: SetOperation;
  /** Rows that are alike are kept. */
  readonly all: boolean;
  readonly members: readonly Member[];
}

/** Another query's rows, written once under a name however often a statement reads them. */
export interface CteSource extends Held {
  readonly kind: "cte";
  readonly name: string;
  readonly member: Member;
  /** How many slots it has. */
  readonly slots: number;
  /** Whether the engine is to keep its rows; null leaves that to it. */
  readonly materialized: boolean | null;
}

/** Some rows, and all that a relation of the model to itself leads to from them. */
export interface RecursiveSource extends Held {
  readonly kind: "recursive";
  /** From each row to those that it leads to: along a many-to-many relation by two steps. */
  readonly hops: readonly RelationMeta[];
  /** The rows that it begins with. */
  readonly member: Member;
  /** The name in SQL of the number of steps that lead to a row; null where nobody asks. */
  readonly depth: string | null;
  /** The slot of the most steps; null for any number of them. */
  readonly maxDepth: number | null;
}

/** What a query is read from in place of its model's table. */
export type QuerySource = SetSource | CteSource | RecursiveSource;

/** What a query needs of the database that it runs on: to know a time zone, by its IANA name, or to be one that was told. */
export type Need = string | ToldDatabase;

/** A database that a queryset was told, which stands inside another query. */
export interface ToldDatabase {
  /** True where that is the database that the query around runs on. */
  is(database: object): boolean;
  /** What to throw where it is not. */
  refusal(database: object): Error;
}

/**
 * What a queryset asks, as frozen data: a shape, and apart from it the values. `key` spells the shape; two queries of
 * the same key differ in values only and share one plan.
 */
export interface Query {
  readonly model: ModelMeta;
  /** The model with the relations that the query gave names: what names are looked up in. */
  readonly named: ModelMeta;
  /** null for the model's table. */
  readonly source: QuerySource | null;
  readonly key: string;
  readonly values: readonly unknown[];
  readonly filters: readonly Filter[];
  /** null: the model's own ordering. Empty: none. */
  readonly order: readonly OrderTerm[] | null;
  readonly reversed: boolean;
  readonly distinct: boolean;
  /** Whose values the rows have once each; null where rows are not told apart. */
  readonly distinctOn: DistinctOn | null;
  /** Rows to take; null for all. Not part of the shape beyond whether there is one. */
  readonly limit: number | null;
  /** True for a limit that never varies, as that of `get`: it is part of the shape, and written out. */
  readonly fixed: boolean;
  /** Rows to skip; 0 for none. */
  readonly offset: number;
  readonly related: RelatedTree | null;
  /** Which columns of instances are read; null for all. */
  readonly loading: Loading | null;
  readonly hints: readonly Hint[];
  /** What is sent along as a comment, made safe; null for none. Not part of the shape. */
  readonly comment: string | null;
  /** How rows are locked when they are read; null for not at all. */
  readonly lock: RowLock | null;
  /** What was worked out for each row under a name, in the order in which it was. */
  readonly annotations: readonly Annotation[];
  /** What rows hold instead of being instances; null for instances. */
  readonly picked: Picked | null;
  /** What rows are grouped by, where annotations are of groups; null where each row stands for itself. */
  readonly groups: readonly PickedItem[] | null;
  /** The columns of queries around that it names: it can only stand within these. */
  readonly outer: readonly OuterTerm[];
  /** The zone in which date parts are taken, by IANA name; null for the database's. */
  readonly timeZone: string | null;
  /** Where the tables of models are that name no schema of their own; null for where the database looks. */
  readonly schema: string | null;
  /** What it, and each query inside it, needs of the database. */
  readonly needs: readonly Need[];
  /** True for `none()`, and where conditions cannot hold: no row matches, and nothing is asked. */
  readonly none: boolean;
}
