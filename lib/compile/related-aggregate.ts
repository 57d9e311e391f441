import type { OperationNode } from "kysely";
import { AndNode } from "kysely";
import { joinedNode, sqlNode } from "../databases/nodes.js";
import { FieldError } from "../errors/index.js";
import type { RelationMeta } from "../models/index.js";
import { type AggregateTerm, type Filter, type Predicate, splitByWindow } from "../query/index.js";
import { relationOver } from "./relation-over.js";
import { ANY, columnNode, equal, Sources, tableNode } from "./sources.js";
import type { TermWriter } from "./terms.js";
import type { WhereContext } from "./where-context.js";

/** What writes conditions and terms about the related rows. */
interface Within {
  readonly terms: TermWriter;
  write(filter: Filter, scope: number): OperationNode;
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
  const narrowing = term.after.flatMap(({ predicate, base: at }) => {
    const [rest] = splitByWindow(predicate);
    return rest !== null && asksAbout(rest, prefix) ? [{ predicate: rest, base: at }] : [];
  });
  const writer = within(sources, narrowing);
  const filter = term.filter === null ? null : { predicate: term.filter, base: base - context.base };
  const conditions = [
    equal(columnNode(sources.root, relation.via.column), columnNode(outer, relation.via.targetColumn)),
    ...narrowing.map((item) => writer.write(item, ANY)),
    ...(filter === null ? [] : [writer.write(filter, ANY)]),
  ];
  const value = writer.terms.aggregateOf(term, base, { filter: null, over: null, scope: ANY });
  const from = joinedNode([tableNode(relation.target, sources.root.alias), ...sources.joinNodes()], " ");
  return sqlNode`(select ${value} from ${from} where ${conditions.reduce((left, right) => AndNode.create(left, right))})`;
}

/** True for a filter that lets through only rows of a relation: not one that stands under NOT. */
function asksAbout(predicate: Predicate, prefix: readonly RelationMeta[]): boolean {
  if (predicate.kind === "condition") {
    const { path } = predicate.lookup;
    return path !== null && path.hops.length >= prefix.length && prefix.every((hop, index) => path.hops[index] === hop);
  }
  if (predicate.kind === "side") return predicate.filters.some((filter) => asksAbout(filter.predicate, prefix));
  if (predicate.kind !== "and" && predicate.kind !== "or") return false;
  return predicate.items.some((item) => asksAbout(item, prefix));
}
