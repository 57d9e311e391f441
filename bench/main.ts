import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "tsdown";
import { startServers } from "../spec/support/servers/index.js";
import { compare, type Result } from "./compare.js";
import { fill } from "./fill.js";
import { ContestantProcess } from "./process.js";
import { CONTESTANTS, type EngineName, ENGINES, type WorkName, WORKS } from "./works.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What was asked for: `--engine sqlite|postgres|mysql`, `--work get,create`. */
function readArguments(): { engine: EngineName; works: WorkName[] } {
  const { values } = parseArgs({ options: { engine: { type: "string" }, work: { type: "string" } } });
  const engine = oneOf(ENGINES, values.engine ?? "sqlite", "--engine");
  const works = values.work?.split(",").map((name) => oneOf(WORKS, name, "--work")) ?? [...WORKS];
  return { engine, works };
}

function oneOf<T extends string>(choices: readonly T[], given: string, option: string): T {
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw new Error(`${option} has no "${given}". Choices: ${choices.join(", ")}.`);
  return found;
}

/** A contestant's program as plain JavaScript: what translates TypeScript on the fly changes what it measures. */
async function compile(folder: string): Promise<string> {
  await build({
    config: false,
    logLevel: "error",
    cwd: ROOT,
    entry: { contestant: "bench/contestant.ts" },
    alias: { "dunder-orm": join(ROOT, "lib/index.ts") },
    outDir: folder,
    format: "esm",
    platform: "node",
    target: "node20.19",
    dts: false,
    clean: false,
    external: ["kysely", "better-sqlite3", "pg", "pg-cursor", "mysql2", /^mysql2\//],
  });
  return join(folder, "contestant.js");
}

async function withServer<T>(engine: EngineName, folder: string, use: (url: string) => Promise<T>): Promise<T> {
  if (engine === "sqlite") return use(`sqlite:${join(folder, "bench.sqlite")}`);
  process.env["DUNDER_TEST_SKIP"] = engine === "postgres" ? "mysql" : "postgres";
  const servers = await startServers();
  try {
    return await use((engine === "postgres" ? servers.postgresUrl : servers.mysqlUrl) ?? "");
  } finally {
    await servers.stop();
  }
}

async function run(program: string, engine: EngineName, works: readonly WorkName[], url: string): Promise<void> {
  await fill(url);
  const contestants = CONTESTANTS.map((name) => new ContestantProcess(program, name, engine, url));
  console.log(`Node ${process.version}, ${engine}: ratios to the bare driver (CPU ratio), bytes allocated a run\n`);
  console.log(`| work | driver, µs | ${CONTESTANTS.slice(1).join(" | ")} |\n| --- | --- ${"| --- ".repeat(3)}|`);
  for (const work of works) console.log(line(work, await compare(work, contestants)));
  for (const contestant of contestants) await contestant.close();
}

function line(work: WorkName, [driver, ...others]: readonly Result[]): string {
  const cells = others.map(
    ({ wallRatio, cpuRatio, bytes }) => `${wallRatio.toFixed(2)} (${cpuRatio.toFixed(2)}), ${size(bytes)}`,
  );
  return `| ${work} | ${driver?.wall.toFixed(1)}, ${size(driver?.bytes ?? 0)} | ${cells.join(" | ")} |`;
}

function size(bytes: number): string {
  return bytes < 10_000 ? `${Math.round(bytes)} B` : `${Math.round(bytes / 1024)} KB`;
}

const { engine, works } = readArguments();
// Inside the checkout, so that the compiled program finds the packages.
const folder = await mkdtemp(join(ROOT, "node_modules", ".dunder-bench-"));
try {
  const program = await compile(folder);
  await withServer(engine, folder, (url) => run(program, engine, works, url));
} finally {
  await rm(folder, { recursive: true, force: true });
}
