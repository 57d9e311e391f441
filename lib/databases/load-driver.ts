import { ConfigurationError } from "../errors/index.js";

/**
 * Imports an optional peer package. Throws `ConfigurationError` that says what to install when it is not there.
 *
 * @example
 * ```ts
 * const pg = await loadDriver("PostgreSQL", "pg", () => import("pg"));
 * ```
 */
export async function loadDriver<T>(label: string, packageName: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new ConfigurationError(`${label} needs the package "${packageName}", which is not installed.`, {
      cause: error,
      hint: `Run: npm install ${packageName}`,
    });
  }
}

/** Vite puts a module that throws, without a code, in the place of an optional peer that is not there. */
function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return true;
  return typeof message === "string" && /^Could not resolve ".*" imported by /.test(message);
}
