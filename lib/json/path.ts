import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";

/** A step into JSON: a text is a key of an object, a number an index of an array. */
type Step = string | number;

/** No array has more items: engines go no further. */
const LAST_INDEX = 2 ** 31 - 1;
const BROKEN = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** A path: a list of keys and indexes, or a single one. */
export function stepsOf(path: unknown, where: string): readonly Step[] {
  const steps: readonly unknown[] = Array.isArray(path) ? (path as unknown[]) : [path];
  return steps.map((step) => checked(step, where));
}

function checked(step: unknown, where: string): Step {
  if (typeof step === "number" && Number.isInteger(step) && step >= 0) return Math.min(step, LAST_INDEX);
  if (typeof step !== "string") {
    throw new FieldError(
      `${where}: a path is a list of keys, which are texts, and of indexes from 0 upwards, such as ["tags", 0]; got ` +
        `${printable(step)} in it.`,
    );
  }
  if (!BROKEN.test(step)) return step;
  throw new FieldError(
    `${where}: a key of JSON holds a character that not every engine stores (U+0000 or half a surrogate pair).`,
  );
}

/** A path as SQLite and MySQL write it, and PostgreSQL behind "strict": `$."owner"."first name"[0]`. */
export function pathText(steps: readonly Step[]): string {
  return `$${steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}

/** What of a path decides on the SQL: "k" a key, "i" an index, "h" a key that begins with a hyphen. */
export function kindsOf(steps: readonly Step[]): string {
  return steps.map((step) => (typeof step === "number" ? "i" : step.startsWith("-") ? "h" : "k")).join("");
}
