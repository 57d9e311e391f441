import { AndNode, OrNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import {
  type AggregateTerm,
  columnsIn,
  type Condition,
  type Filter,
  isOfMany,
  leadsThrough,
  type Membership,
  type PlacedTerm,
  type Predicate,
  type Query,
  queryOf,
  type RelationFilter,
  type Side,
  type Term,
  termsIn,
  type Truth,
} from "../query/index.js";
import type { RelationMeta } from "../models/index.js";
import { balanced, grouped } from "./all-of.js";
import { refuseJoined } from "./asked-joins.js";
import { conditionNode, isNullAccepting, isTwoValued, mayCompareWithNull } from "./condition.js";
import { rowValue } from "./row-value.js";
import { joinedRows } from "./joined-rows.js";
import { relatedAggregate } from "./related-aggregate.js";
import { ANY, columnNode, joinsWithin, linked, type Source, Sources, tableNode } from "./sources.js";
import { TermWriter } from "./terms.js";
import { columnsOf, sidesOf } from "./tuple-sides.js";
import type { WhereContext } from "./where-context.js";

/** A written condition, and whether it can come out NULL rather than true or false. */
interface Written {
  readonly node: OperationNode;
  readonly nullable: boolean;
}

/** Where a condition stands: the first slot of its filter, and that filter's number. */
interface Standing {
  readonly base: number;
  readonly scope: number;
  /** True under the NOT of a filter, where related rows are asked for in a query of their own. */
  readonly apart: boolean;
  /** True within an expression, which is about one related row, under NOT as well. */
  readonly within: boolean;
}

/** Numbers for the filters within sides, which no filter of the query itself has. */
class SideNumbers {
  #last = ANY;

  next(): number {
    this.#last -= 1;
    return this.#last;
  }
}

/**
 * Writes conditions. First every condition of the filters gets the table that it looks at, then it is known which tables
 * must have a row for the whole to be true (their joins are inner ones), and only then are the conditions written.
 */
export class WhereWriter {
  readonly #context: WhereContext;
  readonly #tables = new Map<Condition, Source>();
  readonly #sides = new Map<Side, WhereWriter>();
  readonly #filters: (readonly [Filter, number])[] = [];
  readonly #numbers: SideNumbers;
  readonly terms: TermWriter;

  constructor(context: WhereContext, filters: readonly (readonly [Filter, number])[], numbers = new SideNumbers()) {
    this.#context = context;
    this.#numbers = numbers;
    this.terms = new TermWriter(context, {
      condition: (predicate, base, scope) => this.within(predicate, base, scope),
      related: (term, base) => this.#related(term, base),
    });
    context.sources.worked ??= (from) => joinedRows(from, context, this.terms);
    context.sources.filtered ??= (source, filter) => this.#relationFilter(source, filter);
    for (const [filter, scope] of filters) this.#assign(filter.predicate, scope, false);
    for (const [filter] of filters) {
      for (const source of this.#requiredBy(filter.predicate)) source.required = true;
    }
  }

  /** True when conditions were written as queries of their own. */
  usesSubqueries = false;

  /** A filter, as one condition; `scope` is its number. */
  write({ predicate, base }: Filter, scope: number): OperationNode {
    return this.#write(predicate, { base: base + this.#context.base, scope, apart: false, within: false }).node;
  }

  /** A condition within an expression. */
  within(predicate: Predicate, base: number, scope: number): OperationNode {
    return this.#write(predicate, { base, scope, apart: false, within: true }).node;
  }

  #assign(predicate: Predicate, scope: number, apart: boolean): void {
    switch (predicate.kind) {
      case "not":
        this.#assign(predicate.item, scope, true);
        return;
      case "and":
      case "or":
      case "xor":
        for (const item of predicate.items) this.#assign(item, scope, apart || predicate.kind === "xor");
        return;
      case "exists":
      case "member":
        // It has tables of its own.
        return;
      case "side": {
        const writer = this.#writerOf(predicate);
        for (const [filter, number] of writer.#filters) writer.#assign(filter.predicate, number, apart);
        return;
      }
      default:
        this.#assignTable(predicate, scope, apart);
    }
  }

  #assignTable(predicate: Condition | Truth, scope: number, apart: boolean): void {
    if (predicate.kind === "condition" && predicate.lookup.path !== null) {
      this.#tables.set(predicate, this.#tableOf(predicate, scope, apart));
    }
    if (!apart) this.#joinMany(predicate, scope);
  }

  /** What is written before the filters, and names many related rows, means those of the first filter that does. */
  #joinMany(predicate: Condition | Truth, scope: number): void {
    for (const { path } of columnsIn(predicate)) {
      if (path.multi >= 0) this.#context.sources.follow(path.hops, scope);
    }
  }

  /** Under NOT a relation to many rows is asked in a query of its own, joined no further than up to it. */
  #tableOf({ lookup }: Condition, scope: number, apart: boolean): Source {
    const { hops, multi } = lookup.path as NonNullable<typeof lookup.path>;
    return this.#context.sources.follow(apart && multi >= 0 ? hops.slice(0, multi) : hops, scope);
  }

  /** The tables which must have a row for the predicate to be true. */
  #requiredBy(predicate: Predicate): Set<Source> {
    if (predicate.kind === "condition") {
      const table = this.#tables.get(predicate);
      return table === undefined || isNullAccepting(predicate) ? new Set() : withParents(table);
    }
    if (predicate.kind === "side") {
      const writer = this.#writerOf(predicate);
      return new Set(writer.#filters.flatMap(([filter]) => [...writer.#requiredBy(filter.predicate)]));
    }
    if (predicate.kind !== "and" && predicate.kind !== "or") return new Set();
    const sets = predicate.items.map((item) => this.#requiredBy(item));
    if (predicate.kind === "and") return new Set(sets.flatMap((set) => [...set]));
    const [first = new Set<Source>(), ...others] = sets;
    return new Set([...first].filter((source) => others.every((set) => set.has(source))));
  }

  #write(predicate: Predicate, at: Standing): Written {
    const column = this.#context.exports?.condition(predicate, at.base, at.scope) ?? null;
    return column === null ? this.#written(predicate, at) : { node: column, nullable: true };
  }

  #written(predicate: Predicate, at: Standing): Written {
    switch (predicate.kind) {
      case "condition":
        return at.apart ? this.#conditionApart(predicate, at) : this.#condition(predicate, at);
      case "not":
        return this.#not(this.#write(predicate.item, { ...at, apart: !at.within }));
      case "xor":
        return this.#xor(predicate.items.map((item) => this.#write(item, { ...at, apart: !at.within })));
      case "exists":
        return this.#existence(predicate, at);
      case "member":
        return { node: this.#isAmong(predicate, at.base), nullable: false };
      case "side":
        return this.#side(predicate, at);
      case "truth":
        return this.#truth(predicate, at);
      default:
        return this.#combined(predicate.kind, predicate.items, at);
    }
  }

  #truth(predicate: Truth, at: Standing): Written {
    const { term } = predicate;
    if (at.apart && isOfMany(term)) return this.#amongOf(predicate, at);
    return { node: this.terms.write(term, at.base, at.scope), nullable: term.nullable };
  }

  /** Under NOT, what many related rows are asked is asked in a query of its own. */
  #conditionApart(condition: Condition, at: Standing): Written {
    const { path } = condition.lookup;
    if (path !== null && path.multi >= 0 && isOfOne(condition, path.hops.slice(0, path.multi + 1))) {
      return this.#exists(condition, at);
    }
    return termsIn(condition).some(isOfMany) ? this.#amongOf(condition, at) : this.#condition(condition, at);
  }

  #amongOf(predicate: Predicate, { base }: Standing): Written {
    return { node: this.among({ predicate, base: base - this.#context.base }), nullable: false };
  }

  /** A filter as a condition on the row's key: however many related rows fulfil it, the row comes once. */
  among(filter: Filter): OperationNode {
    const { sources, base, timeZone } = this.#context;
    refuseJoined(filter, sources);
    const query: Query = { ...queryOf(sources.start.meta), filters: [filter], order: [], timeZone };
    return this.#isAmong({ query, slot: 0 }, base);
  }

  /** Whether the row is one of a query's, by its key. */
  #isAmong({ query, slot }: Pick<Membership, "query" | "slot">, base: number): OperationNode {
    this.usesSubqueries = true;
    const { scope, sources, outer } = this.#context;
    const root = sources.start;
    const keys = root.meta.primaryKey.map((column) => columnNode(root, column));
    return scope.queries.among(rowValue(keys), query, scope, base + slot, outer);
  }

  /** Another query's filters, written with slots and a time zone of their own: they join the same tables. */
  #side(side: Side, at: Standing): Written {
    const writer = this.#writerOf(side);
    const { base } = writer.#context;
    const written = writer.#filters.map(([filter, scope]) =>
      writer.#write(filter.predicate, { base: base + filter.base, scope, apart: at.apart, within: at.within }),
    );
    this.usesSubqueries ||= writer.usesSubqueries;
    const nodes = written.map((item) => grouped(item.node));
    return { node: balanced(nodes, AndNode.create), nullable: written.some((item) => item.nullable) };
  }

  #writerOf(side: Side): WhereWriter {
    const known = this.#sides.get(side);
    if (known !== undefined) return known;
    const { scope, base } = this.#context;
    const timeZone = side.timeZone ?? scope.timeZone;
    const writer = new WhereWriter({ ...this.#context, base: base + side.base, timeZone }, [], this.#numbers);
    for (const filter of side.filters) writer.#filters.push([filter, this.#numbers.next()]);
    this.#sides.set(side, writer);
    return writer;
  }

  #combined(kind: "and" | "or", items: readonly Predicate[], at: Standing): Written {
    const written = items.map((item) => this.#write(item, at));
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

  #existence({ query, slot }: Extract<Predicate, { kind: "exists" }>, { base }: Standing): Written {
    this.usesSubqueries = true;
    const { scope } = this.#context;
    return {
      node: sqlNode`exists ${scope.queries.rows(query, scope, base + slot, this.terms.asOuter)}`,
      nullable: false,
    };
  }

  #condition(condition: Condition, at: Standing): Written {
    const { lhs, lookup } = condition;
    if (lhs !== null) {
      const { term } = lhs;
      return this.#conditionOn(
        condition,
        [this.terms.placed(lhs, at.base, rowOf(lhs, at))],
        term.nullable,
        at,
        this.terms,
      );
    }
    const path = lookup.path as NonNullable<typeof lookup.path>;
    const { hops } = path;
    // A condition inside an expression had no table assigned: only filters decide which tables are required.
    const source = this.#tables.get(condition) ?? this.#context.sources.follow(hops, at.scope);
    const columns = columnsOf(path);
    const nullable = columns.some((column) => column.nullable) || Sources.isOptional(source);
    const nodes = columns.map((column) => this.#context.exports?.column(source, column) ?? columnNode(source, column));
    return this.#conditionOn(condition, nodes, nullable, at, this.terms);
  }

  #conditionOn(
    condition: Condition,
    lhs: readonly OperationNode[],
    nullable: boolean,
    { base, scope: filter }: Standing,
    terms: TermWriter,
  ): Written {
    const { scope, timeZone } = this.#context;
    const { rhs, high } = condition;
    const written = (term: Term) => {
      const { operand, nullable } = term;
      return { node: terms.write(term, base, filter), operand, nullable };
    };
    if (condition.query !== null) this.usesSubqueries = true;
    const node = conditionNode(condition, {
      scope,
      timeZone,
      lhs: lhs[0] as OperationNode,
      tuple: sidesOf(condition, lhs, written),
      rhs: rhs === null || rhs.kind === "tuple" ? null : written(rhs),
      high: high === undefined ? null : written(high),
      nullable,
      base,
      among: (value, query, index) => scope.queries.among(value, query, scope, index, this.terms.asOuter),
    });
    // What a condition on JSON does not find, or finds of another type, makes it NULL; and SQL of a user's own may do so.
    const { operand, lookup } = condition.lookup;
    const isOpen = operand.family === "json" || lookup.compile !== undefined;
    const mayBeNull = nullable || isOpen || mayCompareWithNull(condition);
    return { node, nullable: mayBeNull && !isTwoValued(condition) };
  }

  /** A condition on many related rows that stands under NOT: whether there is such a row. */
  #exists(condition: Condition, at: Standing): Written {
    this.usesSubqueries = true;
    const { hops, multi, ...path } = condition.lookup.path as NonNullable<typeof condition.lookup.path>;
    const relation = hops[multi];
    if (relation?.type !== "reverse") throw new Error("A relation to many rows is a reverse relation.");
    const { scope, sources: around } = this.#context;
    const outer = this.#tables.get(condition) ?? around.follow(hops.slice(0, multi), at.scope);
    const sources = new Sources(relation.target, scope.aliases, scope.aliases.next(), {
      sources: around,
      prefix: hops.slice(0, multi + 1),
    });
    const inner = sources.follow(hops, 0);
    if (!isNullAccepting(condition)) for (const source of withParents(inner)) source.required = true;
    const key = linked(relation, outer, sources.root);
    const filter = around.filterOf(relation, sources.root);
    const link = filter === null ? key : AndNode.create(key, filter);
    const columns = columnsOf(path);
    const nullable = columns.some((column) => column.nullable) || Sources.isOptional(inner);
    const within = new WhereWriter({ ...this.#context, sources }, []);
    const { node } = this.#conditionOn(
      condition,
      columns.map((column) => columnNode(inner, column)),
      nullable,
      { ...at, scope: 0 },
      within.terms,
    );
    const from = tableNode(relation.target, sources.root.alias);
    const joins = joinedNode([from, ...sources.joinNodes()], " ");
    const found = sqlNode`exists (select 1 from ${joins} where ${link} and ${grouped(node)})`;
    if (!isNullAccepting(condition)) return { node: found, nullable: false };
    const without = sqlNode`not exists (select 1 from ${from} where ${link})`;
    // A row that is there has its key: only the absence of rows makes it NULL.
    if (condition.form === "null" && !nullable && condition.lookup.steps === null)
      return { node: without, nullable: false };
    return { node: sqlNode`(${without} or ${found})`, nullable: false };
  }

  /** The condition on a relation's rows, asked of one of its rows: paths that begin with the relation are that row's. */
  #relationFilter(source: Source, { of, predicate, base }: RelationFilter): OperationNode {
    const { scope, sources: around } = this.#context;
    const sources = new Sources(source.meta, scope.aliases, source.alias, { sources: around, prefix: [of] });
    const node = new WhereWriter({ ...this.#context, sources }, []).within(predicate, base + this.#context.base, ANY);
    if (sources.hasJoins) throw joinsWithin(around.root.meta.name, of.name);
    return node;
  }

  /** An aggregate over the rows that a relation leads to, as a query of its own: nothing else multiplies them. */
  #related(term: AggregateTerm, base: number): OperationNode {
    this.usesSubqueries = true;
    return relatedAggregate(term, base, {
      context: this.#context,
      within: (sources, filters) =>
        new WhereWriter(
          { ...this.#context, sources },
          filters.map((filter) => [filter, ANY]),
        ),
    });
  }
}

/**
 * True where all that a condition reads from many related rows is read by way of one relation, and the absence of rows
 * alone decides it: a value that differs from what may be NULL, too, does so only where that is not NULL.
 */
function isOfOne(condition: Condition, prefix: readonly RelationMeta[]): boolean {
  if (condition.rhs?.nullable === true && isNullAccepting(condition)) return false;
  return columnsIn(condition).every(({ path }) => path.multi < 0 || leadsThrough(path.hops, prefix));
}

/** An annotation is of the one row that it is given for, whichever filter asks about it. */
function rowOf({ base }: PlacedTerm, { scope }: Standing): number {
  return base === null ? scope : ANY;
}

function withParents(source: Source): Set<Source> {
  const set = new Set<Source>();
  for (let at: Source | null = source; at?.parent; at = at.parent) set.add(at);
  return set;
}
