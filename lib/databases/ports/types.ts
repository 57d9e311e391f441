import type { ColumnType } from "../../fields/column-type.js";

/** Turns a field's JavaScript value (never null) into what the driver binds. */
export type Encode = (value: unknown) => unknown;
/** Turns what the driver read (never null) into the field's JavaScript value. */
export type Decode = (value: unknown) => unknown;

/** How an engine declares, binds and reads each kind of column. */
export interface EngineTypes {
  /** The column's SQL type, collation included: "varchar(100)", `text COLLATE "C"`. */
  sqlType(type: ColumnType): string;
  /** null: bind the value as it is. */
  encoder(type: ColumnType): Encode | null;
  /** null: the driver's value is right as it is. */
  decoder(type: ColumnType): Decode | null;
  /** True where reading this column needs `Statement.wideIntegers`. */
  isWide(type: ColumnType): boolean;
}
