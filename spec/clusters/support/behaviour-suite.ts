import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const RUNNER = join(root, "node_modules/vitest/vitest.mjs");
const isWhole = process.env["DUNDER_TEST_SUITE"] === "whole";

/** Where the suite runs: on one server, with the other engines left out. */
export interface SuiteTarget {
  readonly engine: "postgres" | "mysql";
  readonly url: string;
  /** Folders and files of spec/behaviour that are run each time; DUNDER_TEST_SUITE=whole runs all of it. */
  readonly part: readonly string[];
  /** Patterns of files in spec/behaviour that are left out. */
  readonly exclude?: readonly string[];
  /** Tests of other files that are left out, by their titles. */
  readonly without?: readonly string[];
  /** Variables of the environment beside. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface SuiteResult {
  readonly passed: number;
  readonly failed: readonly string[];
  /** What the runner printed. */
  readonly output: string;
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** How long the suite may take. */
export const SUITE_TIMEOUT = isWhole ? 5_400_000 : 240_000;

/** Runs specs of the behaviour suite on a server, in a runner of its own, and tells how they went. */
export async function runBehaviour({
  engine,
  url,
  part,
  exclude = [],
  without = [],
  env = {},
}: SuiteTarget): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), "dunder-suite-"));
  const report = join(folder, "report.json");
  const [variable, skipped] =
    engine === "postgres" ? ["DUNDER_TEST_POSTGRES", "sqlite,mysql"] : ["DUNDER_TEST_MYSQL", "sqlite,postgres"];
  const args = ["run", "--project=engines", "--reporter=json", `--outputFile.json=${report}`];
  if (isWhole) args.push("--reporter=default");
  args.push(...(isWhole ? ["spec/behaviour"] : part.map((name) => `spec/behaviour/${name}`)));
  for (const name of exclude) args.push("--exclude", `spec/behaviour/${name}`);
  if (without.length > 0) args.push(`--testNamePattern=^(?!.* (?:${without.map(escaped).join("|")})$)`);
  // Its own workers must not take themselves for this runner's.
  const { VITEST: _, VITEST_POOL_ID: _id, VITEST_WORKER_ID: _worker, VITEST_MODE: _mode, ...environment } = process.env;
  try {
    const output = await run(args, { ...environment, ...env, [variable]: url, DUNDER_TEST_SKIP: skipped });
    return resultOf(readReport(report, output), output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const escaped = (title: string): string => title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [RUNNER, ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said.push(chunk);
      // So long a run tells how far it is, and what it hangs in.
      if (isWhole) process.stderr.write(chunk);
    });
  }
  const end = () => void child.kill("SIGTERM");
  process.once("exit", end);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      process.removeListener("exit", end);
      resolve(Buffer.concat(said).toString());
    });
  });
}

function readReport(file: string, output: string): Report {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch (cause) {
    throw new Error(`The suite wrote no report. It said:\n${output.slice(-4000)}`, { cause });
  }
}

function resultOf(report: Report, output: string): SuiteResult {
  const failed = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0 && status === "failed") return [`${name}: ${message}`];
    return tests.map((test) => `${name}: ${test.fullName}\n${test.failureMessages.join("\n").slice(0, 1500)}`);
  });
  return { passed: report.numPassedTests, failed, output };
}
