import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { float, text as TEXT } from "../../functions/operands.js";
import { quoteText } from "../../databases/postgres/schema.js";
import { printable } from "../../util/printable.js";
import { callOf, optionsOf, ownFunction } from "../expressions/own.js";
import type { SearchHeadlineFactory, SearchRankFactory, SearchVectorFactory } from "../types/search.js";
import { checkConfig, configSql } from "./config.js";
import { checkQuery, VECTOR, vectorSql } from "./operands.js";
import { queryOf } from "./search-query.js";

const vector = ownFunction("SearchVector", [1, 100], VECTOR, ({ args, operands, options }) => {
  const made = vectorSql(args, operands, options.config);
  return options.weight === undefined ? made : sql`setweight(${made}, ${sql.raw(`'${options.weight as string}'`)})`;
});

function searchVector(...given: unknown[]): Expression {
  const last = given.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Expression.is(last);
  const options = optionsOf(hasOptions ? last : undefined, ["config", "weight"], "SearchVector");
  checkConfig(options.config, "SearchVector(…, { config })");
  checkWeight(options.weight);
  return callOf(vector, hasOptions ? given.slice(0, -1) : given, options);
}

function checkWeight(weight: unknown): void {
  if (weight === undefined || ["A", "B", "C", "D"].includes(weight as string)) return;
  throw new FieldError(`SearchVector(…, { weight }): expected A, B, C or D, got ${printable(weight)}.`);
}

const rank = ownFunction(
  "SearchRank",
  [2, 2],
  (operands) => {
    checkQuery(operands[1], "SearchRank");
    return float;
  },
  ({ args, operands, options }) => {
    const { weights, normalization, coverDensity } = options;
    const name = sql.raw(coverDensity === true ? "ts_rank_cd" : "ts_rank");
    const first = weights === undefined ? sql.raw("") : sql.raw(`'{${(weights as number[]).join(",")}}'::real[], `);
    const last = normalization === undefined ? sql.raw("") : sql.raw(`, ${normalization as number}`);
    const words = vectorSql(args.slice(0, 1), operands, options.config);
    return sql`cast(${name}(${first}${words}, ${args[1]}${last}) as double precision)`;
  },
);

function searchRank(of: unknown, asked: unknown, given?: unknown): Expression {
  const options = optionsOf(given, ["weights", "normalization", "coverDensity", "config"], "SearchRank");
  const { weights, normalization, config } = options;
  const isWeight = (item: unknown) => typeof item === "number" && item >= 0 && item <= 1;
  if (weights !== undefined && !(Array.isArray(weights) && weights.length === 4 && weights.every(isWeight))) {
    throw new FieldError("SearchRank(…, { weights }): expected four numbers from 0 to 1, for D, C, B and A.");
  }
  if (normalization !== undefined && !(Number.isInteger(normalization) && (normalization as number) >= 0)) {
    throw new FieldError(
      `SearchRank(…, { normalization }): expected PostgreSQL's bits as a whole number, got ${printable(normalization)}.`,
    );
  }
  checkConfig(config, "SearchRank(…, { config })");
  return callOf(rank, [of, queryOf(asked, config)], options);
}

/** PostgreSQL's names of options, by ours. */
const HEADLINE: Readonly<Record<string, string>> = {
  startSel: "StartSel",
  stopSel: "StopSel",
  maxWords: "MaxWords",
  minWords: "MinWords",
  shortWord: "ShortWord",
  highlightAll: "HighlightAll",
  maxFragments: "MaxFragments",
  fragmentDelimiter: "FragmentDelimiter",
};

const headline = ownFunction(
  "SearchHeadline",
  [2, 2],
  (operands) => {
    checkQuery(operands[1], "SearchHeadline");
    return TEXT;
  },
  ({ args, options: { config, ...settings } }) => {
    const named = Object.entries(settings).map(
      ([name, item]) => `${HEADLINE[name]}="${String(item).replaceAll('"', '""')}"`,
    );
    const last = named.length === 0 ? sql.raw("") : sql.raw(`, ${quoteText(named.join(", "))}`);
    return sql`ts_headline(${configSql(config)}${args[0]}, ${args[1]}${last})`;
  },
);

function searchHeadline(of: unknown, asked: unknown, given?: unknown): Expression {
  const options = optionsOf(given, ["config", ...Object.keys(HEADLINE)], "SearchHeadline");
  for (const [name, item] of Object.entries(options)) {
    if (["string", "number", "boolean"].includes(typeof item)) continue;
    throw new FieldError(
      `SearchHeadline(…, { ${name} }): expected a text, a number, true or false, got ${printable(item)}.`,
    );
  }
  checkConfig(options.config, "SearchHeadline(…, { config })");
  return callOf(headline, [of, queryOf(asked, options.config)], options);
}

/**
 * The words of fields, to be searched in. NULL counts as no words. Vectors go together with others: `weight` tells the
 * words of one from those of another when they are ranked.
 *
 * @example
 * ```ts
 * const words = SearchVector(SearchVector("title", { weight: "A" }), "body", { config: "english" });
 * await Page.objects.annotate({ words }).filter({ words__search: "cheese" }).all();
 * // WHERE (to_tsvector('english'::regconfig, coalesce("body", '')) || setweight(to_tsvector(…), 'A')) @@ plainto_tsquery($1)
 * ```
 * @throws NotSupportedError on other engines, when it runs.
 */
export const SearchVector = searchVector as unknown as SearchVectorFactory;
/**
 * How well words fit what is searched for: a number, greater for what fits better. `weights` are those of words marked
 * D, C, B and A; `normalization` are PostgreSQL's bits; `coverDensity` looks at how near to each other the words are.
 *
 * @example
 * ```ts
 * await Page.objects.annotate({ rank: SearchRank("words", SearchQuery("cheese")) }).orderBy("-rank").all();
 * // SELECT …, ts_rank("words", plainto_tsquery($1)) AS "rank" … ORDER BY "rank" DESC
 * ```
 */
export const SearchRank = searchRank as unknown as SearchRankFactory;
/**
 * A text with what was searched for marked in it.
 *
 * @example
 * ```ts
 * await Page.objects.annotate({ found: SearchHeadline("body", "cheese", { startSel: "<mark>", stopSel: "</mark>" }) }).all();
 * // SELECT …, ts_headline("body", plainto_tsquery($1), 'StartSel="<mark>", StopSel="</mark>"') AS "found"
 * ```
 */
export const SearchHeadline = searchHeadline as unknown as SearchHeadlineFactory;
