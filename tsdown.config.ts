import { readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";
import ts from "typescript";

const KYSELY = "/node_modules/kysely/";
const latest = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const manifest = readFileSync(new URL(`.${KYSELY}package.json`, import.meta.url), "utf8");
const { version } = JSON.parse(manifest) as { version: string };

/** Leaves Kysely's manual, half of its text, out of our file. */
const bareKysely = {
  name: "bare-kysely",
  transform: {
    filter: { id: new RegExp(KYSELY) },
    handler: (code: string) =>
      ts.transpileModule(code, { compilerOptions: { ...latest, removeComments: true } }).outputText,
  },
};

const shared = {
  format: "esm",
  platform: "node",
  target: "node20.19",
  tsconfig: "tsconfig.build.json",
  // tsc writes the declarations (npm run build): a bundler renames type parameters, and editors would show "T$1".
  dts: false,
  // One readable file an entry: names stay as they are written, so stack traces and console.log show them, and a map
  // larger than the file would add nothing.
  sourcemap: false,
  minify: false,
  fixedExtension: false,
  // Kysely's 304 modules take Node five to ten times as long to load as this one file.
  noExternal: ["kysely"],
  banner: { js: `/*! With Kysely ${version}, (c) 2022 Sami Koskimäki, MIT: THIRD-PARTY-NOTICES.md */` },
  plugins: [bareKysely],
  external: ["@opentelemetry/api", "better-sqlite3", "pg", "pg-cursor", "mysql2", /^mysql2\//],
} satisfies UserConfig;

// Each by itself, so that none is a part of another, and the package's own file stays one.
export default defineConfig([
  { ...shared, entry: { index: "lib/index.ts" }, clean: ["dist", "!dist/testing", "!dist/opentelemetry"] },
  { ...shared, entry: { index: "lib/opentelemetry/index.ts" }, outDir: "dist/opentelemetry", clean: true, banner: {} },
  { ...shared, entry: { index: "lib/testing/index.ts" }, outDir: "dist/testing", clean: true, banner: {} },
]);
