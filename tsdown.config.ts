import { readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";
import ts from "typescript";

const latest = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const manifest = readFileSync(new URL("./node_modules/kysely/package.json", import.meta.url), "utf8");
const { version } = JSON.parse(manifest) as { version: string };

/** Leaves manuals out of our file, Kysely's and our own: declarations have them, where editors look. */
const withoutComments = {
  name: "without-comments",
  transform: {
    filter: { id: /\.[jt]s$/ },
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
  // Comments that name the file of each part would be a thirtieth of it.
  inputOptions: { experimental: { attachDebugInfo: "none" } },
  fixedExtension: false,
  // Kysely's 304 modules take Node five to ten times as long to load as this one file.
  noExternal: ["kysely"],
  banner: { js: `/*! With Kysely ${version}, (c) 2022 Sami Koskimäki, MIT: THIRD-PARTY-NOTICES.md */` },
  plugins: [withoutComments],
  // What package.json says of side effects is about the files of dist/: read for those of lib/, it would leave out modules
  // that are imported for what they register.
  treeshake: { moduleSideEffects: [{ test: /\/lib\//, sideEffects: true }] },
  external: ["@opentelemetry/api", "better-sqlite3", "pg", "pg-cursor", "mysql2", /^mysql2\//],
} satisfies UserConfig;

/** Adapters of drivers, each a file that is loaded when it is asked for. */
const LATE = "databases/(?:sqlite/drivers|postgres/pglite)/";
const REPLICAS = "databases/(?:replicas/|\\w+/replication\\.ts$)";
const extensions = ["berkeleydb", "json", "manager", "peewee", "session", "sqlite", "postgres", "mysql"];

export default defineConfig([
  {
    ...shared,
    entry: {
      index: "lib/index.ts",
      ...Object.fromEntries(extensions.map((name) => [`${name}/index`, `lib/${name}/index.ts`])),
    },
    clean: ["dist", "!dist/testing", "!dist/opentelemetry"],
    outputOptions: {
      chunkFileNames: "[name].js",
      // Extensions work on the same classes and registries as the package's own entry: all of that is one file, of which
      // each entry takes what it needs.
      advancedChunks: {
        groups: [
          {
            name: "core",
            test: new RegExp(`/(?:node_modules|lib/(?!(?:${extensions.join("|")})/|index\\.ts$|${REPLICAS}|${LATE}))`),
          },
          // Imported by databases that have some.
          { name: "replicas", test: new RegExp(`/lib/${REPLICAS}`) },
        ],
      },
    },
  },
  // These share no state with it but what is kept for the whole process.
  { ...shared, entry: { index: "lib/opentelemetry/index.ts" }, outDir: "dist/opentelemetry", clean: true, banner: {} },
  { ...shared, entry: { index: "lib/testing/index.ts" }, outDir: "dist/testing", clean: true, banner: {} },
]);
