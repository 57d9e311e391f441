import { sql } from "kysely";
import { refuse } from "../../fields/index.js";
import type { Operand } from "../../lookups/index.js";
import { textual } from "../expressions/own.js";
import { configSql } from "./config.js";

/** The words of a text with their places, as they are searched in. */
export const VECTOR: Operand = textual("tsvector", "tsvector");
/** What is searched for. */
export const QUERY: Operand = textual("tsquery", "tsquery");

/** Texts are made into one vector, and put together with what is a vector already. */
export function vectorSql(args: readonly object[], operands: readonly Operand[], config: unknown): object {
  const texts = args.filter((_, at) => operands[at]?.family !== "tsvector");
  const vectors = args.filter((_, at) => operands[at]?.family === "tsvector");
  const words = texts.map((text) => sql`coalesce(cast(${text} as text), '')`);
  const made = words.length === 0 ? [] : [sql`to_tsvector(${configSql(config)}${sql.join(words, sql` || ' ' || `)})`];
  const all = [...made, ...vectors];
  return all.length === 1 ? (all[0] as object) : sql`(${sql.join(all, sql` || `)})`;
}

export function checkQuery(operand: Operand | undefined, name: string): void {
  if (operand?.family !== "tsquery") refuse(`${name} takes a SearchQuery(…) or a text to search for.`);
}
