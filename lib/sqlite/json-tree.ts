import { sql } from "kysely";
import { argument, Expression, value } from "../expressions/index.js";
import { fields } from "../fields/index.js";
import { operandOfKind, type OwnFunctionDefinition } from "../functions/index.js";
import { pathText, stepsOf } from "../json/path.js";
import { newMark } from "../lookups/index.js";
import { Model } from "../objects/instances/model.js";
import type { AnyExpression, ClaimsOf, Expression as Typing, Typed } from "../types/expression.js";
import type { JsonPath } from "../json/index.js";
import { checkSqlite } from "./functions.js";

/** What SQLite has by whichever type, as a text. */
const anyText = () =>
  fields.custom({ sqlType: () => "any", toDb: (given: string) => given, fromDb: String, null: true });

const columns = {
  /** A number that each node has of its own. */
  id: fields.integer({ primaryKey: true }),
  /** Its key in an object, or its place in an array as a text; null for the whole. */
  key: anyText(),
  /** "object", "array", "text", "integer", "real", "true", "false" or "null". */
  type: fields.text(),
  /** The value of what is no object and no array, as a text. */
  atom: anyText(),
  /** The id of what it stands in. */
  parent: fields.integer({ null: true }),
  /** Where it is: `$."owner"."name"`; and where what it stands in is. */
  fullkey: fields.text(),
  path: fields.text(),
  /** The whole that it is of: what a join or a filter gives. */
  json: fields.text(),
  /** The path that the nodes are looked for at, `$` unless a join or a filter gives it. */
  root: fields.text({ null: true }),
};

/**
 * All nodes of a JSON value, however deep: a table to join. The condition says which value: `node__json: JsonSource("data")`.
 *
 * @example
 * ```ts
 * const nodes = Item.objects.join(JsonTree.alias("node"), { node__json: JsonSource("data") });
 * await nodes.filter({ node__type: "text" }).values("id", "node__fullkey", "node__atom").all();
 * // SELECT … FROM "item" JOIN "json_tree" AS t1 ON t1."json" = "item"."data" WHERE t1."type" = 'text'
 * ```
 */
export class JsonTree extends Model("json_tree", columns, { managed: false }) {}
/** The same of what stands in a value directly: its members, or its items. */
export class JsonEach extends Model("json_each", columns, { managed: false }) {}

const json = operandOfKind("json", null);
const text = operandOfKind("text", null);

const source: OwnFunctionDefinition = Object.freeze({
  name: "JsonSource",
  arity: [1, 1] as const,
  operand: text,
  compile({ args, engine }: { readonly args: readonly object[]; readonly engine: string }) {
    checkSqlite(engine, "the table of a JSON value's nodes");
    return sql`${args[0]}`;
  },
  mark: newMark(),
});

/** The JSON whose nodes are joined. */
export function JsonSource<const X extends string | AnyExpression>(
  of: X,
): Typing<Typed<string, true, "text">, ClaimsOf<X>> {
  const given = new Expression({ kind: "own", definition: source, args: [argument(of, "JsonSource")], options: {} });
  return given as unknown as Typing<Typed<string, true, "text">, ClaimsOf<X>>;
}

/** Where in it they are looked for: `node__root: JsonRoot(["owner", "names"])`. */
export function JsonRoot(path: JsonPath): Typing<Typed<string, true, "text">> {
  const given = value(pathText(stepsOf(path, "JsonRoot")), "text");
  return given as unknown as Typing<Typed<string, true, "text">>;
}

/** What a node is, as JSON, whatever its type: of `"node"` the one that is joined under that name. */
export function JsonNode(alias: string): Typing<Typed<unknown, true, "json">> {
  const paths = ["json", "fullkey"].map((name) => argument(`${alias}__${name}`, "JsonNode"));
  return new Expression({ kind: "own", definition: node, args: paths, options: {} }) as never;
}

const node: OwnFunctionDefinition = Object.freeze({
  name: "JsonNode",
  arity: [2, 2] as const,
  operand: json,
  compile({ args, engine }: { readonly args: readonly object[]; readonly engine: string }) {
    checkSqlite(engine, "the node of a JSON value");
    return sql`(${args[0]} -> ${args[1]})`;
  },
  mark: newMark(),
});
