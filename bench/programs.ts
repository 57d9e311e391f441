import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bundle, ROOT } from "./bundle.js";
import { isRival } from "./contestants.js";
import type { EngineName } from "./works.js";

const RIVALS = join(ROOT, "bench", "rivals");

/** The contestants' programs as plain JavaScript: what translates TypeScript on the fly changes what it measures. */
export class Programs {
  /** Where the programs are, inside node_modules, so that they find their packages. */
  readonly folder = temporaryFolder(ROOT);
  #own: Promise<string> | null = null;
  #rivals: Promise<string> | null = null;
  #rivalsFolder: string | null = null;

  /** The file to run for a contestant. */
  file(contestant: string, engine: EngineName): Promise<string> {
    if (!isRival(contestant)) return (this.#own ??= compile("bench/contestant.ts", this.folder));
    return (this.#rivals ??= this.#rivalsProgram(engine));
  }

  async #rivalsProgram(engine: EngineName): Promise<string> {
    if (!existsSync(join(RIVALS, "node_modules"))) install();
    this.#rivalsFolder = temporaryFolder(RIVALS);
    generatePrismaClient(engine);
    return compile("bench/rivals/main.ts", this.#rivalsFolder);
  }

  remove(): void {
    for (const folder of [this.folder, this.#rivalsFolder]) {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Versions of packages, the rivals' own where asked. */
export function versionsOf(packages: readonly string[], rivals: boolean): Record<string, string> {
  const require = createRequire(rivals ? join(RIVALS, "package.json") : import.meta.url);
  const versionOf = (name: string) => {
    const folder = require.resolve.paths(name)?.find((path) => existsSync(join(path, name, "package.json")));
    return (require(join(folder ?? "", name, "package.json")) as { version: string }).version;
  };
  return Object.fromEntries(packages.map((name) => [name, versionOf(name)]));
}

function temporaryFolder(project: string): string {
  mkdirSync(join(project, "node_modules"), { recursive: true });
  return mkdtempSync(join(project, "node_modules", ".dunder-bench-"));
}

async function compile(entry: string, folder: string): Promise<string> {
  await bundle({ program: entry }, folder);
  return join(folder, "program.js");
}

function install(): void {
  console.log("Installing the rivals into bench/rivals/node_modules (npm ci; some minutes the first time) …");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Prisma's client is generated for one engine, from our schema with that engine's name in it. */
function generatePrismaClient(engine: EngineName): void {
  run(process.execPath, ["prisma-client.mjs", engine]);
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: RIVALS, encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(" ")} failed in bench/rivals:\n${stdout}\n${stderr}`, { cause: error });
}
