import { askedJoins, columnsIn, type Query, relationFilter } from "../query/index.js";
import { ANY, type Sources } from "./sources.js";

/** Joins what a query asked for, whether or not it names it; what the conditions look at comes before. */
export function followAsked(query: Query, sources: Sources): void {
  for (const relation of askedJoins(query)) {
    const filter = relationFilter(relation);
    for (const { path } of filter === null ? [] : columnsIn(filter.predicate)) {
      if (path.hops[0] !== relation) sources.follow(path.hops, ANY);
    }
    sources.follow([relation], ANY);
  }
}
