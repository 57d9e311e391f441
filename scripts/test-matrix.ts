// Runs the engines' specs on servers that a machine has not installed: unpacked from packages of Debian's into a temporary
// folder, started on a free port by the specs themselves, stopped and deleted at the end. The rest of the system stays as it is.
// A server that cannot be had is skipped, and said so; with --required that is a failure.
// Usage: npm run test:matrix -- [--required] [name of a row …] [-- arguments of vitest, such as spec/behaviour/rows]
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NotToBeHad, unpackDebianPackages, unpackedProgram } from "../spec/support/servers/debian-programs.js";
import { runCommand } from "../spec/support/servers/run-command.js";

/** A server, and what the specs have to be told to run on it alone. */
interface MatrixRow {
  readonly name: string;
  readonly suite: string;
  readonly packages: readonly string[];
  readonly program: string;
  /** The variable that tells the specs the folder. */
  readonly variable: string;
  readonly skips: string;
}

const ROWS: readonly MatrixRow[] = [
  {
    name: "mysql",
    suite: "sid",
    packages: ["mysql-server-core", "mysql-client-core"],
    program: "usr/sbin/mysqld",
    variable: "DUNDER_TEST_MYSQL_ROOT",
    skips: "sqlite,postgres",
  },
];

type Outcome = "passed" | "failed" | "skipped";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };

async function runRow(row: MatrixRow, vitest: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), `dunder-${row.name}-programs-`));
  // The server's account is not ours.
  chmodSync(folder, 0o755);
  try {
    await unpackDebianPackages(folder, row.suite, row.packages);
    const { command, args } = unpackedProgram(folder, row.program);
    console.log(`${row.name}: ${(await runCommand(command, [...args, "--version"])).trim()}`);
    return (await runSpecs(row, folder, vitest)) === 0 ? "passed" : "failed";
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    console.warn(`\n*** SKIPPED ${row.name}: it cannot be had here, and nothing was tested on it: ${error.message}\n`);
    return "skipped";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runSpecs(row: MatrixRow, folder: string, vitest: readonly string[]): Promise<number | null> {
  const program = join(root, "node_modules/vitest/vitest.mjs");
  // A server of the machine's own that the environment names would be used in its place.
  const { DUNDER_TEST_MYSQL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [program, "run", "--project", "engines", ...vitest], {
    cwd: root,
    env: { ...environment, [row.variable]: folder, DUNDER_TEST_SKIP: row.skips },
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
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
console.log(`matrix: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || (isRequired && counts.skipped > 0) ? 1 : 0;
