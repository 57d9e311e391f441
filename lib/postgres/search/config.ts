import { type RawBuilder, sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { quoteText } from "../../databases/postgres/schema.js";
import { printable } from "../../util/printable.js";

/** How words of a language are told and cut down to their stems: "english", "simple", "public.ours". */
export function checkConfig(config: unknown, where: string): void {
  if (config === undefined || (typeof config === "string" && /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(config)))
    return;
  throw new FieldError(
    `${where}: config is the name of a text search configuration, such as "english"; got ${printable(config)}.`,
  );
}

/** The first argument of functions that search, where a configuration was named. */
export function configSql(config: unknown): RawBuilder<unknown> {
  return typeof config === "string" ? sql.raw(`${quoteText(config)}::regconfig, `) : sql.raw("");
}
