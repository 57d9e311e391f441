import { cpus } from "node:os";
import { join } from "node:path";
import { startServers } from "../spec/support/servers/index.js";
import { compare } from "./compare.js";
import { isRival } from "./contestants.js";
import { fill } from "./fill.js";
import { grow } from "./growth.js";
import { type Options, readOptions } from "./options.js";
import { ContestantProcess } from "./process.js";
import { Programs, versionsOf } from "./programs.js";
import { growthTables, heading, liveHeader, liveRow, streamTable } from "./report/tables.js";
import { save } from "./report/save.js";
import type { Results, WorkResult } from "./results.js";
import { CONCURRENT_WORKS, type EngineName, type WorkName } from "./works.js";

const DRIVERS = { sqlite: "better-sqlite3", postgres: "pg", mysql: "mysql2" };
const PACKAGES: Readonly<Record<string, string>> = {
  drizzle: "drizzle-orm",
  prisma: "@prisma/client",
  "mikro-orm": "@mikro-orm/core",
};

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

/** Runs what was asked for, and shows it as it comes. */
async function run(options: Options, programs: Programs, url: string): Promise<Results> {
  const { engine, contestants: names } = options;
  const started = await Promise.all(
    names.map(async (name) => new ContestantProcess(await programs.file(name, engine), name, engine, url)),
  );
  try {
    return await runOn(started, options, url);
  } finally {
    for (const contestant of started) contestant.end();
  }
}

async function runOn(started: readonly ContestantProcess[], options: Options, url: string): Promise<Results> {
  const { engine, contestants: names, rounds } = options;
  const server = await fill(engine, url, options.memory);
  const versions = { server, ...versionsFor(engine, names) };
  console.log(heading(engine, versions));
  const works = await runWorks(options, started);
  const streams = options.memory ? await streamAll(started) : undefined;
  if (streams) {
    console.log(streamTable(streams));
    checkMemory(streams);
  }
  const growth = options.growth ? await grow(started, rounds) : undefined;
  if (growth) console.log(growthTables(growth));
  await Promise.all(started.map((contestant) => contestant.close()));
  const cpu = cpus()[0]?.model ?? "unknown";
  return { engine, versions, cpu, rounds, works, ...(streams && { streams }), ...(growth && { growth }) };
}

function versionsFor(engine: EngineName, names: readonly string[]): Record<string, string> {
  const rivals = names.filter((name) => isRival(name) && name !== "drizzle-prepared");
  return {
    node: process.versions.node,
    ...versionsOf([DRIVERS[engine], "kysely"], false),
    ...versionsOf(
      rivals.map((name) => PACKAGES[name] ?? name),
      true,
    ),
  };
}

async function runWorks(options: Options, contestants: readonly ContestantProcess[]): Promise<WorkResult[]> {
  const results: WorkResult[] = [];
  const able = new Map<ContestantProcess, readonly WorkName[]>();
  for (const contestant of contestants) able.set(contestant, await contestant.works());
  for (const concurrency of options.concurrency) {
    const works = options.works.filter((work) => concurrency === 1 || CONCURRENT_WORKS.includes(work));
    if (works.length > 0) console.log(liveHeader(concurrency, options.contestants));
    for (const work of works) {
      const asked = contestants.filter((contestant) => able.get(contestant)?.includes(work));
      const result = await compare(work, concurrency, asked, options.rounds);
      results.push(result);
      console.log(liveRow(result, options.contestants));
    }
  }
  return results;
}

async function streamAll(contestants: readonly ContestantProcess[]): Promise<NonNullable<Results["streams"]>> {
  const streams: Record<string, Awaited<ReturnType<ContestantProcess["stream"]>>> = {};
  for (const contestant of contestants) streams[contestant.name] = await contestant.stream();
  return streams;
}

/** A million rows are to go by in less. */
const MOST_MEMORY = 50_000_000;

function checkMemory(streams: NonNullable<Results["streams"]>): void {
  const own = streams["dunder-orm"];
  if (!own || Math.max(own.peak, own.resident) < MOST_MEMORY) return;
  console.error(`dunder-orm took ${Math.max(own.peak, own.resident)} bytes to stream, and ${MOST_MEMORY} are allowed.`);
  process.exitCode = 1;
}

const options = readOptions();
if (options !== null) {
  const programs = new Programs();
  try {
    const results = await withServer(options.engine, programs.folder, (url) => run(options, programs, url));
    if (options.chart) await save(results);
  } finally {
    programs.remove();
  }
}
