import { FieldError } from "../errors/index.js";
import { SetRule } from "../fields/index.js";
import { type ForeignKeyMeta, metaOfRow } from "../models/index.js";
import { type DeletePolicy, looseColumns } from "../objects/deleting/delete-graph.js";
import { deleteRow } from "../objects/instances/row-writes.js";
import type { DatabaseLike } from "../types/database-like.js";
import { printable } from "../util/printable.js";
import { flag, readOptions } from "./options.js";

/** What `deleteInstance` does about rows that point at the one to be deleted. */
export interface DeleteInstanceOptions {
  /** Rows that point at it, and those that point at these, go with it; nullable foreign keys are set to NULL instead. */
  readonly recursive?: boolean;
  /** With `recursive`: rows that point at it by a nullable foreign key go with it, too. */
  readonly deleteNullable?: boolean;
  /** The database to delete it from, or its alias; without it that which it is from. */
  readonly using?: DatabaseLike | string;
}

const ALONE: DeletePolicy = { name: "alone", ruleOf: () => "do nothing" };
const DEEP: DeletePolicy = { name: "deep", ruleOf: () => "cascade" };
const NULLS = new SetRule(null);
const DEEP_BUT_NULLS: DeletePolicy = {
  name: "deep but nulls",
  ruleOf: (relation) => (canBeLoosened(relation) ? NULLS : "cascade"),
};

function canBeLoosened(relation: ForeignKeyMeta): boolean {
  return relation.nullable && looseColumns(relation).length > 0;
}

/**
 * Deletes a row as peewee's `delete_instance` does, and gives how many rows of its own were deleted: 1, or 0 where it was
 * gone already. What foreign keys declare as `onDelete` is left to the database. With `recursive` all happens in one
 * transaction.
 *
 * @example
 * ```ts
 * await deleteInstance(album);
 * // DELETE FROM "album" WHERE "id" = 1
 * await deleteInstance(album, { recursive: true });
 * // DELETE FROM "track" WHERE "album_id" IN (1); DELETE FROM "album" WHERE "id" IN (1)
 * ```
 * @throws FieldError for what is no saved row, and for unknown options.
 * @throws ForeignKeyViolation where rows point at it that are not deleted along, unless the database does something.
 */
export async function deleteInstance(
  row: { readonly pk: unknown },
  options: DeleteInstanceOptions = {},
): Promise<number> {
  const meta = metaOfRow(row);
  if (meta === null) throw new FieldError(`deleteInstance(row) takes a row of a model, got ${printable(row)}.`);
  const where = `${meta.name}.deleteInstance`;
  const read = readOptions(where, options, ["recursive", "deleteNullable", "using"]);
  const recursive = flag(where, "recursive", read.recursive);
  const deleteNullable = flag(where, "deleteNullable", read.deleteNullable);
  const { byModel } = await deleteRow(
    row,
    read.using === undefined ? {} : { using: read.using },
    recursive ? (deleteNullable ? DEEP : DEEP_BUT_NULLS) : ALONE,
  );
  // Rows of its own model that went with it, by a foreign key to itself, are not what is told.
  return Math.min(1, byModel[meta.name] ?? 0);
}
