import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

/** Refuses options that nobody reads, and what is no object of options at all. */
export function checkOptions(options: unknown, known: readonly string[], where: string): void {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new ConfigurationError(`${where}: expected an object of options, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${where} takes no option "${unknown}".${didYouMean(unknown, known)} Options: ${known.join(", ")}.`,
  );
}

/** Refuses what is not one of some words. */
export function checkWord(value: unknown, words: readonly string[], where: string): void {
  if (value === undefined || (typeof value === "string" && words.includes(value))) return;
  const choices = words.map((word) => `"${word}"`).join(", ");
  throw new ConfigurationError(`${where}: expected one of ${choices}, got ${printable(value)}.`);
}

const NAME = /^[A-Za-z_]\w{0,63}$/;

/** Refuses what cannot be the name of something on the server: of an index, a parser, a character set. */
export function checkName(name: unknown, where: string): asserts name is string {
  if (typeof name === "string" && NAME.test(name)) return;
  throw new ConfigurationError(`${where}: expected a name of letters, digits and underscores, got ${printable(name)}.`);
}

/** A field's name or several, at least one. */
export function fieldList(fields: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(fields) ? (fields as unknown[]) : [fields];
  const wrong = list.find((field) => typeof field !== "string" || field === "");
  if (list.length > 0 && wrong === undefined) return list as readonly string[];
  throw new ConfigurationError(
    `${where}: expected names of fields, got ${printable(list.length === 0 ? fields : wrong)}.`,
  );
}
