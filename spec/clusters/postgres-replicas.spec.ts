import { onCluster } from "./support/on-cluster.js";
import { postgresPrograms, startPostgresCluster } from "./support/postgres-cluster.js";
import { replicaSuite } from "./support/replica-suite.js";
import { useCluster } from "./support/use-cluster.js";

await onCluster("a PostgreSQL primary with two streaming replicas", postgresPrograms, (bin) => {
  replicaSuite(
    useCluster(() => startPostgresCluster(bin)),
    true,
  );
});
