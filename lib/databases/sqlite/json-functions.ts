import { canonicalJson } from "../../util/canonical-json.js";
import type { SqliteDatabase } from "./face.js";

type Text = string | null;

/** What SQLite cannot say of JSON: whether values are equal, and whether one holds another. */
export function registerJson(database: SqliteDatabase): void {
  const define = (name: string, call: (...values: never[]) => unknown): void => {
    database.function(name, { deterministic: true }, call);
  };
  define("dunder_json", (x: Text) => (x === null ? null : canonicalJson(JSON.parse(x))));
  define("dunder_json_contains", (x: Text, held: Text) => {
    if (x === null || held === null) return null;
    return Number(containsAtTop(JSON.parse(x), JSON.parse(held)));
  });
}

/** PostgreSQL's `@>`: an array holds a value that is one of its items, but only where the array is the whole. */
function containsAtTop(whole: unknown, held: unknown): boolean {
  if (Array.isArray(whole) && (held === null || typeof held !== "object")) return whole.includes(held);
  return contains(whole, held);
}

function contains(whole: unknown, held: unknown): boolean {
  if (Array.isArray(held)) {
    return Array.isArray(whole) && held.every((item) => whole.some((candidate) => contains(candidate, item)));
  }
  if (held === null || typeof held !== "object") return whole === held;
  if (whole === null || typeof whole !== "object" || Array.isArray(whole)) return false;
  return Object.entries(held).every(([key, item]) => {
    return Object.hasOwn(whole, key) && contains((whole as Record<string, unknown>)[key], item);
  });
}
