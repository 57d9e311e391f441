import { quoteText } from "../../databases/postgres/schema.js";
import { ConfigurationError } from "../../errors/index.js";
import { type FieldOptions, ScalarField } from "../../fields/index.js";
import { printable } from "../../util/printable.js";
import { checkConfig } from "../search/config.js";
import { VECTOR } from "../search/operands.js";
import type { SearchVectorFieldFactory } from "../types/search.js";

interface Generated {
  readonly columns?: Readonly<Record<string, string | null>>;
  readonly config?: string;
}

function declare(given: FieldOptions & Generated = {}): ScalarField {
  const { columns, config, ...options } = given;
  const { family, type, convert } = VECTOR;
  const generated = columns === undefined ? {} : { generatedAs: expressionOf(columns, config) };
  return new ScalarField({ kind: "searchVector", family, type, convert }, { ...options, ...generated });
}

/** Columns are generated of what depends on nothing else: a configuration that is named. */
function expressionOf(columns: unknown, config: string | undefined): string {
  const where = "searchVectorField({ columns, config })";
  checkConfig(config, where);
  if (config === undefined) {
    throw new ConfigurationError(
      `${where}: a column that is kept up to date needs a config, such as "english" or "simple".`,
    );
  }
  const names =
    columns !== null && typeof columns === "object" && !Array.isArray(columns) ? Object.entries(columns) : [];
  if (names.length === 0) {
    throw new ConfigurationError(
      `${where}: columns are names with their weights, such as { title: "A" }, got ${printable(columns)}.`,
    );
  }
  const parts = names.map(([name, weight]) => {
    const words = `to_tsvector('${config}'::regconfig, coalesce("${name.replaceAll('"', '""')}"::text, ''))`;
    if (weight === null) return words;
    if (["A", "B", "C", "D"].includes(weight as string)) return `setweight(${words}, ${quoteText(weight as string)})`;
    throw new ConfigurationError(`${where}: the weight of "${name}" is A, B, C, D or null, got ${printable(weight)}.`);
  });
  return parts.join(" || ");
}

/**
 * The words of a row, to be searched in, in a column of their own: with an index that is quick for any number of rows.
 * `columns` has the database keep it up to date; without, set it to a `SearchVector(…)`.
 *
 * @example
 * ```ts
 * class Page extends Model("page", {
 *   title: fields.string(),
 *   body: fields.text(),
 *   words: searchVectorField({ config: "english", columns: { title: "A", body: "B" } }),
 * }, { indexes: [ginIndex("words")] }) {
 *   static objects = manager(this);
 * }
 * // "words" tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english'::regconfig, …), 'A') || …) STORED
 * await Page.objects.filter({ words__search: SearchQuery("cheese", { config: "english" }) }).all();
 * ```
 */
export const searchVectorField = declare as unknown as SearchVectorFieldFactory;
