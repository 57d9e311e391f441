import { DEFINITION } from "../models/index.js";

/** A query that is run by `execute()`, on a database that it can be told. */
export function isRunnable(value: unknown): value is { using(database: unknown): { execute(): Promise<unknown> } } {
  const { using, execute } = (value ?? {}) as { readonly using?: unknown; readonly execute?: unknown };
  return typeof using === "function" && typeof execute === "function";
}

/** A model's class. */
export function isModel(value: unknown): value is { readonly objects?: unknown } {
  return typeof value === "function" && DEFINITION in value;
}
