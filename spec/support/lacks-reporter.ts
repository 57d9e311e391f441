import { writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/** What `DUNDER_TEST_LACKS_FILE` is told of a run. */
export interface LacksReport {
  readonly passed: number;
  /** Tests that do not apply: of other engines, and those that say so themselves. */
  readonly skipped: number;
  /** Tests that met a refusal, by what was refused. */
  readonly lacking: Readonly<Record<string, number>>;
  /** Names of tests, and of suites whose tests could not begin. */
  readonly failed: readonly string[];
}

/** How `databases/sqlite/drivers/lacks.ts` refuses, and PGlite's engine: whose lack, and of what. */
const REFUSAL = /(?:SQLite through [^\n]*?|PGlite) lacks: ([^\n]+?)\.(?: Use another|\s|"|$)/;
/** Where not all extensions are meant to be there. */
const ABSENT = /The server does not have (the extension \\?"[^"\\]+)/;

/**
 * Tells failures from tests that a driver cannot pass since it lacks something and says so by name, so that a run through it
 * shows all that works, and what does not with its reason.
 */
export class LacksReporter implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = { passed: 0, skipped: 0 };
    const lacking: Record<string, number> = {};
    const failed: string[] = [];
    const add = (name: string, errors: readonly unknown[], tests = 1): void => {
      const feature = errors.map(refused).find((found) => found !== null);
      if (feature === undefined || feature === null) failed.push(name);
      else lacking[feature] = (lacking[feature] ?? 0) + tests;
    };
    for (const module of modules) {
      // A file of tests of other engines only has none here.
      const errors = module.errors().filter(({ message }) => !message.startsWith("No test suite found"));
      if (errors.length > 0) add(module.relativeModuleId, errors);
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) addSuite(suite, add);
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "failed") add(`${module.relativeModuleId} > ${test.fullName}`, errorsOf(test));
        else if (state === "passed") counts.passed += 1;
        else counts.skipped += 1;
      }
    }
    for (const { message } of unhandled) failed.push(`outside of tests: ${message}`);
    writeFileSync(this.#file, JSON.stringify({ ...counts, lacking, failed } satisfies LacksReport));
  }
}

/** Its tests count as skipped; how many there are is not known to be the refusal's. */
function addSuite(suite: TestSuite, add: (name: string, errors: readonly unknown[]) => void): void {
  add(`${suite.module.relativeModuleId} > ${suite.fullName}`, suite.errors());
}

function errorsOf(test: TestCase): readonly unknown[] {
  return test.result().errors ?? [];
}

function refused(error: unknown): string | null {
  const text = textOf(error);
  const absent = process.env["DUNDER_TEST_EXTENSIONS"] === "all" ? undefined : ABSENT.exec(text)?.[1];
  return REFUSAL.exec(text)?.[1] ?? absent?.replaceAll(/["\\]/g, "") ?? null;
}

/** All that an error says, of what caused it and of what it expected, too. */
function textOf(error: unknown, depth = 0): string {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null || depth > 4) return "";
  return Object.entries({ message: (error as Error).message, ...error })
    .filter(([name]) => name !== "stack" && name !== "stacks")
    .map(([, value]) => textOf(value, depth + 1))
    .join("\n");
}
