import {
  AliasNode,
  FromNode,
  IdentifierNode,
  LimitNode,
  OffsetNode,
  type OperationNode,
  OrderByItemNode,
  OrderByNode,
  SelectionNode,
  SelectModifierNode,
  SelectQueryNode,
  WhereNode,
} from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { ColumnMeta, RelationMeta } from "../models/index.js";
import { isSliced, orderOf, type OrderTerm, type Query, type RelatedTree } from "../query/index.js";
import type { Scope } from "./scope.js";
import { LIMIT, OFFSET } from "./slot.js";
import { columnNode, type Source, Sources, tableNode } from "./sources.js";
import { WhereWriter } from "./where.js";

/** Where a query stands in its statement. */
export interface Placement {
  /** Where its slots begin. */
  readonly base: number;
  /** Its table's alias; null for the table's own name. */
  readonly alias: string | null;
  /** Where the slots of its LIMIT and OFFSET are. */
  readonly slice: readonly [limit: number, offset: number];
}

const OUTERMOST: Placement = { base: 0, alias: null, slice: [LIMIT, OFFSET] };

/** Which columns of which tables a query's rows hold: the root's, then those of relations fetched along. */
export interface SelectedTree {
  readonly source: Source;
  readonly children: readonly { readonly relation: RelationMeta; readonly tree: SelectedTree }[];
}

/**
 * A query on its way to becoming a SELECT: tables and conditions are the same whether rows, keys or a count are asked
 * for, so that is said last.
 */
export class SelectWriter {
  readonly #query: Query;
  readonly #scope: Scope;
  readonly #placement: Placement;
  readonly #where: WhereWriter;
  readonly sources: Sources;

  constructor(query: Query, scope: Scope, placement: Placement = OUTERMOST) {
    this.#query = query;
    this.#scope = scope;
    this.#placement = placement;
    this.sources = new Sources(query.model, scope.aliases, placement.alias);
    const timeZone = query.timeZone ?? scope.timeZone;
    this.#where = new WhereWriter({ scope, sources: this.sources, timeZone, base: placement.base }, query.filters);
  }

  /** True when the statement looks at more than the root's own columns. */
  get isCompound(): boolean {
    return this.sources.hasJoins || this.#where.usesSubqueries;
  }

  where(): OperationNode | null {
    return this.#where.write();
  }

  /** Rows with all their columns, and those of the relations fetched along. */
  rows(): { node: SelectQueryNode; tree: SelectedTree } {
    const tree = this.#select(this.sources.root, this.#query.related, []);
    const columns = columnsOf(tree);
    return {
      node: this.#build(
        columns.map(([source, column]) => columnNode(source, column)),
        true,
      ),
      tree,
    };
  }

  /** Primary keys only. Ordered only if a slice depends on it. */
  keys(): OperationNode {
    const { root } = this.sources;
    const keys = root.meta.primaryKey.map((column) => columnNode(root, column));
    if (!this.#query.distinct || !isSliced(this.#query)) return this.#build(keys, isSliced(this.#query));
    // SELECT DISTINCT must select what it orders by, too, so the keys are taken out of it by a query around it.
    const names = root.meta.primaryKey.map((column) => IdentifierNode.create(column.name));
    const alias = IdentifierNode.create(this.#scope.aliases.next());
    return sqlNode`(select ${joinedNode(names, ", ")} from ${this.#build(keys, true, true)} as ${alias})`;
  }

  /** One constant for each row, where only their number or existence matters. */
  marks(mark: OperationNode): SelectQueryNode {
    return this.#build([mark], false);
  }

  #select(source: Source, tree: RelatedTree | null, path: readonly RelationMeta[]): SelectedTree {
    const children = [...(tree ?? [])].map(([, { relation, children: below }]) => {
      const hops = [...path, relation];
      return { relation, tree: this.#select(this.sources.follow(hops, 0), below, hops) };
    });
    return { source, children };
  }

  /** `bare`: only what is named is selected, so that a column of the root that is ordered by must be named, too. */
  #build(selected: readonly OperationNode[], ordered: boolean, bare = false): SelectQueryNode {
    const { distinct } = this.#query;
    const order = ordered ? this.#order() : [];
    const extra = distinct ? order.filter((item) => bare || !item.own).map((item) => item.column) : [];
    const where = this.#where.write();
    const joins = this.sources.joinNodes();
    const [limit, offset] = this.#slice();
    return Object.freeze({
      ...SelectQueryNode.createFrom([tableNode(this.#query.model, this.sources.root.alias)]),
      from: FromNode.create([tableNode(this.#query.model, this.sources.root.alias)]),
      selections: [...selected, ...(bare ? extra.map(numbered) : extra)].map((node) =>
        SelectionNode.create(node as never),
      ),
      ...(distinct && { frontModifiers: [SelectModifierNode.create("Distinct")] }),
      ...(joins.length > 0 && { joins }),
      ...(where !== null && { where: WhereNode.create(where) }),
      ...(order.length > 0 && { orderBy: OrderByNode.create(order.map((item) => item.node)) }),
      ...(limit && { limit: LimitNode.create(limit) }),
      ...(offset && { offset: OffsetNode.create(offset) }),
    });
  }

  /** What to order by: the columns must for SELECT DISTINCT be selected, too; `own` ones are among the root's. */
  #order(): { node: OrderByItemNode; column: OperationNode; own: boolean }[] {
    return orderOf(this.#query).map((term) => {
      const column = this.#orderNode(term);
      const direction = term.kind === "path" && term.descending ? literalNode("desc") : undefined;
      const own = term.kind === "path" && term.path.hops.length === 0;
      return { node: OrderByItemNode.create(column, direction), column, own };
    });
  }

  #orderNode(term: OrderTerm): OperationNode {
    const { operations } = this.#scope.engine;
    if (term.kind === "random") return operations.random();
    const { hops, column } = term.path;
    return operations.sortKey(columnNode(this.sources.follow(hops, 0), column), column.type);
  }

  #slice(): [OperationNode?, OperationNode?] {
    if (!isSliced(this.#query)) return [];
    if (this.#query.fixed) return [literalNode(String(this.#query.limit))];
    const [limitSlot, offsetSlot] = this.#placement.slice;
    const toBind = (index: number) => this.#scope.parameter(index, this.#scope.engine.operations.encodeCount);
    const limit = this.#query.limit === null ? null : toBind(limitSlot);
    const offset = this.#query.offset === 0 ? null : toBind(offsetSlot);
    const nodes = this.#scope.engine.operations.limit(limit, offset);
    return [nodes.limit, nodes.offset];
  }
}

/** A column under a name of its own, since a derived table may not have two of one name. */
function numbered(column: OperationNode, index: number): OperationNode {
  return AliasNode.create(column, IdentifierNode.create(`o${index + 1}`));
}

/** The columns of a tree in the order in which they are selected: each table's own, then its relations'. */
function columnsOf(tree: SelectedTree): (readonly [Source, ColumnMeta])[] {
  const own = tree.source.meta.columns.map((column) => [tree.source, column] as const);
  return [...own, ...tree.children.flatMap((child) => columnsOf(child.tree))];
}
