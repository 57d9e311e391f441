import { ConfigurationError, NotSupportedError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import type { TransactionOptions } from "./atomic-options.js";
import type { DatabaseCore } from "./database-core.js";

const NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/;

/** Checks the settings that a transaction is to have for itself, before it is begun. */
export function checkSettings(database: DatabaseCore, { settings }: TransactionOptions): void {
  if (settings === undefined) return;
  const prototype: unknown = typeof settings === "object" && settings !== null ? Object.getPrototypeOf(settings) : 0;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ConfigurationError(
      `settings: expected an object such as { "app.tenant_id": "7" }, got ${printable(settings)}.`,
    );
  }
  const { features, label } = database.engine;
  if (features.localSettings !== true) {
    throw new NotSupportedError(`settings: ${label} has no settings that end with a transaction.`, {
      hint: "Filter by the tenant, or keep tenants in schemas of their own: db.withSchema(name, fn).",
    });
  }
  for (const [name, value] of Object.entries(settings)) checkSetting(name, value);
}

function checkSetting(name: string, value: unknown): void {
  if (!NAME.test(name) || name.length > 63) {
    throw new ConfigurationError(
      `settings: ${printable(name)} is no name of a setting: letters, digits and underscores, as in "app.tenant_id".`,
    );
  }
  const isValue = typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  if (isValue && !String(value).includes("\0")) return;
  throw new ConfigurationError(
    `settings: "${name}" takes a text without U+0000, a number or a boolean, got ${printable(value)}.`,
  );
}
