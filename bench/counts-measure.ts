import { createHook } from "node:async_hooks";
import { type Profiler, Session } from "node:inspector/promises";
import { getHeapSpaceStatistics } from "node:v8";
import type { Database } from "dunder-orm";
import { type DriverStatements, statementsDuring } from "../spec/support/driver-statements.js";
import type { Run } from "./counts-works.js";

const TIMES = 20;
const ATTEMPTS = 5;
const YOUNG = new Set(["new_space", "new_large_object_space"]);

/** How often one function is called in a run. */
export interface Called {
  readonly name: string;
  readonly times: number;
}

async function repeat(run: Run): Promise<void> {
  for (let index = 0; index < TIMES; index += 1) await run();
}

/** Runs a work until nothing about it is new. */
export async function warmUp(run: Run): Promise<void> {
  for (let round = 0; round < 5; round += 1) await repeat(run);
}

/** Bytes allocated by a run: the median of a few stretches that start after a collection and end before the next. */
export async function bytesOf(run: Run): Promise<number> {
  const found: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    globalThis.gc?.();
    const before = youngBytes();
    await repeat(run);
    found.push((youngBytes() - before) / TIMES);
  }
  return Math.min(...found);
}

/** Only where new objects are: what goes on in the old space is not the work's doing. */
function youngBytes(): number {
  return getHeapSpaceStatistics()
    .filter((space) => YOUNG.has(space.space_name))
    .reduce((sum, space) => sum + space.space_used_size, 0);
}

/** Promises made by a run, in our code, the engine's or Node's; those of the counting loop are taken off. */
export async function promisesOf(run: Run): Promise<number> {
  const settled = Promise.resolve();
  const loop = await promisesIn(() => settled);
  return ((await promisesIn(run)) - loop) / TIMES;
}

async function promisesIn(run: Run): Promise<number> {
  let made = 0;
  await repeat(run);
  const hook = createHook({
    init: (_id, type) => {
      if (type === "PROMISE") made += 1;
    },
  });
  hook.enable();
  await repeat(run);
  hook.disable();
  return made;
}

/** By how much a run changes counters that are kept elsewhere. */
export async function changesOf<K extends string>(
  read: () => Readonly<Record<K, number>>,
  run: Run,
): Promise<Record<string, number>> {
  const before = read();
  await repeat(run);
  const changes = Object.entries<number>(read()).map(([name, after]) => [name, (after - before[name as K]) / TIMES]);
  return Object.fromEntries(changes) as Record<string, number>;
}

/** Statements that a run has prepared and sent. */
export async function statementsOf(db: Database, run: Run): Promise<DriverStatements> {
  const { prepared, sent } = await statementsDuring(db, () => repeat(run));
  return { prepared: prepared / TIMES, sent: sent / TIMES };
}

/** Counts calls by V8's own coverage, for the scripts of a folder and those made from text. */
export class CallCounter {
  readonly #session = new Session();
  readonly #isOurs: (url: string) => boolean;
  readonly #sources = new Map<string, string>();

  constructor(isOurs: (url: string) => boolean) {
    this.#isOurs = isOurs;
  }

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Debugger.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }

  /** The functions that a run calls, the most called first. */
  async of(run: Run): Promise<Called[]> {
    await repeat(run);
    await this.#session.post("Profiler.takePreciseCoverage");
    await repeat(run);
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    const called: Called[] = [];
    for (const script of result.filter(({ url }) => this.#isOurs(url))) {
      for (const entry of script.functions) {
        const times = (entry.ranges[0]?.count ?? 0) / TIMES;
        if (times > 0) called.push({ name: await this.#nameOf(script, entry), times });
      }
    }
    return called.sort((a, b) => b.times - a.times);
  }

  /** An anonymous function by the text it begins with. */
  async #nameOf({ scriptId }: Profiler.ScriptCoverage, entry: Profiler.FunctionCoverage): Promise<string> {
    if (entry.functionName !== "") return entry.functionName;
    const start = entry.ranges[0]?.startOffset ?? 0;
    const source = await this.#sourceOf(scriptId);
    return source.slice(start, start + 50).replace(/\s+/g, " ");
  }

  async #sourceOf(scriptId: string): Promise<string> {
    const known = this.#sources.get(scriptId);
    if (known !== undefined) return known;
    const { scriptSource } = await this.#session.post("Debugger.getScriptSource", { scriptId });
    this.#sources.set(scriptId, scriptSource);
    return scriptSource;
  }
}
