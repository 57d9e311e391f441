import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["lib/index.ts"],
  format: "esm",
  platform: "node",
  target: "node20.19",
  tsconfig: "tsconfig.build.json",
  // tsc writes the declarations (npm run build): a bundler renames type parameters, and editors would show "T$1".
  dts: false,
  clean: true,
  sourcemap: true,
  // One readable file an entry: names stay as they are written, so stack traces and console.log show them.
  minify: false,
  fixedExtension: false,
  external: ["kysely", "better-sqlite3", "pg", "pg-cursor", "mysql2", /^mysql2\//],
});
