import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { columnType } from "./kinds.js";
import type { FieldKind, LookupFamily } from "./scalar-field.js";

/** A field of one's own: how its column is declared, and how values travel to it and back. */
export interface CustomFieldDefinition {
  /** The column's SQL type on an engine: "sqlite", "postgres" or "mysql". It reaches the database as written. */
  readonly sqlType: (engine: string) => string;
  /** To what the driver binds: a string, number, bigint or Uint8Array. */
  readonly toDb: (value: never) => unknown;
  /** From what the driver reads. */
  readonly fromDb: (value: never) => unknown;
  /** Gives a sentence saying what is wrong with a value, or nothing. */
  readonly validate?: (value: never) => string | null | undefined | void;
  /** Whose lookups the field has; "text" unless told otherwise. */
  readonly lookups?: LookupFamily;
}

export function customKind(definition: CustomFieldDefinition): FieldKind {
  for (const name of ["sqlType", "toDb", "fromDb"] as const) {
    if (typeof definition[name] !== "function") {
      throw new ConfigurationError(
        `fields.custom({ ${name} }): expected a function, got ${printable(definition[name])}.`,
      );
    }
  }
  const { toDb, fromDb, validate } = definition;
  return {
    kind: "custom",
    family: definition.lookups ?? "text",
    type: columnType("custom", {
      customSqlType: definition.sqlType,
      customCodec: { toDb: (value) => toDb(value as never), fromDb: (value) => fromDb(value as never) },
    }),
    convert: (value) => value,
    check: (value) => validate?.(value) || null,
  };
}
