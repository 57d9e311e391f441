import { execFile } from "node:child_process";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { startServers } from "../spec/support/servers/index.js";
import { bundle, ROOT } from "./bundle.js";
import type { Counted, Counts } from "./counts-program.js";

/**
 * Guards against regressions by counts that are the same in every run: no work may come to more than bench/counts.json
 * allows. `--update` lowers what is allowed to what was counted, and never raises it. `--calls get,create` lists the
 * functions that a work calls most.
 */

const ENGINES = ["sqlite", "postgres", "mysql"] as const;
type Engine = (typeof ENGINES)[number];
/** What was counted of each work. */
type Works = Record<string, Counted>;
const BUDGET = join(ROOT, "bench/counts.json");
/** What has a budget. */
const NAMES = ["calls", "promises", "compiled", "prepared", "sent", "bytes"] as const;
const SHOWN = ["calls", "promises", "compiled", "hits", "prepared", "sent", "bytes"] as const;
type Limits = Pick<Counts, (typeof NAMES)[number]>;
type Budget = Partial<Record<Engine, Record<string, Limits>>>;
/** What engines allocate is not the same each time. */
const SLACK = { calls: 1, promises: 1, compiled: 1, prepared: 1, sent: 1, bytes: 1.15 };
/** Nothing is moved, collected or optimised in the middle of a stretch, which makes bytes nearly the same each time. */
const FLAGS = [
  "--expose-gc",
  "--no-opt",
  "--no-flush-bytecode",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
];

/** The library is a file of its own beside the program's, so that calls can be told apart. */
async function compile(folder: string): Promise<string> {
  await bundle({ "dunder-orm": "lib/index.ts", "counts-program": "bench/counts-program.ts" }, folder);
  return join(folder, "counts-program.js");
}

async function count(program: string, url: string): Promise<Works> {
  // By its real path, as Node.js calls what it loads: node_modules may be a link.
  const args = [...FLAGS, program, url, pathToFileURL(await realpath(dirname(program))).href];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Works;
}

async function countAll(engines: readonly Engine[]): Promise<Partial<Record<Engine, Works>>> {
  // Inside the checkout, so that the compiled program finds the packages.
  const folder = await mkdtemp(join(ROOT, "node_modules", ".dunder-counts-"));
  process.env["DUNDER_TEST_SKIP"] ??= ENGINES.filter((name) => name !== "sqlite" && !engines.includes(name)).join(",");
  const servers = await startServers();
  try {
    const program = await compile(folder);
    const urls = {
      sqlite: `sqlite:${join(folder, "counts.db")}`,
      postgres: servers.postgresUrl,
      mysql: servers.mysqlUrl,
    };
    const counted: Partial<Record<Engine, Works>> = {};
    for (const engine of engines) {
      const url = urls[engine];
      if (url !== null) counted[engine] = await count(program, url);
    }
    return counted;
  } finally {
    await servers.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function print(engine: Engine, works: Works, calls: string | undefined): void {
  console.log(`\n| ${engine} | ${SHOWN.join(" | ")} |\n| --- ${"| --- ".repeat(SHOWN.length)}|`);
  for (const [work, counts] of Object.entries(works)) {
    console.log(`| ${work} | ${SHOWN.map((name) => counts[name]).join(" | ")} |`);
  }
  for (const work of calls?.split(",") ?? []) {
    const called = works[work]?.called;
    if (called === undefined) throw new Error(`No work is called "${work}". Works: ${Object.keys(works).join(", ")}.`);
    console.log(`\n${work}\n${called.map(({ name, times }) => `${times}`.padStart(8) + `  ${name}`).join("\n")}`);
  }
}

/** What is above its budget, a line each. */
function excesses(engine: Engine, works: Works, budget: Budget): string[] {
  return Object.entries(works).flatMap(([work, counts]) => {
    const allowed = budget[engine]?.[work];
    if (allowed === undefined) return [`${work} on ${engine} has no budget: give it one with --update.`];
    return NAMES.filter((name) => counts[name] > allowed[name] * SLACK[name]).map(
      (name) => `${work} on ${engine}: ${name} is ${counts[name]}, the budget is ${allowed[name]}.`,
    );
  });
}

/** What was counted where that is less than what was allowed, or nothing was. */
function lowered(works: Works, budget: Budget[Engine] = {}): Record<string, Limits> {
  const entries = Object.entries(works).map(([work, counts]) => {
    const allowed = budget[work] ?? counts;
    return [work, Object.fromEntries(NAMES.map((name) => [name, Math.min(counts[name], allowed[name])]))] as const;
  });
  return Object.fromEntries(entries) as Record<string, Limits>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { engine: { type: "string" }, update: { type: "boolean" }, calls: { type: "string" } },
  });
  const asked = values.engine?.split(",") ?? [...ENGINES];
  const engines = ENGINES.filter((name) => asked.includes(name));
  if (engines.length < asked.length) throw new Error(`--engine takes ${ENGINES.join(", ")}; got "${values.engine}".`);
  const budget = JSON.parse(await readFile(BUDGET, "utf8")) as Budget;
  const over: string[] = [];
  for (const [engine, works] of Object.entries(await countAll(engines)) as [Engine, Works][]) {
    print(engine, works, values.calls);
    if (values.update === true) budget[engine] = lowered(works, budget[engine]);
    over.push(...excesses(engine, works, budget));
  }
  if (values.update === true) await writeFile(BUDGET, `${JSON.stringify(budget, null, 2)}\n`);
  for (const line of over) console.error(`Over budget: ${line}`);
  if (over.length > 0) process.exitCode = 1;
}

await main();
