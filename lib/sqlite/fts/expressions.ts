import { ColumnNode, type OperationNode, ReferenceNode, sql } from "kysely";
import { FieldError, NotSupportedError } from "../../errors/index.js";
import { Expression, QExpression, value } from "../../expressions/index.js";
import { operandOfKind, type OwnFunctionDefinition } from "../../functions/index.js";
import { newMark, type Operand } from "../../lookups/index.js";
import { checkSqlite } from "../functions.js";

interface Parts {
  readonly args: readonly object[];
  readonly options: Readonly<Record<string, unknown>>;
}

type Write = (table: object, parts: Parts) => object;

/** A function of an index of full text: its first argument is any column of that, which tells the table's alias. */
function define(name: string, result: Operand, write: Write): OwnFunctionDefinition {
  return Object.freeze({
    name,
    arity: [0, Number.POSITIVE_INFINITY] as const,
    operand: result,
    compile: ({ args, engine, options }: Parts & { readonly engine: string }) => {
      checkSqlite(engine, `${name} of an FTS5 table`);
      return write(hidden(args[0] as object, options.table as string, name), { args: args.slice(1), options });
    },
    mark: newMark(),
  });
}

/** The column that an FTS5 table has by its own name, in place of the one that was given. */
function hidden(part: object, column: string, name: string): object {
  const node = (part as { toOperationNode(): OperationNode }).toOperationNode();
  if (ReferenceNode.is(node) && node.table !== undefined) {
    const reference = ReferenceNode.create(ColumnNode.create(column), node.table);
    return { toOperationNode: () => reference };
  }
  throw new NotSupportedError(`${name} asks the index itself, which cannot be read through another query.`, {
    hint: "Use it on the model's own rows, before they are grouped, combined or cut to windows.",
  });
}

const truth = operandOfKind("boolean", null);
const float = operandOfKind("float", null);
const text = operandOfKind("text", null);

const match = define("match", truth, (table, { args }) => sql`${table} MATCH ${args[0]}`);
const bm25 = define("bm25", float, (table, { args }) => sql`bm25(${sql.join([table, ...args])})`);
const highlight = define(
  "highlight",
  text,
  (table, { args, options }) => sql`highlight(${table}, ${sql.lit(options.place as number)}, ${sql.join(args)})`,
);
const snippet = define(
  "snippet",
  text,
  (table, { args, options }) => sql`snippet(${table}, ${sql.lit(options.place as number)}, ${sql.join(args)})`,
);

function call(
  definition: OwnFunctionDefinition,
  at: FtsPlace,
  args: readonly Expression[],
  place?: number,
): Expression {
  const options = { table: at.table, ...(place !== undefined && { place }) };
  const path = new Expression({ kind: "path", path: at.path });
  return new Expression({ kind: "own", definition, args: [path, ...args], options });
}

/** Where an index is in a query: the path of one of its columns. */
export interface FtsPlace {
  readonly table: string;
  readonly path: string;
}

export function matchExpression(at: FtsPlace, query: string): QExpression {
  return new QExpression("boolean", { subject: call(match, at, [value(query, "text")]) });
}

export function bm25Expression(at: FtsPlace, weights: readonly number[]): Expression {
  return call(
    bm25,
    at,
    weights.map((weight) => value(weight, "float")),
  );
}

export function highlightExpression(at: FtsPlace, place: number, open: unknown, close: unknown): Expression {
  return call(highlight, at, [textOf(open, "highlight"), textOf(close, "highlight")], place);
}

/** `place` is that of a column, or -1 for whichever fits best. */
export function snippetExpression(
  at: FtsPlace,
  place: number,
  { open, close, ellipsis, tokens }: { open: unknown; close: unknown; ellipsis: unknown; tokens: unknown },
): Expression {
  if (!Number.isInteger(tokens) || (tokens as number) < 1 || (tokens as number) > 64) {
    throw new FieldError("snippet: tokens is a whole number from 1 to 64.");
  }
  const texts = [open, close, ellipsis].map((given) => textOf(given, "snippet"));
  return call(snippet, at, [...texts, value(tokens, "integer")], place);
}

function textOf(given: unknown, where: string): Expression {
  if (typeof given === "string") return value(given, "text");
  throw new FieldError(`${where}: what stands around a hit is a text, such as "<b>".`);
}
