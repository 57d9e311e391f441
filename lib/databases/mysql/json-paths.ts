import type { OperationNode } from "kysely";
import type { JsonStep } from "../../util/json-shape.js";
import { pathText } from "../json-text.js";
import { joinedNode, sqlNode } from "../nodes.js";
import type { Encode } from "../ports/index.js";
import type { Flavour } from "./flavour.js";
import { jsonType } from "./json-values.js";

/** Binds something that is made of a path: a list of steps. */
type BindSteps = (encode: Encode) => OperationNode;

/** What stands at a path. MariaDB finds no key that begins with a hyphen, so odd keys are looked up by their place. */
export function jsonAt(node: OperationNode, kinds: string, bind: BindSteps, flavour: Flavour): OperationNode {
  const odd = flavour.isMariadb ? kinds.indexOf("o") : -1;
  if (odd < 0) return plainAt(node, kinds, bind, flavour);
  const before = odd === 0 ? node : plainAt(node, kinds.slice(0, odd), (encode) => bind(part(encode, 0, odd)), flavour);
  const found = oddKeyAt(
    before,
    bind((steps) => likePattern((steps as JsonStep[])[odd] as string)),
  );
  if (odd === kinds.length - 1) return found;
  return jsonAt(found, kinds.slice(odd + 1), (encode) => bind(part(encode, odd + 1)), flavour);
}

function part(encode: Encode, from: number, to?: number): Encode {
  return (steps) => encode((steps as JsonStep[]).slice(from, to));
}

/** By itself `[0]` is a value that is no array, so whatever an index is taken of must be one. */
function plainAt(node: OperationNode, kinds: string, bind: BindSteps, flavour: Flavour): OperationNode {
  const upTo = (length: number) =>
    length === 0
      ? node
      : sqlNode`JSON_EXTRACT(${node}, ${bind((steps) => pathText((steps as JsonStep[]).slice(0, length)))})`;
  const found = upTo(kinds.length);
  const indexes = [...kinds].flatMap((kind, index) => (kind === "i" ? [index] : []));
  if (indexes.length === 0) return found;
  const arrays = indexes.map((index) => sqlNode`${jsonType(upTo(index), flavour)} = 'ARRAY'`);
  return sqlNode`CASE WHEN ${joinedNode(arrays, " AND ")} THEN ${found} END`;
}

/** Keys and values of an object come in one order. */
function oddKeyAt(node: OperationNode, pattern: OperationNode): OperationNode {
  const place = sqlNode`JSON_UNQUOTE(JSON_SEARCH(JSON_KEYS(${node}), 'one', ${pattern} COLLATE utf8mb4_bin, '!'))`;
  return sqlNode`JSON_EXTRACT(JSON_EXTRACT(${node}, '$.*'), ${place})`;
}

function likePattern(key: string): string {
  return key.replace(/[!%_]/g, "!$&");
}
