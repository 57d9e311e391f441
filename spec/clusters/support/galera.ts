import { mkdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { serverAccount } from "../../support/servers/account.js";
import { NotToBeHad } from "../../support/servers/debian-programs.js";
import { freePort } from "../../support/servers/free-port.js";
import { loadTimeZones } from "../../support/servers/mariadb.js";
import { runCommand } from "../../support/servers/run-command.js";
import { ServerFolder } from "../../support/servers/server-folder.js";
import { eventually } from "./eventually.js";
import { installPackages, systemProgram } from "./programs.js";
import { stopAll } from "./use-cluster.js";

const PROVIDERS = ["/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so"];
const DATABASE = "dunder";
const START_TRIES = 3;
/** Three of them are within what a hook may take; a node joins in 3 s, or 10 on a busy machine. */
const JOIN_MILLISECONDS = 30_000;

/** What a Galera cluster is run with. */
export interface GaleraPrograms {
  readonly mariadbd: string;
  readonly installer: string;
  readonly provider: string;
}

/** Ports of one node: for clients, and for the others of its cluster. */
interface NodePorts {
  readonly client: number;
  readonly group: number;
  readonly incremental: number;
  readonly snapshot: number;
}

export interface GaleraNode {
  readonly url: string;
  /** Kills it, as a loss of power would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface GaleraCluster {
  readonly nodes: readonly GaleraNode[];
  stop(): Promise<void>;
}

/** Finds MariaDB, rsync and the library of Galera, or installs them. */
export async function galeraPrograms(): Promise<GaleraPrograms> {
  const mariadbd = await systemProgram("mariadbd", "mariadb-server");
  const installer = await systemProgram("mariadb-install-db", "mariadb-server");
  // Nodes copy their data from one another by it.
  await systemProgram("rsync", "rsync");
  await systemProgram("wsrep_sst_rsync", "mariadb-server");
  const find = () => PROVIDERS.find((path) => existsSync(path));
  if (find() === undefined) await installPackages("galera-4");
  const provider = find();
  if (provider === undefined) throw new NotToBeHad("Debian's package galera-4 has no libgalera_smm.so where it was");
  return { mariadbd, installer, provider };
}

/**
 * Starts so many nodes that write everything together. A node that loses its first meeting with the others, as one does at
 * times on a busy machine, waits for them without end: then all of them are started anew, on other ports.
 */
export async function startGalera(programs: GaleraPrograms, size = 3): Promise<GaleraCluster> {
  for (let tries = 1; ; tries++) {
    try {
      return await startTogether(programs, size);
    } catch (error) {
      if (tries === START_TRIES) throw error;
      console.warn(`Galera did not start, and is started again: ${(error as Error).message}`);
    }
  }
}

async function startTogether(programs: GaleraPrograms, size: number): Promise<GaleraCluster> {
  const ports: NodePorts[] = [];
  for (let index = 0; index < size; index++) {
    ports.push({
      client: await freePort(),
      group: await freePort(),
      incremental: await freePort(),
      snapshot: await freePort(),
    });
  }
  const nodes: GaleraNode[] = [];
  const stop = () => stopAll(nodes);
  try {
    for (const [index, own] of ports.entries()) {
      nodes.push(await startNode(programs, own, ports, index === 0));
      await eventually(`node ${index + 1} joins`, async () => (await statusOf(own.client)).size === index + 1);
    }
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a node says of its cluster. */
async function statusOf(port: number): Promise<{ readonly size: number; readonly isReady: boolean }> {
  const connection = await createConnection({ host: "127.0.0.1", port, user: "root", connectTimeout: 2000 });
  try {
    const [rows] = await connection.query("show status where variable_name in ('wsrep_cluster_size', 'wsrep_ready')");
    const status = new Map(
      (rows as { Variable_name: string; Value: string }[]).map((row) => [row.Variable_name, row.Value]),
    );
    return { size: Number(status.get("wsrep_cluster_size")), isReady: status.get("wsrep_ready") === "ON" };
  } finally {
    connection.destroy();
  }
}

async function startNode(
  { mariadbd, installer, provider }: GaleraPrograms,
  own: NodePorts,
  all: readonly NodePorts[],
  isFirst: boolean,
): Promise<GaleraNode> {
  const account = serverAccount("mysql", "nobody");
  const folder = new ServerFolder("dunder-galera-", account, "TERM");
  try {
    const [data, temporary] = ["data", "tmp"].map((name) => join(folder.path, name)) as [string, string];
    for (const path of [data, temporary]) {
      mkdirSync(path);
      folder.give(path);
    }
    // The others copy all data when they join.
    const install = [
      "--no-defaults",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ];
    if (isFirst) await runCommand(installer, install, { account, env: { TMPDIR: temporary } });
    const group = all.map((node) => `127.0.0.1:${node.group}`).join(",");
    const providerOptions = [
      `base_port=${own.group}`,
      `gmcast.listen_addr=tcp://127.0.0.1:${own.group}`,
      `ist.recv_addr=127.0.0.1:${own.incremental}`,
      "gcache.size=16M",
      // A node that is cut off tells so after this, instead of 30 s.
      "repl.causal_read_timeout=PT10S",
      "evs.inactive_check_period=PT0.25S",
      "evs.keepalive_period=PT0.25S",
    ];
    const socket = join(folder.path, "s.sock");
    await folder.start({
      name: "a node of Galera",
      command: mariadbd,
      args: [
        "--no-defaults",
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        `--port=${own.client}`,
        `--socket=${socket}`,
        `--pid-file=${join(folder.path, "mariadbd.pid")}`,
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--character-set-server=utf8mb4",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=64M",
        "--performance-schema=OFF",
        "--max-connections=200",
        "--binlog-format=ROW",
        "--innodb-autoinc-lock-mode=2",
        "--wsrep-on=ON",
        `--wsrep-provider=${provider}`,
        "--wsrep-cluster-name=dunder",
        `--wsrep-cluster-address=gcomm://${isFirst ? "" : group}`,
        `--wsrep-node-address=127.0.0.1:${own.group}`,
        "--wsrep-sst-method=rsync",
        `--wsrep-sst-receive-address=127.0.0.1:${own.snapshot}`,
        `--wsrep-provider-options=${providerOptions.join(";")}`,
        ...(isFirst ? ["--wsrep-new-cluster"] : []),
      ],
      ready: () => createDatabase(own.client),
      within: JOIN_MILLISECONDS,
    });
    if (isFirst) await loadTimeZones(folder.path, socket);
    return {
      url: `mysql://root@127.0.0.1:${own.client}/${DATABASE}`,
      kill: () => folder.kill(),
      stop: () => folder.remove(),
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function createDatabase(port: number): Promise<void> {
  if (!(await statusOf(port)).isReady) throw new Error("It is not in the cluster yet.");
  const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
  try {
    await connection.query(`create database if not exists ${DATABASE}`);
  } finally {
    await connection.end();
  }
}
