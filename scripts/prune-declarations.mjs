// Of the declarations that tsc writes for every module, the package ships those that its entries lead to: what stands
// behind the others cannot be imported.
import { readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

const folder = resolve("dist");
const reached = new Set();

function reach(file) {
  if (reached.has(file)) return;
  reached.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
    if (fileName.startsWith(".")) reach(join(dirname(file), fileName.replace(/\.js$/, ".d.ts")));
  }
}

function prune(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) prune(inner);
    else if (inner.endsWith(".d.ts") && !reached.has(inner)) rmSync(inner);
  }
  if (readdirSync(path).length === 0) rmdirSync(path);
}

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
for (const { types } of Object.values(exports)) if (types !== undefined) reach(resolve(types));
prune(folder);
