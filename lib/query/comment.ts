import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { changed } from "./query.js";
import type { Query } from "./tree.js";

/**
 * What could end the comment or begin another, what some driver or proxy takes for a quote, a placeholder or the end of
 * a statement, and what would make a log's line two. `%` is among them so that `decodeURIComponent` gives the text back.
 */
// Control characters are what it is about.
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029%*?;'"`\\{}]|[:$@](?=[\w:$@])/gu;

/** As in a URL, and what may stand there as it is, too. */
function encoded(character: string): string {
  if (character === "*") return "%2A";
  return character === "'" ? "%27" : encodeURIComponent(character);
}

/**
 * The query with a comment. It is no part of the query's shape: plans are compiled without it, and it is put behind
 * their SQL when they run.
 */
export function withComment(query: Query, text: unknown): Query {
  if (typeof text !== "string") {
    throw new FieldError(`${query.model.name}: comment(text) takes a text, got ${printable(text)}.`);
  }
  const safe = text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .trim()
    .replace(UNSAFE, encoded);
  return changed(query, { comment: safe === "" ? null : safe });
}
