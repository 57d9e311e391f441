import { NotSupportedError } from "../../errors/index.js";
import { IndexPart, type SchemaContext } from "../../models/index.js";
import type { OwnIndex } from "../../types/model.js";
import { onlyMysql } from "../only-mysql.js";
import { checkName, checkOptions, fieldList } from "../options.js";

/** Options of `fullTextIndex(fields, options)`. */
export interface FullTextIndexOptions {
  /** Its name in the database; made of the table's and the fields' unless given. */
  readonly name?: string;
  /** What takes texts apart, where that is not the server's own: "ngram", for languages without spaces, or a plugin's. */
  readonly parser?: string;
}

/** Parsers that come with MySQL, and MariaDB has not. */
const MYSQL_PARSERS = ["ngram", "mecab"];

/**
 * A FULLTEXT index over fields of text, for `Match`, `MatchScore` and the lookup `fulltext`: each asks for just the fields
 * of one index. Words are told apart as the columns' collation tells texts apart, and that of ours is binary: give the
 * fields one such as `collation: "utf8mb4_unicode_520_ci"` for "malibu" to find "Malibu".
 *
 * @example
 * ```ts no-run
 * class Post extends Model("post", {
 *   title: fields.string({ maxLength: 200, collation: "utf8mb4_unicode_520_ci" }),
 *   body: fields.text({ collation: "utf8mb4_unicode_520_ci" }),
 * }, { indexes: [fullTextIndex(["title", "body"])] }) {}
 * // CREATE FULLTEXT INDEX `post_title_body_fulltext` ON `post` (`title`, `body`)
 * ```
 * @throws ConfigurationError for what is no field; NotSupportedError, by `createTables`, on other engines, and on MariaDB for
 * the parsers that MySQL alone has.
 */
export function fullTextIndex<const Name extends string>(
  fields: Name | readonly Name[],
  options: FullTextIndexOptions = {},
): OwnIndex<Name> {
  const where = "fullTextIndex(fields, options)";
  const names = fieldList(fields, where);
  checkOptions(options, ["name", "parser"], where);
  const { name, parser } = options;
  if (name !== undefined) checkName(name, `${where}: name`);
  if (parser !== undefined) checkName(parser, `${where}: parser`);
  const called = (context: SchemaContext) => name ?? context.name(names, "fulltext");
  const part = new IndexPart((context) => {
    const { engine, label, table } = context;
    onlyMysql({ name: engine, label }, "fullTextIndex(…)", "SQLite has FTS5 tables, PostgreSQL search vectors.");
    if (label === "MariaDB" && parser !== undefined && MYSQL_PARSERS.includes(parser)) {
      throw new NotSupportedError(`The full-text parser "${parser}" is MySQL's, and MariaDB has none of that name.`, {
        hint: "Leave the parser out, or install a plugin that has one.",
      });
    }
    const list = names.flatMap((field) => context.columns(field, "indexes")).join(", ");
    const index = context.quote(called(context));
    const suffix = parser === undefined ? "" : ` WITH PARSER ${parser}`;
    return [`CREATE FULLTEXT INDEX ${index} ON ${table} (${list})${suffix}`];
  }, called);
  return part as unknown as OwnIndex<Name>;
}
