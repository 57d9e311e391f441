// What lending a connection costs, beside the pools of the bare drivers: `npm run bench:pool`. Wants servers:
// DUNDER_TEST_POSTGRES and DUNDER_TEST_MYSQL, as the tests do.
import mysql from "mysql2";
import pg from "pg";
import { mysqlEngine } from "../lib/databases/mysql/engine.js";
import type { Engine, EngineOptions, Pool } from "../lib/databases/ports/index.js";
import { postgresEngine } from "../lib/databases/postgres/engine.js";
import { parseUrl } from "../lib/databases/url.js";

const ROUNDS = 15;
const STATEMENT = { sql: "select 1 as n", returnsRows: true, wideIntegers: false, named: false };

/** Something done many times over. */
interface Work {
  readonly name: string;
  lend(): Promise<void>;
  query(): Promise<unknown>;
  end(): Promise<unknown>;
}

function ours(name: string, engine: Engine, url: string, options: EngineOptions): Work {
  const pool: Pool = engine.createPool(parseUrl(url), options);
  return {
    name,
    // As transactions and streams do it; a connection that is free comes without a promise.
    lend: async () => {
      const connection = pool.acquire();
      pool.release(connection instanceof Promise ? await connection : connection);
    },
    query: async () => pool.execute(STATEMENT, []),
    end: () => pool.close(),
  };
}

function barePostgres(url: string): Work {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  return {
    name: "pg.Pool",
    lend: async () => (await pool.connect()).release(),
    query: () => pool.query({ text: STATEMENT.sql, name: "one", rowMode: "array" }),
    end: () => pool.end(),
  };
}

function bareMysql(url: string): Work {
  const pool = mysql.createPool({ uri: url, connectionLimit: 10, rowsAsArray: true });
  return {
    name: "mysql2 pool",
    lend: () =>
      new Promise((resolve, reject) => {
        pool.getConnection((error, connection) => {
          if (error !== null) return reject(error);
          connection.release();
          resolve();
        });
      }),
    query: () =>
      new Promise((resolve, reject) => {
        pool.execute(STATEMENT.sql, (error: Error | null, rows: unknown) => {
          if (error === null) resolve(rows);
          else reject(error);
        });
      }),
    end: () => new Promise((resolve) => pool.end(resolve)),
  };
}

/** Microseconds of processor and of clock that one call takes, `width` of them at a time. */
async function timed(call: () => Promise<unknown>, times: number, width: number): Promise<readonly [number, number]> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const lane = async (): Promise<void> => {
    for (let at = 0; at < times / width; at += 1) await call();
  };
  await Promise.all(Array.from({ length: width }, lane));
  const wall = (performance.now() - start) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  return [(user + system) / times, wall / times];
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

async function compare(contestants: readonly Work[], kind: "lend" | "query", times: number, width: number) {
  const found = contestants.map(() => ({ cpu: [] as number[], wall: [] as number[] }));
  for (const work of contestants) await timed(() => work[kind](), times, width);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, work] of contestants.entries()) {
      const [cpu, wall] = await timed(() => work[kind](), times, width);
      found[at]?.cpu.push(cpu);
      found[at]?.wall.push(wall);
    }
  }
  const base = found[0];
  for (const [at, work] of contestants.entries()) {
    const own = found[at];
    if (own === undefined || base === undefined) continue;
    const ratio = (of: "cpu" | "wall") =>
      median(own[of].map((value, round) => value / (base[of][round] ?? NaN))).toFixed(2);
    const numbers = `${median(own.cpu).toFixed(2)} µs cpu (${ratio("cpu")}x), ${median(own.wall).toFixed(2)} µs wall (${ratio("wall")}x)`;
    process.stdout.write(`${kind.padEnd(6)} x${String(width).padEnd(3)} ${work.name.padEnd(24)} ${numbers}\n`);
  }
}

async function measure(contestants: readonly Work[]): Promise<void> {
  try {
    for (const width of [1, 16]) {
      await compare(contestants, "lend", 20_000, width);
      await compare(contestants, "query", 1600, width);
    }
  } finally {
    for (const work of contestants) await work.end();
  }
}

const watched: EngineOptions = { pool: { pingAfter: 60_000 }, onPool: () => undefined };
const { DUNDER_TEST_POSTGRES: postgresUrl, DUNDER_TEST_MYSQL: mysqlUrl } = process.env;
if (postgresUrl !== undefined) {
  await measure([
    barePostgres(postgresUrl),
    ours("dunder (PostgreSQL)", postgresEngine, postgresUrl, {}),
    ours("dunder, onPool heard", postgresEngine, postgresUrl, watched),
  ]);
}
if (mysqlUrl !== undefined) {
  await measure([
    bareMysql(mysqlUrl),
    ours("dunder (MySQL)", mysqlEngine, mysqlUrl, {}),
    ours("dunder, onPool heard", mysqlEngine, mysqlUrl, watched),
  ]);
}
