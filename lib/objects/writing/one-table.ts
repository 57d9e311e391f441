import { NotSupportedError } from "../../errors/index.js";
import type { ModelMeta } from "../../models/index.js";

/** Refuses what is one statement on one table, where rows of a model are in its parents' tables, too. */
export function refuseParent({ name, parent }: ModelMeta, method: string, hint: string): void {
  if (parent === null) return;
  throw new NotSupportedError(
    `${name}: ${method}(…) is one statement on one table, and rows of ${name} are in that of ${parent.model.name}, too.`,
    { hint },
  );
}
