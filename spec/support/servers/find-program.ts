import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

// A server's own programs are often in sbin, which an ordinary user's PATH lacks.
const EXTRA_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The full path of a program on the PATH, or `null`. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...EXTRA_FOLDERS];
  for (const folder of folders) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return null;
}
