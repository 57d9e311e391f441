/**
 * Writes a list as a PostgreSQL array, to be bound as one parameter: `{"1","a \"b\"","\\x00ff"}`. Every element is quoted,
 * so that none is taken for NULL or for a nested array.
 */
export function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(element).join(",")}}`;
}

function element(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return `"${value}"`;
  const text = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
