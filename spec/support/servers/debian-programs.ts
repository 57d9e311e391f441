import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./find-program.js";
import { runCommand } from "./run-command.js";

/** Programs that this machine cannot get: nothing that a test could have found out has failed. */
export class NotToBeHad extends Error {
  override readonly name = "NotToBeHad";
}

/** How to run a program that was unpacked into a folder of its own. */
export interface UnpackedProgram {
  readonly command: string;
  readonly args: readonly string[];
}

const KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** What sources may call the release that they are of. */
const RELEASES = ["stable", "testing", "unstable", "sid"];

/**
 * Unpacks packages of a release of Debian, with all that they need, into an empty folder, which the system's own packages know
 * nothing of. They come from the mirror that the system's sources name. Throws `NotToBeHad`, which says why.
 */
export async function unpackDebianPackages(folder: string, suite: string, packages: readonly string[]): Promise<void> {
  for (const program of ["apt-get", "dpkg"]) {
    if (findProgram(program) === null) throw new NotToBeHad(`there is no ${program} here`);
  }
  const apt = join(folder, "apt");
  const configuration = await privateApt(apt, suite);
  const env = { APT_CONFIG: configuration, DEBIAN_FRONTEND: "noninteractive" };
  const download = ["install", "-y", "--download-only", "--no-install-recommends", ...packages];
  try {
    await runCommand("apt-get", ["update"], { env });
    await runCommand("apt-get", download, { env });
  } catch (cause) {
    throw new NotToBeHad((cause as Error).message, { cause });
  }
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    mkdirSync(join(folder, "usr", name), { recursive: true });
    symlinkSync(join("usr", name), join(folder, name));
  }
  const archives = join(apt, "cache/archives");
  for (const file of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
    await runCommand("dpkg", ["-x", join(archives, file), folder]);
  }
}

/** A program in such a folder, run with the libraries there: the system's may be too old for it. */
export function unpackedProgram(folder: string, path: string): UnpackedProgram {
  const libraries = join(folder, "usr/lib");
  for (const name of readdirSync(libraries)) {
    const machine = join(libraries, name);
    const loader = name.includes("-linux-")
      ? readdirSync(machine).find((file) => /^ld-linux.*\.so/.test(file))
      : undefined;
    if (loader === undefined) continue;
    return { command: join(machine, loader), args: ["--library-path", machine, join(folder, path)] };
  }
  throw new Error(`${folder} has no loader of programs in usr/lib.`);
}

/** Puts a script in such a program's place that runs it so: for programs that start each other by their names. */
export function startableByName(folder: string, path: string): void {
  const moved = `${path}.program`;
  renameSync(join(folder, path), join(folder, moved));
  const { command, args } = unpackedProgram(folder, moved);
  const words = [command, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  writeFileSync(join(folder, path), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
}

/** State of apt's that is apart from the system's; gives its configuration. */
async function privateApt(apt: string, suite: string): Promise<string> {
  if (!existsSync(KEYS)) throw new NotToBeHad("there are no keys of Debian's archive here");
  for (const name of ["lists/partial", "cache/archives/partial", "etc"])
    mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, "status"), "");
  writeFileSync(join(apt, "etc/sources.list"), `deb [signed-by=${KEYS}] ${await systemMirror()} ${suite} main\n`);
  const settings = {
    "Dir::Etc::sourcelist": "etc/sources.list",
    "Dir::State::lists": "lists",
    "Dir::State::status": "status",
    "Dir::Cache": "cache",
  };
  const lines = Object.entries(settings).map(([name, path]) => `${name} "${join(apt, path)}";`);
  lines.push('Dir::Etc::sourceparts "-";', 'Debug::NoLocking "1";', 'APT::Sandbox::User "root";', "");
  const file = join(apt, "apt.conf");
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** Where the system gets the release of Debian from that it is. */
async function systemMirror(): Promise<string> {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const listed = await runCommand("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
  ]);
  for (const line of listed.split("\n")) {
    const [mirror, release = "", component] = line.split(" ");
    const isOwn = release === codename || RELEASES.includes(release);
    if (mirror !== undefined && component === "main" && isOwn) return mirror;
  }
  throw new NotToBeHad("the system's sources name no mirror of Debian's");
}
