import {
  AliasNode,
  FromNode,
  GroupByItemNode,
  GroupByNode,
  HavingNode,
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
import { FieldError } from "../errors/index.js";
import type { ColumnMeta, RelationMeta } from "../models/index.js";
import {
  type Annotation,
  checkTraversed,
  columnsAt,
  firstOfEach,
  holdsAggregate,
  isSliced,
  orderOf,
  partsOf,
  type OrderTerm,
  type PickedItem,
  type PlacedTerm,
  type Query,
  type RelatedTree,
  type SortTerm,
  type Term,
} from "../query/index.js";
import { allOf, type SplitFilters, splitFilters } from "./filters.js";
import { groupingOf } from "./grouping.js";
import { lockNode } from "./lock.js";
import { jsonOrdered, type Ordered, placed } from "./ordered.js";
import { relationOver } from "./relation-over.js";
import type { OuterQuery, Scope } from "./scope.js";
import { columnsOf, type SelectedTree } from "./selected-tree.js";
import { LIMIT, OFFSET } from "./slot.js";
import { ANY, columnNode, type Source, Sources, tableNode } from "./sources.js";
import type { TermWriter } from "./terms.js";
import { WhereWriter } from "./where.js";
import type { Exports, WhereContext } from "./where-context.js";
import { WindowTable } from "./window-table.js";

/** Where a query stands in its statement. */
export interface Placement {
  /** Where its slots begin. */
  readonly base: number;
  /** Its table's alias; null for the table's own name. */
  readonly alias: string | null;
  /** Where the slots of its LIMIT and OFFSET are. */
  readonly slice: readonly [limit: number, offset: number];
  /** The query that it stands in, where that can be named in it. */
  readonly outer: OuterQuery | null;
}

const OUTERMOST: Placement = { base: 0, alias: null, slice: [LIMIT, OFFSET], outer: null };

/** What a query is ordered with: as it stands, or as the query around it sees it. */
interface OrderWriters {
  readonly terms: TermWriter;
  readonly exports: Exports | null;
}

/**
 * A query on its way to becoming a SELECT: tables and conditions are the same whether rows, keys or a count are asked
 * for, so that is said last.
 */
export class SelectWriter {
  readonly #query: Query;
  readonly #scope: Scope;
  readonly #placement: Placement;
  readonly #context: WhereContext;
  readonly #where: WhereWriter;
  readonly #filters: SplitFilters;
  #selected: readonly PickedItem[] = [];
  /** Columns of the root that rows of instances hold. */
  #own: readonly ColumnMeta[] = [];
  /** What is selected is of, from the first that is no column on. */
  #terms: readonly Term[] = [];
  readonly sources: Sources;

  constructor(query: Query, scope: Scope, placement: Placement = OUTERMOST) {
    query = firstOfEach(query);
    this.#query = query;
    this.#scope = scope;
    this.#placement = placement;
    this.sources = new Sources(query.model, scope.aliases, placement.alias);
    const { base, outer } = placement;
    this.#filters = splitFilters(query);
    const { before, after, late } = this.#filters;
    const timeZone = query.timeZone ?? scope.timeZone;
    const place = { base, mixed: isMixed(query), groups: query.groups, exports: null };
    this.#context = { scope, sources: this.sources, timeZone, outer, ...place };
    const around = outer === null || late.length === 0 ? outer : { ...outer, throughTable: true };
    this.#where = new WhereWriter({ ...this.#context, outer: around }, [...before, ...after]);
  }

  /** True when the statement looks at more than the root's own columns. */
  get isCompound(): boolean {
    return this.sources.hasJoins || this.#where.usesSubqueries || this.#filters.late.length > 0;
  }

  /** The condition that rows fulfil: what is asked about windows, as one on their keys. */
  where(): OperationNode | null {
    const own = this.#conditionsBefore();
    if (this.#filters.late.length === 0) return own;
    const { root } = this.sources;
    if (this.#query.groups !== null) {
      throw new FieldError(`${root.meta.name}: groups that were filtered by a window cannot be taken together again.`);
    }
    const rows: Query = { ...this.#query, order: [], picked: null, related: null, distinct: false, distinctOn: null };
    const query: Query = { ...rows, limit: null, offset: 0, fixed: false };
    const { base, outer } = this.#placement;
    const found = this.#scope.queries.values(query, this.#scope, base, outer);
    const keys = root.meta.primaryKey.map((column) => columnNode(root, column));
    const among = sqlNode`${keys.length === 1 ? (keys[0] as OperationNode) : sqlNode`(${joinedNode(keys, ", ")})`} in ${found}`;
    return allOf(own === null ? [among] : [own, among]);
  }

  /** In WHERE, of what is not worked out over windows. */
  #conditionsBefore(): OperationNode | null {
    const { before, apart } = this.#filters;
    const nodes = before.map(([filter, scope]) => this.#where.write(filter, scope));
    return allOf([...nodes, ...apart.map(([filter]) => this.#where.among(filter))]);
  }

  /** Conditions on groups. */
  #having(): OperationNode | null {
    return allOf(this.#filters.after.map(([filter, scope]) => this.#where.write(filter, scope)));
  }

  /** A term as SQL. */
  term(placed: PlacedTerm): OperationNode {
    return this.#where.terms.placed(placed, this.#placement.base, ANY);
  }

  /** Rows with all their columns, those of the relations fetched along, and what they were annotated with. */
  rows(): { node: SelectQueryNode; tree: SelectedTree } {
    const tree = this.#select(this.sources.root, this.#query.related, []);
    this.#own = tree.columns;
    const columns = columnsOf(tree).map(([source, column]) => columnNode(source, column));
    const annotated = given(this.#query).map(({ name, term, base }) => named(this.term({ term, base }), name));
    this.#terms = given(this.#query).map(({ term }) => term);
    return { node: this.#locked(this.#build([...columns, ...annotated], true), tree), tree };
  }

  /** The values that rows hold instead of being instances. */
  picked(): SelectQueryNode {
    return this.#locked(this.#picked(), null);
  }

  #picked(): SelectQueryNode {
    this.#selected = this.#query.picked?.items ?? [];
    this.#terms = this.#selected.map(({ value }) => value.term);
    const nodes = this.#selected.map(({ name, value }) => named(this.term(value), name));
    return this.#build(nodes, true);
  }

  #locked(node: SelectQueryNode, tree: SelectedTree | null): SelectQueryNode {
    const lock = lockNode(this.#scope.engine, this.#query, tree, this.sources);
    if (lock === null) return node;
    return Object.freeze({ ...node, endModifiers: [SelectModifierNode.createWithExpression(lock)] });
  }

  /**
   * A term that is selected, by its place: written twice, it would have parameters of its own, and engines could not
   * tell that it is the same.
   */
  #placeOf(term: Term): OperationNode | null {
    const sought = term.kind === "annotation" ? term.of.term : term;
    const place = this.#selected.findIndex(({ value }) => value.term === sought);
    return place < 0 ? null : literalNode(String(place + 1));
  }

  /** What IN compares with: the one value picked, or the primary key. Ordered only if a slice depends on it. */
  values(): OperationNode {
    const { picked } = this.#query;
    if (picked === null) return this.keys();
    this.#terms = picked.items.map(({ value }) => value.term);
    return this.#build(
      picked.items.map(({ value }) => this.term(value)),
      isSliced(this.#query),
    );
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

  /** Rows to be counted by a query around this one. */
  countable(): OperationNode {
    if (this.#query.groups !== null && !this.#query.distinct) return this.marks(literalNode("1"));
    return this.#query.picked === null ? this.keys() : this.#picked();
  }

  /** One constant for each row, where only their number or existence matters. */
  marks(mark: OperationNode): SelectQueryNode {
    return this.#filters.late.length === 0 ? this.#build([mark], false) : this.#around([], [], [mark]);
  }

  /** Values over all rows together. */
  totals(terms: readonly PlacedTerm[]): SelectQueryNode {
    // Over rows that windows let through, not within a query that these are worked out in.
    const values = terms.map((term, index) => named(this.term(term), `a${index + 1}`));
    return this.#statement(values, { ...this.#grouping(this.where()), ...this.#ordering([]), ...this.#distinct() });
  }

  #select(source: Source, tree: RelatedTree | null, path: readonly RelationMeta[]): SelectedTree {
    const columns = columnsAt(source.meta, this.#query.loading, path);
    const children = [...(tree ?? [])].map(([, { relation, children: below }]) => {
      checkTraversed(source.meta, columns, relation, this.#query);
      const hops = [...path, relation];
      return { relation, tree: this.#select(this.sources.follow(hops, 0), below, hops) };
    });
    return { source, columns, children };
  }

  /** `bare`: only what is named is selected, so that a column of the root that is ordered by must be named, too. */
  #build(selected: readonly OperationNode[], ordered: boolean, bare = false): SelectQueryNode {
    const isLate = this.#filters.late.length > 0;
    if (isLate) return this.#around(selected, this.#terms, [], { ordered, bare });
    const written = ordered ? this.#order({ terms: this.#where.terms, exports: null }) : [];
    const [missing, order] = this.#withMissing(written, selected.length, bare);
    const clauses = { ...this.#grouping(this.#conditionsBefore()), ...this.#ordering(order) };
    return this.#statement([...selected, ...missing], { ...clauses, ...this.#distinct() });
  }

  /** What a query that asks about windows selects, with a query around it that has the answers as columns. */
  #around(
    selected: readonly OperationNode[],
    terms: readonly Term[],
    marks: readonly OperationNode[],
    { ordered, bare } = { ordered: false, bare: false },
  ): SelectQueryNode {
    const table = new WindowTable(this.#where, this.#context);
    const columns = selected.length - terms.length;
    const seen = selected.map((node, index) => table.select(node, terms[index - columns] ?? null));
    const late = new WhereWriter({ ...this.#context, exports: table }, []);
    const where = allOf(this.#filters.late.map(([filter]) => late.write(filter, ANY))) as OperationNode;
    const written = ordered ? this.#order({ terms: late.terms, exports: table }) : [];
    const [missing, order] = this.#withMissing(written, marks.length + seen.length, bare);
    const selections = [...marks, ...seen, ...missing];
    const inner = this.#statement(table.selections, this.#grouping(this.#conditionsBefore()));
    const from = table.as(inner);
    return Object.freeze({
      ...SelectQueryNode.createFrom([from]),
      selections: selections.map((node) => SelectionNode.create(node as never)),
      where: WhereNode.create(where),
      ...this.#distinct(),
      ...this.#ordering(order),
    });
  }

  /** Columns that SELECT DISTINCT must select behind `selected` others, since it orders by them; and that order. */
  #withMissing(order: readonly Ordered[], selected: number, bare: boolean): [OperationNode[], readonly Ordered[]] {
    const { distinct, picked } = this.#query;
    if (!distinct) return [[], order];
    const isPlain = picked === null && !bare;
    const missing = order.filter((item) => !item.placed && !(isPlain && item.own));
    if (missing.length === 0) return [[], order];
    const extra = missing.flatMap((item) => item.keys?.map(({ node }) => node) ?? [item.column]);
    return [isPlain ? extra : extra.map(numbered), placed(order, missing, selected)];
  }

  #distinct(): Partial<SelectQueryNode> {
    return this.#query.distinct ? { frontModifiers: [SelectModifierNode.create("Distinct")] } : {};
  }

  /** A SELECT from the query's tables. */
  #statement(selections: readonly OperationNode[], clauses: Partial<SelectQueryNode>): SelectQueryNode {
    // Last, for all that was written may have joined tables.
    const joins = this.sources.joinNodes();
    const table = tableNode(this.#query.model, this.sources.root.alias);
    return Object.freeze({
      ...SelectQueryNode.createFrom([table]),
      from: FromNode.create([table]),
      selections: selections.map((node) => SelectionNode.create(node as never)),
      ...(joins.length > 0 && { joins }),
      ...clauses,
    });
  }

  #grouping(where: OperationNode | null): Partial<SelectQueryNode> {
    const having = this.#having();
    const grouping = groupingOf(this.#query).map((value) =>
      GroupByItemNode.create(this.#placeOf(value.term) ?? this.term(value)),
    );
    return {
      ...(where !== null && { where: WhereNode.create(where) }),
      ...(grouping.length > 0 && { groupBy: GroupByNode.create(grouping) }),
      ...(having !== null && { having: HavingNode.create(having) }),
    };
  }

  #ordering(order: readonly { readonly node: OrderByItemNode }[]): Partial<SelectQueryNode> {
    const [limit, offset] = this.#slice();
    return {
      ...(order.length > 0 && { orderBy: OrderByNode.create(order.map((item) => item.node)) }),
      ...(limit && { limit: LimitNode.create(limit) }),
      ...(offset && { offset: OffsetNode.create(offset) }),
    };
  }

  #order(writers: OrderWriters): Ordered[] {
    return orderOf(this.#query).map((term) => {
      if (term.kind === "term") return this.#orderBy(term, writers.terms);
      const column = this.#orderNode(term, writers.exports);
      if (term.kind === "path" && term.path.column.type.storage === "json") {
        const { descending } = term;
        const keys = this.#scope.engine.operations.json.sortKeys(column);
        return jsonOrdered(
          keys.map((node) => ({ node, descending })),
          column,
        );
      }
      const direction = term.kind === "path" && term.descending ? literalNode("desc") : undefined;
      const own = term.kind === "path" && term.path.hops.length === 0 && this.#own.includes(term.path.column);
      return { node: OrderByItemNode.create(column, direction), column, own, placed: false };
    });
  }

  #orderBy({ sort, base }: Extract<OrderTerm, { kind: "term" }>, terms: TermWriter): Ordered {
    const at = (base ?? 0) + this.#placement.base;
    const place = sort.nulls === null && this.#isPlainlySorted(sort.term) ? this.#placeOf(sort.term) : null;
    if (place !== null) {
      const direction = sort.descending ? literalNode("desc") : undefined;
      return { node: OrderByItemNode.create(place, direction), column: place, own: false, placed: true };
    }
    if (sort.term.operand.type.storage === "json") return this.#orderByJson(sort, at, terms);
    return {
      node: OrderByItemNode.create(terms.sorted(sort, at)),
      column: terms.write(sort.term, at),
      own: false,
      placed: false,
    };
  }

  #orderByJson(sort: SortTerm, at: number, terms: TermWriter): Ordered {
    const written = terms.write(sort.term, at);
    // Of what groups are made there is one value in each, but it has parameters of its own where it is written again.
    const isOfGroup =
      this.#query.groups !== null && this.#placeOf(sort.term) !== null && !holdsAggregate(sort.term, true);
    return jsonOrdered(terms.sortKeys(sort, isOfGroup ? this.#anyOf(written, sort.term) : written), written);
  }

  #anyOf(node: OperationNode, { operand: { type } }: Term): OperationNode {
    const more = { distinct: false, filter: null, order: [], over: null, options: {} };
    return this.#scope.engine.functions.aggregate("anyValue", node, { type, result: type, ...more });
  }

  /** True where a value is ordered as it stands, without anything being made of it first. */
  #isPlainlySorted({ operand }: Term): boolean {
    if (operand.type.storage === "json") return false;
    const mark = literalNode("");
    return this.#scope.engine.operations.sortKey(mark, operand.type) === mark;
  }

  #orderNode(term: Exclude<OrderTerm, { kind: "term" }>, exports: Exports | null): OperationNode {
    const { operations } = this.#scope.engine;
    if (term.kind === "random") return operations.random();
    const { hops, column } = term.path;
    const source = this.sources.follow(hops, ANY);
    return operations.sortKey(exports?.column(source, column) ?? columnNode(source, column), column.type);
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

/** The annotations that rows are given; others can only be asked about. */
export function given({ annotations }: Query): readonly Annotation[] {
  return annotations.filter((annotation) => annotation.given);
}

/** True where aggregates of a group are over its own rows and over related ones, or over those of several relations. */
function isMixed({ groups, annotations }: Query): boolean {
  if (groups === null) return false;
  const over = new Set<string>();
  const collect = (term: Term): void => {
    if (term.kind === "aggregate" && term.grouped)
      over.add((relationOver(term) ?? []).map((hop) => hop.name).join("__"));
    partsOf(term).forEach(collect);
  };
  for (const { term } of annotations) collect(term);
  return over.size > 1;
}

function named(node: OperationNode, name: string): OperationNode {
  return AliasNode.create(node, IdentifierNode.create(name));
}

/** A column under a name of its own, since a derived table may not have two of one name. */
function numbered(column: OperationNode, index: number): OperationNode {
  return named(column, `o${index + 1}`);
}
