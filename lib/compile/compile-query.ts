import { IdentifierNode, type OperationNode, type SelectQueryNode } from "kysely";
import { literalNode, sqlNode } from "../databases/nodes.js";
import type { Engine } from "../databases/ports/index.js";
import type { ColumnType } from "../fields/index.js";
import { isSliced, type PickedItem, type Query } from "../query/index.js";
import { compilePlan, extrasOf, layoutOf, type Plan } from "./plan.js";
import { Scope } from "./scope.js";
import { given, SelectWriter } from "./select.js";
import type { SlotValues } from "./slot.js";
import { derivedSubqueries, subqueries } from "./subquery.js";

/** What the compiler needs to know of a database. */
export interface Target {
  readonly engine: Engine;
  /** The zone of date parts where a query names none; null for UTC. */
  readonly timeZone: string | null;
}

export function scopeFor(target: Target, inline: SlotValues | null = null, hoists = true): Scope {
  return new Scope(target.engine, target.timeZone, subqueries, inline, hoists);
}

/** The plan of a statement that was written with a scope: its WITH is put before it. */
export function planOf(scope: Scope, node: OperationNode, returned: Parameters<typeof compilePlan>[2]): Plan {
  return compilePlan(scope.engine, scope.statement(node), { ...returned, twins: scope.tables.twins });
}

/** For a statement that may not read its own table, except by way of a derived one. */
export function insertScopeFor(target: Target): Scope {
  const { engine, timeZone } = target;
  const writers = engine.features.selfReferencingWrites ? subqueries : derivedSubqueries;
  return new Scope(engine, timeZone, writers, null, false);
}

/** The plan for a query's rows. */
export function compileRows(target: Target, query: Query): Plan {
  const { engine } = target;
  const scope = scopeFor(target);
  const writer = new SelectWriter(query, scope);
  if (query.picked !== null) {
    const { as, items } = query.picked;
    const record = { as, items: extrasOf(engine, items, 0) };
    return planOf(scope, writer.picked(), { record, types: typesOf(items), rows: true });
  }
  const { node, tree } = writer.rows();
  const annotated = given(query).map(({ name, term, base, hidden }) => ({ name, value: { term, base }, hidden }));
  return planOf(scope, node, {
    layout: layoutOf(engine, tree, { annotations: annotated, leftOutBy: query.loading?.method ?? null }),
    types: typesOf(annotated),
    rows: true,
  });
}

export function typesOf(items: readonly PickedItem[]): ColumnType[] {
  return items.map(({ value }) => value.term.operand.type);
}

/** The plan for the number of a query's rows, as one row of one column. */
export function compileCount(target: Target, query: Query): Plan {
  const scope = scopeFor(target);
  const writer = new SelectWriter(query, scope);
  if (!query.distinct && !isSliced(query) && query.groups === null) {
    return planOf(scope, writer.marks(literalNode("count(*)")), { rows: true });
  }
  const alias = IdentifierNode.create(scope.aliases.next());
  return planOf(scope, sqlNode`select count(*) from ${writer.countable()} as ${alias}`, { rows: true });
}

/** The plan that gives one row if the query has any, else none. */
export function compileExists(target: Target, query: Query): Plan {
  const scope = scopeFor(target);
  const writer = new SelectWriter(query, scope);
  // Distinct marks would all be one: how many rows there are matters to an offset.
  if (!query.distinct || query.offset === 0) {
    return planOf(scope, writer.marks(literalNode("1")), { rows: true });
  }
  const alias = IdentifierNode.create(scope.aliases.next());
  return planOf(scope, sqlNode`select 1 from ${writer.countable()} as ${alias}`, { rows: true });
}

/** The query as a Kysely node, values put in: what `toKysely()` goes on from. */
export function selectNode(target: Target, query: Query): SelectQueryNode {
  const scope = scopeFor(target, query);
  const writer = new SelectWriter(query, scope);
  return scope.statement(query.picked === null ? writer.rows().node : writer.picked()) as SelectQueryNode;
}
