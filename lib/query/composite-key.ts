import { refuse } from "../fields/index.js";
import type { ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { keyOfRow } from "./key-operand.js";

/** Lookups of `pk` where that is a tuple, and what each compares it with: one tuple, or several. */
const LOOKUPS: Readonly<Record<string, "one" | "not" | "any">> = {
  pk: "one",
  pk__exact: "one",
  pk__ne: "not",
  pk__in: "any",
};

/** How a lookup of a composite key is asked of its columns; null for every other lookup. */
export function tupleLookup(meta: ModelMeta, name: string): "one" | "not" | "any" | null {
  return meta.primaryKey.length > 1 && Object.hasOwn(LOOKUPS, name) ? (LOOKUPS[name] ?? null) : null;
}

/** The lookups of its columns that a composite key, or a row that has it, stands for. Throws a `Refusal`. */
export function columnLookups(meta: ModelMeta, value: unknown): Record<string, unknown> {
  const names = meta.primaryKey.map((column) => column.field);
  const key: unknown = Array.isArray(value) ? value : keyOfRow(value, meta);
  if (!Array.isArray(key) || key.length !== names.length) {
    return refuse(`expected a key [${names.join(", ")}], got ${printable(value)}.`);
  }
  return Object.fromEntries(names.map((name, index) => [name, (key as unknown[])[index]]));
}

/** A list of keys, or of rows that have them. */
export function tupleList(value: unknown): readonly unknown[] {
  if (value instanceof Set) return [...(value as Set<unknown>)];
  return Array.isArray(value) ? (value as unknown[]) : refuse(`expected a list of keys, got ${printable(value)}.`);
}
