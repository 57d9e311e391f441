import { sortedKeys } from "./json-shape.js";

/** JSON text that is the same for equal values: keys sorted, nothing between. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = sortedKeys(value).map((key) => {
    return `${JSON.stringify(key)}:${canonicalJson((value as Record<string, unknown>)[key])}`;
  });
  return `{${entries.join(",")}}`;
}
