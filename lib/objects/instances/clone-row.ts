import { NotLoadedError } from "../../errors/index.js";
import {
  columnsOfField,
  declaredFields,
  declaredName,
  type FieldMeta,
  META,
  type ModelMeta,
} from "../../models/index.js";
import { missingColumns, type StatefulRow } from "../rows/row-state.js";
import { checkValues, frozenCopy } from "../rows/row-values.js";

/** A new row with the values of another; what is a row's own (its key, version and moments of writing) it gets anew. */
export function cloneRow(row: object, changes: object): object {
  const source = row as StatefulRow;
  const meta = source[META];
  refuseUnread(source);
  checkValues(meta, changes, "clone");
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const key = meta.primaryKey.map((column) => declaredName(column.field));
  const hasKeyOfItsOwn = key.some((name) => Object.hasOwn(given, name));
  const values: Record<string, unknown> = {};
  for (const field of declaredFields(meta)) {
    const copies = key.includes(field.name) ? hasKeyOfItsOwn : isCopied(meta, field);
    if (copies && !Object.hasOwn(given, field.name)) values[field.name] = frozenCopy(source[field.name]);
  }
  const Class = meta.model as unknown as new (values: object) => object;
  return new Class({ ...values, ...given });
}

function refuseUnread(row: StatefulRow): void {
  if (row["isSparse"] === true) {
    throw new NotLoadedError(`${row.toString()}: clone needs the whole row. Load it first: await row.load().`);
  }
  const missing = [...new Set(missingColumns(row).map((column) => declaredName(column.field)))];
  if (missing.length === 0) return;
  throw new NotLoadedError(
    `${row.toString()}: clone needs the whole row, and ${missing.join(", ")} had been left out by only or defer. ` +
      `Load it first: await row.load().`,
  );
}

function isCopied(meta: ModelMeta, field: FieldMeta): boolean {
  if ("many" in field || declaredName(field.name) !== field.name) return false;
  return columnsOfField(field).every((column) => {
    const { autoNow, autoNowAdd, generatedAs } = column.options;
    return column !== meta.version && autoNow !== true && autoNowAdd !== true && generatedAs === undefined;
  });
}
