import { NotToBeHad } from "../../support/servers/debian-programs.js";
import { findProgram } from "../../support/servers/find-program.js";
import { runCommand } from "../../support/servers/run-command.js";

const APT = { env: { DEBIAN_FRONTEND: "noninteractive" } };
/** Two spec files may want packages at the same time. */
const WAIT = ["-o", "DPkg::Lock::Timeout=120"];

/**
 * The full path of a program, of one of the system's packages: installed with apt-get where it is missing and we are root, as
 * MariaDB is for the other specs. Throws `NotToBeHad`, which names the package.
 */
export async function systemProgram(name: string, debianPackage: string): Promise<string> {
  const found = findProgram(name);
  if (found !== null) return found;
  await installPackages(debianPackage);
  const installed = findProgram(name);
  if (installed === null) throw new NotToBeHad(`Debian's package ${debianPackage} has no program ${name}`);
  return installed;
}

/** Installs packages of the system's own release. */
export async function installPackages(...packages: readonly string[]): Promise<void> {
  const apt = findProgram("apt-get");
  if (apt === null || process.getuid?.() !== 0) {
    throw new NotToBeHad(`it needs ${packages.join(", ")} (on Debian: apt-get install ${packages.join(" ")})`);
  }
  console.log(`Installing ${packages.join(", ")} with apt-get …`);
  const install = [...WAIT, "install", "-y", "--no-install-recommends", ...packages];
  try {
    await runCommand(apt, install, APT);
  } catch {
    // The package lists of a fresh machine are empty or old.
    try {
      await runCommand(apt, ["update"], APT);
      await runCommand(apt, install, APT);
    } catch (cause) {
      throw new NotToBeHad(`apt-get could not install ${packages.join(", ")}: ${(cause as Error).message}`, { cause });
    }
  }
}
