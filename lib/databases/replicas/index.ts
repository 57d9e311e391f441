import { ConfigurationError } from "../../errors/index.js";
import { mysqlReplication } from "../mysql/replication.js";
import type { DatabaseOptions } from "../options.js";
import { postgresReplication } from "../postgres/replication.js";
import type { ConnectionConfig, Engine, Pool, Replication } from "../ports/index.js";
import type { ReplicaTarget } from "../replica-options.js";
import { assemble } from "./assemble.js";
import { ClusterNode, type MakePool } from "./cluster-node.js";
import { ClusterPool } from "./cluster-pool.js";
import { Roster } from "./roster.js";

/** Milliseconds for a connection that is to find out whether a server answers. */
const PROBE_TIME = 1000;

const ENGINES: Readonly<Record<string, { readonly port: number; replication(engine: Engine): Replication }>> = {
  postgres: { port: 5432, replication: () => postgresReplication },
  mysql: { port: 3306, replication: ({ label }) => mysqlReplication(label) },
};

export interface ClusterSettings {
  readonly owner: object;
  readonly config: ConnectionConfig;
  readonly targets: readonly ReplicaTarget[];
  readonly options: DatabaseOptions;
  /** What was guessed from the URL. */
  readonly engine: Engine;
}

/** Connects to a primary and its replicas, and finds out which is which. */
export async function openCluster(settings: ClusterSettings): Promise<Pool> {
  const { owner, options, targets, config, engine } = settings;
  const kind = ENGINES[engine.name];
  if (kind === undefined) throw new ConfigurationError(`${engine.label} has no replicas.`);
  const makePool = poolMaker(settings);
  const { port } = kind;
  const primary = new ClusterNode({ config, pool: options.pool, port, makePool }, "primary");
  const replicas = targets.map(
    ({ config: at, pool = options.pool }) => new ClusterNode({ config: at, pool, port, makePool }, "replica"),
  );
  const roster = new Roster({
    nodes: [primary, ...replicas],
    engine,
    replicationOf: (found) => kind.replication(found),
    onNode: options.onNode,
  });
  try {
    await assemble(roster, options.failover !== false);
  } catch (error) {
    await roster.close();
    throw error;
  }
  return new ClusterPool(owner, roster, options);
}

function poolMaker({ engine, options }: ClusterSettings): MakePool {
  const { connectTimeout = PROBE_TIME, ...others } = options;
  const probing = { ...others, connectTimeout: Math.min(connectTimeout, PROBE_TIME), pipeline: false };
  return (config, pool, isProbe = false) => engine.createPool(config, { ...(isProbe ? probing : options), pool });
}
