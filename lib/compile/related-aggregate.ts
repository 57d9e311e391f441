import type { OperationNode } from "kysely";
import { joinedNode, sqlNode } from "../databases/nodes.js";
import { FieldError } from "../errors/index.js";
import type { RelationMeta } from "../models/index.js";
import { type AggregateTerm, columnsIn, type Filter, leadsThrough, type Predicate } from "../query/index.js";
import { allOf } from "./all-of.js";
import { relationOver } from "./relation-over.js";
import { ANY, linked, Sources, tableNode } from "./sources.js";
import type { TermWriter } from "./terms.js";
import type { WhereContext } from "./where-context.js";

/** What writes conditions and terms about the related rows. */
interface Within {
  readonly terms: TermWriter;
  write(filter: Filter, scope: number): OperationNode;
  within(predicate: Predicate, base: number, scope: number): OperationNode;
}

/**
 * An aggregate over the rows that a relation leads to, as a query of its own for each row: `(select count(*) from track
 * as t1 where t1.album_id = album.id)`. Several of them do not multiply each other, as joins would.
 */
export function relatedAggregate(
  term: AggregateTerm,
  base: number,
  { context, within }: { context: WhereContext; within: (sources: Sources, filters: readonly Filter[]) => Within },
): OperationNode {
  const prefix = relationOver(term);
  const { scope, sources: around } = context;
  if (prefix === null) {
    const { name } = around.root.meta;
    throw new FieldError(
      `${name}: ${term.name} of a row's own field is that field itself. To take all rows together, use ` +
        `aggregate({ … }); to group them, name first by what: values("…").annotate({ … }).`,
    );
  }
  const relation = prefix.at(-1);
  if (relation?.type !== "reverse") throw new Error("A relation to many rows is a reverse relation.");
  const outer = around.follow(prefix.slice(0, -1), ANY);
  const sources = new Sources(relation.target, scope.aliases, scope.aliases.next(), { sources: around, prefix });
  const narrowing = term.after.flatMap(partsOfFilter).filter(({ predicate }) => isAbout(predicate, prefix));
  const writer = within(sources, narrowing);
  const conditions = [
    linked(relation, outer, sources.root),
    around.filterOf(relation, sources.root),
    ...narrowing.map((item) => writer.write(item, ANY)),
    ...(term.filter === null ? [] : [writer.within(term.filter, base, ANY)]),
  ];
  const value = writer.terms.aggregateOf(term, base, { filter: null, over: null, scope: ANY });
  const from = joinedNode([tableNode(relation.target, sources.root.alias), ...sources.joinNodes()], " ");
  return sqlNode`(select ${value} from ${from} where ${allOf(conditions.filter((node) => node !== null)) as OperationNode})`;
}

/** The conditions which must all hold, one by one. */
function partsOfFilter({ predicate, base }: Filter): readonly Filter[] {
  if (predicate.kind !== "and") return [{ predicate, base }];
  return predicate.items.flatMap((item) => partsOfFilter({ predicate: item, base }));
}

/** True for a condition on the rows of one relation; one on those of others, too, narrows neither. */
function isAbout(predicate: Predicate, prefix: readonly RelationMeta[]): boolean {
  const paths = manyIn(predicate);
  return paths.length > 0 && paths.every((hops) => leadsThrough(hops, prefix));
}

/** The paths to many rows of which a filter looks at one row: what stands under NOT looks at none in particular. */
function manyIn(predicate: Predicate): readonly (readonly RelationMeta[])[] {
  if (predicate.kind === "and" || predicate.kind === "or") return predicate.items.flatMap(manyIn);
  if (predicate.kind === "side") return predicate.filters.flatMap((filter) => manyIn(filter.predicate));
  if (predicate.kind !== "condition" && predicate.kind !== "truth") return [];
  return columnsIn(predicate).flatMap(({ path }) => (path.multi < 0 ? [] : [path.hops]));
}
