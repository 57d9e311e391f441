import { FieldError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";

/**
 * How a text is taken: "words": each must be there, in any order; "any": one must be; "phrase": all, one after another;
 * "prefix": each, and the last may go on, as while somebody types; "query": FTS5's own language.
 */
export type MatchMode = "words" | "any" | "phrase" | "prefix" | "query";

const MODES: readonly string[] = ["words", "any", "phrase", "prefix", "query"] satisfies readonly MatchMode[];

/** A text in quotes, in which nothing means anything to FTS5: for queries in its own language. */
export function ftsPhrase(text: string): string {
  if (typeof text !== "string") throw new FieldError(`ftsPhrase takes a text, got ${printable(text)}.`);
  return `"${text.replaceAll('"', '""')}"`;
}

/** What FTS5 is asked. */
export function matchText(text: unknown, mode: unknown, columns: readonly string[] | null, where: string): string {
  if (typeof text !== "string") throw new FieldError(`${where}: expected a text, got ${printable(text)}.`);
  if (typeof mode !== "string" || !MODES.includes(mode)) {
    throw new FieldError(`${where}: mode is one of ${MODES.join(", ")}, got ${printable(mode)}.`);
  }
  const query = mode === "query" ? text : quoted(text, mode as MatchMode);
  if (columns === null) return query;
  return `{${columns.map(ftsPhrase).join(" ")}} : (${query})`;
}

function quoted(text: string, mode: MatchMode): string {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  // Of no words nothing is found.
  if (words.length === 0) return '""';
  if (mode === "phrase") return ftsPhrase(words.join(" "));
  const phrases = words.map(ftsPhrase);
  if (mode === "any") return phrases.join(" OR ");
  return mode === "prefix" ? `${phrases.join(" AND ")}*` : phrases.join(" AND ");
}
