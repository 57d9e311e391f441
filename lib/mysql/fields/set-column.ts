import { quoteText } from "../../databases/mysql/schema.js";
import { ConfigurationError } from "../../errors/index.js";
import { columnType, type FieldOptions, refuse, ScalarField } from "../../fields/index.js";
import { printable } from "../../util/printable.js";
import { numberBits } from "../lookups/masks.js";
import type { SetColumn } from "../types/masks.js";
import { mysqlType } from "./integers.js";

const MOST_WORDS = 64;

function declareSet(values: unknown, options: FieldOptions = {}): ScalarField {
  const words = checkWords(values);
  const bit = new Map(words.map((word, at) => [word, 1n << BigInt(at)]));
  const sqlType = `set(${words.map(quoteText).join(", ")}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
  const type = columnType("custom", {
    customSqlType: mysqlType("setColumn(…)", sqlType, "fields.json<string[]>() keeps a list of texts on every engine."),
    customCodec: {
      toDb: (value) => (value as readonly string[]).join(","),
      fromDb: (text) => (text === "" ? [] : (text as string).split(",")),
    },
  });
  numberBits(type, (value) => inOrder(value).reduce((mask, word) => mask | (bit.get(word) as bigint), 0n));
  /** Each once, in the order in which they are listed: so the server gives them. */
  const inOrder = (value: unknown): string[] => {
    const given: readonly unknown[] | null = Array.isArray(value) ? (value as unknown[]) : null;
    if (given === null) return refuse(`expected a list of words, got ${printable(value)}.`);
    const other = given.find((word) => typeof word !== "string" || !bit.has(word));
    if (other !== undefined || given.includes(undefined)) {
      return refuse(`${printable(other)} is not one of ${words.map((word) => `"${word}"`).join(", ")}.`);
    }
    return words.filter((word) => given.includes(word));
  };
  return new ScalarField({ kind: "setColumn", family: "words", type, convert: inOrder }, options);
}

function checkWords(values: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(values) ? (values as unknown[]) : [];
  const isRight = list.length > 0 && list.length <= MOST_WORDS && new Set(list).size === list.length;
  if (!isRight || list.some((word) => typeof word !== "string" || word === "")) {
    throw new ConfigurationError(
      `setColumn(words): expected different texts, ${MOST_WORDS} at most, got ${printable(values)}.`,
    );
  }
  const odd = (list as readonly string[]).find((word) => word.includes(",") || word.endsWith(" "));
  if (odd === undefined) return list as readonly string[];
  throw new ConfigurationError(
    `setColumn(words): MySQL keeps no word with a comma in it, and drops a space at its end: ${printable(odd)}.`,
  );
}

/**
 * Any of some words, each once, in a column of MySQL's type for it, which keeps a bit for each: up to 64 of them. Values
 * are lists, in the order in which the words are declared.
 *
 * @example
 * ```ts no-run
 * class Room extends Model("room", { has: setColumn(["bath", "desk", "view"], { default: () => [] }) }) {
 *   static objects = manager(this);
 * }
 * // `has` set('bath', 'desk', 'view') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
 * await Room.objects.filter({ has__contains: ["bath", "view"], has__len__lt: 3 }).all();
 * ```
 * @throws ConfigurationError for what is no list of different words; NotSupportedError, by `createTables`, on other engines.
 */
export const setColumn: SetColumn = declareSet as never;
