import { areRowsOf, type ColumnMeta, currentValue, META, metaOfRow, type ModelMeta } from "../../models/index.js";
import { isSaved, savedValue, type StatefulRow } from "./row-state.js";

/** Of a new row: the model of which it extends a row that is there, by which only the rest is to be inserted. */
export const EXTENDED = Symbol("dunder.extended");

/** A row that is there, and that values of a new one say is extended: by the link to it, as a row or a key. */
export interface Extended {
  readonly model: ModelMeta;
  /** null where just the key is given. */
  readonly row: StatefulRow | null;
}

/** What values of a new row extend; null for nothing that is there. */
export function extendedIn(meta: ModelMeta, values: unknown): Extended | null {
  const { parent } = meta;
  if (parent === null || values === null || typeof values !== "object") return null;
  const given = (values as Readonly<Record<string, unknown>>)[parent.link.name];
  if (given === undefined || given === null) return extendedIn(parent.model, values);
  const isRow = areRowsOf(metaOfRow(given) ?? meta, parent.model) && metaOfRow(given) !== null;
  return { model: parent.model, row: isRow ? (given as StatefulRow) : null };
}

/** What a row that is extended has in a column; undefined where that is not known here. */
export function valueThere({ row }: Extended, column: ColumnMeta): unknown {
  if (row === null || row["isSparse"] === true) return undefined;
  const own = row[META].columns[column.index] as ColumnMeta;
  return isSaved(row) ? savedValue(row, own) : currentValue(row, own);
}

/** True for a column that a row has from one that is there: it is not to be inserted. */
export function isThere(row: object, column: ColumnMeta): boolean {
  const model = (row as StatefulRow)[EXTENDED] as ModelMeta | undefined;
  return model !== undefined && column.index < model.columns.length;
}
