import {
  AliasNode,
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
import { FieldError, NotSupportedError } from "../errors/index.js";
import type { ColumnMeta, RelationMeta } from "../models/index.js";
import {
  type Annotation,
  checkTraversed,
  columnsAt,
  firstOfEach,
  type HeldTerm,
  isOfMany,
  isSliced,
  type PickedItem,
  type PlacedTerm,
  type Query,
  rowsAlone,
  rowValues,
  type RelatedTree,
  type Term,
} from "../query/index.js";
import { allOf } from "./all-of.js";
import { type SplitFilters, splitFilters } from "./filters.js";
import { groupingOf } from "./grouping.js";
import { frontOf, hintedTable } from "./hints.js";
import { lockNode } from "./lock.js";
import { type Ordered, placed, placeIn } from "./ordered.js";
import { isNull, OrderWriter, type OrderWriters } from "./order-writer.js";
import { rowValue } from "./row-value.js";
import { isMixed } from "./relation-over.js";
import type { OuterQuery, Pick, Scope } from "./scope.js";
import { columnsOf, type SelectedTree } from "./selected-tree.js";
import { LIMIT, OFFSET } from "./slot.js";
import { sourcesOf } from "./asked-joins.js";
import { ANY, columnNode, keyNames, keyNodes, type Source, type Sources, tableNode } from "./sources.js";
import { WhereWriter } from "./where.js";
import type { WhereContext } from "./where-context.js";
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
    const alias = query.source === null ? placement.alias : (placement.alias ?? scope.aliases.next());
    this.sources = sourcesOf(query, scope, alias);
    const { base, outer } = placement;
    this.#filters = splitFilters(query);
    const { before, after, late } = this.#filters;
    const timeZone = query.timeZone ?? scope.timeZone;
    const mixed = query.groups !== null && isMixed(query.annotations.map(({ term }) => term));
    const place = { base, mixed, groups: query.groups, exports: null };
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
    const { base, outer } = this.#placement;
    const found = this.#scope.queries.values(rowsAlone(this.#query), this.#scope, base, outer);
    const among = this.#keyIn(found);
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

  /** Rows as a part of a set: values under the names of its columns, ordered only if a slice depends on it. */
  member(columns: readonly HeldTerm[]): SelectQueryNode {
    this.#selected = this.#query.picked?.items ?? [];
    const values = this.#query.picked?.items.map(({ value }) => value) ?? rowValues(this.#query);
    const nodes = columns.map(({ column, operand }, index) => {
      const value = values[index] as PlacedTerm;
      return named(this.#where.terms.as(operand.type, value.term, this.term(value)), column);
    });
    this.#terms = values.map(({ term }) => term);
    return this.#build(nodes, isSliced(this.#query), true);
  }

  /** Values of the root's columns under names, ordered only if a slice depends on it. */
  root(names: readonly string[], pick: Pick): SelectQueryNode {
    const nodes = pick(this.sources.root).map((node, index) => named(node, names[index] as string));
    return this.#build(nodes, isSliced(this.#query), true);
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
    const { picked, distinct } = this.#query;
    if (picked === null) return this.keys();
    this.#terms = picked.items.map(({ value }) => value.term);
    const values = picked.items.map(({ value }) => this.term(value));
    if (!distinct || !isSliced(this.#query)) return this.#build(values, isSliced(this.#query));
    // What is ordered by is selected, too, and taken away by a query around.
    const names = values.map(() => IdentifierNode.create(this.#scope.aliases.next()));
    const alias = IdentifierNode.create(this.#scope.aliases.next());
    const selected = values.map((value, at) => AliasNode.create(value, names[at] as IdentifierNode));
    return sqlNode`(select ${joinedNode(names, ", ")} from ${this.#build(selected, true)} as ${alias})`;
  }

  /**
   * Whether a value is among those of a slice, where IN takes no LIMIT: by the place that it has in the whole. The first
   * row that has it, and is beyond those skipped, comes out on top.
   */
  ranked(value: OperationNode): OperationNode {
    const { picked, distinct, limit, offset } = this.#query;
    this.#refuseLate();
    const owns = picked?.items.map((item) => this.term(item.value)) ?? keyNodes(this.sources.root);
    const own = rowValue(owns);
    const order = this.#order({ terms: this.#where.terms, exports: null }).map(({ node }) => node);
    const place = distinct ? placeIn("dense_rank", [...order, ...owns]) : placeIn("row_number", order);
    const [limitSlot, offsetSlot] = this.#placement.slice.map((index) =>
      this.#scope.parameter(index, this.#scope.engine.operations.encodeCount),
    );
    const skipped = offset === 0 ? literalNode("0") : (offsetSlot as OperationNode);
    const found = sqlNode`${own} = ${value} and ${place} > ${skipped}`;
    const top = sqlNode`case when ${found} then 0 else 1 end`;
    const table = this.#table();
    const clauses = this.#grouping(this.#conditionsBefore());
    const joins = this.sources.joinNodes();
    const node: SelectQueryNode = Object.freeze({
      ...SelectQueryNode.createFrom([table]),
      selections: [SelectionNode.create(sqlNode`case when ${found} then ${place} end` as never)],
      ...(joins.length > 0 && { joins }),
      ...clauses,
      orderBy: OrderByNode.create([OrderByItemNode.create(top), OrderByItemNode.create(place)]),
      limit: LimitNode.create(literalNode("1")),
    });
    if (limit === null) return sqlNode`${node} is not null`;
    return sqlNode`((${node} <= ${limitSlot as OperationNode} + ${skipped}) is true)`;
  }

  #refuseLate(): void {
    if (this.#filters.late.length === 0) return;
    throw new NotSupportedError(
      `${this.#query.model.name}: ${this.#scope.engine.label} takes no slice for each row around of what is filtered by ` +
        `what is worked out over a window.`,
    );
  }

  /** Primary keys only. Ordered only if a slice depends on it. */
  keys(): OperationNode {
    const { root } = this.sources;
    const keys = root.meta.primaryKey.map((column) => columnNode(root, column));
    if (!this.#query.distinct || !isSliced(this.#query)) return this.#build(keys, isSliced(this.#query));
    // SELECT DISTINCT must select what it orders by, too, so the keys are taken out of it by a query around it.
    const names = keyNames(root).map((name) => IdentifierNode.create(name));
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
    this.#joinMany();
    return this.#filters.late.length === 0 ? this.#build([mark], false) : this.#around([], [], [mark]);
  }

  /** Values over all rows together, or over those whose keys are `among` others. */
  totals(terms: readonly PlacedTerm[], among: OperationNode | null = null): SelectQueryNode {
    this.#joinMany();
    // Over rows that windows let through, not within a query that these are worked out in.
    const values = terms.map((term, index) => named(this.term(term), `a${index + 1}`));
    return this.#statement(values, this.#grouping(among === null ? this.where() : this.#keyIn(among)));
  }

  #keyIn(among: OperationNode): OperationNode {
    return sqlNode`${rowValue(keyNodes(this.sources.root))} in ${among}`;
  }

  /** Where rows hold values of many related rows there is one for each of these, whatever is asked of them. */
  #joinMany(): void {
    const { picked, groups } = this.#query;
    if (groups !== null) return;
    const held = picked?.items ?? given(this.#query).map(({ term, base }) => ({ value: { term, base } }));
    for (const { value } of held) if (isOfMany(value.term)) this.term(value);
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
    return this.#statement([...selected, ...missing], {
      ...clauses,
      ...frontOf(this.#scope.engine, this.#query, this.#query.distinct),
    });
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
      ...frontOf(this.#scope.engine, this.#query, this.#query.distinct),
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

  /** A SELECT from the query's tables. */
  #statement(selections: readonly OperationNode[], clauses: Partial<SelectQueryNode>): SelectQueryNode {
    // Last, for all that was written may have joined tables.
    const joins = this.sources.joinNodes();
    const table = this.#table();
    return Object.freeze({
      ...SelectQueryNode.createFrom([table]),
      selections: selections.map((node) => SelectionNode.create(node as never)),
      ...(joins.length > 0 && { joins }),
      ...frontOf(this.#scope.engine, this.#query, false),
      ...clauses,
    });
  }

  /** What rows are read from. */
  #table(): OperationNode {
    const { source, model } = this.#query;
    const { alias } = this.sources.root;
    if (source === null) return hintedTable(this.#scope.engine, this.#query, tableNode(model, alias));
    const { base, outer } = this.#placement;
    return AliasNode.create(this.#scope.queries.source(source, this.#scope, base, outer), IdentifierNode.create(alias));
  }

  #grouping(where: OperationNode | null): Partial<SelectQueryNode> {
    const having = this.#having();
    const grouping = groupingOf(this.#query).map((value) =>
      GroupByItemNode.create(this.#placeOf(value.term) ?? (isNull(value.term) ? NO_VALUE : this.term(value))),
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
    const { base } = this.#placement;
    const { engine } = this.#scope;
    const placeOf = (term: Term) => this.#placeOf(term);
    return new OrderWriter(
      { query: this.#query, engine, base, sources: this.sources, placeOf },
      writers,
      this.#own,
    ).write();
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

/** NULL by itself is no value to group by, but a value that is NULL is. */
const NO_VALUE = literalNode("nullif(1, 1)");

function named(node: OperationNode, name: string): OperationNode {
  return AliasNode.create(node, IdentifierNode.create(name));
}

/** A column under a name of its own, since a derived table may not have two of one name. */
function numbered(column: OperationNode, index: number): OperationNode {
  return named(column, `o${index + 1}`);
}
