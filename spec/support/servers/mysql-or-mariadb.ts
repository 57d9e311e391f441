import { createConnection } from "mysql2/promise";
import { startMariadb } from "./mariadb.js";
import { startMysql } from "./mysql.js";
import type { ServerOptions, StartedServer } from "./started-server.js";

/** Which of the two servers that speak MySQL's protocol is started. */
export const MYSQL_OR_MARIADB = process.env["DUNDER_TEST_MYSQL_ROOT"] === undefined ? "MariaDB" : "MySQL";

/** Starts MariaDB, or MySQL where `DUNDER_TEST_MYSQL_ROOT` names the folder that its programs are in. */
export function startMysqlOrMariadb(options: ServerOptions = {}): Promise<StartedServer> {
  const root = process.env["DUNDER_TEST_MYSQL_ROOT"];
  return root === undefined ? startMariadb(options) : startMysql(root, options);
}

/** Which of the two answers at a URL. */
export async function labelOf(url: string): Promise<"MySQL" | "MariaDB"> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query("select version() as version");
    return /mariadb/i.test((rows as { version: string }[])[0]?.version ?? "") ? "MariaDB" : "MySQL";
  } finally {
    await connection.end();
  }
}
