import type { PickedItem, Totals } from "../../query/index.js";

/** What is worked out over no rows, where that is known without asking; else null. */
export function emptyTotals({ query, items }: Totals): object | null {
  if (!query.none && items.length > 0) return null;
  const known = items.map(({ name, value }) => [name, ofNoRows(value, query.values)] as const);
  return known.some(([, value]) => value === undefined) ? null : Object.fromEntries(known);
}

/** The value of an aggregate of no rows, or undefined where the database has to make it what it is. */
function ofNoRows({ term, base }: PickedItem["value"], values: readonly unknown[]): unknown {
  if (term.kind !== "aggregate") return undefined;
  const { otherwise, operand } = term;
  if (otherwise === null) return term.nullable ? null : 0;
  const asItIs = otherwise.kind === "value" && operand.family === "number" && operand.type.storage !== "decimal";
  return asItIs ? values[(base ?? 0) + otherwise.slot] : undefined;
}
