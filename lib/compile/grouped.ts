import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { partsOf, type PickedItem, sameTerm, type Term } from "../query/index.js";

/** Refuses a column that the rows of a group may have different values of: each engine would take another. */
export function checkGrouped(model: ModelMeta, term: Term, groups: readonly PickedItem[] | null): void {
  const column = groups === null ? null : ungrouped(term, groups);
  if (column === null) return;
  const names = (groups ?? []).map(({ name }) => name).join(", ");
  throw new FieldError(
    `${model.name}: a window over groups sees what they are grouped by and aggregates, not the "${column}" of their ` +
      `rows. Grouped by: ${names}.`,
  );
}

/** The name of a column that is neither what rows are grouped by nor within an aggregate; null for none. */
function ungrouped(term: Term, groups: readonly PickedItem[]): string | null {
  if (term.kind === "aggregate" || groups.some(({ value }) => sameTerm(value.term, term))) return null;
  if (term.kind === "column") return term.path.column.field;
  if (term.kind === "held") return term.name;
  for (const part of partsOf(term)) {
    const found = ungrouped(part, groups);
    if (found !== null) return found;
  }
  return null;
}
