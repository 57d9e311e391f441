import type { OperationNode } from "kysely";
import { NotSupportedError } from "../../errors/index.js";
import { numberNode } from "../common-calls.js";
import { overNode, windowCall } from "../common-windows.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { Functions, WindowParts } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

const ANY_ORDER = [literalNode("NULL")];

const FRACTIONS = new Set(["percentRank", "cumeDist"]);

/** The server knows frames of rows and of ranges, and nothing to leave out of them. */
function checkFrame({ frame }: WindowParts, { label }: Flavour): void {
  if (frame?.type === "groups") {
    throw new NotSupportedError(`${label} has no window frames of type "groups".`, {
      hint: 'Count "rows", or give a "range" of values.',
    });
  }
  if (frame !== null && frame.exclude !== null) {
    throw new NotSupportedError(`${label} has no exclude in window frames.`);
  }
}

export function mysqlWindows(flavour: Flavour): Pick<Functions, "over" | "window"> {
  const { isMariadb } = flavour;
  return {
    over(parts) {
      checkFrame(parts, flavour);
      // MariaDB's ranks must be told an order, even where none matters.
      const isUnordered = isMariadb && parts.ofPlaces && parts.order.length === 0;
      return overNode(isUnordered ? { ...parts, order: ANY_ORDER } : parts);
    },
    window(name, args, context) {
      const [of, otherwise] = args;
      if (!isMariadb) return windowCall(name, args, context);
      // MariaDB would show ten digits of them.
      if (FRACTIONS.has(name)) return sqlNode`CAST(${windowCall(name, args, context)} AS DOUBLE)`;
      if (of === undefined || otherwise === undefined) return windowCall(name, args, context);
      // MariaDB knows no default: one stands in where a mark in the other row's place is not there.
      const rows = numberNode(Number(context.options.rows));
      const open = literalNode(name === "lag" ? "LAG" : "LEAD");
      const found = (node: OperationNode) => sqlNode`${open}(${node}, ${rows}) OVER (${context.over})`;
      return sqlNode`CASE WHEN ${found(literalNode("1"))} IS NULL THEN ${otherwise} ELSE ${found(of)} END`;
    },
  };
}
