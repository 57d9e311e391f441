// What models cost when an application starts, each number from fresh processes: the milliseconds to declare and
// resolve them, the memory they keep, and whether a query minds how many others there are.
// Usage: node_modules/.bin/tsx bench/startup.ts
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Database, fields, manager, Model } from "dunder-orm";
import { bundle, ROOT } from "./bundle.js";

const MODELS = [10, 100, 300, 500];
const ROUNDS = 9;
/** The models among which a query runs, few and many. */
const AMONG = [10, 500] as const;
const BATCH = 500;
const BATCHES = 200;
const WARM_UP = 60;

interface Cost {
  readonly milliseconds: number;
  readonly bytes: number;
}

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

/** A model's class, whatever its fields. */
type AnyModel = (abstract new () => object) & { readonly meta: object };
const modelOf = Model as unknown as (table: string, declared: object) => AnyModel;

/** A model of ten columns, most named as no other's; every second points at the one before it, which has the reverse. */
function declare(made: readonly AnyModel[], from: number): AnyModel {
  const at = made.length;
  const index = from + at;
  const points = at % 2 === 1;
  const declared = {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 100 }),
    [`slug${index}`]: fields.slug({ unique: true, maxLength: 50 }),
    [`text${index}`]: fields.text({ null: true }),
    [`position${index}`]: fields.integer({ default: 0 }),
    [`price${index}`]: fields.decimal({ precision: 10, scale: 2 }),
    [`active${index}`]: fields.boolean({ default: true }),
    createdAt: fields.datetime({ autoNowAdd: true }),
    [`data${index}`]: fields.json({ null: true }),
  };
  const relation = points
    ? { parent: () => fields.foreignKey(made[at - 1] as never, { onDelete: "cascade" }) }
    : { number: fields.integer(), children: () => fields.hasMany(made[at + 1] as never, "parent") };
  class Declared extends modelOf(`model_${index}`, { ...declared, ...relation }) {
    static objects = manager(this as never);
  }
  return Declared;
}

function register(count: number, from = 0): readonly AnyModel[] {
  const made: AnyModel[] = [];
  while (made.length < count) made.push(declare(made, from));
  for (const { meta } of made) if (!("columns" in meta)) throw new Error("A model was not worked out.");
  return made;
}

function heapUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** The code is compiled at the first models, which is part of the time but not of what a model keeps. */
function cost(count: number): Cost {
  const start = performance.now();
  const kept = [register(count)];
  const milliseconds = performance.now() - start;
  const before = heapUsed();
  kept.push(register(count, count));
  return { milliseconds, bytes: (heapUsed() - before) / (kept.at(-1)?.length ?? 0) };
}

/** Microseconds for one row by its key, the best batch: what else runs on the machine only makes it slower. */
async function bestOf(batches: number): Promise<number> {
  let best = Infinity;
  for (let batch = 0; batch < batches; batch++) {
    const start = performance.now();
    for (let run = 0; run < BATCH; run++) await Note.objects.get({ id: 1 });
    best = Math.min(best, ((performance.now() - start) / BATCH) * 1000);
  }
  return best;
}

/** The same query among few models and then among many, in one process, where nothing else differs. */
async function query(): Promise<Record<"few" | "many", number>> {
  const [few, many] = AMONG;
  const db = new Database("sqlite::memory:");
  Note.bind(db);
  await db.createTables([Note]);
  await Note.objects.create({ text: "only" });
  const kept = [register(few)];
  await bestOf(WARM_UP);
  const amongFew = await bestOf(BATCHES);
  kept.push(register(many - few, few));
  await bestOf(WARM_UP);
  const amongMany = await bestOf(BATCHES);
  await db.close();
  if (kept.flat().length !== many) throw new Error(`${kept.flat().length} models, not ${many}`);
  return { few: amongFew, many: amongMany };
}

async function compile(folder: string): Promise<string> {
  await bundle({ startup: "bench/startup.ts" }, folder);
  return join(folder, "startup.js");
}

function inProcess<T>(program: string, what: string, count = 0): T {
  const args = ["--expose-gc", program, what, String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as T;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function report(program: string): void {
  console.log("models   ms   allowed   KB a model (allowed 8)");
  for (const count of MODELS) {
    const costs = Array.from({ length: ROUNDS }, () => inProcess<Cost>(program, "cost", count));
    const milliseconds = median(costs.map((each) => each.milliseconds)).toFixed(1);
    const kilobytes = (median(costs.map((each) => each.bytes)) / 1024).toFixed(1);
    const allowed = (5 + 0.03 * count).toFixed(1);
    console.log(`${String(count).padStart(6)} ${milliseconds.padStart(5)} ${allowed.padStart(8)}   ${kilobytes}`);
  }
  const rounds = Array.from({ length: ROUNDS }, () => inProcess<Awaited<ReturnType<typeof query>>>(program, "query"));
  const times = (["few", "many"] as const).map((which) => median(rounds.map((round) => round[which])).toFixed(2));
  const ratio = median(rounds.map(({ few, many }) => many / few)).toFixed(3);
  console.log(
    `get by key among ${AMONG.join(" and ")} models: ${times.join(" and ")} µs, ratio ${ratio} (allowed 1.05)`,
  );
}

const [what, count] = process.argv.slice(2);
if (what === "cost") console.log(JSON.stringify(cost(Number(count))));
else if (what === "query") console.log(JSON.stringify(await query()));
else {
  const folder = mkdtempSync(join(ROOT, "node_modules", ".dunder-bench-"));
  try {
    report(await compile(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
