import type { DatabaseCore } from "../execute/database-core.js";
import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { didYouMean } from "../util/suggest.js";
import { bulkCreate } from "./bulk-create.js";
import type { ConflictOptions } from "./read-conflict.js";
import { checkValues } from "./row-values.js";

export type UpsertOptions = Pick<ConflictOptions, "uniqueFields" | "updateFields">;

const KNOWN = ["uniqueFields", "updateFields"];

/** Inserts a row, or sets the one that is there already, and gives it as it is stored. */
export async function upsertRow(
  database: DatabaseCore,
  meta: ModelMeta,
  values: object,
  { given, ...options }: UpsertOptions & { readonly given: object | null },
): Promise<object> {
  checkValues(meta, values, "upsert");
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new FieldError(
      `${meta.name}: upsert takes no option "${unknown}".${didYouMean(unknown, KNOWN)} Options: ${KNOWN.join(", ")}.`,
    );
  }
  const rows = await bulkCreate(database, meta, [values], {
    ...options,
    updateConflicts: true,
    given,
    method: "upsert",
  });
  return (rows as object[])[0] as object;
}
