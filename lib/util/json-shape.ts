/** One step into a JSON value: a text is a key of an object, a number an index of an array. */
export type JsonStep = string | number;

/** Keys that an engine could take for a number, or for something else than a key. */
const ODD = /^[\s\d+-]/;

/** The kinds of steps, a letter each: "k" a key, "o" a key that looks odd, "i" an index. */
export function stepKinds(steps: readonly JsonStep[]): string {
  return steps.map((step) => (typeof step === "number" ? "i" : ODD.test(step) ? "o" : "k")).join("");
}

/** What of a JSON value decides how it is asked for; all the rest of it is bound. */
export interface JsonShape {
  readonly type: "text" | "number" | "literal" | "object" | "array";
  /** What an array or an object holds, in the order of the object's sorted keys; empty where that does not matter. */
  readonly items: readonly JsonShape[];
  /** The kinds of an object's keys. */
  readonly keys: string;
}

const LETTERS = { text: "t", number: "n", literal: "l", object: "o", array: "a" } as const;

/** A value's type alone. */
export function shallowShape(value: unknown): JsonShape {
  return { type: typeOf(value), items: [], keys: "" };
}

/** A value's structure. */
export function deepShape(value: unknown): JsonShape {
  const type = typeOf(value);
  if (type === "array") return { type, items: (value as unknown[]).map(deepShape), keys: "" };
  if (type !== "object") return { type: "literal", items: [], keys: "" };
  const keys = sortedKeys(value as object);
  return { type, items: keys.map((key) => deepShape((value as Record<string, unknown>)[key])), keys: stepKinds(keys) };
}

/** Spells a shape, for a query's key. */
export function spellShape({ type, items, keys }: JsonShape): string {
  const held = items.length === 0 ? "" : `(${items.map(spellShape).join("")})`;
  return `${LETTERS[type]}${keys}${held}`;
}

function typeOf(value: unknown): JsonShape["type"] {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (value === null || typeof value === "boolean") return "literal";
  return Array.isArray(value) ? "array" : "object";
}

/** What stands at a place of a value: an item of an array, or of an object a value by its place among the sorted keys. */
export function childAt(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value[index] as unknown;
  return (value as Record<string, unknown>)[sortedKeys(value as object)[index] as string];
}

export function sortedKeys(value: object): string[] {
  return Object.keys(value).sort();
}
