import type { OperationNode } from "kysely";
import { NotSupportedError } from "../errors/index.js";
import type { JoinedFrom } from "../query/index.js";
import { ownRows } from "./own.js";
import type { TermWriter } from "./terms.js";
import type { WhereContext } from "./where-context.js";

/** What rows are read from that are worked out for each row they are joined to. */
export function joinedRows(from: JoinedFrom, { scope, base, sources }: WhereContext, terms: TermWriter): OperationNode {
  if (from.kind === "function") {
    const { term } = from;
    return ownRows(
      scope,
      term,
      term.args.map((arg) => terms.write(arg, base + from.base)),
    );
  }
  const { features, label } = scope.engine;
  if (features.lateralJoins !== true) {
    throw new NotSupportedError(
      `${sources.start.meta.name}: ${label} has no LATERAL: no query in FROM may name the row that it is joined to.`,
      {
        hint:
          "One value for each row is Subquery(…) of a queryset with OuterRef(…), and the first few of each row's related " +
          "rows are a sliced Prefetch(…).",
      },
    );
  }
  return scope.queries.member(from.query, from.columns, scope, base + from.slot, terms.asOuter);
}
