import { columnType, convertText, type FieldOptions, Refusal, refuse, ScalarField } from "../../fields/index.js";
import { printable } from "../../util/printable.js";
import { onlyPostgres } from "../only-postgres.js";
import type { HstoreFieldFactory } from "../types/hstore.js";
import { quotedElement } from "../../databases/postgres/array-literal.js";
import { quotedFrom } from "../values/array-text.js";

type Pairs = Readonly<Record<string, string | null>>;

function convertPairs(value: unknown): Pairs {
  const prototype: unknown = value === null || typeof value !== "object" ? undefined : Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return refuse(`expected an object of texts such as { color: "red" }, got ${printable(value)}.`);
  }
  return Object.fromEntries(
    Object.entries(value as object).map(([key, text]: [string, unknown]) => [convertText(key), textAt(key, text)]),
  );
}

function textAt(key: string, text: unknown): string | null {
  try {
    return text === null ? null : convertText(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`the value of "${key}": ${error.message}`, { cause: error });
  }
}

function pairsText(pairs: Pairs): string {
  const written = Object.entries(pairs).map(
    ([key, text]) => `${quotedElement(key)}=>${text === null ? "NULL" : quotedElement(text)}`,
  );
  return written.join(", ");
}

/** `"a"=>"1", "b"=>NULL` */
function parsePairs(text: string): Record<string, string | null> {
  const pairs: [string, string | null][] = [];
  for (let at = 0; at < text.length;) {
    const [key, arrow] = quotedFrom(text, at);
    const isNull = text.startsWith("NULL", arrow + 2);
    const [value, end] = isNull ? [null, arrow + 6] : quotedFrom(text, arrow + 2);
    pairs.push([key, value]);
    at = end + 2;
  }
  return Object.fromEntries(pairs);
}

const HSTORE = columnType("custom", {
  customSqlType: (engine) => {
    onlyPostgres(
      engine,
      "hstoreField()",
      "fields.json<Record<string, string>>() keeps such an object on every engine.",
    );
    return "hstore";
  },
  customCodec: { toDb: (value) => pairsText(value as Pairs), fromDb: (text) => parsePairs(text as string) },
});

const kind = { kind: "hstore", family: "hstore", type: HSTORE, convert: convertPairs } as const;
const declare = (options: FieldOptions = {}): ScalarField => new ScalarField(kind, options);

/**
 * Texts by names. The extension "hstore" has it; `fields.json()` does the same on every engine, and more.
 *
 * @example
 * ```ts
 * class Dog extends Model("dog", { data: hstoreField() }) {
 *   static objects = manager(this);
 * }
 * await Dog.objects.create({ data: { breed: "collie", owner: null } });
 * await Dog.objects.filter({ data__breed__startswith: "col", data__has_key: "owner" }).all();
 * // WHERE ("data" -> 'breed') LIKE $1 AND "data" ? $2
 * ```
 */
export const hstoreField = declare as unknown as HstoreFieldFactory;
