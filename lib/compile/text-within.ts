import type { OperationNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import type { Engine } from "../databases/ports/index.js";
import { columnType } from "../fields/index.js";

const text = columnType("text");
const CONTEXT = { types: [text, text], result: text, options: {}, timeZone: null };

/** A text lookup whose other side is no value but something worked out: there is no pattern, so nothing to escape. */
export function textWithin(name: string, lhs: OperationNode, rhs: OperationNode, engine: Engine): OperationNode {
  const { operations, functions } = engine;
  const foldsCase = name.startsWith("i");
  const [left, right] = foldsCase ? [operations.folded(lhs), operations.folded(rhs)] : [lhs, rhs];
  const placeIn = (node: OperationNode) => functions.call("strIndex", [node, right], CONTEXT);
  switch (foldsCase ? name.slice(1) : name) {
    case "exact":
      return sqlNode`${left} = ${right}`;
    case "startswith":
      return sqlNode`${placeIn(left)} = 1`;
    case "endswith": {
      const length = operations.transform("length", right, "text", null);
      return sqlNode`${placeIn(functions.call("right", [left, length], CONTEXT))} = 1`;
    }
    default:
      return sqlNode`${placeIn(left)} > 0`;
  }
}
