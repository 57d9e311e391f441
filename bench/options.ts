import { parseArgs } from "node:util";
import { CONTESTANTS, OWN, RIVALS } from "./contestants.js";
import { type EngineName, ENGINES, type WorkName, WORKS } from "./works.js";

export interface Options {
  readonly engine: EngineName;
  readonly works: readonly WorkName[];
  readonly contestants: readonly string[];
  /** Runs in flight at a time. */
  readonly concurrency: readonly number[];
  readonly rounds: number;
  readonly memory: boolean;
  readonly growth: boolean;
  readonly chart: boolean;
}

const HELP = `npm run bench -- [options]
  --engine sqlite|postgres|mysql   sqlite unless given
  --work get,create,…              all unless given, or none beside --memory and --growth
  --contestants kysely,drizzle,…   always beside the bare driver; ${OWN.join(", ")} unless given
  --rivals                         all contestants: ${RIVALS.join(", ")}, too
  --concurrency 1,16               both on servers unless given
  --rounds 15
  --memory                         streams a million rows
  --growth                         shapes seen, and lists of growing length
  --chart                          writes docs/benchmarks/ENGINE.json and .svg, and the table in docs/performance.md
The rivals' packages are installed into bench/rivals/node_modules when they are first asked for.`;

/** What the command line asks for; `null` after having shown the choices. */
export function readOptions(): Options | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    options: {
      engine: { ...text, default: "sqlite" },
      work: text,
      contestants: text,
      concurrency: text,
      rounds: { ...text, default: "15" },
      ...{ rivals: flag, memory: flag, growth: flag, chart: flag, help: flag },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  const { memory, growth, chart } = values;
  const engine = oneOf(ENGINES, values.engine, "--engine");
  return {
    engine,
    works: namesOf(WORKS, values.work ?? (memory || growth ? "" : WORKS.join()), "--work"),
    contestants: contestantsOf(values.contestants, values.rivals),
    concurrency: concurrencyOf(values.concurrency ?? (engine === "sqlite" ? "1" : "1,16"), engine),
    rounds: positive(values.rounds, "--rounds"),
    ...{ memory, growth, chart },
  };
}

/** The bare driver comes first: ratios are to it. */
function contestantsOf(given: string | undefined, rivals: boolean): readonly string[] {
  if (given === undefined) return rivals ? CONTESTANTS : OWN;
  const names = namesOf(CONTESTANTS, given, "--contestants");
  return CONTESTANTS.filter((name) => name === "driver" || names.includes(name));
}

function concurrencyOf(given: string, engine: EngineName): number[] {
  const numbers = given.split(",").map((number) => positive(number, "--concurrency"));
  if (engine !== "sqlite" || numbers.every((number) => number === 1)) return numbers;
  throw new Error("--concurrency: SQLite runs one statement at a time.");
}

function positive(given: string, option: string): number {
  if (/^[1-9]\d*$/.test(given)) return Number(given);
  throw new Error(`${option} takes a whole number from 1 on, not "${given}".`);
}

function namesOf<T extends string>(choices: readonly T[], given: string, option: string): T[] {
  return given === "" ? [] : given.split(",").map((name) => oneOf(choices, name, option));
}

function oneOf<T extends string>(choices: readonly T[], given: string, option: string): T {
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw new Error(`${option} has no "${given}". Choices: ${choices.join(", ")}.`);
  return found;
}
