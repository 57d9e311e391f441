import { AliasNode, IdentifierNode, type OperationNode } from "kysely";
import { joinedNode, sqlNode } from "../databases/nodes.js";
import { FieldError } from "../errors/index.js";
import { askedJoins, asksWindow, changed, isSliced, type PlacedTerm, type Query, type Totals } from "../query/index.js";
import { planOf, scopeFor, type Target, typesOf } from "./compile-query.js";
import { extrasOf, type Plan } from "./plan.js";
import { isMixed } from "./relation-over.js";
import type { Scope } from "./scope.js";
import { type Placement, SelectWriter } from "./select.js";
import { LIMIT, OFFSET } from "./slot.js";
import { columnNode, Sources } from "./sources.js";
import { derived } from "./subquery.js";
import type { Exports } from "./where-context.js";
import { WhereWriter } from "./where.js";

/** The plan for values over all rows together, as one row. Where they are over different rows, each is a query of its own. */
export function compileTotals(target: Target, { query, items }: Totals): Plan {
  const { engine } = target;
  const scope = scopeFor(target);
  const among = keysOfRows(query, scope);
  const rows = among === null ? query : rowsOf(query);
  const record = { as: "objects" as const, items: extrasOf(engine, items, 0) };
  const returned = { record, types: typesOf(items), rows: true };
  const values = items.map(({ value }) => value);
  if (!isMixed(values.map(({ term }) => term))) {
    return planOf(scope, new SelectWriter(rows, scope).totals(values, among?.()), returned);
  }
  const apart = (aggregate: PlacedTerm) => new SelectWriter(rows, scope, within(scope)).totals([aggregate], among?.());
  return planOf(scope, composed(query, values, scope, apart), returned);
}

/** Values made of aggregates that are queries of their own, written by `apart`. */
function composed(
  query: Query,
  values: readonly PlacedTerm[],
  scope: Scope,
  apart: (aggregate: PlacedTerm) => OperationNode,
): OperationNode {
  const exports: Exports = {
    term: (term, base) => (term.kind === "aggregate" && term.grouped ? sqlNode`(${apart({ term, base })})` : null),
    condition: () => null,
    column: columnNode,
  };
  const sources = new Sources(query.model, scope.aliases, null);
  const timeZone = query.timeZone ?? scope.timeZone;
  const context = { scope, sources, timeZone, base: 0, outer: null, mixed: false, groups: null, exports };
  const { terms } = new WhereWriter(context, []);
  const nodes = values.map((value, index) =>
    AliasNode.create(terms.placed(value, 0), IdentifierNode.create(`a${index + 1}`)),
  );
  return sqlNode`select ${joinedNode(nodes, ", ")}`;
}

/** A place in the statement that is not its outermost query. */
function within(scope: Scope): Placement {
  return { base: 0, alias: scope.aliases.next(), slice: [LIMIT, OFFSET], outer: null };
}

/** All rows of a model, annotated alike. */
function rowsOf(query: Query): Query {
  return changed(query, { filters: [], order: [], distinct: false, distinctOn: null, limit: null, offset: 0 });
}

/** Writes the keys of the rows that a slice or DISTINCT leaves; null where there is neither. */
function keysOfRows(query: Query, scope: Scope): (() => OperationNode) | null {
  const looksAround = query.filters.some(({ predicate }) => asksWindow(predicate));
  if (askedJoins(query).length > 0 && (query.distinct || isSliced(query) || looksAround)) {
    throw new FieldError(
      `${query.model.name}: aggregate(…) over joined rows cannot follow distinct, a slice, or a filter on a window, which ` +
        `it knows by their keys alone. Make a table of them first: values(…).asCte("rows").aggregate(…).`,
    );
  }
  if (!query.distinct && !isSliced(query)) return null;
  if (query.picked !== null) {
    throw new FieldError(
      `${query.model.name}: aggregate(…) takes rows together, and cannot follow values(…) with distinct or a slice.`,
    );
  }
  return () => {
    const keys = new SelectWriter(query, scope, within(scope)).keys();
    return isSliced(query) && !scope.engine.features.limitInSubquery ? derived(keys, scope) : keys;
  };
}
