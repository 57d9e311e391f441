import { sql } from "kysely";
import { FieldError, NotSupportedError } from "../../errors/index.js";
import { Expression, value } from "../../expressions/index.js";
import { refuse } from "../../fields/index.js";
import { type CallOptions, operandOfKind, type OwnFunctionDefinition } from "../../functions/index.js";
import type { JsonGiven, JsonPath } from "../../json/index.js";
import { jsonOf, targetOf } from "../../json/own-call.js";
import { pathText, stepsOf } from "../../json/path.js";
import { newMark, type Operand } from "../../lookups/index.js";
import type { AnyExpression, ClaimsOf, Expression as Typing, Typed } from "../../types/expression.js";
import { printable } from "../../util/printable.js";
import { onlyMysql } from "../only-mysql.js";

type Target = string | AnyExpression;
type Claims<X, V = never> = ClaimsOf<X> | (V extends AnyExpression ? ClaimsOf<V> : never);
type Truth<X, V = never> = Typing<Typed<boolean, true, "boolean">, Claims<X, V>>;

interface Parts {
  readonly args: readonly object[];
  readonly label: string;
  readonly options: CallOptions;
}

/** A function of MySQL and MariaDB, whose first argument is JSON. */
function define(name: string, kind: string, instead: string, write: (parts: Parts) => object): OwnFunctionDefinition {
  const result = operandOfKind(kind, null);
  return Object.freeze({
    name,
    arity: [1, Number.POSITIVE_INFINITY] as const,
    operand: ([of]: readonly Operand[]) =>
      of?.family === "json"
        ? result
        : refuse(`${name} works on JSON, and this is a ${String(of?.family)}. Name a field of JSON.`),
    compile: ({ engine, ...parts }: Parts & { readonly engine: string }) => {
      onlyMysql({ name: engine, label: parts.label }, `${name}(…)`, instead);
      return write(parts);
    },
    mark: newMark(),
  });
}

function call(definition: OwnFunctionDefinition, args: readonly Expression[], options: CallOptions = {}): never {
  return new Expression({ kind: "own", definition, args, options }) as never;
}

/** Whether a list is somewhere within a value. */
function holdsList(given: unknown): boolean {
  if (given === null || typeof given !== "object" || Expression.is(given)) return false;
  return Object.values(given).some((item: unknown) => Array.isArray(item) || holdsList(item));
}

/** MariaDB takes a list within a value for the same as one that it begins with. */
function refuseNested({ label, options }: Parts, name: string): void {
  if (label !== "MariaDB" || options.nested !== true) return;
  throw new NotSupportedError(`${name}(…): MariaDB does not compare lists that stand in other values.`, {
    hint: "data__contains is there on every engine.",
  });
}

const CONTAINS = "data__contains is there on every engine.";
const overlaps = define("JsonOverlaps", "boolean", CONTAINS, (parts) => {
  refuseNested(parts, "JsonOverlaps");
  const [of, other] = parts.args;
  return sql`json_overlaps(${of}, ${other})`;
});
// An item of a list is what the list has in common with a list of it alone.
const memberOf = define("JsonMemberOf", "boolean", CONTAINS, (parts) => {
  refuseNested(parts, "JsonMemberOf");
  const [of, item] = parts.args;
  if (parts.label === "MariaDB") return sql`json_overlaps(${of}, json_array(json_compact(${item})))`;
  return sql`${item} member of (${of})`;
});
const KEYS = "data__has_key and data__has_keys are there on every engine.";
const anyPath = define("JsonContainsPath", "boolean", KEYS, ({ args: [of, ...paths] }) => containing("one", of, paths));
const allPaths = define("JsonContainsPath", "boolean", KEYS, ({ args: [of, ...paths] }) =>
  containing("all", of, paths),
);

function containing(which: "one" | "all", of: object | undefined, paths: readonly object[]): object {
  return sql`json_contains_path(${of}, ${sql.lit(which)}, ${sql.join(paths)})`;
}

const SEARCH = "Lookups such as data__name__contains are there on every engine.";
const searchOne = define("JsonSearch", "text", SEARCH, ({ args }) => sql`json_unquote(${searching("one", args)})`);
// One path is a text there, and no list.
const searchAll = define(
  "JsonSearch",
  "json",
  SEARCH,
  ({ args }) => sql`json_merge_preserve(json_array(), ${searching("all", args)})`,
);

/** By the collation that texts in JSON have on MySQL, which has no other beside it. */
function searching(which: "one" | "all", [of, text, ...path]: readonly object[]): object {
  return sql`json_search(${sql.join([of, sql.lit(which), sql`${text} collate utf8mb4_bin`, sql`'|'`, ...path])})`;
}

/**
 * Whether two values of JSON have something in common: arrays an item, objects a key with its value; what is no array is
 * taken for one item. MySQL, and MariaDB from 10.9 on, which does not compare lists that stand in other values.
 *
 * @example
 * ```ts no-run
 * await Track.objects.filter(JsonOverlaps("tags", ["rock", "pop"])).all();
 * // SELECT … FROM `track` WHERE json_overlaps(`track`.`tags`, '["rock","pop"]')
 * ```
 * @throws FieldError for what JSON does not have; NotSupportedError, when it runs, on other engines, and on MariaDB for lists
 *   within the value.
 */
export function JsonOverlaps<const X extends Target, const V extends JsonGiven>(of: X, other: V): Truth<X, V> {
  return call(overlaps, [targetOf(of, "JsonOverlaps"), jsonOf(other, "JsonOverlaps")], {
    nested: holdsList(other),
  });
}

/**
 * Whether a value is an item of an array: MEMBER OF, and on MariaDB, which has no such operator, what does the same.
 *
 * @example
 * ```ts no-run
 * await Track.objects.filter(JsonMemberOf("rock", "tags")).all();
 * // SELECT … FROM `track` WHERE '"rock"' MEMBER OF (`track`.`tags`)
 * ```
 */
export function JsonMemberOf<const V extends JsonGiven, const X extends Target>(item: V, of: X): Truth<X, V> {
  return call(memberOf, [targetOf(of, "JsonMemberOf"), jsonOf(item, "JsonMemberOf")], {
    nested: Array.isArray(item) || holdsList(item),
  });
}

/** How `JsonContainsPath` asks. */
export interface JsonContainsPathOptions {
  /** True where something has to be at each of the paths, and not just at one. */
  readonly all?: boolean;
}

/**
 * Whether there is something at one of several paths, if only null; with `all`, at each of them. What is no list is taken for
 * the item 0 of one.
 *
 * @example
 * ```ts no-run
 * await Track.objects.filter(JsonContainsPath("data", [["owner", "name"], ["tags", 0]], { all: true })).all();
 * // SELECT … FROM `track` WHERE json_contains_path(`track`.`data`, 'all', '$."owner"."name"', '$."tags"[0]')
 * ```
 * @throws FieldError for what are no paths; NotSupportedError for a key that begins with a hyphen, which MariaDB never finds.
 */
export function JsonContainsPath<const X extends Target>(
  of: X,
  paths: readonly [JsonPath, ...JsonPath[]],
  options: JsonContainsPathOptions = {},
): Truth<X> {
  const where = "JsonContainsPath";
  const { all = false } = optionsOf<JsonContainsPathOptions>(options, ["all"], where);
  const list: readonly unknown[] = Array.isArray(paths) ? paths : [];
  if (list.length === 0) throw new FieldError(`${where} takes a list of paths, got ${printable(paths)}.`);
  if (typeof all !== "boolean") throw new FieldError(`${where}: all is true or false, got ${printable(all)}.`);
  return call(all ? allPaths : anyPath, [targetOf(of, where), ...list.map((path) => pathOf(path, where))]);
}

/** How `JsonSearch` looks. */
export interface JsonSearchOptions {
  /** True for a list of all places, and not the first one alone. */
  readonly all?: boolean;
  /** True where `%` and `_` in the text stand for whatever is there; else it is looked for as it is. `|` is before those that are meant. */
  readonly pattern?: boolean;
  /** Where to look; everywhere, unless given. */
  readonly path?: JsonPath;
}

/**
 * Where a text stands in JSON: the path of the first place, or with `all` a list of paths; null where it is nowhere.
 *
 * @example
 * ```ts no-run
 * await Track.objects.annotate({ at: JsonSearch("data", "rock") }).valuesList("at", { flat: true }).all(); // → ["$.tags[0]"]
 * // SELECT json_unquote(json_search(`track`.`data`, 'one', 'rock', '|')) AS `at` FROM `track`
 * ```
 * @throws FieldError for what is no text; NotSupportedError, when it runs, on other engines.
 */
export function JsonSearch<const X extends Target, const All extends boolean = false>(
  of: X,
  text: string,
  options: JsonSearchOptions & { readonly all?: All } = {},
): Typing<All extends true ? Typed<readonly string[], true, "json"> : Typed<string, true, "text">, ClaimsOf<X>> {
  const where = "JsonSearch";
  const given = optionsOf<JsonSearchOptions>(options, ["all", "pattern", "path"], where);
  const { all = false, pattern = false, path } = given;
  if (typeof text !== "string") throw new FieldError(`${where} takes the text to be found, got ${printable(text)}.`);
  for (const [name, flag] of Object.entries({ all, pattern })) {
    if (typeof flag !== "boolean") throw new FieldError(`${where}: ${name} is true or false, got ${printable(flag)}.`);
  }
  const sought = value(pattern ? text : text.replace(/[|%_]/g, "|$&"), "text");
  const places = path === undefined ? [] : [pathOf(path, where)];
  return call(all ? searchAll : searchOne, [targetOf(of, where), sought, ...places]);
}

function pathOf(path: unknown, where: string): Expression {
  const steps = stepsOf(path, where);
  const odd = steps.find((step) => typeof step === "string" && step.startsWith("-"));
  if (odd === undefined) return value(pathText(steps), "text");
  throw new NotSupportedError(`${where}: MariaDB finds no key that begins with a hyphen, as ${printable(odd)} does.`, {
    hint: 'data__has_key and paths such as F("data").key(…) find it.',
  });
}

function optionsOf<T extends object>(given: unknown, names: readonly (keyof T & string)[], where: string): T {
  const isObject = given !== null && typeof given === "object";
  const unknown = isObject ? Object.keys(given).find((name) => !(names as readonly string[]).includes(name)) : "";
  if (unknown === undefined) return given as T;
  throw new FieldError(`${where}: options are { ${names.join(", ")} }, got ${printable(unknown || given)}.`);
}
