import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { merge, type Results } from "../results.js";
import { chart } from "./chart.js";
import { report } from "./tables.js";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const WIDTH = 120;

/** Writes an engine's results, chart and tables into docs/. */
export async function save(results: Results): Promise<void> {
  const folder = `${DOCS}benchmarks`;
  await mkdir(folder, { recursive: true });
  const file = `${folder}/${results.engine}.json`;
  const older = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Results) : null;
  const all = merge(older, results);
  const json = JSON.stringify(all, (_key, value: unknown) => (typeof value === "number" ? rounded(value) : value));
  await writeFile(file, await format(json, { parser: "json", printWidth: WIDTH }));
  await writeFile(`${folder}/${results.engine}.svg`, chart(all));
  await replaceRegion(`${DOCS}performance.md`, results.engine, report(all));
}

/** Four digits say all that such a measurement can. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}

/** Puts text between the two comments that mark an engine's place. */
async function replaceRegion(file: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
  const markdown = await readFile(file, "utf8");
  const [from, to] = [markdown.indexOf(begin), markdown.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for the results: "${begin}" and "${end}".`);
  const changed = `${markdown.slice(0, from + begin.length)}\n\n${text}\n\n${markdown.slice(to)}`;
  await writeFile(file, await format(changed, { parser: "markdown", printWidth: WIDTH }));
}
