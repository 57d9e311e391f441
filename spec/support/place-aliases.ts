import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Lets programs in a folder find the packages that the matrix takes in place of those installed (`DUNDER_TEST_ALIASES`). */
export async function placeAliases(folder: string): Promise<void> {
  const aliases = JSON.parse(process.env["DUNDER_TEST_ALIASES"] ?? "{}") as Record<string, string>;
  for (const [name, file] of Object.entries(aliases)) {
    const inModules = join("node_modules", name);
    const place = join(folder, inModules);
    await mkdir(dirname(place), { recursive: true });
    await symlink(file.slice(0, file.lastIndexOf(inModules) + inModules.length), place);
  }
}
