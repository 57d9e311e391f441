import { FieldError } from "../errors/index.js";
import { askedJoins, columnsIn, type Filter, leadsThroughJoin, type Query, relationFilter } from "../query/index.js";
import type { Scope } from "./scope.js";
import { ANY, Sources } from "./sources.js";

/** The tables of a query: its own, and those that it asked to join, whether or not it names them. */
export function sourcesOf(query: Query, scope: Scope, alias: string | null): Sources {
  const sources = new Sources(query.model, scope.aliases, alias);
  for (const relation of askedJoins(query)) {
    const filter = relationFilter(relation);
    // What the condition looks at comes before.
    for (const { path } of filter === null ? [] : columnsIn(filter.predicate)) {
      if (path.hops[0] !== relation) sources.follow(path.hops, ANY);
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
