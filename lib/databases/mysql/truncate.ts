import type { OperationNode } from "kysely";
import type { Storage } from "../../fields/column-type.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { CallContext, Operations } from "../ports/index.js";
import { asDatetime } from "./converted.js";
import { fromZone } from "./from-zone.js";
import { inZone } from "./time-zones.js";

/** The day a part begins, as a date or its text. */
const DAYS: Readonly<Record<string, (node: OperationNode) => OperationNode>> = {
  year: (node) => sqlNode`DATE_FORMAT(${node}, '%Y-01-01')`,
  quarter: (node) => sqlNode`CONCAT(DATE_FORMAT(${node}, '%Y-'), LPAD(QUARTER(${node}) * 3 - 2, 2, '0'), '-01')`,
  month: (node) => sqlNode`DATE_FORMAT(${node}, '%Y-%m-01')`,
  week: (node) => sqlNode`DATE_SUB(DATE(${node}), INTERVAL WEEKDAY(${node}) DAY)`,
  day: (node) => sqlNode`DATE(${node})`,
};

const CLOCK: Readonly<Record<string, string>> = { hour: "%H:00:00", minute: "%H:%i:00", second: "%H:%i:%s" };

/** A moment cut to a part, which is in the options. */
export function truncated(
  node: OperationNode,
  source: Storage,
  { options, timeZone }: CallContext,
  operations: Operations,
): OperationNode {
  const part = options.part as string;
  if (source === "datetime" && (part === "date" || part === "time")) {
    return operations.transform(part, node, source, timeZone);
  }
  const clock = CLOCK[part];
  if (source === "time") return sqlNode`CAST(TIME_FORMAT(${node}, '${literalNode(clock as string)}') AS TIME(6))`;
  if (clock === undefined) return toDay(node, part, source, timeZone);
  const cut = (moment: OperationNode) => asDatetime(sqlNode`DATE_FORMAT(${moment}, '%Y-%m-%d ${literalNode(clock)}')`);
  if (timeZone === null || timeZone === "UTC" || part === "second") return cut(node);
  // What clocks show past the hour is taken off the instant, so that the hour they show twice is not mixed up.
  const local = inZone(node, timeZone);
  return asDatetime(sqlNode`TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, ${local}, ${cut(local)}), ${node})`);
}

function toDay(node: OperationNode, part: string, source: Storage, timeZone: string | null): OperationNode {
  const write = DAYS[part] as (node: OperationNode) => OperationNode;
  if (source === "date") return sqlNode`CAST(${write(node)} AS DATE)`;
  if (timeZone === null || timeZone === "UTC") return asDatetime(write(node));
  return asDatetime(fromZone(asDatetime(write(inZone(node, timeZone))), timeZone));
}
