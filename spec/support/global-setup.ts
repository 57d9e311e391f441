import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { startServers } from "./servers/index.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether SQLite is skipped by name. */
    sqliteIsSkipped: boolean;
    /** Where PostgreSQL answers, or `null` when it is skipped by name. */
    postgresUrl: string | null;
    /** Where MariaDB (or MySQL) answers, or `null` when it is skipped by name. */
    mysqlUrl: string | null;
    mysqlLabel: "MySQL" | "MariaDB";
  }
}

/** Starts the servers once for the whole run; vitest calls the returned function at its end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startServers();
  project.provide("sqliteIsSkipped", servers.sqliteIsSkipped);
  project.provide("postgresUrl", servers.postgresUrl);
  project.provide("mysqlUrl", servers.mysqlUrl);
  project.provide("mysqlLabel", servers.mysqlLabel);
  return () => servers.stop();
}
