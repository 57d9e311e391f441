import { type RawBuilder, sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { Expression, value } from "../../expressions/index.js";
import { type OwnFunctionDefinition } from "../../functions/index.js";
import { printable } from "../../util/printable.js";
import { callOf, optionsOf, ownFunction } from "../expressions/own.js";
import type { SearchQueryFactory } from "../types/search.js";
import { checkConfig, configSql } from "./config.js";
import { QUERY } from "./operands.js";

/** How the text of a query is read. */
const FUNCTIONS: Readonly<Record<string, RawBuilder<unknown>>> = {
  plain: sql.raw("plainto_tsquery"),
  phrase: sql.raw("phraseto_tsquery"),
  raw: sql.raw("to_tsquery"),
  websearch: sql.raw("websearch_to_tsquery"),
};

const query = ownFunction("SearchQuery", [1, 1], QUERY, ({ args, options }) => {
  return sql`${FUNCTIONS[options.type as string]}(${configSql(options.config)}${args[0]})`;
});

const combined = (name: string, operator: string): OwnFunctionDefinition =>
  ownFunction(name, [2, 2], QUERY, ({ args }) => sql`${args[0]} ${sql.raw(operator)} ${args[1]}`);

const both = combined("SearchQuery.and", "&&");
const either = combined("SearchQuery.or", "||");
const none = ownFunction("SearchQuery.not", [1, 1], QUERY, ({ args }) => sql`!! ${args[0]}`);
const phrase = ownFunction("SearchQuery.followedBy", [2, 2], QUERY, ({ args, options }) => {
  return sql`tsquery_phrase(${args[0]}, ${args[1]}, ${sql.raw(String(options.distance))})`;
});

/** What is searched for, which goes together with others. */
class SearchQueryExpression extends Expression {
  and(other: unknown): SearchQueryExpression {
    return made(both, [this, queryOf(other)]);
  }

  or(other: unknown): SearchQueryExpression {
    return made(either, [this, queryOf(other)]);
  }

  not(): SearchQueryExpression {
    return made(none, [this]);
  }

  followedBy(other: unknown, distance: unknown = 1): SearchQueryExpression {
    if (typeof distance !== "number" || !Number.isInteger(distance) || distance < 1 || distance > 16_384) {
      throw new FieldError(
        `followedBy(query, distance): expected a whole number from 1 to 16384, got ${printable(distance)}.`,
      );
    }
    return made(phrase, [this, queryOf(other)], { distance });
  }
}

function made(
  definition: OwnFunctionDefinition,
  args: readonly unknown[],
  options: object = {},
): SearchQueryExpression {
  return new SearchQueryExpression(callOf(definition, args, options).said);
}

/** A query, which a text is, too. */
export function queryOf(given: unknown, config?: unknown): Expression {
  if (Expression.is(given)) return given;
  return searchQuery(given, config === undefined ? {} : { config });
}

function searchQuery(text: unknown, options?: unknown): SearchQueryExpression {
  const { type = "plain", config } = optionsOf(options, ["type", "config"], "SearchQuery");
  if (typeof type !== "string" || !Object.hasOwn(FUNCTIONS, type)) {
    throw new FieldError(
      `SearchQuery(text, { type }): expected plain, phrase, raw or websearch, got ${printable(type)}.`,
    );
  }
  checkConfig(config, "SearchQuery(text, { config })");
  if (typeof text !== "string" && !Expression.is(text)) {
    throw new FieldError(`SearchQuery(text): expected a text to search for, got ${printable(text)}.`);
  }
  const arg = typeof text === "string" ? value(text) : text;
  return made(query, [arg], { type, ...(config !== undefined && { config }) });
}

/**
 * What to search for in texts. A plain text asks for all of its words, in any order; `type: "phrase"` for them one after
 * another; `"websearch"` reads it as search engines do, and never complains; `"raw"` takes PostgreSQL's own operators.
 *
 * @example
 * ```ts
 * const query = SearchQuery("cat").or(SearchQuery("dog")).and(SearchQuery("red tomato", { type: "phrase" }).not());
 * await Note.objects.filter({ text__search: query }).all();
 * // WHERE to_tsvector(…) @@ ((plainto_tsquery($1) || plainto_tsquery($2)) && !! phraseto_tsquery($3))
 * ```
 * @throws NotSupportedError on other engines, when it runs.
 */
export const SearchQuery = searchQuery as unknown as SearchQueryFactory;
