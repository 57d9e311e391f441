import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { serverAccount } from "./account.js";
import { findProgram } from "./find-program.js";
import { freePort } from "./free-port.js";
import { runCommand } from "./run-command.js";
import { ServerFolder } from "./server-folder.js";
import type { ServerOptions, StartedServer } from "./started-server.js";

const DATABASE = "dunder";
const ZONEINFO = "/usr/share/zoneinfo";

/** Starts a MariaDB in a temporary folder, on a free loopback port, and loads its time-zone tables. */
export async function startMariadb({
  durability = "quick",
  certificate,
  args = [],
}: ServerOptions = {}): Promise<StartedServer> {
  const server = findProgram("mariadbd") ?? (await installMariadb());
  const account = serverAccount("mysql", "nobody");
  const folder = new ServerFolder("dunder-my-", account, "TERM");
  try {
    const data = join(folder.path, "data");
    const temporary = join(folder.path, "tmp");
    for (const path of [data, temporary]) {
      mkdirSync(path);
      folder.give(path);
    }
    await runCommand(
      requireProgram("mariadb-install-db"),
      ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
      { account, env: { TMPDIR: temporary } },
    );
    const port = await freePort();
    const tls = certificate === undefined ? null : folder.present(certificate);
    const socket = join(folder.path, "s.sock");
    await folder.start({
      name: "MariaDB",
      command: server,
      args: [
        "--no-defaults",
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        `--port=${port}`,
        `--socket=${socket}`,
        `--pid-file=${join(folder.path, "mariadbd.pid")}`,
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--character-set-server=utf8mb4",
        // Written at each commit, a log survives the server's death, though not the machine's.
        `--innodb-flush-log-at-trx-commit=${durability === "durable" ? 2 : 0}`,
        "--innodb-buffer-pool-size=64M",
        "--performance-schema=OFF",
        "--max-connections=200",
        ...args,
        ...(tls === null ? [] : [`--ssl-cert=${tls.certificate}`, `--ssl-key=${tls.key}`]),
      ],
      ready: () => createDatabase(port),
    });
    if (durability === "quick" && tls === null) await loadTimeZones(folder.path, socket);
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

async function createDatabase(port: number): Promise<void> {
  const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
  try {
    await connection.query(`create database if not exists ${DATABASE}`);
  } finally {
    await connection.end();
  }
}

/** Loads the names of the system's time zones, by the server's socket. */
export async function loadTimeZones(folder: string, socket: string): Promise<void> {
  const converter = findProgram("mariadb-tzinfo-to-sql");
  const client = findProgram("mariadb");
  if (converter === null || client === null || !existsSync(ZONEINFO)) {
    console.warn(`MariaDB runs without named time zones: mariadb-tzinfo-to-sql, mariadb or ${ZONEINFO} is missing.`);
    return;
  }
  const file = join(folder, "time-zones.sql");
  writeFileSync(file, await runCommand(converter, [ZONEINFO]));
  await runCommand(client, ["--no-defaults", `--socket=${socket}`, "--user=root", "mysql"], { input: file });
}

async function installMariadb(): Promise<string> {
  const apt = findProgram("apt-get");
  if (apt === null || process.getuid?.() !== 0) {
    throw new Error("mariadbd is not on the PATH. Install MariaDB (on Debian: apt-get install mariadb-server).");
  }
  console.log("mariadbd is not on the PATH: installing mariadb-server with apt-get …");
  const install = ["install", "-y", "--no-install-recommends", "mariadb-server"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    await runCommand(apt, install, { env });
  } catch {
    // The package lists of a fresh machine are empty or old.
    await runCommand(apt, ["update"], { env });
    await runCommand(apt, install, { env });
  }
  return requireProgram("mariadbd");
}

function requireProgram(name: string): string {
  const path = findProgram(name);
  if (path === null) {
    throw new Error(`${name} is not on the PATH. It comes with MariaDB (on Debian: apt-get install mariadb-server).`);
  }
  return path;
}
