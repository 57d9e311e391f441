import { AndNode, OrNode, ParensNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { Condition, Filter, Predicate } from "../query/index.js";
import { conditionNode, isNullAccepting } from "./condition.js";
import type { Scope } from "./scope.js";
import { columnNode, equal, type Source, Sources, tableNode } from "./sources.js";

/** What conditions of one query are written with. */
export interface WhereContext {
  readonly scope: Scope;
  readonly sources: Sources;
  readonly timeZone: string | null;
  /** Where the query's slots begin among the statement's: above 0 inside another query. */
  readonly base: number;
}

/** A written condition, and whether it can come out NULL rather than true or false. */
interface Written {
  readonly node: OperationNode;
  readonly nullable: boolean;
}

/**
 * Writes the WHERE of a query. First every condition gets the table that it looks at, then it is known which tables
 * must have a row for the whole to be true (their joins are inner ones), and only then are the conditions written.
 */
export class WhereWriter {
  readonly #context: WhereContext;
  readonly #filters: readonly Filter[];
  readonly #tables = new Map<Condition, Source>();

  constructor(context: WhereContext, filters: readonly Filter[]) {
    this.#context = context;
    this.#filters = filters;
    filters.forEach((filter, scope) => this.#assign(filter.predicate, scope, false));
    for (const filter of filters) {
      for (const source of this.#requiredBy(filter.predicate)) source.required = true;
    }
  }

  /** True when conditions were written as queries of their own. */
  usesSubqueries = false;

  write(): OperationNode | null {
    const nodes = this.#filters.map(
      ({ predicate, base }) => this.#write(predicate, base + this.#context.base, false).node,
    );
    return nodes.length === 0 ? null : nodes.map(grouped).reduce((left, right) => AndNode.create(left, right));
  }

  #assign(predicate: Predicate, scope: number, apart: boolean): void {
    if (predicate.kind === "not") return this.#assign(predicate.item, scope, true);
    if (predicate.kind !== "condition") {
      const separate = apart || predicate.kind === "xor";
      for (const item of predicate.items) this.#assign(item, scope, separate);
      return;
    }
    const { hops, multi } = predicate.lookup;
    // Under NOT a relation to many rows is asked in a query of its own, joined no further than up to it.
    const joined = apart && multi >= 0 ? hops.slice(0, multi) : hops;
    this.#tables.set(predicate, this.#context.sources.follow(joined, scope));
  }

  /** The tables which must have a row for the predicate to be true. */
  #requiredBy(predicate: Predicate): Set<Source> {
    if (predicate.kind === "condition") {
      return isNullAccepting(predicate) ? new Set() : withParents(this.#tables.get(predicate) as Source);
    }
    if (predicate.kind === "not" || predicate.kind === "xor") return new Set();
    const sets = predicate.items.map((item) => this.#requiredBy(item));
    if (predicate.kind === "and") return new Set(sets.flatMap((set) => [...set]));
    const [first = new Set<Source>(), ...others] = sets;
    return new Set([...first].filter((source) => others.every((set) => set.has(source))));
  }

  #write(predicate: Predicate, base: number, apart: boolean): Written {
    switch (predicate.kind) {
      case "condition":
        return apart && predicate.lookup.multi >= 0 ? this.#exists(predicate, base) : this.#condition(predicate, base);
      case "not":
        return this.#not(this.#write(predicate.item, base, true));
      case "xor":
        return this.#xor(predicate.items.map((item) => this.#write(item, base, true)));
      default:
        return this.#combined(predicate.kind, predicate.items, base, apart);
    }
  }

  #combined(kind: "and" | "or", items: readonly Predicate[], base: number, apart: boolean): Written {
    const written = items.map((item) => this.#write(item, base, apart));
    // All of nothing is true, one of nothing is not.
    if (written.length === 0) return { node: literalNode(kind === "and" ? "1 = 1" : "1 = 0"), nullable: false };
    const create = kind === "and" ? AndNode.create : OrNode.create;
    const node = balanced(
      written.map((item) => grouped(item.node)),
      create,
    );
    return { node, nullable: written.some((item) => item.nullable) };
  }

  /** NOT is logical: what is not true, be it false or NULL. */
  #not({ node, nullable }: Written): Written {
    const negated = nullable ? sqlNode`(${node}) is not true` : sqlNode`not (${node})`;
    return { node: negated, nullable: false };
  }

  /** No engine's own XOR is used, since they disagree on NULL: true when an odd number of conditions is true. */
  #xor(items: readonly Written[]): Written {
    const ones = items.map(({ node }) => sqlNode`case when ${node} then 1 else 0 end`);
    return { node: sqlNode`(${joinedNode(ones, " + ")}) % 2 = 1`, nullable: false };
  }

  #condition(condition: Condition, base: number): Written {
    const source = this.#tables.get(condition) as Source;
    return this.#conditionAt(condition, source, base);
  }

  #conditionAt(condition: Condition, source: Source, base: number): Written {
    const { scope, timeZone } = this.#context;
    const column = condition.lookup.column;
    const nullable = column.nullable || Sources.isOptional(source);
    if (condition.query !== null) this.usesSubqueries = true;
    const node = conditionNode(condition, { scope, timeZone, lhs: columnNode(source, column), nullable, base });
    return { node, nullable: nullable && !isTwoValued(condition) };
  }

  /** A condition on many related rows that stands under NOT: whether there is such a row. */
  #exists(condition: Condition, base: number): Written {
    this.usesSubqueries = true;
    const { hops, multi } = condition.lookup;
    const relation = hops[multi];
    if (relation?.type !== "reverse") throw new Error("A relation to many rows is a reverse relation.");
    const { scope } = this.#context;
    const outer = this.#tables.get(condition) as Source;
    const sources = new Sources(relation.target, scope.aliases, scope.aliases.next());
    const inner = sources.follow(hops.slice(multi + 1), 0);
    if (!isNullAccepting(condition)) for (const source of withParents(inner)) source.required = true;
    const here = columnNode(sources.root, relation.via.column);
    const link = equal(here, columnNode(outer, relation.via.targetColumn));
    const { node } = this.#conditionAt(condition, inner, base);
    const nullable = condition.lookup.column.nullable || Sources.isOptional(inner);
    const from = tableNode(relation.target, sources.root.alias);
    const joins = joinedNode([from, ...sources.joinNodes()], " ");
    const found = sqlNode`exists (select 1 from ${joins} where ${link} and ${grouped(node)})`;
    if (!isNullAccepting(condition)) return { node: found, nullable: false };
    const without = sqlNode`not exists (select 1 from ${from} where ${link})`;
    // A row that is there has its key: only the absence of rows makes it NULL.
    if (condition.form === "null" && !nullable) return { node: without, nullable: false };
    return { node: sqlNode`(${without} or ${found})`, nullable: false };
  }
}

/** Conditions that are true or false even where their column is NULL. */
function isTwoValued({ form, lookup }: Condition): boolean {
  return (form !== "v" && form !== "l" && form !== "r" && form !== "query") || lookup.lookup.name === "ne";
}

function withParents(source: Source): Set<Source> {
  const set = new Set<Source>();
  for (let at: Source | null = source; at?.parent; at = at.parent) set.add(at);
  return set;
}

function grouped(node: OperationNode): OperationNode {
  return AndNode.is(node) || OrNode.is(node) ? ParensNode.create(node) : node;
}

/** A tree of equal halves: engines limit how deep an expression may be, and a long OR would reach it as a chain. */
function balanced(
  nodes: readonly OperationNode[],
  create: (a: OperationNode, b: OperationNode) => OperationNode,
): OperationNode {
  if (nodes.length === 1) return nodes[0] as OperationNode;
  if (nodes.length <= 16) return nodes.reduce(create);
  const half = nodes.length >> 1;
  const halves = [balanced(nodes.slice(0, half), create), balanced(nodes.slice(half), create)] as const;
  return create(grouped(halves[0]), grouped(halves[1]));
}
