import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import { type Aggregate, aggregate } from "../common-aggregates.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { AggregateContext } from "../ports/index.js";
import { FLOAT, isWhole64 } from "../result-types.js";
import { postgresHooks } from "./calls.js";
import { byCodePoint } from "./collation.js";
import { toJson } from "./json-values.js";
import { quoteText } from "./schema.js";

/** Sums of 64-bit numbers come as numeric. */
function sum(arg: OperationNode, type: ColumnType, context: AggregateContext): OperationNode {
  const total = aggregate("SUM", arg, context);
  return isWhole64(type) ? sqlNode`CAST(${total} AS bigint)` : total;
}

function avg(arg: OperationNode, type: ColumnType, context: AggregateContext): OperationNode {
  if (context.result.storage === "duration") return sqlNode`CAST(ROUND(${aggregate("AVG", arg, context)}) AS bigint)`;
  return aggregate("AVG", postgresHooks.converted(arg, type, FLOAT), context);
}

/** PostgreSQL before 18 has neither for uuid, whose order is that of its text. */
function extreme(name: "MIN" | "MAX"): Aggregate {
  return (arg, type, context) =>
    type.storage === "uuid"
      ? sqlNode`CAST(${aggregate(name, sqlNode`CAST(${arg} AS text) COLLATE "C"`, context)} AS uuid)`
      : aggregate(name, byCodePoint(arg, type), context);
}

function spread(name: string): Aggregate {
  return (arg, type, context) => {
    const which = context.options.sample === true ? "SAMP" : "POP";
    return aggregate(`${name}_${which}`, postgresHooks.converted(arg, type, FLOAT), context);
  };
}

function anyValue(arg: OperationNode, _: ColumnType, context: AggregateContext): OperationNode {
  const present = sqlNode`${arg} IS NOT NULL`;
  const filter = context.filter === null ? present : sqlNode`(${context.filter}) AND ${present}`;
  return sqlNode`(${aggregate("ARRAY_AGG", arg, { ...context, filter })})[1]`;
}

const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: (arg, _, context) => aggregate("COUNT", arg, context),
  sum,
  avg,
  min: extreme("MIN"),
  max: extreme("MAX"),
  variance: spread("VAR"),
  stdDev: spread("STDDEV"),
  stringAgg: (arg, _, context) => {
    const separator = quoteText((context.options.separator as string | undefined) ?? ",");
    return aggregate("STRING_AGG", arg, context, literalNode(separator));
  },
  jsonAgg: (arg, type, context) => aggregate("JSONB_AGG", toJson(arg, type), context),
  boolAnd: (arg, _, context) => aggregate("BOOL_AND", arg, context),
  boolOr: (arg, _, context) => aggregate("BOOL_OR", arg, context),
  anyValue,
};

export function postgresAggregate(name: string, arg: OperationNode | null, context: AggregateContext): OperationNode {
  const { type } = context;
  if (arg === null || type === null) return aggregate("COUNT", literalNode("*"), context);
  return (AGGREGATES[name] as Aggregate)(arg, type, context);
}
