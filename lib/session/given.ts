import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

const OPTIONS = ["autoflush", "expireOnCommit", "changeLog", "transaction"];

/** Throws for options of a session that make no sense. */
export function checkOptions(options: unknown): void {
  if (options === null || typeof options !== "object") {
    throw new ConfigurationError(`new Session(engine, options) takes an object of options, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `new Session(engine) takes no option "${unknown}".${didYouMean(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  for (const name of ["autoflush", "expireOnCommit", "changeLog"]) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && typeof value !== "boolean") {
      throw new ConfigurationError(`new Session(engine, { ${name} }) takes true or false, got ${printable(value)}.`);
    }
  }
}

/** Throws for what a method of a session cannot run. */
export function checkFunction(work: unknown, method: string): void {
  if (typeof work === "function") return;
  throw new ConfigurationError(`session.${method}(fn) takes a function, got ${printable(work)}.`);
}
