import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { type Account, serverAccount } from "../../support/servers/account.js";
import { freePort } from "../../support/servers/free-port.js";
import { runCommand } from "../../support/servers/run-command.js";
import { ServerFolder } from "../../support/servers/server-folder.js";
import { eventually } from "./eventually.js";
import type { ClusterServer, ReplicaCluster } from "./replica-cluster.js";

const DATABASE = "dunder";

/** How MariaDB, or MySQL, is run and told to copy another server by global transaction ids. */
export interface GtidServer {
  readonly name: string;
  readonly scheme: "mariadb" | "mysql";
  readonly command: string;
  /** Arguments beside those that both take. */
  args(node: GtidNode): readonly string[];
  /** Makes the files of a server that never ran; others are copies of them. */
  install(data: string, temporary: string, account: Account | null): Promise<unknown>;
  /** "master", or what it is called since. */
  readonly source: string;
  readonly replica: string;
  /** Has a replica copy the server at a port. */
  follow(port: number): string;
  /** Its row of "show … status" tells what it has got. */
  received(status: Readonly<Record<string, string>>): string;
  /** How much of that there is, for one to be told from the other. */
  extent(received: string): number;
  /** Waits until that is done, for 30 s at most. */
  wait(received: string): string;
}

export interface GtidNode extends ClusterServer {
  readonly folder: ServerFolder;
  readonly port: number;
  readonly id: number;
}

/** Starts a primary, whose commits wait until one of the replicas has got them, and two replicas that follow it by GTID. */
export async function startGtidCluster(server: GtidServer): Promise<ReplicaCluster> {
  const account = serverAccount("mysql", "nobody");
  const nodes: GtidNode[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.folder.remove())));
  try {
    for (let id = 1; id <= 3; id += 1) nodes.push(await newNode(server, id, account));
    const [primary, ...replicas] = nodes as [GtidNode, GtidNode, GtidNode];
    await installAll(server, nodes, account);
    await Promise.all(nodes.map((node) => serve(server, node)));
    await admin(primary, `create database ${DATABASE}`);
    // Neither may write where read_only is on, as an administrator may.
    await admin(primary, `create user app@'%'`);
    await admin(primary, `grant all on ${DATABASE}.* to app@'%'`);
    await admin(primary, `create user copier@'%'`);
    await admin(primary, `grant replication slave on *.* to copier@'%'`);
    for (const replica of replicas) await follow(server, replica, primary);
    const sync = `rpl_semi_sync_${server.source}`;
    await admin(primary, `set global ${sync}_timeout = 600000`);
    await admin(primary, `set global ${sync}_wait_point = AFTER_SYNC`);
    await admin(primary, `set global ${sync}_enabled = 1`);
    await eventually("both replicas follow", async () => {
      const [row] = await admin(primary, `show status like '${sync}_clients'`);
      return Number(row?.[1]) === 2;
    });
    for (const replica of replicas) await eventually("they know the user", () => admin(replica, "show grants for app"));
    return clusterOf(server, primary, replicas, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function clusterOf(
  server: GtidServer,
  primary: GtidNode,
  replicas: [GtidNode, GtidNode],
  stop: () => Promise<void>,
): ReplicaCluster {
  const { replica } = server;
  const onReplicas = async (sql: string): Promise<void> => {
    for (const node of replicas) await admin(node, sql);
  };
  const extent = async (node: GtidNode): Promise<number> => server.extent(await received(server, node));
  return {
    primary,
    replicas,
    pause: () => onReplicas(`stop ${replica} sql_thread`),
    resume: () => onReplicas(`start ${replica} sql_thread`),
    killPrimary: () => primary.folder.kill(),
    async promote() {
      const [first, second] = replicas;
      await onReplicas(`stop ${replica} io_thread`);
      const [next, other] = (await extent(second)) > (await extent(first)) ? [second, first] : [first, second];
      // What it has got and not done yet may have been acknowledged.
      await admin(next, server.wait(await received(server, next)));
      await admin(next, `stop ${replica}`);
      await admin(next, `reset ${replica} all`);
      await admin(next, "set global read_only = 0");
      const at = performance.now();
      await admin(other, `stop ${replica}`);
      await follow(server, other, next);
      return { server: next, at };
    },
    startOldPrimary: () => primary.folder.startAgain(),
    admin: (node, sql) => admin(node, sql),
    stop,
  };
}

async function received(server: GtidServer, node: GtidNode): Promise<string> {
  const connection = await connect(node);
  try {
    const [rows] = await connection.query(`show ${server.replica} status`);
    return server.received((rows as Record<string, string>[])[0] ?? {});
  } finally {
    await connection.end();
  }
}

async function follow(server: GtidServer, replica: GtidNode, primary: GtidNode): Promise<void> {
  await admin(replica, server.follow(primary.port));
  await admin(replica, `start ${server.replica}`);
}

async function newNode({ scheme }: GtidServer, id: number, account: Account | null): Promise<GtidNode> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const folder = new ServerFolder("dunder-my-cluster-", account, "TERM");
  const temporary = join(folder.path, "tmp");
  mkdirSync(temporary);
  folder.give(temporary);
  return { folder, port, id, address, url: `${scheme}://app@${address}/${DATABASE}` };
}

/** One is installed, and the others are its copies from before it ever ran. */
async function installAll(server: GtidServer, nodes: readonly GtidNode[], account: Account | null): Promise<void> {
  const [first, ...others] = nodes as [GtidNode, ...GtidNode[]];
  const data = join(first.folder.path, "data");
  await server.install(data, join(first.folder.path, "tmp"), account);
  await Promise.all(others.map(({ folder }) => runCommand("cp", ["-r", data, join(folder.path, "data")], { account })));
}

async function serve(server: GtidServer, node: GtidNode): Promise<void> {
  const { folder, port, id } = node;
  await folder.start({
    name: server.name,
    command: server.command,
    args: [
      ...server.args(node),
      `--datadir=${join(folder.path, "data")}`,
      `--tmpdir=${join(folder.path, "tmp")}`,
      `--port=${port}`,
      `--socket=${join(folder.path, "s.sock")}`,
      `--pid-file=${join(folder.path, "server.pid")}`,
      "--bind-address=127.0.0.1",
      "--character-set-server=utf8mb4",
      "--innodb-flush-log-at-trx-commit=2",
      "--innodb-buffer-pool-size=64M",
      "--performance-schema=OFF",
      `--server-id=${id}`,
      `--log-bin=${join(folder.path, "data", "log")}`,
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
