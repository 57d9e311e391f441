import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, "../..");

/** One error of the compiler: where it stands, and all lines of what it says. */
export interface Diagnostic {
  readonly place: string;
  readonly message: string;
}

/** Checks the programs of this folder with a compiler, by the name of its package, and gives what it said. */
export async function check(compiler: "typescript" | "typescript7"): Promise<Diagnostic[]> {
  const home = dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`));
  const args = [join(home, "bin/tsc"), "--project", folder, "--pretty", "false"];
  return parse(await outputOf(args));
}

function outputOf(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    // The programs have errors on purpose, so that the exit code says nothing.
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

/** Lines such as `spec/types/refused/paths.ts(5,25): error TS2345: …`; indented ones go on with the one before. */
function parse(output: string): Diagnostic[] {
  const found: { place: string; message: string }[] = [];
  for (const line of output.split(/\r?\n/)) {
    const start = /^(?:.*\/)?((?:accepted|refused)\/[\w-]+\.ts)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line);
    const last = found.at(-1);
    if (start) found.push({ place: `${start[1]}:${start[2]}`, message: start[3] ?? "" });
    else if (line.startsWith(" ") && last) last.message += `\n${line}`;
    else if (line !== "") found.push({ place: "elsewhere", message: line });
  }
  return found;
}

/** What the refused programs ask for: by the place of the line below each `// @expect-error`, a part of its message. */
export function expected(): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const file of readdirSync(join(folder, "refused"))) {
    const lines = readFileSync(join(folder, "refused", file), "utf8").split("\n");
    lines.forEach((line, index) => {
      const part = /^\s*\/\/ @expect-error (.+)$/.exec(line)?.[1];
      // Lines count from one, and the error stands on the next.
      if (part !== undefined) places.set(`refused/${file}:${index + 2}`, part);
    });
  }
  return places;
}
