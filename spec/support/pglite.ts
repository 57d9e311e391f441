import { cp, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * The URL of an own copy of PGlite's folder, which takes less time than making another one. Copies are put beside the folder, and
 * go when that goes.
 */
export async function copyOfPglite(url: string): Promise<string> {
  const template = url.slice("pglite:".length);
  const folder = await mkdtemp(join(dirname(template), "spec-"));
  await cp(template, folder, { recursive: true });
  return `pglite:${folder}`;
}
