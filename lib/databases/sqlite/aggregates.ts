import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import { type Aggregate, aggregate } from "../common-aggregates.js";
import { numberNode } from "../common-calls.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { AggregateContext } from "../ports/index.js";
import { FLOAT, isDecimal } from "../result-types.js";
import { sqliteHooks } from "./calls.js";
import { quoteText, toJson } from "./json-values.js";

const scaleNode = ({ scale }: ColumnType) => numberNode(scale ?? 0);

/** Decimals are compared by a text that sorts as they do, of which the decimal is made again. */
function extreme(name: "MIN" | "MAX"): Aggregate {
  return (arg, type, context) => {
    if (!isDecimal(type)) return aggregate(name, arg, context);
    const key = aggregate(name, sqlNode`dunder_decimal(${arg})`, context);
    return sqlNode`dunder_dec_of_key(${key}, ${scaleNode(context.result)})`;
  };
}

const variance: Aggregate = (arg, type, context) => {
  const name = context.options.sample === true ? "dunder_variance_sample" : "dunder_variance";
  return aggregate(name, sqliteHooks.converted(arg, type, FLOAT), context);
};

function stringAgg(arg: OperationNode, _: ColumnType, context: AggregateContext): OperationNode {
  const separator = quoteText((context.options.separator as string | undefined) ?? ",");
  if (!context.distinct) return aggregate("GROUP_CONCAT", arg, context, separator);
  // DISTINCT leaves no room for a separator.
  return sqlNode`dunder_join(${aggregate("json_group_array", arg, context)}, ${separator})`;
}

const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: (arg, _, context) => aggregate("COUNT", arg, context),
  sum: (arg, type, context) =>
    isDecimal(type)
      ? sqlNode`dunder_dec(${aggregate("dunder_dec_sum", arg, context)}, ${scaleNode(context.result)})`
      : aggregate("SUM", arg, context),
  avg: (arg, type, context) =>
    context.result.storage === "duration"
      ? sqliteHooks.rounded(aggregate("AVG", arg, context))
      : aggregate("AVG", sqliteHooks.converted(arg, type, FLOAT), context),
  min: extreme("MIN"),
  max: extreme("MAX"),
  variance,
  stdDev: (arg, type, context) => sqlNode`sqrt(${variance(arg, type, context)})`,
  stringAgg,
  // Of no rows it would be an empty list, which it is of no others.
  jsonAgg: (arg, type, context) => sqlNode`NULLIF(${aggregate("json_group_array", toJson(arg, type), context)}, '[]')`,
  boolAnd: (arg, _, context) => aggregate("MIN", arg, context),
  boolOr: (arg, _, context) => aggregate("MAX", arg, context),
  anyValue: (arg, _, context) => aggregate("MIN", arg, context),
};

export function sqliteAggregate(name: string, arg: OperationNode | null, context: AggregateContext): OperationNode {
  const { type } = context;
  if (arg === null || type === null) return aggregate("COUNT", literalNode("*"), context);
  return (AGGREGATES[name] as Aggregate)(arg, type, context);
}
