import { FieldError } from "../errors/index.js";
import { homeOf } from "../models/index.js";
import {
  askedJoins,
  columnsIn,
  type Filter,
  joinedFrom,
  leadsThroughJoin,
  type Query,
  relationFilter,
} from "../query/index.js";
import type { Scope } from "./scope.js";
import { ANY, columnNode, Sources } from "./sources.js";

/** The tables of a query: its own, and those that it asked to join, whether or not it names them. */
export function sourcesOf(query: Query, scope: Scope, alias: string | null): Sources {
  const sources = new Sources(query.model, scope.aliases, alias, null, query.source === null);
  for (const relation of askedJoins(query)) {
    const filter = relationFilter(relation);
    // What the rows are worked out from, and what the condition looks at, comes before.
    for (const { path } of joinedFrom(relation)?.names ?? []) columnNode(sources.follow(path.hops, ANY), path.column);
    for (const { path } of filter === null ? [] : columnsIn(filter.predicate)) {
      if (path.hops[0] !== relation) columnNode(sources.follow(path.hops, ANY), path.column);
      else if (path.hops.length === 1 && homeOf(relation.target, path.column) !== relation.target) {
        throw new FieldError(
          `${query.model.name}: the condition of join(…) names "${path.column.field}", which is in the table of ` +
            `${homeOf(relation.target, path.column).name}, not in that of ${relation.target.name}. Ask about it by filter.`,
        );
      }
    }
    sources.follow([relation], ANY);
  }
  return sources;
}

/** A condition on the key of a row cannot tell which row is joined to it. */
export function refuseJoined({ predicate }: Filter, { start }: Sources): void {
  if (!columnsIn(predicate).some(({ path }) => leadsThroughJoin(path.hops))) return;
  throw new FieldError(
    `${start.meta.name}: one condition asks about many related rows and about a joined row. Ask about each in a filter ` +
      `of its own, or by Exists(…).`,
  );
}
