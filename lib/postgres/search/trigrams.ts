import { sql } from "kysely";
import { type Expression, value } from "../../expressions/index.js";
import { float, text as TEXT } from "../../functions/operands.js";
import { addTransform } from "../../lookups/index.js";
import { callOf, ownFunction } from "../expressions/own.js";
import { addOperator } from "../lookups/operators.js";
import { onlyPostgres } from "../only-postgres.js";
import type { TrigramFactory, UnaccentFactory } from "../types/trigram.js";

addOperator("text", "trigram_similar", "%");
addOperator("text", "trigram_word_similar", "%>");
addOperator("text", "trigram_strict_word_similar", "%>>");

addTransform("text", "unaccent", {
  result: TEXT,
  compile: ({ lhs, engine }) => {
    onlyPostgres(engine, 'The transform "unaccent"');
    return sql`unaccent(${lhs})`;
  },
});

/** A text stands for itself, a field for its path. */
function ofTwo(name: string, write: (field: object, text: object) => object): TrigramFactory {
  const definition = ownFunction(name, [2, 2], float, ({ args: [field, text] }) => {
    return sql`cast(${write(field as object, text as object)} as double precision)`;
  });
  const made = (of: unknown, text: unknown): Expression =>
    callOf(definition, [of, typeof text === "string" ? value(text) : text]);
  return made as unknown as TrigramFactory;
}

/**
 * How alike a field and a text are, from 0 to 1: by the groups of three letters that they share. The extension "pg_trgm"
 * has it.
 *
 * @example
 * ```ts
 * await Note.objects.annotate({ near: TrigramSimilarity("text", "Katy Stevens") }).filter({ near__gt: 0.3 }).all();
 * // SELECT …, similarity("text", $1) AS "near" …
 * ```
 */
export const TrigramSimilarity = ofTwo("TrigramSimilarity", (field, text) => sql`similarity(${field}, ${text})`);
/** The other way round: 1 for what has nothing in common. An index orders by it. */
export const TrigramDistance = ofTwo("TrigramDistance", (field, text) => sql`(${field} <-> ${text})`);
/** How alike the text and that part of the field are which is most like it. */
export const TrigramWordSimilarity = ofTwo(
  "TrigramWordSimilarity",
  (field, text) => sql`word_similarity(${text}, ${field})`,
);
export const TrigramWordDistance = ofTwo("TrigramWordDistance", (field, text) => sql`(${text} <<-> ${field})`);
/** The same of whole words of the field. */
export const TrigramStrictWordSimilarity = ofTwo(
  "TrigramStrictWordSimilarity",
  (field, text) => sql`strict_word_similarity(${text}, ${field})`,
);
export const TrigramStrictWordDistance = ofTwo(
  "TrigramStrictWordDistance",
  (field, text) => sql`(${text} <<<-> ${field})`,
);

const unaccent = ownFunction("Unaccent", [1, 1], TEXT, ({ args }) => sql`unaccent(${args[0]})`);

/**
 * A text without accents. The extension "unaccent" has it.
 *
 * @example
 * ```ts
 * await Note.objects.annotate({ plain: Unaccent("text") }).all(); // SELECT …, unaccent("text") AS "plain"
 * ```
 */
export const Unaccent = ((of: unknown) => callOf(unaccent, [of])) as unknown as UnaccentFactory;
