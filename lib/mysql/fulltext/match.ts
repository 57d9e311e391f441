import { type RawBuilder, sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { argument, Expression, value } from "../../expressions/index.js";
import { refuse } from "../../fields/index.js";
import { operandOfKind, type OwnFunctionDefinition } from "../../functions/index.js";
import { addLookup, newMark, type Operand } from "../../lookups/index.js";
import type { Expression as TypedExpression, Typed } from "../../types/expression.js";
import { printable } from "../../util/printable.js";
import { onlyMysql } from "../only-mysql.js";

/**
 * How texts are sought. "natural": any of the words, the rare ones count for more. "expansion": the same again with words of
 * what was found best. "boolean": the text is a query with operators, `+must -not begin* "a phrase"`. "all": every word, none
 * of whose characters is an operator: for what users type.
 */
export type MatchMode = "natural" | "boolean" | "expansion" | "all";

/** Options of `Match` and `MatchScore`. */
export interface MatchOptions {
  /** "natural" unless given. */
  readonly mode?: MatchMode;
}

type Paths = string | readonly string[];
type NamedIn<P extends Paths> = P extends readonly (infer Name)[] ? Name : P;

const MODES: Readonly<Record<MatchMode, string>> = {
  natural: "IN NATURAL LANGUAGE MODE",
  boolean: "IN BOOLEAN MODE",
  all: "IN BOOLEAN MODE",
  expansion: "WITH QUERY EXPANSION",
};
const INSTEAD = "filter({ title__icontains: … }) and search(term, ...fields) are there on every engine.";

type Sql = RawBuilder<unknown>;

/** The score: the server works it out once, however often it is written. */
function matching(what: string, engine: string, columns: readonly object[], text: object, mode: MatchMode): Sql {
  onlyMysql({ name: engine, label: LABELS[engine] ?? engine }, what, INSTEAD);
  return sql`MATCH (${sql.join(columns.map((column) => sql`${column}`))}) AGAINST (${text} ${sql.raw(MODES[mode])})`;
}

/** Those that have no full text of this kind. */
const LABELS: Readonly<Record<string, string>> = { sqlite: "SQLite", postgres: "PostgreSQL" };

function define(name: string, kind: string, write: (score: Sql) => Sql): OwnFunctionDefinition {
  const result = operandOfKind(kind, null);
  const definition: OwnFunctionDefinition = {
    name,
    arity: [2, Number.POSITIVE_INFINITY] as const,
    operand: ([, ...columns]: readonly Operand[]) => {
      const other = columns.find(({ family }) => family !== "text");
      return other === undefined ? result : refuse(`${name} seeks in texts, and this is a ${other.family}.`);
    },
    compile: ({ args, engine, options }) => {
      const [text, ...columns] = args as readonly [object, ...object[]];
      return write(matching(`${name}(…)`, engine, columns, text, options["mode"] as MatchMode));
    },
    mark: newMark(),
  };
  return Object.freeze(definition);
}

// Compared with 0, or else a condition on it would be one on a number.
const found = define("Match", "boolean", (score) => sql`${score} > 0`);
const scored = define("MatchScore", "float", (score) => score);

/**
 * Whether a text is found in fields that a `fullTextIndex` is over: a condition for `filter`.
 *
 * @example
 * ```ts no-run
 * await Post.objects.filter(Match(["title", "body"], "+orm -xml", { mode: "boolean" })).all();
 * // SELECT … FROM `post` WHERE (MATCH (`post`.`title`, `post`.`body`) AGAINST ('+orm -xml' IN BOOLEAN MODE) > 0)
 * ```
 * @throws FieldError for fields of other kinds, and for what is no text; NotSupportedError on other engines.
 */
export function Match<const P extends Paths>(
  paths: P,
  text: string,
  options: MatchOptions = {},
): TypedExpression<Typed<boolean, false, "boolean">, NamedIn<P>> {
  return callOf(found, paths, text, options) as never;
}

/**
 * How well a text is found in such fields, 0 for not at all: for `annotate` and `orderBy`.
 *
 * @example
 * ```ts no-run
 * await Post.objects.annotate({ score: MatchScore(["title", "body"], "typed orm") }).filter({ score__gt: 0 }).orderBy("-score").all();
 * // SELECT …, MATCH (`post`.`title`, `post`.`body`) AGAINST ('typed orm' IN NATURAL LANGUAGE MODE) AS `score` …
 * ```
 */
export function MatchScore<const P extends Paths>(
  paths: P,
  text: string,
  options: MatchOptions = {},
): TypedExpression<Typed<number, false, "number">, NamedIn<P>> {
  return callOf(scored, paths, text, options) as never;
}

function callOf(definition: OwnFunctionDefinition, paths: unknown, text: unknown, options: unknown): Expression {
  const { name } = definition;
  const list: readonly unknown[] = Array.isArray(paths) ? (paths as unknown[]) : [paths];
  if (list.length === 0 || list.some((one) => typeof one !== "string" || one === "")) {
    throw new FieldError(`${name}(fields, text) takes the names of fields of text, got ${printable(paths)}.`);
  }
  if (typeof text !== "string") {
    throw new FieldError(`${name}(fields, text) takes the text to be found, got ${printable(text)}.`);
  }
  const mode = modeOf(name, options);
  const sought = mode === "all" ? everyWord(text) : text;
  const args = [value(sought, "text"), ...(list as readonly string[]).map((one) => argument(one, name))];
  return new Expression({ kind: "own", definition, args, options: { mode } });
}

function modeOf(name: string, options: unknown): MatchMode {
  const isObject = options !== null && typeof options === "object";
  const unknown = isObject ? Object.keys(options).find((option) => option !== "mode") : "";
  if (unknown !== undefined) {
    throw new FieldError(`${name}(fields, text, options): options are { mode }, got ${printable(unknown || options)}.`);
  }
  const { mode = "natural" } = options as { readonly mode?: unknown };
  if (typeof mode === "string" && Object.hasOwn(MODES, mode)) return mode as MatchMode;
  const modes = Object.keys(MODES).map((one) => `"${one}"`);
  throw new FieldError(`${name}: mode is one of ${modes.join(", ")}, got ${printable(mode)}.`);
}

/** Letters and digits alone: all else is an operator, or stands between words. */
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;

function everyWord(text: string): string {
  return (text.match(WORD) ?? []).map((word) => `+${word}`).join(" ");
}

addLookup("text", "fulltext", {
  value: null,
  compile: ({ lhs, rhs, engine }) => sql`${matching('The lookup "fulltext"', engine, [lhs], rhs, "natural")} > 0`,
});

declare module "../../types/lookups.js" {
  interface TextExtras {
    /** Any of these words is in a field that a `fullTextIndex` is over: "dunder-orm/mysql". MySQL and MariaDB. */
    fulltext: string;
  }
}
