import { FieldError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";

/** Rows for an insert: objects, or lists of the values of fields. */
export function rowsGiven(where: string, given: unknown, fields: unknown): object[] {
  if (given === null || typeof given !== "object" || !(Symbol.iterator in given)) {
    throw new FieldError(`${where} takes a list of rows, got ${printable(given)}.`);
  }
  const rows = [...(given as Iterable<unknown>)];
  if (fields === undefined) {
    const list = rows.findIndex(Array.isArray);
    if (list < 0) return rows as object[];
    throw new FieldError(`${where}: rows[${list}] is a list. Say of which fields: ${where}(rows, { fields: […] }).`);
  }
  if (!Array.isArray(fields) || !fields.every((name) => typeof name === "string")) {
    throw new FieldError(`${where}: fields is a list of names, got ${printable(fields)}.`);
  }
  const twice = fields.find((name: string, at) => fields.indexOf(name) !== at) as unknown;
  if (twice !== undefined) throw new FieldError(`${where}: fields names ${printable(twice)} twice.`);
  return rows.map((row, at) => {
    if (!Array.isArray(row)) return row as object;
    if (row.length === fields.length)
      return Object.fromEntries(fields.map((name: string, place) => [name, row[place]]));
    throw new FieldError(`${where}: rows[${at}] has ${row.length} values for ${fields.length} fields.`);
  });
}
