import type { ColumnMeta, ForeignKeyMeta } from "./meta.js";
import { metaOfRow } from "./registry.js";

/** A row's own value of a column, as it is now: for a foreign key the key, which a row assigned to it may have got since. */
export function currentValue(row: object, column: ColumnMeta): unknown {
  const holder = row as Record<PropertyKey, unknown>;
  const value = holder[column.property];
  const { relation } = column;
  if (relation === null) return value;
  const related = holder[relation.rowSlot] as object | null | undefined;
  return related === null || related === undefined ? value : (heldValue(related, relation, column) ?? value);
}

/** What a row that a foreign key points at has in the place of one of the key's columns. */
export function heldValue(related: object, relation: ForeignKeyMeta, column: ColumnMeta): unknown {
  const { columns, targetColumn, targetColumns } = relation;
  return valueIn(related, columns.length === 1 ? targetColumn : (targetColumns[columns.indexOf(column)] as ColumnMeta));
}

/** The same of a row of a subclass, which has columns of its own for the same table. */
export function valueIn(row: object, column: ColumnMeta): unknown {
  const columns = metaOfRow(row)?.columns;
  if (columns === undefined || columns[column.index] === column) return currentValue(row, column);
  if (column.constant !== undefined) return column.constant;
  return currentValue(row, columns.find(({ name }) => name === column.name) ?? column);
}
