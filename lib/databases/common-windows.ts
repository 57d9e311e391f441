import type { OperationNode } from "kysely";
import { numberNode } from "./common-calls.js";
import { joinedNode, literalNode, sqlNode } from "./nodes.js";
import type { WindowCallContext, WindowParts } from "./ports/index.js";

const NAMES: Readonly<Record<string, string>> = {
  rowNumber: "ROW_NUMBER",
  rank: "RANK",
  denseRank: "DENSE_RANK",
  percentRank: "PERCENT_RANK",
  cumeDist: "CUME_DIST",
  ntile: "NTILE",
  lag: "LAG",
  lead: "LEAD",
  firstValue: "FIRST_VALUE",
  lastValue: "LAST_VALUE",
  nthValue: "NTH_VALUE",
};

/** `LAG(x, 1, default) OVER (…)`: a number said as an option stands behind the first argument. */
export function windowCall(
  name: string,
  [of, ...more]: readonly OperationNode[],
  { options, over }: WindowCallContext,
): OperationNode {
  const said = [options.parts, options.rows, options.n].filter((option) => option !== undefined);
  const args = [...(of === undefined ? [] : [of]), ...said.map((option) => numberNode(Number(option))), ...more];
  const list = args.length === 0 ? literalNode("") : joinedNode(args, ", ");
  return sqlNode`${literalNode(NAMES[name] as string)}(${list}) OVER (${over})`;
}

/** `PARTITION BY … ORDER BY … ROWS BETWEEN …` */
export function overNode({ partition, order, frame }: WindowParts): OperationNode {
  const parts: OperationNode[] = [];
  if (partition.length > 0) parts.push(sqlNode`PARTITION BY ${joinedNode(partition, ", ")}`);
  if (order.length > 0) parts.push(sqlNode`ORDER BY ${joinedNode(order, ", ")}`);
  if (frame !== null) {
    const between = `BETWEEN ${edge(frame.start, "PRECEDING")} AND ${edge(frame.end, "FOLLOWING")}`;
    const exclude = frame.exclude === null ? "" : ` EXCLUDE ${frame.exclude.toUpperCase()}`;
    parts.push(literalNode(`${frame.type.toUpperCase()} ${between}${exclude}`));
  }
  return parts.length === 0 ? literalNode("") : joinedNode(parts, " ");
}

/** An edge of a frame: so far from the row, null for no bound. */
function edge(place: number | null, beyond: "PRECEDING" | "FOLLOWING"): string {
  if (place === null) return `UNBOUNDED ${beyond}`;
  if (place === 0) return "CURRENT ROW";
  return place < 0 ? `${-place} PRECEDING` : `${place} FOLLOWING`;
}
