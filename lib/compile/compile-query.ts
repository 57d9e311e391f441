import { IdentifierNode, type SelectQueryNode } from "kysely";
import { literalNode, sqlNode } from "../databases/nodes.js";
import type { Engine } from "../databases/ports/index.js";
import { isSliced, type Query } from "../query/index.js";
import { compilePlan, layoutOf, type Plan } from "./plan.js";
import { Scope } from "./scope.js";
import { SelectWriter } from "./select.js";
import type { SlotValues } from "./slot.js";
import { keySubquery } from "./subquery.js";

/** What the compiler needs to know of a database. */
export interface Target {
  readonly engine: Engine;
  /** The zone of date parts where a query names none; null for UTC. */
  readonly timeZone: string | null;
}

export function scopeFor(target: Target, inline: SlotValues | null = null): Scope {
  return new Scope(target.engine, target.timeZone, keySubquery, inline);
}

/** The plan for a query's rows. */
export function compileRows(target: Target, query: Query): Plan {
  const { node, tree } = new SelectWriter(query, scopeFor(target)).rows();
  return compilePlan(target.engine, node, { layout: layoutOf(target.engine, tree), rows: true });
}

/** The plan for the number of a query's rows, as one row of one column. */
export function compileCount(target: Target, query: Query): Plan {
  const scope = scopeFor(target);
  const writer = new SelectWriter(query, scope);
  if (!query.distinct && !isSliced(query)) {
    return compilePlan(target.engine, writer.marks(literalNode("count(*)")), { rows: true });
  }
  const alias = IdentifierNode.create(scope.aliases.next());
  return compilePlan(target.engine, sqlNode`select count(*) from ${writer.keys()} as ${alias}`, { rows: true });
}

/** The plan that gives one row if the query has any, else none. */
export function compileExists(target: Target, query: Query): Plan {
  const scope = scopeFor(target);
  const writer = new SelectWriter(query, scope);
  // Distinct marks would all be one: how many rows there are matters to an offset.
  if (!query.distinct || query.offset === 0) {
    return compilePlan(target.engine, writer.marks(literalNode("1")), { rows: true });
  }
  const alias = IdentifierNode.create(scope.aliases.next());
  return compilePlan(target.engine, sqlNode`select 1 from ${writer.keys()} as ${alias}`, { rows: true });
}

/** The query as a Kysely node, values put in: what `toKysely()` goes on from. */
export function selectNode(target: Target, query: Query): SelectQueryNode {
  return new SelectWriter(query, scopeFor(target, query)).rows().node;
}
