// Packs what `npm run build` made and looks at it as its users will: publint, are-the-types-wrong, the declarations
// without our development packages, and one program by `import` and by `require`.
// Usage: npm run package-check
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const temporary = mkdtempSync(join(tmpdir(), "dunder-package-"));
const modules = join(temporary, "node_modules");

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

/** Runs a program to its end and returns its output; throws with everything it said. */
function run(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
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
  const target = join(modules, "dunder-orm");
  mkdirSync(target, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"], temporary);
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
  "missing driver": () => {
    const output = run(process.execPath, [write("missing-driver.mjs", missingDriver)], temporary);
    expectOutput("missing driver", output, "npm install pg");
  },
};
for (const typescript of ["typescript", "typescript7"]) {
  checks[`declarations, ${typescript}`] = () => {
    const head = `import { ${names} } from "dunder-orm";\nconst db = new Database("sqlite:types.db");`;
    write("consumer.mts", head + program);
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
