import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { NotToBeHad } from "../../support/servers/debian-programs.js";
import { findProgram } from "../../support/servers/find-program.js";
import { runCommand } from "../../support/servers/run-command.js";
import { systemProgram } from "./programs.js";

const PLUGINS = "usr/lib/mysql/plugin";
const PACKAGE = "mariadb-plugin-spider";

/**
 * The folder of MariaDB's plugins with Spider among them: the system's, or one that the package was unpacked into beside it,
 * which goes when the spec file ends.
 */
export async function spiderPlugins(): Promise<string> {
  await systemProgram("mariadbd", "mariadb-server");
  const installed = join("/", PLUGINS);
  if (existsSync(join(installed, "ha_spider.so"))) return installed;
  for (const program of ["apt-get", "dpkg"]) {
    if (findProgram(program) === null) throw new NotToBeHad(`it needs ${PACKAGE}, and there is no ${program} here`);
  }
  const folder = mkdtempSync(join(tmpdir(), "dunder-spider-"));
  // The server's account is not ours.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  afterAll(remove);
  // Of the release that the server is of, or it would not load.
  const download = () => runCommand("/bin/sh", ["-c", 'cd "$0" && apt-get download "$1"', folder, PACKAGE]);
  try {
    await download().catch(async () => {
      // The package lists of a fresh machine are empty or old.
      await runCommand("apt-get", ["update"]);
      return download();
    });
  } catch (cause) {
    throw new NotToBeHad(`Debian's package ${PACKAGE}: ${(cause as Error).message}`, { cause });
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    await runCommand("dpkg", ["-x", join(folder, file), folder]);
  }
  return join(folder, PLUGINS);
}
