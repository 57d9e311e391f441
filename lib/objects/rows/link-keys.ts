import { FieldError } from "../../errors/index.js";
import { type AnyRelationMeta, type ColumnMeta, LEFT_OUT, linksOf, META, valueIn } from "../../models/index.js";
import type { LinkKey } from "../../query/index.js";
import type { StatefulRow } from "./row-state.js";

/** The columns by which the two sides of a relation find each other; of many-to-many those of its first step. */
export interface LinkColumns {
  readonly here: readonly ColumnMeta[];
  readonly there: readonly ColumnMeta[];
}

const known = new WeakMap<AnyRelationMeta, LinkColumns>();

export function linkColumns(relation: AnyRelationMeta): LinkColumns {
  let columns = known.get(relation);
  if (columns === undefined) {
    const links = linksOf(relation.type === "manyToMany" ? relation.hops[0] : relation);
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
  const value = valueIn(row, column);
  if (value !== undefined) return value;
  // Says, by the guard that stands before it, what to do about a column that was left out.
  if (row["isSparse"] === true || row[LEFT_OUT]?.includes(column) === true) return row[column.field] ?? null;
  return null;
}

/** What identifies the key of a row that was just read, and that nobody has changed. */
export function identityIn(row: StatefulRow, columns: readonly ColumnMeta[]): unknown {
  const [first] = columns;
  return columns.length === 1 ? identityOf(row[(first as ColumnMeta).property]) : identityOf(keyIn(row, columns));
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

/** Throws for a row at which nothing in the database can point: one that has no key, or, unless `nulls`, none but NULL. */
export function checkSaved(row: object, columns: readonly ColumnMeta[], name: string, nulls = false): void {
  const isKnown = columns.every((column) => {
    const value = valueIn(row, column);
    return value !== undefined && (nulls || value !== null);
  });
  if (isKnown) return;
  throw new FieldError(
    `${(row as StatefulRow)[META].name}.${name}: this row has no key, so nothing can point at it: it was never saved, ` +
      `or it was deleted. Save it first: await row.save().`,
  );
}
