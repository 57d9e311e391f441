import type { ColumnType, Storage } from "../../fields/column-type.js";
import { arrayLiteral, quotedElement } from "../../databases/postgres/array-literal.js";
import { postgresTypes } from "../../databases/postgres/types.js";

/** Storages whose text the driver makes something of, which within lists and ranges it does not. */
const READ: Readonly<Partial<Record<Storage, (text: string) => unknown>>> = {
  boolean: (text) => text === "t",
  binary: (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex")),
};

/** A value's decoder from the text that it is within a list or a range. */
export function decoderOf(type: ColumnType): (text: string) => unknown {
  if (type.customCodec !== null) return type.customCodec.fromDb;
  const read = READ[type.storage];
  return read ?? postgresTypes.decoder(type) ?? ((text) => text);
}

/** A value's encoder to what the driver binds. */
export function encoderOf(type: ColumnType): (value: unknown) => unknown {
  const encode = type.customCodec?.toDb ?? postgresTypes.encoder(type);
  return (value) => (value === null || encode === null ? value : encode(value));
}

/** The type of lists of a type: `varchar(20)[] COLLATE "C"`. */
export function listType(element: string): string {
  const at = element.indexOf(" COLLATE ");
  return at < 0 ? `${element}[]` : `${element.slice(0, at)}[]${element.slice(at)}`;
}

/** Writes a list of encoded elements, and lists in it. */
export function listText(values: readonly unknown[]): string {
  return arrayLiteral(values, (value) =>
    Array.isArray(value) ? listText(value) : quotedElement(JSON.stringify(value)),
  );
}
