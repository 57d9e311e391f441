import type { Blocker } from "../../errors/index.js";
import type { Collector } from "./collector.js";
import type { DeleteEdge } from "./delete-graph.js";
import type { Tuple } from "../../query/index.js";

/** So many keys tell where to look. */
const SHOWN = 10;

/** What of a collector's rows stands in the way by these rules. Restricted rows that are deleted, too, do not. */
export function blockersOf(collector: Collector, rules: readonly Blocker["rule"][]): Blocker[] {
  const blockers: Blocker[] = [];
  for (const [edge, rows] of collector.blocking) {
    const { child } = edge;
    const rule = edge.rule as Blocker["rule"];
    if (!rules.includes(rule)) continue;
    const left = rule === "protect" ? rows : rows.filter((row) => !collector.isFound(child, row));
    if (left.length > 0) blockers.push(blockerOf(edge, rule, left));
  }
  return blockers;
}

function blockerOf({ child, relation }: DeleteEdge, rule: Blocker["rule"], rows: readonly Tuple[]): Blocker {
  const width = child.model.primaryKey.length;
  const keys = rows.slice(0, SHOWN).map((row) => (width === 1 ? row[0] : row.slice(0, width)));
  return { model: child.model.name, field: relation.name, rule, count: rows.length, keys };
}

/** The arguments of the error that says so. */
export function describeBlockers(blockers: readonly Blocker[]): [string, readonly Blocker[], { hint: string }] {
  const said = blockers.map(({ model, field, rule, count }) => {
    return `${count} ${count === 1 ? "row" : "rows"} of ${model} by ${model}.${field} (onDelete: "${rule}")`;
  });
  const message = `Nothing was deleted, for other rows point at what was to be: ${said.join(", ")}.`;
  return [message, blockers, { hint: "Delete those first, or point them at something else." }];
}
