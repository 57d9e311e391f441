// Runs the behaviour suite on engines, drivers and versions that are not installed here: packages of npm's in a cache of their own
// (~/.cache/dunder-orm-matrix, or DUNDER_MATRIX_CACHE), packages of Debian's unpacked into a temporary folder. The project and
// the rest of the system stay as they are. The rows are in scripts/matrix/rows.ts.
// What cannot be had is skipped, and said so; with --required that is a failure. What a driver lacks is counted by its name, apart
// from what fails.
// Usage: npm run test:matrix -- [--required] [name of a row …] [-- arguments of vitest, such as spec/behaviour/rows]
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LacksReport } from "../spec/support/lacks-reporter.js";
import { NotToBeHad, unpackDebianPackages, unpackedProgram } from "../spec/support/servers/debian-programs.js";
import { runCommand } from "../spec/support/servers/run-command.js";
import { installPackages } from "./matrix/packages.js";
import { type MatrixRow, type Places, ROWS } from "./matrix/rows.js";

type Outcome = "passed" | "failed" | "skipped";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];

async function runRow(row: MatrixRow, vitest: readonly string[]): Promise<Outcome> {
  const scratch = mkdtempSync(join(tmpdir(), "dunder-matrix-"));
  // The servers' accounts are not ours.
  chmodSync(scratch, 0o755);
  try {
    const places = await obtain(row, scratch);
    await row.prepare?.(places);
    await runSpecs(row, places, vitest);
    return judge(row, reportFile(places));
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    console.warn(`\n*** SKIPPED ${row.name}: it cannot be had here, and nothing was tested on it: ${error.message}\n`);
    lines.push(`${row.name}: SKIPPED, it cannot be had here`);
    return "skipped";
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function obtain(row: MatrixRow, scratch: string): Promise<Places> {
  const programs = join(scratch, "programs");
  mkdirSync(programs);
  const modules = row.npm === undefined ? join(root, "node_modules") : await installPackages(row.name, row.npm);
  if (row.debian !== undefined) await unpackDebianPackages(programs, row.debian.suite, row.debian.packages);
  if (row.program !== undefined) {
    const { command, args } = unpackedProgram(programs, row.program);
    console.log(`${row.name}: ${(await runCommand(command, [...args, "--version"])).trim()}`);
  }
  return { modules, programs, scratch };
}

const reportFile = ({ scratch }: Places): string => join(scratch, "report.json");

function runSpecs(row: MatrixRow, places: Places, vitest: readonly string[]): Promise<unknown> {
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const { modules } = places;
  const node = row.hasNode === true ? join(modules, ".bin/node") : process.execPath;
  const aliases = Object.entries(row.aliases ?? {}).map(([name, file]) => [name, join(modules, file)]);
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => row.unset?.includes(name) !== true),
  );
  const specs = vitest.length > 0 ? vitest : row.specs;
  const without = (row.leavesOut ?? []).flatMap((path) => ["--exclude", `spec/behaviour/${path}.spec.ts`]);
  const child = spawn(node, [program, "run", "--project", "engines", "--project", "unit", ...without, ...specs], {
    cwd: root,
    env: {
      ...environment,
      ...row.environment(places),
      DUNDER_TEST_ALIASES: JSON.stringify(Object.fromEntries(aliases)),
      DUNDER_TEST_LACKS_FILE: reportFile(places),
      DUNDER_TEST_SKIP: [row.skips, process.env["DUNDER_TEST_SKIP"] ?? ""].filter((names) => names !== "").join(","),
    },
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

function judge({ name, leavesOut = [] }: MatrixRow, file: string): Outcome {
  if (!existsSync(file)) {
    lines.push(`${name}: FAILED, the specs came to no end`);
    return "failed";
  }
  const { passed, skipped, lacking, failed } = JSON.parse(readFileSync(file, "utf8")) as LacksReport;
  const refused = Object.values(lacking).reduce((sum, tests) => sum + tests, 0);
  lines.push(`${name}: ${passed} passed, ${failed.length} failed, ${refused} refused by name, ${skipped} of others`);
  if (leavesOut.length > 0) lines.push(`    left out, of what it has not: ${leavesOut.join(", ")}`);
  for (const [feature, tests] of Object.entries(lacking)) lines.push(`    lacks ${feature}: ${tests}`);
  for (const test of failed) lines.push(`    FAILED ${test}`);
  return failed.length === 0 && passed > 0 ? "passed" : "failed";
}

function readArguments(): { rows: readonly MatrixRow[]; vitest: readonly string[]; isRequired: boolean } {
  const given = process.argv.slice(2);
  const end = given.indexOf("--");
  const own = end < 0 ? given : given.slice(0, end);
  const names = own.filter((name) => name !== "--required");
  const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no row "${unknown}". Rows: ${ROWS.map(({ name }) => name).join(", ")}.`);
  }
  return {
    rows: names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name)),
    vitest: end < 0 ? [] : given.slice(end + 1),
    isRequired: own.includes("--required"),
  };
}

// The specs get the same signal; what they leave is cleared away once they have ended.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);

const { rows, vitest, isRequired } = readArguments();
for (const row of rows) counts[await runRow(row, vitest)] += 1;
for (const line of lines) console.log(line);
console.log(`matrix: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || (isRequired && counts.skipped > 0) ? 1 : 0;
