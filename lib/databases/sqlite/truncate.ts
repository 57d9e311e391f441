import type { OperationNode } from "kysely";
import type { Storage } from "../../fields/column-type.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { CallContext } from "../ports/index.js";
import { quoteText } from "./json-values.js";
import { sqliteOperations } from "./operations.js";

const DAYS: Readonly<Record<string, (node: OperationNode) => OperationNode>> = {
  year: (node) => sqlNode`strftime('%Y-01-01', ${node})`,
  quarter: (node) =>
    sqlNode`(strftime('%Y-', ${node}) || substr('01040710', (strftime('%m', ${node}) + 2) / 3 * 2 - 1, 2) || '-01')`,
  month: (node) => sqlNode`strftime('%Y-%m-01', ${node})`,
  // To the Monday that follows six days earlier.
  week: (node) => sqlNode`date(${node}, '-6 days', 'weekday 1')`,
  day: (node) => sqlNode`date(${node})`,
};

/** How much of a datetime's or a time's text is kept, and what stands for the rest. */
const CLOCK: Readonly<Record<string, readonly [kept: number, rest: string]>> = {
  hour: [2, ":00:00"],
  minute: [5, ":00"],
  second: [8, ""],
};

const DATE_LENGTH = 11;

/** A moment cut to a part, which is in the options. */
export function truncated(node: OperationNode, source: Storage, { options, timeZone }: CallContext): OperationNode {
  const part = options.part as string;
  if (source === "datetime" && (part === "date" || part === "time")) {
    return sqliteOperations.transform(part, node, source, timeZone);
  }
  const clock = CLOCK[part];
  if (clock === undefined) return toDay(node, part, source, timeZone);
  if (source === "time") return cut(node, clock, 0);
  const cutText = (text: OperationNode) => sqlNode`(${cut(text, clock, DATE_LENGTH)} || '.000')`;
  if (timeZone === null || timeZone === "UTC" || part === "second") return cutText(node);
  // What clocks show past the hour is taken off the instant, so that the hour they show twice is not mixed up.
  const local = sqlNode`dunder_local(${node}, ${quoteText(timeZone)})`;
  return sqlNode`dunder_shift(${node}, - dunder_between(${local}, ${cutText(local)}))`;
}

function toDay(node: OperationNode, part: string, source: Storage, timeZone: string | null): OperationNode {
  const write = DAYS[part] as (node: OperationNode) => OperationNode;
  if (source === "date") return write(node);
  if (timeZone === null || timeZone === "UTC") return sqlNode`(${write(node)} || ' 00:00:00.000')`;
  const zone = quoteText(timeZone);
  return sqlNode`dunder_instant(${write(sqlNode`dunder_local(${node}, ${zone})`)}, ${zone})`;
}

function cut(node: OperationNode, [kept, rest]: readonly [number, string], before: number): OperationNode {
  const start = sqlNode`substr(${node}, 1, ${literalNode(String(before + kept))})`;
  return rest === "" ? start : sqlNode`(${start} || ${literalNode(`'${rest}'`)})`;
}
