import { printable } from "../util/printable.js";
import { convertText } from "./convert-text.js";
import { refuse } from "./refusal.js";

/** A value that JSON can hold without losing anything: what `JSON.parse(JSON.stringify(value))` gives back equal. */
export function convertJson(value: unknown): unknown {
  check(value, "$", new Set());
  return value;
}

function check(value: unknown, path: string, above: Set<object>): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return checkText(value, path);
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object") return refuse(`JSON cannot hold ${printable(value)} at ${path}.`);
  if (above.has(value)) return refuse(`the value contains itself at ${path}.`);
  above.add(value);
  if (Array.isArray(value)) value.forEach((item, index) => check(item, `${path}[${index}]`, above));
  else checkObject(value, path, above);
  above.delete(value);
}

function checkObject(value: object, path: string, above: Set<object>): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") return;
    return refuse(`JSON cannot hold ${printable(value)} at ${path}.`);
  }
  for (const [key, item] of Object.entries(value)) {
    checkText(key, path);
    // A key whose value is undefined is left out, as JSON.stringify does.
    if (item !== undefined) check(item, `${path}.${key}`, above);
  }
}

function checkText(text: string, path: string): void {
  try {
    convertText(text);
  } catch {
    refuse(`the text at ${path} holds a character that not every engine stores (U+0000 or half a surrogate pair).`);
  }
}

export function convertBinary(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) return refuse(`expected a Uint8Array, got ${printable(value)}.`);
  // A Buffer is equal to no Uint8Array that comes back from a database.
  return Object.getPrototypeOf(value) === Uint8Array.prototype ? value : new Uint8Array(value);
}

export function convertBoolean(value: unknown): boolean {
  if (typeof value !== "boolean") return refuse(`expected true or false, got ${printable(value)}.`);
  return value;
}
