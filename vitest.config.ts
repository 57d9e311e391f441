import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LacksReporter } from "./spec/support/lacks-reporter.js";
import { flagsWithout } from "./spec/support/without.js";

// Specs and examples import the package by its own name, as a user does: its sources, or with DUNDER_TEST_BUILT=on what
// `npm run build` has made of them.
const isBuilt = process.env["DUNDER_TEST_BUILT"] === "on";
const entry = (folder: string) =>
  fileURLToPath(new URL(isBuilt ? `dist/${folder}index.js` : `lib/${folder}index.ts`, import.meta.url));
const subpaths = [
  "berkeleydb",
  "json",
  "manager",
  "mysql",
  "opentelemetry",
  "peewee",
  "postgres",
  "session",
  "sqlite",
  "testing",
];
const alias = {
  ...Object.fromEntries(subpaths.map((name) => [`dunder-orm/${name}`, entry(`${name}/`)])),
  "dunder-orm": entry(""),
  // Other versions of packages than those that are installed, by the matrix: see scripts/test-matrix.ts.
  ...(JSON.parse(process.env["DUNDER_TEST_ALIASES"] ?? "{}") as Record<string, string>),
};

const report = process.env["DUNDER_TEST_LACKS_FILE"];

export default defineConfig({
  test: {
    ...(report !== undefined && { reporters: ["default", new LacksReporter(report)] }),
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["spec/{unit,sql,types,architecture}/**/*.spec.ts"],
          setupFiles: ["spec/support/properties.ts"],
          isolate: false,
          execArgv: flagsWithout,
          testTimeout: 10_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "engines",
          include: ["spec/{behaviour,properties,examples}/**/*.spec.ts"],
          globalSetup: ["spec/support/global-setup.ts"],
          setupFiles: ["spec/support/properties.ts"],
          // The library is loaded once for all, as in an application: a spec leaves behind no default database and no
          // lookup of its own.
          isolate: false,
          execArgv: flagsWithout,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Pages register lookups and set default databases, as users do.
        resolve: { alias },
        test: {
          name: "docs",
          include: ["spec/docs/**/*.spec.ts"],
          execArgv: flagsWithout,
          testTimeout: 30_000,
        },
      },
      {
        // Several servers each: a command of its own (npm run test:clusters).
        resolve: { alias },
        test: {
          name: "clusters",
          include: ["spec/clusters/**/*.spec.ts"],
          execArgv: flagsWithout,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
