import { type OperationNode, ReferenceNode, ValueNode } from "kysely";
import { NotSupportedError } from "../../errors/index.js";
import type { ColumnType } from "../../fields/column-type.js";
import type { CallHooks } from "../common-calls.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { AggregateContext } from "../ports/index.js";
import { FLOAT } from "../result-types.js";
import { decimalOf } from "./converted.js";
import type { Flavour } from "./flavour.js";
import { asJson, toJson } from "./json-values.js";
import { quoteText } from "./schema.js";

const NOTHING = literalNode("");
/** Digits behind the point of an average that is rounded to a whole number afterwards. */
const AVERAGE_SCALE = 10;

/** `name(distinct x order by … separator …) over (…)`; what a filter leaves out is NULL, which aggregates skip. */
function aggregate(name: string, arg: OperationNode, context: AggregateContext, separator?: string): OperationNode {
  const { distinct, filter, order, over } = context;
  const parts = [
    sqlNode`${literalNode(name)}(${distinct ? literalNode("DISTINCT ") : NOTHING}`,
    filter === null ? arg : sqlNode`CASE WHEN ${filter} THEN ${arg} END`,
    order.length === 0 ? NOTHING : sqlNode` ORDER BY ${joinedNode(order, ", ")}`,
    separator === undefined ? NOTHING : sqlNode` SEPARATOR ${literalNode(quoteText(separator))}`,
    literalNode(")"),
    over === null ? NOTHING : sqlNode` OVER (${over})`,
  ];
  return joinedNode(parts, "");
}

type Aggregate = (arg: OperationNode, type: ColumnType, context: AggregateContext) => OperationNode;

const plain =
  (name: string): Aggregate =>
  (arg, _, context) =>
    aggregate(name, arg, context);

/**
 * MariaDB gives an empty text, not NULL, where all that is joined is NULL in a subquery on one row that is found by a
 * unique key, unless what is joined is a column.
 */
function joined(flavour: Flavour, arg: OperationNode, context: AggregateContext, separator: string): OperationNode {
  const node = aggregate("GROUP_CONCAT", arg, context, separator);
  const isColumn = ReferenceNode.is(arg) && context.filter === null;
  if (!flavour.isMariadb || isColumn || context.over !== null) return node;
  const some = aggregate("COUNT", arg, { ...context, distinct: false, order: [] });
  return sqlNode`CASE WHEN ${some} > 0 THEN ${node} END`;
}

function readsColumns(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  return ReferenceNode.is(node as OperationNode) || Object.values(node).some(readsColumns);
}

/** MySQL counts what is NULL for one, where nothing but parameters is counted distinct. */
function counted(flavour: Flavour, arg: OperationNode, context: AggregateContext): OperationNode {
  const node = aggregate("COUNT", arg, context);
  if (flavour.isMariadb || !context.distinct || context.over !== null || readsColumns(arg)) return node;
  const all = aggregate("COUNT", arg, { ...context, distinct: false });
  return sqlNode`CASE WHEN ${all} > 0 THEN ${node} ELSE 0 END`;
}

/** MySQL joins empty texts of a parameter by itself to NULL, where it groups by a table of its own. */
function neverBare(flavour: Flavour, arg: OperationNode): OperationNode {
  return flavour.isMariadb || ReferenceNode.is(arg) ? arg : sqlNode`CONCAT(${arg})`;
}

const isText = ({ storage }: ColumnType): boolean => storage === "string" || storage === "text" || storage === "uuid";

/** MySQL takes a bound text for NULL, too, where another aggregate makes it group by a table of its own. */
function extreme(flavour: Flavour, name: string): Aggregate {
  return (arg, type, context) => {
    const given = isText(type) && ValueNode.is(arg) ? neverBare(flavour, arg) : arg;
    return aggregate(name, given, context);
  };
}

/** The server's own lists of JSON know neither order nor a filter. */
function jsonAgg(flavour: Flavour): Aggregate {
  return (arg, type, context) => {
    const item = sqlNode`JSON_EXTRACT(JSON_ARRAY(${toJson(arg, type, flavour)}), '$[0]')`;
    const text = flavour.isMariadb ? item : sqlNode`CAST(${item} AS CHAR)`;
    return asJson(sqlNode`CONCAT('[', ${joined(flavour, text, context, ",")}, ']')`, flavour);
  };
}

/** Made by GROUP_CONCAT, which knows no window. */
const WITHOUT_WINDOW = new Set(["stringAgg", "jsonAgg"]);

export type MysqlAggregate = (name: string, arg: OperationNode | null, context: AggregateContext) => OperationNode;

export function mysqlAggregates(flavour: Flavour, hooks: CallHooks): MysqlAggregate {
  const float = (arg: OperationNode, type: ColumnType) => hooks.converted(arg, type, FLOAT);
  const avg: Aggregate = (arg, type, context) =>
    context.result.storage === "duration"
      ? sqlNode`CAST(ROUND(${aggregate("AVG", decimalOf(arg, AVERAGE_SCALE), context)}) AS SIGNED)`
      : aggregate("AVG", float(arg, type), context);
  const spread =
    (name: string): Aggregate =>
    (arg, type, context) =>
      aggregate(`${name}_${context.options.sample === true ? "SAMP" : "POP"}`, float(arg, type), context);
  const byName: Readonly<Record<string, Aggregate>> = {
    count: (arg, _, context) => counted(flavour, arg, context),
    sum: plain("SUM"),
    avg,
    min: extreme(flavour, "MIN"),
    max: extreme(flavour, "MAX"),
    variance: spread("VAR"),
    stdDev: spread("STDDEV"),
    stringAgg: (arg, _, context) =>
      joined(flavour, neverBare(flavour, arg), context, (context.options.separator as string | undefined) ?? ","),
    jsonAgg: jsonAgg(flavour),
    boolAnd: plain("MIN"),
    boolOr: plain("MAX"),
    anyValue: extreme(flavour, "MIN"),
  };
  return (name, arg, context) => {
    if (context.over !== null && WITHOUT_WINDOW.has(name)) {
      throw new NotSupportedError(`${flavour.label} cannot put together texts or JSON over a window.`);
    }
    if (arg !== null && context.type !== null) return (byName[name] as Aggregate)(arg, context.type, context);
    return aggregate("COUNT", literalNode(context.filter === null ? "*" : "1"), context);
  };
}
