import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { serverAccount } from "../../support/servers/account.js";
import type { UnpackedProgram } from "../../support/servers/debian-programs.js";
import { freePort } from "../../support/servers/free-port.js";
import { ServerFolder } from "../../support/servers/server-folder.js";

/** A pooler before a PostgreSQL server. */
export interface Pgbouncer {
  /** The server's URL by way of it. */
  readonly url: string;
  /** Kills it, as a loss of power would. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts pgbouncer in transaction mode before the server of a URL; `settings` are lines of its section [pgbouncer]. */
export async function startPgbouncer(
  { command, args }: UnpackedProgram,
  server: string,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Pgbouncer> {
  const target = new URL(server);
  const account = serverAccount("postgres", "nobody");
  const folder = new ServerFolder("dunder-pgbouncer-", account, "INT");
  try {
    const port = await freePort();
    const file = join(folder.path, "pgbouncer.ini");
    const login = `user=${target.username} password=${target.password}`;
    const lines = {
      listen_addr: "127.0.0.1",
      listen_port: port,
      unix_socket_dir: folder.path,
      auth_type: "any",
      pool_mode: "transaction",
      default_pool_size: 2,
      max_client_conn: 200,
      ...settings,
    };
    const own = Object.entries(lines).map(([name, value]) => `${name} = ${value}`);
    writeFileSync(
      file,
      ["[databases]", `* = host=${target.hostname} port=${target.port} ${login}`, "[pgbouncer]", ...own, ""].join("\n"),
    );
    folder.give(file);
    const url = new URL(server);
    url.hostname = "127.0.0.1";
    url.port = String(port);
    await folder.start({ name: "pgbouncer", command, args: [...args, file], ready: () => answers(url.toString()) });
    return {
      url: url.toString(),
      kill: () => folder.kill(),
      startAgain: () => folder.startAgain(),
      stop: () => folder.remove(),
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
  } finally {
    await client.end();
  }
}
