import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { flagsWithout } from "./spec/support/without.js";

// Specs and examples import the package by its own name, as a user does.
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const alias = {
  "dunder-orm/opentelemetry": file("lib/opentelemetry/index.ts"),
  "dunder-orm/testing": file("lib/testing/index.ts"),
  "dunder-orm": file("lib/index.ts"),
};

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["spec/{unit,sql,types,architecture}/**/*.spec.ts"],
          execArgv: flagsWithout,
          testTimeout: 10_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "engines",
          include: ["spec/{behaviour,properties,docs}/**/*.spec.ts"],
          globalSetup: ["spec/support/global-setup.ts"],
          execArgv: flagsWithout,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
