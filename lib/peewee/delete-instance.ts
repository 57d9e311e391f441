import { FieldError } from "../errors/index.js";
import { metaOfRow } from "../models/index.js";
import { deleteRow } from "../objects/instances/row-writes.js";
import { printable } from "../util/printable.js";
import { ALONE, DEEP, DEEP_BUT_NULLS } from "./delete-policies.js";
import type { DeleteInstanceOptions } from "./types/model.js";
import { flag, readOptions } from "./options.js";

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
