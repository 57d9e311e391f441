import type { OperationNode } from "kysely";
import { childAt, type JsonShape, sortedKeys } from "../../util/json-shape.js";
import { parsed, partOf } from "../json-text.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { BindJson } from "../ports/index.js";

/** What containment is made of. */
export interface Parts {
  /** Equal to a JSON text. */
  equals(node: OperationNode, text: OperationNode): OperationNode;
  /** What stands behind a key of some kind. */
  key(node: OperationNode, kind: string, bind: BindJson): OperationNode;
  /** The name of its type. */
  type(node: OperationNode): OperationNode;
  /** An item of an array, as a table of them has it. */
  item(column: OperationNode): OperationNode;
  /** Whether a table of items has one. */
  exists(items: OperationNode, condition: OperationNode): OperationNode;
  /** JSON text as the JSON functions take it. */
  json(text: OperationNode): OperationNode;
}

/**
 * Containment as PostgreSQL has it. JSON_CONTAINS goes further: to it `[[1]]` holds 1, and `{"a": [1]}` holds `{"a": 1}`.
 * So the value that is given is written out: what it holds decides on the SQL, and each leaf is bound.
 */
export class Containment {
  readonly #parts: Parts;
  readonly #bind: BindJson;

  constructor(parts: Parts, bind: BindJson) {
    this.#parts = parts;
    this.#bind = bind;
  }

  /** The JSON holds the value; an array holds its items. */
  holdsAtTop(node: OperationNode, shape: JsonShape): OperationNode {
    if (isContainer(shape)) return this.#holds(node, shape, []);
    const item = this.#some(node, 0, (each) => this.#equals(each, []));
    return sqlNode`(${this.#equals(node, [])} OR ${item})`;
  }

  #holds(node: OperationNode, shape: JsonShape, route: readonly number[]): OperationNode {
    if (!isContainer(shape)) return this.#equals(node, route);
    const held = shape.items.map((item, index) => {
      const at = [...route, index];
      if (shape.type === "object") return this.#holds(this.#key(node, shape, at), item, at);
      return this.#some(node, route.length, (each) => this.#holds(each, item, at));
    });
    return all([this.#isOf(node, shape.type), ...held]);
  }

  /** The value holds the JSON; so does an array that has it as an item. */
  holdAtTop(node: OperationNode, shape: JsonShape): OperationNode {
    const held = this.#held(node, shape, []);
    if (shape.type !== "array") return held;
    const items = shape.items.flatMap((item, index) => (isContainer(item) ? [] : [this.#equals(node, [index])]));
    return items.length === 0 ? held : any([held, ...items]);
  }

  #held(node: OperationNode, shape: JsonShape, route: readonly number[]): OperationNode {
    if (shape.type === "object") return this.#heldByObject(node, shape, route);
    if (shape.type !== "array") return this.#equals(node, route);
    const stranger = this.#some(node, route.length, (each) => {
      const items = shape.items.map((item, index) => this.#held(each, item, [...route, index]));
      return items.length === 0 ? literalNode("1 = 1") : sqlNode`${any(items)} IS NOT TRUE`;
    });
    return all([this.#isOf(node, "array"), sqlNode`NOT ${stranger}`]);
  }

  #heldByObject(node: OperationNode, shape: JsonShape, route: readonly number[]): OperationNode {
    const keys = this.#bind((text) => JSON.stringify(sortedKeys(route.reduce(childAt, parsed(text)) as object)));
    const known = sqlNode`JSON_CONTAINS(${this.#parts.json(keys)}, JSON_KEYS(${node}))`;
    const held = shape.items.map((item, index) => {
      const at = [...route, index];
      const value = this.#key(node, shape, at);
      return sqlNode`(${value} IS NULL OR ${this.#held(value, item, at)})`;
    });
    return all([this.#isOf(node, "object"), known, ...held]);
  }

  #equals(node: OperationNode, route: readonly number[]): OperationNode {
    return this.#parts.equals(node, this.#bind(partOf(route)));
  }

  #key(node: OperationNode, { keys }: JsonShape, at: readonly number[]): OperationNode {
    const index = at.at(-1) as number;
    const steps = (text: unknown) => [sortedKeys(at.slice(0, -1).reduce(childAt, parsed(text)) as object)[index]];
    return this.#parts.key(node, keys[index] as string, (encode) =>
      this.#bind((text) => (encode === null ? steps(text) : encode(steps(text)))),
    );
  }

  #isOf(node: OperationNode, type: JsonShape["type"]): OperationNode {
    return sqlNode`${this.#parts.type(node)} = ${literalNode(type === "array" ? "'ARRAY'" : "'OBJECT'")}`;
  }

  /** Whether an array has an item of which something is true. */
  #some(node: OperationNode, depth: number, is: (item: OperationNode) => OperationNode): OperationNode {
    const alias = literalNode(`dunder_item${depth}`);
    const items = sqlNode`JSON_TABLE(${node}, '$[*]' COLUMNS (item JSON PATH '$')) AS ${alias}`;
    const found = this.#parts.exists(items, is(this.#parts.item(sqlNode`${alias}.item`)));
    return sqlNode`(${this.#isOf(node, "array")} AND ${found})`;
  }
}

function isContainer({ type }: JsonShape): boolean {
  return type === "object" || type === "array";
}

function all(nodes: readonly OperationNode[]): OperationNode {
  return nodes.length === 1 ? (nodes[0] as OperationNode) : sqlNode`(${joinedNode(nodes, " AND ")})`;
}

function any(nodes: readonly OperationNode[]): OperationNode {
  return sqlNode`(${joinedNode(nodes, " OR ")})`;
}
