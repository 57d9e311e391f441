import { sqliteFunctions } from "../databases/sqlite/expressions.js";
import { ConfigurationError, FieldError } from "../errors/index.js";
import { Refusal } from "../fields/index.js";
import { operandOfKind } from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import type { Kinds } from "../types/expressions.js";
import { printable } from "../util/printable.js";

/** The name of a kind of field, whose values a function takes or gives. */
export type KindName = keyof Kinds;
/** What a function is called with: of each kind a value, or null. */
export type ValuesOf<A extends readonly KindName[]> = { -readonly [I in keyof A]: Kinds[A[I]][0] | null };

export function operandNamed(kind: unknown, where: string, scale: number | null = null): Operand {
  try {
    return operandOfKind(kind, scale ?? (kind === "decimal" ? 30 : null));
  } catch (error) {
    throw error instanceof Refusal ? new ConfigurationError(`${where}: ${error.message}`) : error;
  }
}

/** From what SQLite has to what a function takes. */
export function reader({ type, family }: Operand): (value: unknown) => unknown {
  if (type.storage === "decimal") return (value) => (value === null ? null : `${value as string}`);
  const decode = sqliteFunctions.decodeResult(type);
  if (decode === null) return family === "text" ? textOf : (value) => value;
  return (value) => (value === null ? null : decode(value));
}

function textOf(value: unknown): unknown {
  return value === null || value instanceof Uint8Array ? value : `${value as string}`;
}

/** From what a function gives to what SQLite has; throws {@link FieldError} for a value of another kind. */
export function writer({ type, convert }: Operand, where: string): (value: unknown) => unknown {
  const encode = sqliteFunctions.encodeLiteral(type);
  return (value) => {
    if (value === null || value === undefined) return null;
    if (value instanceof Promise) {
      throw new FieldError(
        `${where} gave a promise, and SQLite cannot wait. Work it out at once, or outside the query.`,
      );
    }
    const converted = converting(convert, value, where);
    return encode === null ? converted : encode(converted);
  };
}

function converting(convert: Operand["convert"], value: unknown, where: string): unknown {
  try {
    return convert(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new FieldError(`${where} gave ${printable(value)}: ${error.message}`, { cause: error });
  }
}
