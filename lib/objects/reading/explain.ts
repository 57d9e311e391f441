import { bind } from "../../compile/index.js";
import type { ExplainFormat, ExplainSettings } from "../../databases/ports/index.js";
import { FieldError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { checkLock, isReady, makeReady, run } from "../../execute/index.js";
import type { Query } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { statementOf } from "./commented.js";
import { isEmpty, rowsPlan } from "./fetch.js";

const OPTIONS = ["analyze", "format"];
const FORMATS: readonly string[] = ["text", "json", "tree", "xml", "yaml"] satisfies ExplainFormat[];

/** How the database would run a query, in its own words; nothing for a query that is known to be empty. */
export async function explainRows(database: DatabaseCore, query: Query, options: unknown): Promise<string> {
  const settings = readSettings(query.model.name, options);
  if (isEmpty(query)) return "";
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  if (query.lock !== null && settings.analyze) checkLock(database, query);
  const plan = rowsPlan(database, query);
  const { explain } = database.engine;
  const statement = {
    sql: `${explain.prefix(settings)}${statementOf(plan, query).sql}`,
    returnsRows: true,
    wideIntegers: false,
    named: true,
    once: true,
  };
  const { rows, columns } = await run(database, { statement, parameters: bind(plan, query), model: query.model.name });
  return explain.read(rows, columns ?? []);
}

/** Nothing of what was given becomes SQL: it is only compared with what there is. */
function readSettings(model: string, options: unknown): ExplainSettings {
  if (options === undefined) return { analyze: false, format: "text" };
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new FieldError(`${model}: explain({ … }) takes an object of options, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new FieldError(
      `${model}: explain takes no option ${printable(unknown)}.${didYouMean(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  const { analyze = false, format = "text" } = options as { analyze?: unknown; format?: unknown };
  if (typeof analyze !== "boolean") {
    throw new FieldError(`${model}: explain({ analyze }) is true or false, got ${printable(analyze)}.`);
  }
  if (typeof format !== "string" || !FORMATS.includes(format)) {
    throw new FieldError(`${model}: explain({ format }) is one of ${FORMATS.join(", ")}, got ${printable(format)}.`);
  }
  return { analyze, format: format as ExplainFormat };
}
