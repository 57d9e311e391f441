import type { Expression, Typed } from "../../types/expression.js";
import type { ModelOptions, ModelStatic } from "../../types/model.js";
import type { QNode } from "../../types/q.js";
import type { MatchMode } from "./match-text.js";

/** How an index of full text is kept. */
export interface Fts5Options<Name extends string = string> extends Omit<ModelOptions<Name>, "table" | "parent"> {
  /** How texts are taken apart: "unicode61" (words without accents) unless it says; "porter", "trigram" and so on. */
  readonly tokenize?: string;
  /** Lengths of beginnings of words that are kept ready, for queries by prefix. */
  readonly prefix?: readonly number[];
  /** What is kept of each hit; with less, phrases, highlights or columns cannot be asked for. */
  readonly detail?: "full" | "column" | "none";
  /** Fields that are kept and not searched. */
  readonly unindexed?: readonly Name[];
  /**
   * The model whose rows are searched, by columns of the same names: the index keeps no copy of them, and triggers on
   * its table keep the index up to date. Its key is a whole number.
   */
  readonly content?: () => unknown;
  /** True where nothing but the index is kept: rows are found by key, and their texts are NULL. */
  readonly contentless?: boolean;
}

/** Where the index is in the query, if it is not the queryset's own model. */
export interface FtsThrough {
  /** The path of the relation that leads to it: "search". */
  readonly through?: string;
}

export interface MatchOptions<Name extends string> extends FtsThrough {
  /** How the text is taken: each word must be there ("words"), unless it says. */
  readonly mode?: MatchMode;
  /** Fields to look in; all, unless it says. */
  readonly columns?: readonly Name[];
}

export interface HighlightOptions extends FtsThrough {
  readonly open?: string;
  readonly close?: string;
}

export interface SnippetOptions extends HighlightOptions {
  /** Stands for what was cut off: "…" unless it says. */
  readonly ellipsis?: string;
  /** How many words it has at most, 16 unless it says; up to 64. */
  readonly tokens?: number;
}

type Text = Expression<Typed<string, true, "text">>;
type Score = Expression<Typed<number, true, "number">>;

/** What the class of an index has, beside what every model has. */
export interface Fts5Static<Name extends string> {
  /**
   * Rows that a text is found in, for `filter`. Whatever stands in the text, it is no error: its words are looked for.
   * With `mode: "query"` it is FTS5's own language, in which `ftsPhrase(text)` quotes.
   *
   * @throws FieldError for what is no text, and for columns that are none; DatabaseError for a query that is none.
   */
  match(text: string, options?: MatchOptions<Name>): QNode<never>;
  /** How well a row fits: the less, the better. For `orderBy` and `annotate` of rows that were found by `match`. */
  rank(options?: FtsThrough): Score;
  /** The same, where hits in some columns weigh more than in others; 1 unless it says. */
  bm25(weights?: { readonly [K in Name]?: number }, options?: FtsThrough): Score;
  /** A column's text with what stands around each hit, `<b>` and `</b>` unless it says. The text is not escaped. */
  highlight(column: Name, options?: HighlightOptions): Text;
  /** The part of a column's text that has most hits, or with null of whichever column fits best. */
  snippet(column: Name | null, options?: SnippetOptions): Text;
  /** Makes the index anew of its content. */
  rebuild(): Promise<void>;
  /** Puts the parts of the index together, which makes queries quicker. */
  optimize(): Promise<void>;
  /** False where the index does not fit its content. */
  integrityCheck(): Promise<boolean>;
}

export interface Fts5Factory {
  /**
   * Declares an index of full text (a virtual table of FTS5) as a model: its fields are what is searched. Its key, `id`,
   * is the rowid: with `content` that of the row that is searched, which stands beside it by `join`.
   *
   * @example
   * ```ts
   * class TrackSearch extends Fts5("track_search", { title: fields.text() }, {
   *   database: db,
   *   content: () => Track,
   *   tokenize: "porter unicode61",
   * }) {
   *   static objects = manager(this);
   * }
   * await db.createTables([TrackSearch]);
   * const found = Track.objects.join(TrackSearch.alias("hit"), { hit__id: F("id") });
   * await found
   *   .filter(TrackSearch.match("bird", { through: "hit" }))
   *   .annotate({ shown: TrackSearch.highlight("title", { through: "hit" }) })
   *   .orderBy(TrackSearch.rank({ through: "hit" }))
   *   .all();
   * // SELECT …, highlight(t1."track_search", 0, '<b>', '</b>') AS "shown" FROM "track" JOIN "track_search" AS t1
   * // ON t1."rowid" = "track"."id" WHERE t1."track_search" MATCH '"bird"' ORDER BY bm25(t1."track_search")
   * ```
   * @throws ConfigurationError for options that are none; NotSupportedError where its table is created, or asked, on
   *   another engine.
   */
  // Options are no parameter: `content` would have the types of two models look into each other without end.
  <const D>(
    table: string,
    fields: D,
    options?: Fts5Options<keyof D & string>,
  ): ModelStatic<D, Readonly<Record<never, never>>> & Fts5Static<keyof D & string>;
}
