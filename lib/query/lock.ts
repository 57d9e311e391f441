import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { changed } from "./query.js";
import type { Query, RowLock } from "./tree.js";

type Switch = "nowait" | "skipLocked" | "noKey" | "share";
const OPTIONS = ["nowait", "skipLocked", "of", "noKey", "share"];

type Options = Readonly<Partial<Record<Switch, boolean>>> & { readonly of?: unknown };

/** The query with its rows locked until the transaction ends. */
export function withLock(query: Query, options: unknown): Query {
  const { name } = query.model;
  const { nowait, skipLocked, noKey, share, of } = checkOptions(name, options);
  const lock: RowLock = {
    strength: strengthOf(share === true, noKey === true),
    wait: nowait === true ? "nowait" : skipLocked === true ? "skip" : "wait",
    of: of === undefined ? null : pathsOf(name, of),
  };
  const key = `${query.key}lock ${lock.strength} ${lock.wait} ${lock.of?.join() ?? "*"};`;
  return changed(query, { key, lock });
}

function strengthOf(share: boolean, noKey: boolean): RowLock["strength"] {
  if (share) return "share";
  return noKey ? "noKeyUpdate" : "update";
}

function checkOptions(model: string, options: unknown): Options {
  if (options === undefined) return {};
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new FieldError(`${model}: selectForUpdate({ … }) takes an object of options, got ${printable(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) checkOption(model, name, value);
  const given = options as Options;
  refuseBoth(model, given, "nowait", "skipLocked");
  refuseBoth(model, given, "share", "noKey");
  return given;
}

function checkOption(model: string, name: string, value: unknown): void {
  if (!OPTIONS.includes(name)) {
    throw new FieldError(
      `${model}: selectForUpdate takes no option "${name}".${didYouMean(name, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  if (name === "of" || value === undefined || typeof value === "boolean") return;
  throw new FieldError(`${model}: selectForUpdate({ ${name} }) is true or false, got ${printable(value)}.`);
}

function refuseBoth(model: string, options: Options, one: keyof Options, other: keyof Options): void {
  if (options[one] !== true || options[other] !== true) return;
  throw new FieldError(`${model}: selectForUpdate takes ${one} or ${other}, not both.`);
}

function pathsOf(model: string, of: unknown): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(of) ? of : [of];
  const isNames = paths.length > 0 && paths.every((path) => typeof path === "string" && /^\w+$/.test(path));
  if (isNames) return paths as readonly string[];
  throw new FieldError(
    `${model}: selectForUpdate({ of }) takes "self" and paths of selectRelated(…), at least one, got ${printable(of)}.`,
  );
}
