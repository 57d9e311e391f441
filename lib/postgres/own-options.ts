import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

/** Refuses options that nobody reads, and what is no object of options at all. */
export function checkKnown(options: unknown, known: readonly string[], where: string): void {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new ConfigurationError(`${where}: expected an object of options, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${where} takes no option ${printable(unknown)}.${didYouMean(unknown, known)} Options: ${known.join(", ")}.`,
  );
}

/** Refuses an option that is neither left out nor true or false. */
export function checkFlags(options: object, names: readonly string[], where: string): void {
  for (const name of names) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined || typeof value === "boolean") continue;
    throw new ConfigurationError(`${where}: ${name} is true or false, got ${printable(value)}.`);
  }
}
