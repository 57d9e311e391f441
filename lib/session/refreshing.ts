import { FieldError } from "../errors/index.js";
import { columnsOfField, META } from "../models/index.js";
import { fetchRows } from "../objects/reading/fetch.js";
import { errorsOf } from "../objects/rows/errors-of.js";
import { missingColumns, savedValue, type StatefulRow, takeColumns, takeOver } from "../objects/rows/row-state.js";
import { rowsHolding } from "../query/index.js";
import type { Core } from "./core.js";
import { fieldsNamed } from "./expiring.js";
import { forgetLinks } from "./links.js";

/** Reads an object's row again, all of it or some fields: what was changed of that and not written is lost. */
export async function refreshRow(core: Core, row: StatefulRow, names: readonly string[] | null): Promise<void> {
  const meta = row[META];
  const key = meta.primaryKey.map((column) => savedValue(row, column));
  const [fresh] = await fetchRows(core.view, rowsHolding(meta, meta.primaryKey, [key]));
  if (fresh === undefined) {
    throw new (errorsOf(meta).DoesNotExist)(`${row.toString()} is not in the database any more.`);
  }
  if (names === null) {
    takeOver(row, fresh);
    forgetChanges(core, row);
  } else takeColumns(row, fresh, columnsNamed(row, names));
  const origin = row["isSparse"] === true ? null : row;
  if (origin !== null && missingColumns(row).length === 0) {
    Object.setPrototypeOf(row, meta.model.prototype as object);
  }
  core.attach(row);
}

/** Drops what was changed of an object's relations. */
export function forgetChanges(core: Core, row: StatefulRow): void {
  core.modified.delete(row);
  core.linked.delete(row);
  forgetLinks(row);
}

function columnsNamed(row: StatefulRow, names: readonly string[]): ReturnType<typeof columnsOfField> {
  const meta = row[META];
  return fieldsNamed(meta, names, "refresh").flatMap((field) => {
    if ("many" in field) {
      throw new FieldError(`${meta.name}.${field.name} has no column of its own to be read again.`, {
        hint: `session.expire(row, ["${field.name}"]) has it load its rows again.`,
      });
    }
    for (const column of columnsOfField(field)) {
      if (column.relation !== null) row[column.relation.rowSlot] = undefined;
    }
    return columnsOfField(field);
  });
}
