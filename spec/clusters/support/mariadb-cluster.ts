import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { type Account, serverAccount } from "../../support/servers/account.js";
import { freePort } from "../../support/servers/free-port.js";
import { runCommand } from "../../support/servers/run-command.js";
import { ServerFolder } from "../../support/servers/server-folder.js";
import { eventually } from "./eventually.js";
import { systemProgram } from "./programs.js";
import type { ClusterServer, ReplicaCluster } from "./replica-cluster.js";

const DATABASE = "dunder";

/** What a cluster of MariaDB is run with. */
export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
}

export async function mariadbPrograms(): Promise<MariadbPrograms> {
  return {
    server: await systemProgram("mariadbd", "mariadb-server"),
    install: await systemProgram("mariadb-install-db", "mariadb-server"),
  };
}

interface Node extends ClusterServer {
  readonly folder: ServerFolder;
  readonly port: number;
  readonly id: number;
}

/** Starts a primary, whose commits wait until one of the replicas has got them, and two replicas that follow it by GTID. */
export async function startMariadbCluster(programs: MariadbPrograms): Promise<ReplicaCluster> {
  const account = serverAccount("mysql", "nobody");
  const nodes: Node[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.folder.remove())));
  try {
    for (let id = 1; id <= 3; id += 1) nodes.push(await newNode(id, account));
    const [primary, ...replicas] = nodes as [Node, Node, Node];
    await installAll(programs, nodes, account);
    await Promise.all(nodes.map((node) => serve(programs, node)));
    await admin(primary, `create database ${DATABASE}`);
    // Neither may write where read_only is on, as an administrator may.
    await admin(primary, `create user app@'%'`);
    await admin(primary, `grant all on ${DATABASE}.* to app@'%'`);
    await admin(primary, `create user copier@'%'`);
    await admin(primary, `grant replication slave on *.* to copier@'%'`);
    for (const replica of replicas) await follow(replica, primary);
    await admin(primary, "set global rpl_semi_sync_master_timeout = 600000");
    await admin(primary, "set global rpl_semi_sync_master_wait_point = AFTER_SYNC");
    await admin(primary, "set global rpl_semi_sync_master_enabled = 1");
    await eventually("both replicas follow", async () => {
      const [row] = await admin(primary, "show status like 'Rpl_semi_sync_master_clients'");
      return Number(row?.[1]) === 2;
    });
    for (const replica of replicas) await eventually("they know the user", () => admin(replica, "show grants for app"));
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
    pause: () => onReplicas("stop slave sql_thread"),
    resume: () => onReplicas("start slave sql_thread"),
    killPrimary: () => primary.folder.kill(),
    async promote() {
      const [first, second] = replicas;
      await onReplicas("stop slave io_thread");
      const [next, other] = (await received(second)) > (await received(first)) ? [second, first] : [first, second];
      // What it has got and not done yet may have been acknowledged.
      await admin(next, `select master_gtid_wait('${await receivedPosition(next)}', 30)`);
      await admin(next, "stop slave");
      await admin(next, "reset slave all");
      await admin(next, "set global read_only = 0");
      const at = performance.now();
      await admin(other, "stop slave");
      await follow(other, next);
      return { server: next, at };
    },
    startOldPrimary: () => primary.folder.startAgain(),
    admin: (server, sql) => admin(server, sql),
    stop,
  };
}

/** "0-1-27": of domain 0, from server 1, the 27th. */
async function receivedPosition(node: Node): Promise<string> {
  const connection = await connect(node);
  try {
    const [rows] = await connection.query("show slave status");
    return (rows as { Gtid_IO_Pos: string }[])[0]?.Gtid_IO_Pos ?? "";
  } finally {
    await connection.end();
  }
}

async function received(node: Node): Promise<number> {
  return Number((await receivedPosition(node)).split("-")[2]);
}

async function follow(replica: Node, primary: Node): Promise<void> {
  const where = `master_host = '127.0.0.1', master_port = ${primary.port}, master_user = 'copier'`;
  await admin(replica, `change master to ${where}, master_use_gtid = slave_pos, master_connect_retry = 1`);
  await admin(replica, "start slave");
}

async function newNode(id: number, account: Account | null): Promise<Node> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const folder = new ServerFolder("dunder-my-cluster-", account, "TERM");
  const temporary = join(folder.path, "tmp");
  mkdirSync(temporary);
  folder.give(temporary);
  return { folder, port, id, address, url: `mariadb://app@${address}/${DATABASE}` };
}

/** One is installed, and the others are its copies from before it ever ran. */
async function installAll(programs: MariadbPrograms, nodes: readonly Node[], account: Account | null): Promise<void> {
  const [first, ...others] = nodes as [Node, ...Node[]];
  const data = join(first.folder.path, "data");
  const args = ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"];
  await runCommand(programs.install, args, { account, env: { TMPDIR: join(first.folder.path, "tmp") } });
  await Promise.all(others.map(({ folder }) => runCommand("cp", ["-r", data, join(folder.path, "data")], { account })));
}

async function serve({ server }: MariadbPrograms, node: Node): Promise<void> {
  const { folder, port, id } = node;
  await folder.start({
    name: "MariaDB",
    command: server,
    args: [
      "--no-defaults",
      `--datadir=${join(folder.path, "data")}`,
      `--tmpdir=${join(folder.path, "tmp")}`,
      `--port=${port}`,
      `--socket=${join(folder.path, "s.sock")}`,
      `--pid-file=${join(folder.path, "mariadbd.pid")}`,
      "--bind-address=127.0.0.1",
      "--skip-name-resolve",
      "--character-set-server=utf8mb4",
      "--innodb-flush-log-at-trx-commit=2",
      "--innodb-buffer-pool-size=64M",
      "--performance-schema=OFF",
      `--server-id=${id}`,
      `--log-bin=${join(folder.path, "data", "log")}`,
      "--log-slave-updates",
      "--rpl-semi-sync-slave-enabled=1",
      "--log-bin-trust-function-creators=1",
      ...(id === 1 ? [] : ["--read-only=1"]),
    ],
    ready: async () => void (await admin(node, "select 1")),
  });
}

function connect({ address }: ClusterServer): ReturnType<typeof createConnection> {
  return createConnection({ host: "127.0.0.1", port: Number(address.split(":")[1]), user: "root" });
}

async function admin(server: ClusterServer, sql: string): Promise<unknown[][]> {
  const connection = await connect(server);
  try {
    const [rows] = await connection.query({ sql, rowsAsArray: true });
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  } finally {
    await connection.end();
  }
}
