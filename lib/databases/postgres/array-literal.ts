const SPECIAL = /["\\]/g;

/** Quoted, an element is taken neither for NULL nor for a list within the list. */
export function quotedElement(text: string): string {
  return `"${text.includes('"') || text.includes("\\") ? text.replace(SPECIAL, "\\$&") : text}"`;
}

/**
 * Writes a list as a PostgreSQL array, to be bound as one parameter: `{1,NULL,"a \"b\"","\\x00ff"}`. Elements that are
 * other objects than bytes are written by `other`, in JSON unless it says.
 */
export function arrayLiteral(
  values: readonly unknown[],
  other: (value: object) => string = (value) => quotedElement(JSON.stringify(value)),
): string {
  let text = "{";
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ",";
    text += element(values[index], other);
  }
  return `${text}}`;
}

function element(value: unknown, other: (value: object) => string): string {
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return quotedElement(value);
    default:
      if (value === null || value === undefined) return "NULL";
      if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString("hex")}"`;
      return other(value);
  }
}
