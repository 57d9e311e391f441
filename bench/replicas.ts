import { ConnectionPool } from "../lib/databases/pool.js";
import type { Connection, Pool, QueryResult } from "../lib/databases/ports/index.js";
import { postgresEngine } from "../lib/databases/postgres/engine.js";
import { postgresReplication } from "../lib/databases/postgres/replication.js";
import { onPrimary, seeingOwnWrites } from "../lib/databases/reading-scope.js";
import { ClusterNode } from "../lib/databases/replicas/cluster-node.js";
import { ClusterPool } from "../lib/databases/replicas/cluster-pool.js";
import { Roster } from "../lib/databases/replicas/roster.js";

/**
 * What it costs a query to be routed to a replica, beyond what its pool costs: `npm run bench:replicas`. The connections are
 * of no server, for a server's answers differ by more than what is measured. Fails where it is more than is promised.
 */

const PROMISED = 2;
const ROUNDS = 15;
const QUERIES = 20_000;
const STATEMENT = { sql: 'select "a" from "t"', returnsRows: true, wideIntegers: false, named: false };

/** Answers later, as every server does. */
class Answering implements Connection {
  async execute(): Promise<QueryResult> {
    return Promise.resolve({ rows: [], affected: 0, insertId: null });
  }
  async *stream(): AsyncIterable<never> {}
  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async savepoint(): Promise<void> {}
}

const makePool = (): Pool =>
  new ConnectionPool({ label: "nowhere", create: () => new Answering(), destroy: () => undefined });

function clusterOf(owner: object): ClusterPool {
  const config = { scheme: "postgres" };
  const nodes = (["primary", "replica", "replica"] as const).map(
    (role) => new ClusterNode({ config, pool: undefined, port: 5432, makePool }, role),
  );
  const roster = new Roster({
    nodes,
    engine: postgresEngine,
    replicationOf: () => postgresReplication,
    onNode: undefined,
  });
  for (const node of nodes.slice(1)) roster.admit(node);
  return new ClusterPool(owner, roster, {});
}

/** Microseconds of the processor's that a query takes, whatever else the machine does. */
async function time(pool: Pool): Promise<number> {
  const start = process.cpuUsage();
  for (let query = 0; query < QUERIES; query += 1) await pool.execute(STATEMENT, []);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / QUERIES;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

async function main(): Promise<void> {
  const owner = {};
  const [alone, cluster] = [makePool(), clusterOf(owner)];
  const ways: Record<string, () => Promise<number>> = {
    "a pool alone": () => time(alone),
    "routed to a replica": () => time(cluster),
    "routed in readYourWrites": () => seeingOwnWrites(owner, () => time(cluster)),
    "routed in usingPrimary": () => onPrimary(owner, () => time(cluster)),
  };
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  // In turn, so that whatever else the machine does is everybody's.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [way, run] of Object.entries(ways)) times[way]?.push(await run());
  }
  const base = median(times["a pool alone"] ?? []);
  for (const [way, rounds] of Object.entries(times)) {
    const each = median(rounds);
    console.log(
      `${way.padEnd(26)} ${each.toFixed(2)} µs${way === "a pool alone" ? "" : `, ${(each - base).toFixed(2)} µs more`}`,
    );
    if (each - base > PROMISED) process.exitCode = 1;
  }
}

await main();
