import { IdentifierNode, type OperationNode } from "kysely";
import { literalNode, sqlNode } from "../databases/nodes.js";
import { NotSupportedError } from "../errors/index.js";
import { inSchema } from "../models/index.js";
import { type CteSource, isSliced, type Query } from "../query/index.js";
import type { OuterQuery, QueryWriters, Scope } from "./scope.js";
import { recursionNode } from "./recursion.js";
import { selectFrom, setNode } from "./set.js";
import { type Placement, SelectWriter } from "./select.js";

/** How queries are written that stand in others. Those of a slice come after their values. */
export const subqueries: QueryWriters = {
  values(query, scope, base, outer) {
    const values = valuesOf(query, scope, base, outer);
    if (!isSliced(query) || scope.engine.features.limitInSubquery) return values;
    if (query.outer.length > 0 && !scope.engine.features.outerInDerivedTables) throw notSliced(query, scope);
    return derived(values, scope);
  },
  among(value, query, scope, base, outer) {
    // A derived table could not name what the query around has.
    const isRanked = isSliced(query) && query.outer.length > 0 && !scope.engine.features.limitInSubquery;
    if (!isRanked) return sqlNode`${value} in ${subqueries.values(query, scope, base, outer)}`;
    return inSchema(query.schema, () => writerOf(query, scope, base, outer).ranked(value));
  },
  scalar: valuesOf,
  rows(query, scope, base, outer) {
    const mark = literalNode("1");
    return scope.query(() => inSchema(query.schema, () => writerOf(query, scope, base, outer).marks(mark)));
  },
  source(source, scope, base, outer) {
    if (source.kind === "set") return setNode(source, scope, base, outer);
    return source.kind === "cte" ? cteNode(source, scope, base) : recursionNode(source, scope, base);
  },
  member(query, columns, scope, base, outer) {
    return inSchema(query.schema, () => writerOf(query, scope, base, outer).member(columns));
  },
  root(query, names, scope, base, pick) {
    const node = inSchema(query.schema, () => writerOf(query, scope, base, null).root(names, pick));
    return isSliced(query) ? selectFrom(node, names, scope) : node;
  },
};

/** Each by way of a derived table, which cannot name columns of queries around it. */
export const derivedSubqueries: QueryWriters = {
  ...subqueries,
  among: (value, query, scope, base, outer) =>
    sqlNode`${value} in ${derivedSubqueries.values(query, scope, base, outer)}`,
  values: (query, scope, base, outer) => derived(subqueries.values(query, scope, base, outer), scope),
  scalar: (query, scope, base, outer) => derived(subqueries.scalar(query, scope, base, outer), scope),
  rows: (query, scope, base, outer) => derived(subqueries.rows(query, scope, base, outer), scope),
};

/** The same, told of each. */
export function heard(writers: QueryWriters, tell: () => void): QueryWriters {
  return {
    ...writers,
    values: (...query) => (tell(), writers.values(...query)),
    among: (...query) => (tell(), writers.among(...query)),
    scalar: (...query) => (tell(), writers.scalar(...query)),
    rows: (...query) => (tell(), writers.rows(...query)),
  };
}

/** A derived table cannot name columns of the query around it. */
function notSliced({ model }: Query, { engine }: Scope): NotSupportedError {
  return new NotSupportedError(
    `${model.name}: ${engine.label} takes no slice of a queryset with OuterRef(…) in the lookup "in". Use Exists(…), or ` +
      `compare with Subquery(…) of one row.`,
  );
}

/** The values of a query's rows. A queryset that names a schema is of it wherever it stands. */
function valuesOf(query: Query, scope: Scope, base: number, outer: OuterQuery | null): OperationNode {
  return scope.query(() => inSchema(query.schema, () => writerOf(query, scope, base, outer).values()));
}

function writerOf(query: Query, scope: Scope, base: number, outer: OuterQuery | null): SelectWriter {
  return new SelectWriter(query, scope, placementOf(query, scope, base, outer));
}

function placementOf(query: Query, scope: Scope, base: number, outer: OuterQuery | null): Placement {
  const afterValues = base + query.values.length;
  return { base, alias: scope.aliases.next(), slice: [afterValues, afterValues + 1], outer };
}

/** A queryset under a name: its rows are written in the statement's WITH, here stands the name. */
function cteNode(source: CteSource, scope: Scope, base: number): OperationNode {
  const { name, key, member, slots, materialized, columns } = source;
  if (materialized !== null && !scope.engine.features.materializedCtes) {
    throw new NotSupportedError(`${scope.engine.label} decides by itself whether it keeps the rows of a CTE.`, {
      hint: `Leave out { materialized } of asCte("${name}").`,
    });
  }
  const at = base + member.slot;
  const write = () => scope.queries.member(member.query, columns, scope, at, null);
  scope.tables.add({ name, key, base: at, slots, materialized }, write);
  return IdentifierNode.create(name);
}

/** The same rows by way of a derived table, which engines accept where they refuse the query itself. */
export function derived(query: OperationNode, scope: Scope): OperationNode {
  const alias = scope.aliases.next();
  return sqlNode`(select * from ${query} as ${literalNode(alias)})`;
}
