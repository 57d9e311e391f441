import { runCommand } from "../../support/servers/run-command.js";
import { type GtidServer, startGtidCluster } from "./gtid-cluster.js";
import { systemProgram } from "./programs.js";
import type { ReplicaCluster } from "./replica-cluster.js";

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

/** Starts a primary, whose commits wait until one of the replicas has got them, and two replicas that follow it by GTID. */
export function startMariadbCluster(programs: MariadbPrograms): Promise<ReplicaCluster> {
  const server: GtidServer = {
    name: "MariaDB",
    scheme: "mariadb",
    command: programs.server,
    args: () => ["--no-defaults", "--skip-name-resolve", "--log-slave-updates", "--rpl-semi-sync-slave-enabled=1"],
    install(data, temporary, account) {
      const args = ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"];
      return runCommand(programs.install, args, { account, env: { TMPDIR: temporary } });
    },
    source: "master",
    replica: "slave",
    follow: (port) =>
      `change master to master_host = '127.0.0.1', master_port = ${port}, master_user = 'copier', ` +
      "master_use_gtid = slave_pos, master_connect_retry = 1",
    received: (status) => status["Gtid_IO_Pos"] ?? "",
    // "0-1-27": of domain 0, from server 1, the 27th.
    extent: (position) => Number(position.split("-")[2]),
    wait: (position) => `select master_gtid_wait('${position}', 30)`,
  };
  return startGtidCluster(server);
}
