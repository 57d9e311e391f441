import type { ColumnType, Storage } from "../fields/column-type.js";

/** A column type of a storage with nothing said beyond it. */
export function typeOf(storage: Storage): ColumnType {
  const nothing = { maxLength: null, precision: null, scale: null, collation: null };
  return Object.freeze({ storage, ...nothing, customSqlType: null, customCodec: null });
}

export const FLOAT = typeOf("float");
export const DATETIME = typeOf("datetime");

/** 64-bit whole numbers that were worked out are told from columns of 32 bits by their precision. */
export function isWhole64({ storage, precision }: ColumnType): boolean {
  return storage === "bigInteger" || storage === "duration" || (storage === "integer" && precision !== null);
}

/** Whole numbers of any size, and lengths of time. */
export function isWhole({ storage }: ColumnType): boolean {
  return storage === "integer" || storage === "smallInteger" || storage === "bigInteger" || storage === "duration";
}

export function isDecimal({ storage }: ColumnType): boolean {
  return storage === "decimal";
}

export function isText({ storage }: ColumnType): boolean {
  return storage === "string" || storage === "text";
}
