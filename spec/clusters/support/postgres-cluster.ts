import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { type Account, serverAccount } from "../../support/servers/account.js";
import { NotToBeHad } from "../../support/servers/debian-programs.js";
import { freePort } from "../../support/servers/free-port.js";
import { runCommand } from "../../support/servers/run-command.js";
import { ServerFolder } from "../../support/servers/server-folder.js";
import { eventually } from "./eventually.js";
import type { ClusterServer, ReplicaCluster } from "./replica-cluster.js";

const DEBIAN = "/usr/lib/postgresql";
const DATABASE = "dunder";
const SETTINGS = [
  "fsync=off",
  "synchronous_commit=on",
  "wal_level=replica",
  "max_wal_senders=10",
  "wal_keep_size=64MB",
  "hot_standby=on",
  "wal_receiver_status_interval=1",
  "listen_addresses=127.0.0.1",
];

/** The folder of Debian's programs: those of npm's packages lack `pg_basebackup`. */
export function postgresPrograms(): Promise<string> {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number).filter(Boolean) : [];
  for (const version of versions.sort((a, b) => b - a)) {
    const bin = join(DEBIAN, String(version), "bin");
    if (["initdb", "postgres", "pg_basebackup"].every((name) => existsSync(join(bin, name))))
      return Promise.resolve(bin);
  }
  return Promise.reject(new NotToBeHad(`there is no PostgreSQL in ${DEBIAN} (on Debian: apt-get install postgresql)`));
}

interface Node extends ClusterServer {
  readonly folder: ServerFolder;
  readonly port: number;
}

/** Starts a primary, whose commits wait for one of the replicas, and two replicas that stream from it. */
export async function startPostgresCluster(bin: string): Promise<ReplicaCluster> {
  const account = serverAccount("postgres", "nobody");
  const nodes: Node[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.folder.remove())));
  try {
    for (let count = 0; count < 3; count += 1) nodes.push(await newNode(account));
    const [primary, ...replicas] = nodes as [Node, Node, Node];
    await initialise(bin, primary, account);
    await serve(bin, primary);
    await admin(primary, `create database ${DATABASE}`, "postgres");
    await Promise.all(replicas.map((replica) => copy(bin, primary, replica, account)));
    await admin(primary, "alter system set synchronous_standby_names = 'ANY 1 (*)'");
    await admin(primary, "select pg_reload_conf()");
    await eventually("both replicas stream", async () => {
      const [row] = await admin(primary, "select count(*)::int from pg_stat_replication where state = 'streaming'");
      return row?.[0] === 2;
    });
    return clusterOf(primary, replicas, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function clusterOf(primary: Node, replicas: [Node, Node], stop: () => Promise<void>): ReplicaCluster {
  const onReplicas = async (sql: string): Promise<void> => {
    for (const replica of replicas) await admin(replica, sql);
  };
  return {
    primary,
    replicas,
    pause: () => onReplicas("select pg_wal_replay_pause()"),
    resume: () => onReplicas("select pg_wal_replay_resume()"),
    killPrimary: () => primary.folder.kill(),
    async promote() {
      const [first, second] = replicas;
      const [[ahead] = []] = await admin(
        first,
        `select '${await received(second)}'::pg_lsn > '${await received(first)}'`,
      );
      const [next, other] = ahead === true ? [second, first] : [first, second];
      await admin(next, "select pg_promote(true, 30)");
      const at = performance.now();
      await admin(other, `alter system set primary_conninfo = '${connectionInfo(next)}'`);
      await admin(other, "select pg_reload_conf()");
      return { server: next, at };
    },
    startOldPrimary: () => primary.folder.startAgain(),
    admin: (server, sql) => admin(server, sql),
    stop,
  };
}

async function received(node: Node): Promise<string> {
  const [row] = await admin(node, "select pg_last_wal_receive_lsn()::text");
  return String(row?.[0]);
}

async function newNode(account: Account | null): Promise<Node> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const folder = new ServerFolder("dunder-pg-cluster-", account, "INT");
  return { folder, port, address, url: `postgres://dunder@${address}/${DATABASE}` };
}

async function initialise(bin: string, { folder }: Node, account: Account | null): Promise<void> {
  const args = ["--no-sync", "--encoding=UTF8", "--locale=C", "--username=dunder", "--auth=trust"];
  await runCommand(join(bin, "initdb"), [`--pgdata=${join(folder.path, "data")}`, ...args], { account });
}

async function copy(bin: string, from: Node, to: Node, account: Account | null): Promise<void> {
  const target = ["--pgdata", join(to.folder.path, "data"), "--write-recovery-conf", "--no-sync"];
  const source = ["--host=127.0.0.1", `--port=${from.port}`, "--username=dunder"];
  await runCommand(join(bin, "pg_basebackup"), [...source, ...target, "--wal-method=stream", "--checkpoint=fast"], {
    account,
  });
  await serve(bin, to);
}

function connectionInfo({ port, address }: Node): string {
  return `host=127.0.0.1 port=${port} user=dunder application_name=of_${address.replace(/\W/g, "_")}`;
}

async function serve(bin: string, node: Node): Promise<void> {
  const { folder, port } = node;
  const settings = [...SETTINGS, `unix_socket_directories=${folder.path}`].flatMap((setting) => ["-c", setting]);
  await folder.start({
    name: "PostgreSQL",
    command: join(bin, "postgres"),
    args: ["-D", join(folder.path, "data"), "-p", String(port), ...settings],
    ready: async () => void (await admin(node, "select 1", "postgres")),
  });
}

async function admin({ address }: ClusterServer, sql: string, database = DATABASE): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: `postgres://dunder@${address}/${database}` });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query({ text: sql, rowMode: "array" })).rows as unknown[][];
  } finally {
    await client.end();
  }
}
