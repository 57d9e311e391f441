import { onCluster } from "./support/on-cluster.js";
import { startMysqlCluster } from "./support/mysql-cluster.js";
import { replicaSuite } from "./support/replica-suite.js";
import { unpackedRoot } from "./support/unpacked.js";
import { useCluster } from "./support/use-cluster.js";

const root = () => unpackedRoot("sid", "mysql-server-core");

await onCluster("a MySQL primary with two replicas by GTID", root, (folder) => {
  replicaSuite(
    useCluster(() => startMysqlCluster(folder)),
    false,
  );
});
