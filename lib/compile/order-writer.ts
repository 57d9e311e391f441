import { type OperationNode, OrderByItemNode } from "kysely";
import { literalNode } from "../databases/nodes.js";
import type { Engine } from "../databases/ports/index.js";
import type { ColumnMeta } from "../models/index.js";
import { holdsAggregate, orderOf, type OrderTerm, type Query, type SortTerm, type Term } from "../query/index.js";
import { itemOf, jsonOrdered, type Ordered, type SortKey } from "./ordered.js";
import { ANY, columnNode, type Sources } from "./sources.js";
import type { TermWriter } from "./terms.js";
import type { Exports } from "./where-context.js";

/** What a query is ordered with: as it stands, or as the query around it sees it. */
export interface OrderWriters {
  readonly terms: TermWriter;
  readonly exports: Exports | null;
}

/** The query whose order is written. */
interface OrderedQuery {
  readonly query: Query;
  readonly engine: Engine;
  readonly sources: Sources;
  /** Where the query's slots begin among the statement's. */
  readonly base: number;
  /** The place of a term among what is selected; null for one that is not. */
  placeOf(term: Term): OperationNode | null;
}

/** Writes the items of ORDER BY. */
export class OrderWriter {
  readonly #of: OrderedQuery;
  readonly #writers: OrderWriters;
  readonly #own: readonly ColumnMeta[];

  /** `own` are columns of the root that rows of instances hold. */
  constructor(of: OrderedQuery, writers: OrderWriters, own: readonly ColumnMeta[]) {
    this.#of = of;
    this.#writers = writers;
    this.#own = own;
  }

  write(): Ordered[] {
    // NULL by itself orders nothing, and engines refuse it there.
    const items = orderOf(this.#of.query).filter((item) => item.kind !== "term" || !isNull(item.sort.term));
    return items.map((item) => {
      if (item.kind === "term") return this.#byTerm(item);
      const column = this.#columnOf(item);
      if (item.kind === "path" && item.path.column.type.storage === "json") {
        const { descending } = item;
        const keys = this.#of.engine.operations.json.sortKeys(column);
        return jsonOrdered(
          keys.map((node) => ({ node, descending, nulls: null })),
          column,
        );
      }
      const direction = item.kind === "path" && item.descending ? literalNode("desc") : undefined;
      const own = item.kind === "path" && item.path.hops.length === 0 && this.#own.includes(item.path.column);
      return { node: OrderByItemNode.create(column, direction), column, own, placed: false };
    });
  }

  #byTerm({ sort, base }: Extract<OrderTerm, { kind: "term" }>): Ordered {
    const { terms } = this.#writers;
    const at = (base ?? 0) + this.#of.base;
    const place = this.#isPlainlySorted(sort) ? this.#of.placeOf(sort.term) : null;
    if (place !== null) {
      const nulls = sort.nulls === null || !sort.term.nullable ? null : sort.nulls;
      const node = itemOf([{ node: place, descending: sort.descending, nulls }]);
      return { node, column: place, own: false, placed: true };
    }
    if (sort.term.operand.type.storage === "json") return this.#byJson(sort, at);
    const keys = terms.sortKeys(sort, terms.write(sort.term, at));
    return { node: itemOf(keys), column: (keys.at(-1) as SortKey).node, own: false, placed: false };
  }

  #byJson(sort: SortTerm, at: number): Ordered {
    const { terms } = this.#writers;
    const { query } = this.#of;
    const written = terms.write(sort.term, at);
    // Of what groups are made there is one value in each, but it has parameters of its own where it is written again.
    const isOfGroup = query.groups !== null && this.#of.placeOf(sort.term) !== null && !holdsAggregate(sort.term, true);
    return jsonOrdered(terms.sortKeys(sort, isOfGroup ? this.#anyOf(written, sort.term) : written), written);
  }

  #anyOf(node: OperationNode, { operand: { type } }: Term): OperationNode {
    const more = { distinct: false, filter: null, order: [], over: null, options: {} };
    return this.#of.engine.functions.aggregate("anyValue", node, { type, result: type, ...more });
  }

  /** True where a value is ordered as it stands, without anything being made of it first. */
  #isPlainlySorted({ term, nulls }: SortTerm): boolean {
    const { type } = term.operand;
    const { operations, features } = this.#of.engine;
    if (type.storage === "json" || (nulls !== null && term.nullable && !features.ordersNulls)) return false;
    const mark = literalNode("");
    return operations.sortKey(mark, type) === mark;
  }

  #columnOf(item: Exclude<OrderTerm, { kind: "term" }>): OperationNode {
    const { operations } = this.#of.engine;
    if (item.kind === "random") return operations.random();
    const { hops, column } = item.path;
    const source = this.#of.sources.follow(hops, ANY);
    return operations.sortKey(this.#writers.exports?.column(source, column) ?? columnNode(source, column), column.type);
  }
}

/** True for NULL by itself, or by the name of an annotation. */
export function isNull(term: Term): boolean {
  return term.kind === "null" || (term.kind === "annotation" && isNull(term.of.term));
}
