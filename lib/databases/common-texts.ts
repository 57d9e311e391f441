import type { OperationNode } from "kysely";
import { fold } from "./fold.js";
import { sqlNode } from "./nodes.js";
import type { TextMatch, TextMatcher } from "./ports/index.js";

export type Match = TextMatcher["match"];
type Wrap = (node: OperationNode) => OperationNode;

/** How an engine compares texts, where it has LIKE with an escape that counts case. */
export interface TextHooks {
  readonly like: Match;
  /** The SQL of `fold`. */
  readonly folded: Wrap;
  /** A text compared by its code points, whatever its column's collation. */
  readonly plain: Wrap;
  /** A folded column compared with a parameter. */
  readonly equalFolded: Match;
  readonly holds: Match;
  readonly begins: Match;
  readonly ends: Match;
}

const escaped = (text: string) => text.replace(/[!%_]/g, "!$&");
const foldEscaped = (text: string) => escaped(fold(text));

const equal: Match = (lhs, text) => sqlNode`${lhs} = ${text}`;

/** Of two sides of which neither is a parameter. */
export function ofBoth(wrap: Wrap, match: Match): Match {
  return (lhs, text) => match(wrap(lhs), wrap(text));
}

/** The lookups of texts that are LIKE with a pattern that escapes what it was given. */
export function likeMatchers(hooks: TextHooks): Readonly<Record<Exclude<TextMatch, "regex" | "iregex">, TextMatcher>> {
  const { like, folded, plain, holds, begins, ends } = hooks;
  const likeFolded: Match = (lhs, parameter) => like(folded(lhs), parameter);
  return {
    iexact: { encode: fold, build: hooks.equalFolded, match: ofBoth(folded, equal) },
    contains: { encode: (text) => `%${escaped(text)}%`, build: like, match: ofBoth(plain, holds) },
    icontains: { encode: (text) => `%${foldEscaped(text)}%`, build: likeFolded, match: ofBoth(folded, holds) },
    startswith: { encode: (text) => `${escaped(text)}%`, build: like, match: ofBoth(plain, begins) },
    istartswith: { encode: (text) => `${foldEscaped(text)}%`, build: likeFolded, match: ofBoth(folded, begins) },
    endswith: { encode: (text) => `%${escaped(text)}`, build: like, match: ofBoth(plain, ends) },
    iendswith: { encode: (text) => `%${foldEscaped(text)}`, build: likeFolded, match: ofBoth(folded, ends) },
  };
}
