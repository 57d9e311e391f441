import type { RowOrigin } from "../execute/index.js";
import { partialPrototype } from "../execute/partial.js";
import {
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  fieldOf,
  LEFT_OUT,
  META,
  type ModelMeta,
  ORIGIN,
} from "../models/index.js";
import { FieldError } from "../errors/index.js";
import { isSaved, loadedColumns, markSaved, type StatefulRow } from "../objects/rows/row-state.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

/**
 * Has an object forget what it knows of its row, all of it or some fields: to read these throws until it is refreshed, or
 * read again by a query.
 */
export function expireRow(row: StatefulRow, names: readonly string[] | null): void {
  if (!isSaved(row) || row["isSparse"] === true) return;
  const meta = row[META];
  const [columns, relations] = namedIn(row, names);
  const expired = columns.filter((column) => !column.primaryKey);
  for (const relation of relations) row[relation.rowSlot] = undefined;
  if (expired.length === 0) return;
  const loaded = loadedColumns(row);
  const leftOut = meta.columns.filter((column) => expired.includes(column) || !loaded.includes(column));
  // Whatever it is set to is another value than what is known.
  markSaved(row, (row[ORIGIN] as RowOrigin).database, new Map(leftOut.map((column) => [column, undefined])));
  for (const column of expired) Reflect.deleteProperty(row, column.property);
  Object.setPrototypeOf(row, partialPrototype(meta, { columns: leftOut, method: "expire" }));
}

function namedIn(
  row: StatefulRow,
  names: readonly string[] | null,
): readonly [readonly ColumnMeta[], readonly { readonly rowSlot: symbol }[]] {
  const meta = row[META];
  if (names === null) return [meta.columns, Object.values(meta.relations)];
  const found = fieldsNamed(meta, names, "expire");
  const relations = found.filter((field) => field.type !== "scalar" && field.type !== "oneOf");
  return [found.flatMap((field) => columnsOfField(field)), relations];
}

/** The fields of a model by these names, given to a method of a session. */
export function fieldsNamed(meta: ModelMeta, names: unknown, method: string): readonly FieldMeta[] {
  if (!Array.isArray(names)) {
    throw new FieldError(`session.${method}(row, names) takes a list of names of fields, got ${printable(names)}.`);
  }
  return (names as unknown[]).map((name) => {
    const field = typeof name === "string" ? fieldOf(meta, name) : undefined;
    if (field !== undefined) return field;
    const known = Object.keys(meta.fields);
    const hint = typeof name === "string" ? didYouMean(name, known) : "";
    const said = typeof name === "string" ? `"${name}"` : printable(name);
    throw new FieldError(
      `${meta.name} has no field ${said} in ${method}(row, names).${hint} Fields: ${known.join(", ")}.`,
    );
  });
}

/** True for an object with columns that have expired, or were left out when it was read. */
export function isPartial(row: StatefulRow): boolean {
  return row[LEFT_OUT] !== undefined;
}
