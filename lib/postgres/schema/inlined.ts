import { quoteText } from "../../databases/postgres/schema.js";
import { wireValues } from "../../databases/postgres/wire-values.js";

/** Texts, names, comments, and in between the places of parameters. */
const TOKEN = /"(?:[^"]|"")*"|'(?:[^'\\]|''|\\.)*'|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

/** SQL with something else in the places of its parameters, which `write` is told by their numbers, from 0. */
export function withPlaces(sql: string, write: (at: number) => string): string {
  return sql.replace(TOKEN, (token, place?: string) => (place === undefined ? token : write(Number(place) - 1)));
}

/** SQL with its values written into it, for statements that define something and take no parameters. */
export function inlined({
  sql,
  parameters,
}: {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}): string {
  const values = wireValues(parameters);
  return withPlaces(sql, (at) => {
    const value = values[at] ?? null;
    if (value === null) return "NULL";
    return quoteText(typeof value === "string" ? value : `\\x${value.toString("hex")}`);
  });
}
