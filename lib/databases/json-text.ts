import { canonicalJson } from "../util/canonical-json.js";
import { childAt, type JsonStep } from "../util/json-shape.js";
import type { Encode } from "./ports/index.js";

/** The value that JSON text in a slot holds. */
export const parsed: Encode = (text) => JSON.parse(text as string) as unknown;

/** A part of the JSON text in a slot, as text: what stands at so many children, one in another. */
export function partOf(route: readonly number[]): Encode {
  return (text) => canonicalJson(route.reduce(childAt, parsed(text)));
}

/** A path as SQLite and MySQL write it: `$."owner"."first name"[0]`. */
export function pathText(steps: readonly JsonStep[]): string {
  return `$${steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}
