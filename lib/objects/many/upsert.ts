import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, NotSupportedError } from "../../errors/index.js";
import type { ModelMeta } from "../../models/index.js";
import { didYouMean } from "../../util/suggest.js";
import { bulkCreate } from "./bulk-create.js";
import type { BulkCreateOptions } from "./bulk-work.js";
import type { ConflictOptions } from "../writing/read-conflict.js";
import { checkValues } from "../rows/row-values.js";

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
  const rows = await bulkCreate(
    database,
    meta,
    [values],
    {
      ...options,
      updateConflicts: true,
    },
    { given, method: "upsert" },
  );
  return (rows as object[])[0] as object;
}

/** Inserts a row in the place of those that are in its way, and gives it. */
export async function replaceRow(
  database: DatabaseCore,
  meta: ModelMeta,
  values: object,
  given: object | null,
): Promise<object> {
  checkValues(meta, values, "replace");
  return (await replaceRows(database, meta, [values], { given }))[0] as object;
}

/** The same for many rows. */
export async function replaceRows(
  database: DatabaseCore,
  meta: ModelMeta,
  all: readonly object[],
  { given, ...options }: Pick<BulkCreateOptions, "batchSize" | "onProgress"> & { readonly given: object | null },
): Promise<object[]> {
  if (!database.isConnected) await database.open();
  const { label, features } = database.engine;
  if (features.replaces !== true) {
    throw new NotSupportedError(`${meta.name}: ${label} has no REPLACE, which deletes a row and inserts another one.`, {
      hint: "upsert(…) sets the row that is there; or delete it and create the other in one db.atomic(…).",
    });
  }
  const rows = await bulkCreate(database, meta, all, options, { given, replaces: true, method: "replace" });
  if (rows !== null) return rows;
  throw new FieldError(`${meta.name}: replace(…) takes rows without others to be made along with them.`);
}
