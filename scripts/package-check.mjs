// Packs what `npm run build` made and looks at it as its users will: publint, are-the-types-wrong, the declarations
// without our development packages, programs by `import` and by `require`, beside the installed Kysely, and what an
// import loads.
// Usage: npm run package-check
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const temporary = mkdtempSync(join(tmpdir(), "dunder-package-"));
const modules = join(temporary, "node_modules");
const installed = join(modules, "dunder-orm");

const program = `
class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 100 }),
}, { database: db }) {
  static objects = manager(this);
}
async function main() {
  await db.createTables([Note]);
  await Note.objects.create({ text: "Packed" });
  const note = await Note.objects.get({ text__icontains: "pack" });
  await db.close();
  console.log(note.text);
}
main();
`;
const names = "Database, Model, fields, manager";
const missingDriver = `
import { Database } from "dunder-orm";
try {
  await new Database("postgres://nobody@127.0.0.1:1/none").connect();
} catch (error) {
  console.log(error.message);
}
`;

/** SQL by the tag of another Kysely, whose types are not those that our declarations name. */
const foreignSql = `
interface OtherExecutor { getExecutor(): { readonly other: true } }
interface OtherSql<T> { execute(provider: OtherExecutor): Promise<{ readonly rows: T[]; readonly more?: bigint }> }
declare const other: OtherSql<{ n: number }>;
export const found: Promise<{ n: number }[]> = db.execute(other);
// @ts-expect-error SQL as text would have its values in it
export const refused = db.execute("select 1");
`;
/** Says which of Node's own modules the import of the package loads. */
const importOnly = `
const before = new Set(process.moduleLoadList);
await import("dunder-orm");
console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))));
`;
/** What an import of the package may come to, so that it takes tens of milliseconds, and all of the package unpacked. */
const MOST_BYTES = { import: 1_420_000, package: 3_100_000 };
/** Node's modules that take milliseconds to load. */
const SLOW_BUILTINS = [
  "child_process",
  "crypto",
  "dns",
  "http",
  "https",
  "net",
  "stream",
  "tls",
  "worker_threads",
  "zlib",
];

/** Runs a program to its end and returns its output; throws with everything it said. */
function run(command, args, cwd, env = process.env) {
  try {
    return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

function tool(path, ...args) {
  return run(process.execPath, [join(root, "node_modules", path), ...args], temporary);
}

function expectOutput(what, output, expected) {
  if (!output.includes(expected)) {
    throw new Error(`${what}: expected output with ${JSON.stringify(expected)}, got ${JSON.stringify(output)}`);
  }
}

function install(tarball) {
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], temporary);
  mkdirSync(join(modules, "@types"));
  // What an application with SQLite has: neither the other drivers nor their types.
  for (const name of ["kysely", "better-sqlite3", "@types/node", "undici-types"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
}

function write(name, text) {
  writeFileSync(join(temporary, name), text);
  return name;
}

function expect(holds, message) {
  if (!holds) throw new Error(message);
}

/** The files that a program loads, by Node's own report of what it could have covered. */
function filesLoadedBy(name) {
  const report = join(temporary, "coverage");
  const output = run(process.execPath, [name], temporary, { ...process.env, NODE_V8_COVERAGE: report });
  const { result } = JSON.parse(readFileSync(join(report, readdirSync(report)[0]), "utf8"));
  const itself = pathToFileURL(join(temporary, name)).href;
  const files = result.map((script) => script.url).filter((url) => url.startsWith("file:") && url !== itself);
  return { files, output };
}

function bytesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return names.map((name) => statSync(name)).reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

const checks = {
  publint: (tarball) => tool("publint/src/cli.js", "run", tarball, "--strict"),
  "are the types wrong": (tarball) =>
    tool("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only", "--no-emoji", "--no-color"),
  import: () => {
    const url = "sqlite:import.db";
    const head = `import { ${names} } from "dunder-orm";\nconst db = new Database("${url}");`;
    expectOutput("import", run(process.execPath, [write("by-import.mjs", head + program)], temporary), "Packed");
  },
  require: () => {
    const url = "sqlite:require.db";
    const head = `const { ${names} } = require("dunder-orm");\nconst db = new Database("${url}");`;
    expectOutput("require", run(process.execPath, [write("by-require.cjs", head + program)], temporary), "Packed");
  },
  testing: () => {
    const url = "sqlite:testing.db";
    const head = `import { ${names} } from "dunder-orm";\nimport { expectQueries } from "dunder-orm/testing";\nconst db = new Database("${url}");`;
    const counted = program
      .replace("await Note.objects.get(", "await expectQueries(1, () => Note.objects.get(")
      .replace('" });\n  await db.close', '" }));\n  await db.close');
    expectOutput("testing", run(process.execPath, [write("testing.mjs", head + counted)], temporary), "Packed");
    const wrong = counted
      .replace("expectQueries(1", "expectQueries(2")
      .replace("main();", "main().catch((error) => console.log(error.message));");
    expectOutput(
      "testing",
      run(process.execPath, [write("testing-wrong.mjs", head.replace("testing.db", "wrong.db") + wrong)], temporary),
      "Expected 2 queries, got 1",
    );
  },
  "beside the installed Kysely": () => {
    copyFileSync(join(root, "scripts/package-kysely.mjs"), join(temporary, "package-kysely.mjs"));
    expectOutput("Kysely", run(process.execPath, ["package-kysely.mjs"], temporary), "kinds of use");
  },
  "what an import loads": () => {
    const { files, output } = filesLoadedBy(write("import-only.mjs", importOnly));
    const ours = files.map((url) => fileURLToPath(url)).filter((path) => path.startsWith(join(installed, "dist")));
    expect(files.length === 2 && ours.length === 2, `the entry and core.js, got ${files.join("\n")}`);
    const slow = JSON.parse(output).filter((name) => SLOW_BUILTINS.includes(name.replace("NativeModule ", "")));
    expect(slow.length === 0, `load these at their first use: ${slow.join(", ")}`);
    const size = ours.reduce((sum, path) => sum + statSync(path).size, 0);
    expect(size <= MOST_BYTES.import, `they have ${size} bytes, and at most ${MOST_BYTES.import} load fast`);
  },
  "installed size": () => {
    const size = bytesIn(installed);
    expect(size <= MOST_BYTES.package, `${size} bytes unpacked, at most ${MOST_BYTES.package}`);
  },
  "the Kysely in our file": () => {
    const { version } = readManifest(join(root, "node_modules/kysely"));
    const range = readManifest(installed).dependencies.kysely;
    expect(range === `~${version}`, `types come from kysely ${range}, but ${version} is in dist/index.js`);
    expectOutput("banner", readFileSync(join(installed, "dist/core.js"), "utf8"), `Kysely ${version}`);
    const notice = readFileSync(join(root, "node_modules/kysely/LICENSE"), "utf8").trim();
    expectOutput("notices", readFileSync(join(installed, "THIRD-PARTY-NOTICES.md"), "utf8"), notice);
  },
  "missing driver": () => {
    const output = run(process.execPath, [write("missing-driver.mjs", missingDriver)], temporary);
    expectOutput("missing driver", output, "npm install pg");
  },
};
for (const typescript of ["typescript", "typescript7"]) {
  checks[`declarations, ${typescript}`] = () => {
    const head = `import { ${names} } from "dunder-orm";\nconst db = new Database("sqlite:types.db");`;
    write("consumer.mts", head + program + foreignSql);
    const flags = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--types", "node"];
    tool(`${typescript}/bin/tsc`, ...flags, "--skipLibCheck", "false", "consumer.mts");
  };
}

let failed = 0;
try {
  const packed = run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", temporary], root);
  const tarball = join(temporary, packed.trim().split("\n").at(-1));
  install(tarball);
  for (const [name, check] of Object.entries(checks)) {
    try {
      check(tarball);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.error(`FAILED  ${name}\n${error.message}`);
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
