import { FieldError } from "../errors/index.js";
import { type ColumnMeta, LEFT_OUT, linksOf, META, type RelationMeta } from "../models/index.js";
import type { LinkKey } from "../query/index.js";
import type { StatefulRow } from "./row-state.js";
import { currentValue } from "./row-values.js";

/** The columns by which the two sides of a relation find each other. */
export interface LinkColumns {
  readonly here: readonly ColumnMeta[];
  readonly there: readonly ColumnMeta[];
}

const known = new WeakMap<RelationMeta, LinkColumns>();

export function linkColumns(relation: RelationMeta): LinkColumns {
  let columns = known.get(relation);
  if (columns === undefined) {
    const links = linksOf(relation);
    columns = { here: links.map(({ here }) => here), there: links.map(({ there }) => there) };
    known.set(relation, columns);
  }
  return columns;
}

/** The key that a row has in some columns, a list for several; null where one of them is NULL. */
export function keyIn(row: object, columns: readonly ColumnMeta[]): LinkKey {
  if (columns.length === 1) return valueOf(row as StatefulRow, columns[0] as ColumnMeta);
  const key: unknown[] = [];
  for (const column of columns) {
    const value = valueOf(row as StatefulRow, column);
    if (value === null) return null;
    key.push(value);
  }
  return key;
}

function valueOf(row: StatefulRow, column: ColumnMeta): unknown {
  const value = currentValue(row, column);
  if (value !== undefined) return value;
  // Says, by the guard that stands before it, what to do about a column that was left out.
  if (row["isSparse"] === true || row[LEFT_OUT]?.includes(column) === true) return row[column.field] ?? null;
  return null;
}

/** Something equal for equal keys. */
export function identityOf(key: LinkKey): unknown {
  if (typeof key !== "object" || key === null) return key;
  if (Array.isArray(key)) return key.map((part) => typeof part + spelled(part)).join("\0");
  return spelled(key);
}

function spelled(value: unknown): string {
  if (value instanceof Date) return String(value.getTime());
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

/** Throws for a row at which nothing in the database can point. */
export function checkSaved(row: object, columns: readonly ColumnMeta[], name: string): void {
  if (columns.every((column) => currentValue(row, column) === undefined)) {
    throw new FieldError(
      `${(row as StatefulRow)[META].name}.${name}: this row has no key, so nothing can point at it: it was never saved, ` +
        `or it was deleted.`,
    );
  }
}
