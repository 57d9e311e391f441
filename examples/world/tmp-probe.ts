import { Database, setDefaultDatabase } from "dunder-orm";
import { loadWorld } from "./load.js";
import { showProgress } from "./progress.js";
const t0=performance.now();
const db = new Database(process.argv[2] ?? "sqlite:/tmp/world-test.sqlite");
setDefaultDatabase(db);
await loadWorld(db, showProgress);
console.log("total ms", performance.now()-t0, process.uptime()*1000);
await db.close();
