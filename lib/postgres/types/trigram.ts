import type { AnyExpression, ClaimsOf, Expression, Typed } from "../../types/expression.js";

/** How alike a field and a text are. */
export type TrigramFactory = <const X extends string | AnyExpression, const Y extends string | AnyExpression>(
  of: X,
  text: Y,
) => Expression<Typed<number, true, "number">, ClaimsOf<X> | (Y extends string ? never : ClaimsOf<Y>)>;

export type UnaccentFactory = <const X extends string | AnyExpression>(
  of: X,
) => Expression<Typed<string, true, "text">, ClaimsOf<X>>;

declare module "../../types/lookups.js" {
  interface TextExtras {
    /** PostgreSQL with pg_trgm: alike in its parts, as much as `pg_trgm.similarity_threshold` asks for. */
    trigram_similar: string;
    /** A part of it is alike. */
    trigram_word_similar: string;
    /** Whole words of it are alike. */
    trigram_strict_word_similar: string;
  }
}
declare module "../../types/transforms.js" {
  interface TextTransformExtras {
    /** PostgreSQL with unaccent: without accents. */
    unaccent: "text";
  }
}
