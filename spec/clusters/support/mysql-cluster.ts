import { rmSync } from "node:fs";
import { join } from "node:path";
import { unpackedProgram } from "../../support/servers/debian-programs.js";
import { filesOf } from "../../support/servers/mysql.js";
import { runCommand } from "../../support/servers/run-command.js";
import { startGtidCluster } from "./gtid-cluster.js";
import type { ReplicaCluster } from "./replica-cluster.js";

const PLUGINS = "semisync_source.so;semisync_replica.so";

/** Starts a primary of MySQL's own, whose commits wait until one of the replicas has got them, and two that follow it by GTID. */
export function startMysqlCluster(root: string): Promise<ReplicaCluster> {
  const { command, args } = unpackedProgram(root, "usr/sbin/mysqld");
  const common = [...args, "--no-defaults", ...filesOf(root)];
  return startGtidCluster({
    name: "MySQL",
    scheme: "mysql",
    command,
    args: () => [
      ...common,
      "--mysqlx=OFF",
      "--gtid-mode=ON",
      "--enforce-gtid-consistency=ON",
      `--plugin-load-add=${PLUGINS}`,
      "--loose-rpl-semi-sync-replica-enabled=1",
    ],
    async install(data, temporary, account) {
      const where = [`--datadir=${data}`, `--tmpdir=${temporary}`];
      await runCommand(command, [...common, ...where, "--initialize-insecure"], { account });
      // Each server makes a number of its own when it first runs.
      rmSync(join(data, "auto.cnf"), { force: true });
    },
    source: "source",
    replica: "replica",
    follow: (port) =>
      `change replication source to source_host = '127.0.0.1', source_port = ${port}, source_user = 'copier', ` +
      "source_auto_position = 1, source_connect_retry = 1, get_source_public_key = 1",
    received: (status) => (status["Retrieved_Gtid_Set"] ?? "").replaceAll(/\s/g, ""),
    // "3e11fa47-…:1-27": from that server, up to the 27th.
    extent: (set) => Number(/(\d+)$/.exec(set)?.[1] ?? 0),
    wait: (set) => `select wait_for_executed_gtid_set('${set}', 30)`,
  });
}
