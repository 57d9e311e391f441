import { IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { BindJson, TransformName, WindowParts } from "../databases/ports/index.js";
import { FieldError, NotSupportedError } from "../errors/index.js";
import type { ColumnType } from "../fields/index.js";
import type { ColumnMeta } from "../models/index.js";
import {
  type AggregateTerm,
  partsOf,
  type PlacedTerm,
  type Predicate,
  type RawTerm,
  type SortTerm,
  type Term,
  type TransformTerm,
  UNKNOWN,
  type WindowTerm,
} from "../query/index.js";
import type { Operand } from "../lookups/index.js";
import { type SortKey, sortedNode } from "./ordered.js";
import { ownAggregate, ownCall, ownTransform } from "./own.js";
import { rawEncoder, rawNode } from "./raw.js";
import { rowValue } from "./row-value.js";
import { relationOver } from "./relation-over.js";
import { checkGrouped } from "./grouped.js";
import type { OuterQuery } from "./scope.js";
import { ANY, columnNode, heldNode } from "./sources.js";
import type { WhereContext } from "./where-context.js";

/** What the writer of terms needs of the writer of conditions, and of queries: they need it in turn. */
export interface TermHelp {
  condition(predicate: Predicate, base: number, scope: number): OperationNode;
  related(term: AggregateTerm, base: number): OperationNode;
}

/** Writes values as SQL. `base` is where a term's own slots begin, `scope` the `filter()` call that it stands in. */
export class TermWriter {
  readonly #place: WhereContext;
  readonly #help: TermHelp;
  readonly #written = new Map<Term, { readonly base: number; readonly node: OperationNode }>();

  constructor(place: WhereContext, help: TermHelp) {
    this.#place = place;
    this.#help = help;
  }

  placed({ term, base }: PlacedTerm, around: number, scope = ANY): OperationNode {
    return this.write(term, base === null ? around : base + this.#place.base, scope);
  }

  /**
   * A term of the query's rows. What stands in a statement twice is one node, the aliases in it included: by that an
   * engine can tell that what is ordered by is what is selected or grouped by.
   */
  write(term: Term, base: number, scope = ANY): OperationNode {
    const exported = this.#place.exports?.term(term, base, scope) ?? null;
    if (exported !== null) return exported;
    if (scope !== ANY || term.kind === "column" || term.kind === "value") return this.#write(term, base, scope);
    const known = this.#written.get(term);
    if (known?.base === base) return known.node;
    const node = this.#write(term, base, scope);
    this.#written.set(term, { base, node });
    return node;
  }

  #write(term: Term, base: number, scope: number): OperationNode {
    switch (term.kind) {
      case "aggregate":
        return this.#aggregate(term, base);
      case "window":
        return this.#window(term, base, scope);
      case "query":
        return this.#place.scope.queries.scalar(term.query, this.#place.scope, base + term.slot, this.asOuter);
      case "outer":
        return this.#outer(term);
      case "incoming":
        return this.#place.scope.engine.operations.incoming(IdentifierNode.create(term.column.name));
      case "own":
        return ownCall(
          this.#place.scope,
          term,
          term.args.map((arg) => this.write(arg, base, scope)),
        );
      case "raw":
        return this.#raw(term, base, scope);
      case "tuple":
        return rowValue(term.parts.map((part) => this.write(part, base, scope)));
      default:
        return this.#ofRow(term, base, scope);
    }
  }

  /** What a row's own values make. */
  #ofRow(
    term: Exclude<Term, { kind: "aggregate" | "window" | "query" | "outer" | "incoming" | "own" | "raw" | "tuple" }>,
    base: number,
    scope: number,
  ): OperationNode {
    switch (term.kind) {
      case "column":
        return columnNode(this.#place.sources.follow(term.path.hops, scope), term.path.column);
      case "held":
        return heldNode(this.#place.sources.outermost, term.column);
      case "value":
        return this.#literal(base + term.slot, term.operand.type);
      case "null":
        return this.#null(term.operand);
      case "transform":
        return this.#transform(term, base, scope);
      case "key": {
        const { json } = this.#place.scope.engine.operations;
        const bind: BindJson = (encode) => this.#place.scope.parameter(base + term.slot, encode);
        return json.at(this.write(term.of, base, scope), term.kinds, bind);
      }
      case "annotation":
        // Of the row that it is given for, whichever filter names it.
        return this.placed(term.of, base, term.of.base === null ? scope : ANY);
      case "call":
        return this.#call(term, base, scope);
      case "case":
        return this.#case(term, base, scope);
      case "condition":
        return this.#truth(term.predicate, base, scope);
    }
  }

  /** The query that is written, as others within it see it. */
  get asOuter(): OuterQuery {
    const { base, outer } = this.#place;
    return { outer, write: (term) => this.write(term, base) };
  }

  /** NULL of a kind, since an engine cannot tell what to make of an operator's NULL. */
  #null(operand: Operand): OperationNode {
    const node = literalNode("null");
    const isTold = operand !== UNKNOWN && operand.type.customCodec === null;
    return isTold ? this.#place.scope.engine.functions.literal(node, operand.type) : node;
  }

  #literal(index: number, type: ColumnType): OperationNode {
    return this.#place.scope.literal(index, type);
  }

  #transform({ name, of, compile }: TransformTerm, base: number, scope: number): OperationNode {
    const { operations } = this.#place.scope.engine;
    const node = this.write(of, base, scope);
    if (compile !== undefined) return ownTransform(this.#place.scope, name, compile, [node, of.operand]);
    return operations.transform(name as TransformName, node, of.operand.type.storage, this.#place.timeZone);
  }

  #call(term: Extract<Term, { kind: "call" }>, base: number, scope: number): OperationNode {
    const args = term.args.map((arg) => this.write(arg, base, scope));
    return this.#place.scope.engine.functions.call(term.name, args, {
      types: term.args.map((arg) => arg.operand.type),
      result: term.operand.type,
      options: term.options,
      timeZone: this.#place.timeZone,
    });
  }

  #case({ whens, otherwise, operand }: Extract<Term, { kind: "case" }>, base: number, scope: number): OperationNode {
    const branch = (term: Term) => this.as(operand.type, term, this.write(term, base, scope));
    const parts = whens.map(({ when, then }) => {
      return sqlNode`when ${this.#help.condition(when, base, scope)} then ${branch(then)}`;
    });
    if (otherwise === null) return sqlNode`case ${joinedNode(parts, " ")} end`;
    return sqlNode`case ${joinedNode(parts, " ")} else ${branch(otherwise)} end`;
  }

  /** A value as the kind that several make together: a decimal beside whole numbers is written otherwise. */
  as(result: ColumnType, { kind, operand: { type } }: Term, node: OperationNode): OperationNode {
    if (kind === "null" || (type.storage === result.storage && type.scale === result.scale)) return node;
    const context = { types: [type], result, options: {}, timeZone: null };
    return this.#place.scope.engine.functions.call("coalesce", [node], context);
  }

  #raw(term: RawTerm, base: number, scope: number): OperationNode {
    const { sources, scope: statement } = this.#place;
    const { meta, alias } = sources.follow([], scope);
    const encode = rawEncoder(statement.engine);
    return rawNode(term, {
      table: meta.table,
      alias,
      parameter: (slot) => statement.parameter(base + slot, encode),
      part: (part) => this.write(part, base, scope),
      typed: (node, type) => statement.engine.functions.literal(node, type),
    });
  }

  /** A condition that is not known to hold does not hold: no value is NULL for that. */
  #truth(predicate: Predicate, base: number, scope: number): OperationNode {
    return sqlNode`((${this.#help.condition(predicate, base, scope)}) is true)`;
  }

  /** Of a group it is the same wherever it is named: in a filter, too. */
  #aggregate(term: AggregateTerm, base: number): OperationNode {
    if (!term.grouped) return this.#help.related(term, base);
    if (this.#place.mixed && relationOver(term) !== null) return this.#ofEach(term, base);
    const filter = term.filter === null ? null : this.#help.condition(term.filter, base, ANY);
    return this.aggregateOf(term, base, { filter, over: null, scope: ANY });
  }

  /** An aggregate over related rows, made of those over the related rows of each row of the group. */
  #ofEach(term: AggregateTerm, base: number): OperationNode {
    const whole = OF_EACH[term.name];
    if (whole === undefined || term.distinct) {
      throw new NotSupportedError(
        `${this.#place.sources.root.meta.name}: ${term.name}${term.distinct ? " of distinct values" : ""} over related ` +
          `rows cannot stand beside aggregates over other rows of a group. Ask for it in a query of its own.`,
      );
    }
    const context = {
      type: term.operand.type,
      result: term.operand.type,
      distinct: false,
      filter: null,
      order: [],
      over: null,
      options: {},
    };
    const each = this.#help.related({ ...term, otherwise: null }, base);
    return this.#orElse(term, this.#place.scope.engine.functions.aggregate(whole, each, context), base, ANY);
  }

  /** What stands for no rows. */
  #orElse({ otherwise }: AggregateTerm, node: OperationNode, base: number, scope: number): OperationNode {
    return otherwise === null ? node : sqlNode`coalesce(${node}, ${this.write(otherwise, base, scope)})`;
  }

  /** An aggregate over the rows that the query joins. */
  aggregateOf(
    term: AggregateTerm,
    base: number,
    { filter, over, scope }: { filter: OperationNode | null; over: OperationNode | null; scope: number },
  ): OperationNode {
    if (term.own !== undefined) return this.#ownAggregate(term, base, { filter, over, scope });
    const node = this.#place.scope.engine.functions.aggregate(
      term.name,
      term.arg === null ? null : this.#asOrdered(term, this.#aggregated(term.arg, base, scope)),
      {
        type: term.arg?.operand.type ?? null,
        result: term.operand.type,
        distinct: term.distinct,
        filter,
        order: term.order.map((sort) => this.sorted(sort, base, scope)),
        over,
        options: term.options,
      },
    );
    return this.#orElse(term, node, base, scope);
  }

  /** Texts that are distinct can be ordered by themselves alone: as what is compared to find their order. */
  #asOrdered({ arg, distinct, order }: AggregateTerm, node: OperationNode): OperationNode {
    if (!distinct || order.length === 0 || arg?.operand.family !== "text") return node;
    return this.#place.scope.engine.operations.sortKey(node, arg.operand.type);
  }

  /** What an aggregate is of. One of nothing but values of the query around would be taken for that one's. */
  #aggregated(term: Term, base: number, scope: number): OperationNode {
    const node = this.write(term, base, scope);
    if (!holds(term, "outer") || holds(term, "column")) return node;
    const { root } = this.#place.sources;
    const key = columnNode(root, root.meta.primaryKey[0] as ColumnMeta);
    // Not "is not null", which SQLite once took for true of a column that is NOT NULL, and the column with it.
    return sqlNode`case when ${key} = ${key} then ${node} end`;
  }

  /** Of one of a user's own; whatever narrows it does so in its argument, since it may be any SQL. */
  #ownAggregate(
    term: AggregateTerm,
    base: number,
    { filter, over, scope }: { filter: OperationNode | null; over: OperationNode | null; scope: number },
  ): OperationNode {
    const arg = this.#aggregated(term.arg as Term, base, scope);
    const node =
      term.own?.whole === true
        ? this.#wholeAggregate(term, arg, base, { filter, scope })
        : this.#keptAggregate(term, arg, filter);
    const whole = over === null ? sqlNode`(${node})` : sqlNode`${node} over (${over})`;
    return this.#orElse(term, whole, base, scope);
  }

  #keptAggregate(term: AggregateTerm, arg: OperationNode, filter: OperationNode | null): OperationNode {
    const kept = filter === null ? arg : sqlNode`case when ${filter} then ${arg} end`;
    return ownAggregate(this.#place.scope, term, term.distinct ? sqlNode`distinct ${kept}` : kept, []);
  }

  #wholeAggregate(
    term: AggregateTerm,
    arg: OperationNode,
    base: number,
    { filter, scope }: { filter: OperationNode | null; scope: number },
  ): OperationNode {
    const order = term.order.map((sort) => this.sorted(sort, base, scope));
    const node = ownAggregate(this.#place.scope, term, arg, order);
    return filter === null ? node : sqlNode`${node} filter (where ${filter})`;
  }

  #window(term: WindowTerm, base: number, scope: number): OperationNode {
    const { sources, groups, scope: statement } = this.#place;
    checkGrouped(sources.root.meta, term, groups);
    const { of } = term;
    const { functions } = statement.engine;
    const over = functions.over(this.#windowParts(term, base, scope));
    if (of.kind === "aggregate") {
      const filter = of.filter === null ? null : this.#help.condition(of.filter, base, scope);
      return this.aggregateOf(of, base, { filter, over, scope });
    }
    // A value and what stands in for it are made of one kind; a value alone stays what it is.
    const [, ...more] = of.args;
    const args = of.args.map((arg) => {
      const node = this.write(arg, base, scope);
      return more.length === 0 ? node : this.as(of.operand.type, arg, node);
    });
    return functions.window(of.name, args, { options: of.options, over });
  }

  #windowParts({ of, partitionBy, orderBy, frame }: WindowTerm, base: number, scope: number): WindowParts {
    const { operations } = this.#place.scope.engine;
    const isDistance = frame?.type === "range" && [frame.start, frame.end].some((edge) => edge !== null && edge !== 0);
    return {
      partition: partitionBy.map((term) => operations.sortKey(this.write(term, base, scope), term.operand.type)),
      order: orderBy.map((sort) => this.sorted(sort, base, scope)),
      frame,
      distanceOf: isDistance ? (orderBy[0]?.term.operand.type ?? null) : null,
      ofPlaces: of.kind === "windowed",
    };
  }

  /** One item of ORDER BY. Where NULLs come is the same on all engines where it is said. */
  sorted(sort: SortTerm, base: number, scope = ANY): OperationNode {
    const keys = this.sortKeys(sort, this.write(sort.term, base, scope));
    return joinedNode(keys.map(sortedNode), ", ");
  }

  /** What rows are ordered by, one after another, for a term that was written: JSON has several keys. */
  sortKeys({ term, descending, nulls }: SortTerm, written: OperationNode): SortKey[] {
    const { operations, features } = this.#place.scope.engine;
    const { operand } = term;
    const { type } = operand;
    const nodes =
      type.storage === "json" && operand !== UNKNOWN
        ? operations.json.sortKeys(written)
        : [operations.sortKey(written, type)];
    const told = nulls === null || !term.nullable ? null : nulls;
    if (told === null || (features.ordersNulls && nodes.length === 1)) {
      return nodes.map((node) => ({ node, descending, nulls: told }));
    }
    const [known, missing] = told === "first" ? ["1", "0"] : ["0", "1"];
    const node = sqlNode`case when ${nodes[0] as OperationNode} is null then ${literalNode(missing)} else ${literalNode(known)} end`;
    return [{ node, descending: false, nulls: null }, ...nodes.map((key) => ({ node: key, descending, nulls: null }))];
  }

  #checkThroughTable(path: string): void {
    const { sources, scope } = this.#place;
    const { features, label } = scope.engine;
    if (features.outerInDerivedTables) return;
    throw new NotSupportedError(
      `${sources.root.meta.name}: ${label} cannot name a column of the query around, as OuterRef(${JSON.stringify(path)}) does, in a ` +
        `query that is filtered by what is worked out over a window.`,
    );
  }

  #outer({ path, levels, found }: Extract<Term, { kind: "outer" }>): OperationNode {
    let { outer } = this.#place;
    const passed = [outer];
    for (let level = 1; level < levels && outer !== null; level += 1) {
      ({ outer } = outer);
      passed.push(outer);
    }
    if (outer === null || found === null) {
      const call = "OuterRef(".repeat(levels) + JSON.stringify(path) + ")".repeat(levels);
      throw new FieldError(
        `${this.#place.sources.root.meta.name}: ${call} names a column of a query around this one, and there is none. ` +
          `Such a queryset can only stand in Exists(…), Subquery(…) or an "in" of another one.`,
      );
    }
    if (passed.some((query) => query?.throughTable)) this.#checkThroughTable(path);
    return outer.write(found);
  }
}

/** Aggregates that can be made of those of parts, and by which one. */
const OF_EACH: Readonly<Record<string, string>> = { count: "sum", sum: "sum", min: "min", max: "max" };

function holds(term: Term, kind: Term["kind"]): boolean {
  return term.kind === kind || partsOf(term).some((part) => holds(part, kind));
}
