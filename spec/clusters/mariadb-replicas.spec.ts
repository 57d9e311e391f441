import { mariadbPrograms, startMariadbCluster } from "./support/mariadb-cluster.js";
import { onCluster } from "./support/on-cluster.js";
import { replicaSuite } from "./support/replica-suite.js";
import { useCluster } from "./support/use-cluster.js";

await onCluster("a MariaDB primary with two replicas by GTID", mariadbPrograms, (programs) => {
  replicaSuite(
    useCluster(() => startMariadbCluster(programs)),
    false,
  );
});
