import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { serverAccount } from "./account.js";
import { unpackedProgram } from "./debian-programs.js";
import { freePort } from "./free-port.js";
import { runCommand } from "./run-command.js";
import { ServerFolder } from "./server-folder.js";
import type { ServerOptions, StartedServer } from "./started-server.js";

const DATABASE = "dunder";
const ZONEINFO = "/usr/share/zoneinfo";

/**
 * Starts MySQL's own server in a temporary folder, on a free loopback port, and loads its time-zone tables. Its programs are in
 * `root`: "/" for those of the system, or a folder that they were unpacked into.
 */
export async function startMysql(
  root: string,
  { durability = "quick", certificate }: ServerOptions = {},
): Promise<StartedServer> {
  const account = serverAccount("mysql", "nobody");
  const folder = new ServerFolder("dunder-mysql-", account, "TERM");
  const { command, args } = unpackedProgram(root, "usr/sbin/mysqld");
  try {
    const [data, temporary] = ["data", "tmp"].map((name) => join(folder.path, name)) as [string, string];
    for (const path of [data, temporary]) {
      mkdirSync(path);
      folder.give(path);
    }
    const tls = certificate === undefined ? null : folder.present(certificate);
    const common = [...args, "--no-defaults", ...filesOf(root), `--datadir=${data}`, `--tmpdir=${temporary}`];
    await runCommand(command, [...common, "--initialize-insecure"], { account });
    const port = await freePort();
    const socket = join(folder.path, "s.sock");
    await folder.start({
      name: "MySQL",
      command,
      args: [
        ...common,
        `--port=${port}`,
        `--socket=${socket}`,
        `--pid-file=${join(folder.path, "mysqld.pid")}`,
        "--bind-address=127.0.0.1",
        "--mysqlx=OFF",
        "--local-infile=ON",
        "--skip-log-bin",
        // Written at each commit, a log survives the server's death, though not the machine's.
        `--innodb-flush-log-at-trx-commit=${durability === "durable" ? 2 : 0}`,
        "--innodb-buffer-pool-size=64M",
        "--performance-schema=OFF",
        "--max-connections=200",
        ...(tls === null ? [] : [`--ssl-cert=${tls.certificate}`, `--ssl-key=${tls.key}`]),
      ],
      ready: () => createDatabase(port),
    });
    await installHashes(port);
    if (durability === "quick") await loadTimeZones(root, folder.path, socket);
    const url = `mysql://root@127.0.0.1:${port}/${DATABASE}`;
    return {
      url,
      stop: () => folder.remove(),
      crash: () => folder.crash(),
      present: (other) => void folder.present(other),
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Where the server finds what it was installed with. */
export function filesOf(root: string): string[] {
  const share = join(root, "usr/share/mysql");
  return [
    `--basedir=${join(root, "usr")}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, "charsets")}`,
    `--plugin-dir=${join(root, "usr/lib/mysql/plugin")}`,
    "--secure-file-priv=",
    "--innodb-redo-log-capacity=100M",
  ];
}

async function createDatabase(port: number): Promise<void> {
  const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
  try {
    await connection.query(`create database if not exists ${DATABASE}`);
  } finally {
    await connection.end();
  }
}

/** MD5 and SHA1, which servers from 9.6 on keep in a component; older ones have neither need nor component. */
async function installHashes(port: number): Promise<void> {
  const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
  try {
    await connection.query("install component 'file://component_classic_hashing'");
  } catch (error) {
    console.warn(`MySQL runs without the component of MD5 and SHA1: ${(error as Error).message}`);
  } finally {
    await connection.end();
  }
}

async function loadTimeZones(root: string, folder: string, socket: string): Promise<void> {
  if (!existsSync(ZONEINFO)) {
    console.warn(`MySQL runs without named time zones: ${ZONEINFO} is missing.`);
    return;
  }
  const converter = unpackedProgram(root, "usr/bin/mysql_tzinfo_to_sql");
  const client = unpackedProgram(root, "usr/bin/mysql");
  const file = join(folder, "time-zones.sql");
  writeFileSync(file, await runCommand(converter.command, [...converter.args, ZONEINFO]));
  const login = ["--no-defaults", `--socket=${socket}`, "--user=root", "mysql"];
  await runCommand(client.command, [...client.args, ...login], { input: file });
}
