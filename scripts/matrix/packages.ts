import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { NotToBeHad } from "../../spec/support/servers/debian-programs.js";
import { runCommand } from "../../spec/support/servers/run-command.js";

/**
 * Installs packages of npm's for a row into a folder outside of the project, or finds them there as they were asked for the last
 * time. Gives the `node_modules` with them. Throws `NotToBeHad`.
 */
export async function installPackages(row: string, packages: Readonly<Record<string, string>>): Promise<string> {
  const cache = process.env["DUNDER_MATRIX_CACHE"] ?? join(homedir(), ".cache/dunder-orm-matrix");
  const folder = join(cache, row.replace(/\W/g, "-"));
  const manifest = JSON.stringify({ private: true, dependencies: packages }, null, 2);
  const file = join(folder, "package.json");
  const done = join(folder, "installed");
  if (!existsSync(done) || readFileSync(file, "utf8") !== manifest) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, manifest);
    try {
      await runCommand("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund"]);
    } catch (cause) {
      throw new NotToBeHad((cause as Error).message, { cause });
    }
    writeFileSync(done, "");
  }
  return join(folder, "node_modules");
}
