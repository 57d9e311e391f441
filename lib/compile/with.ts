import {
  CommonTableExpressionNameNode,
  CommonTableExpressionNode,
  type OperationNode,
  SelectQueryNode,
  WithNode,
} from "kysely";
import { isDeepStrictEqual } from "node:util";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import { FieldError } from "../errors/index.js";

/** A queryset under a name, as one of its uses says it. */
export interface NamedTable {
  readonly name: string;
  /** Its shape; two uses that differ in it are of two querysets. */
  readonly key: string;
  /** Where its slots begin, and how many there are. */
  readonly base: number;
  readonly slots: number;
  readonly materialized: boolean | null;
}

/** Slots of which a statement has one set only, since a table is written once: whoever runs it must give both the same. */
export interface Twins {
  readonly name: string;
  readonly first: number;
  readonly other: number;
  readonly slots: number;
}

/** The tables of one WITH, in the order in which they are needed. */
export class WithTables {
  readonly #written = new Map<string, NamedTable>();
  readonly #nodes: CommonTableExpressionNode[] = [];
  /** Filled as tables are named again. */
  readonly twins: Twins[] = [];
  #isRecursive = false;

  /** Adds a table unless it is there already. */
  add(table: NamedTable, write: () => OperationNode): void {
    const { name, key, base, slots } = table;
    const known = this.#written.get(name.toLowerCase());
    if (known === undefined) {
      this.#written.set(name.toLowerCase(), table);
      this.#nodes.push(nodeOf(name, write(), table.materialized));
    } else {
      if (known.key !== key || known.name !== name) throw twoOf(name);
      if (slots > 0) this.twins.push({ name, first: known.base, other: base, slots });
    }
  }

  addRecursive(name: string, node: OperationNode): void {
    this.#isRecursive = true;
    this.#nodes.push(nodeOf(name, node, null));
  }

  get isEmpty(): boolean {
    return this.#nodes.length === 0;
  }

  /** The query with the tables before it; `taken` are names of tables that it reads. */
  before(node: OperationNode, taken: ReadonlySet<string>): OperationNode {
    const [first, ...others] = this.#nodes;
    if (first === undefined) return node;
    for (const { name } of this.#written.values()) {
      if (!taken.has(name.toLowerCase())) continue;
      throw new FieldError(`asCte("${name}"): there is a table of this name in the query. Choose another name.`);
    }
    const start = WithNode.create(first, { recursive: this.#isRecursive });
    const whole = others.reduce((all, next) => WithNode.cloneWithExpression(all, next), start);
    if (SelectQueryNode.is(node)) return Object.freeze({ ...node, with: whole });
    return sqlNode`${literalNode(this.#isRecursive ? "with recursive" : "with")} ${joinedNode(this.#nodes, ", ")} ${node}`;
  }
}

function nodeOf(name: string, node: OperationNode, materialized: boolean | null): CommonTableExpressionNode {
  const table = CommonTableExpressionNode.create(CommonTableExpressionNameNode.create(name), node);
  return materialized === null ? table : CommonTableExpressionNode.cloneWith(table, { materialized });
}

/** Refuses values by which two querysets of one name differ. */
export function checkTwins(twins: readonly Twins[], values: readonly unknown[]): void {
  for (const { name, first, other, slots } of twins) {
    for (let slot = 0; slot < slots; slot += 1) {
      if (!isDeepStrictEqual(values[first + slot], values[other + slot])) throw twoOf(name);
    }
  }
}

function twoOf(name: string): FieldError {
  return new FieldError(
    `asCte("${name}"): two different querysets of one statement have this name. Name one of them otherwise.`,
  );
}
