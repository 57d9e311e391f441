import { dunderContestant } from "./contestants/dunder.js";
import { kyselyContestant } from "./contestants/kysely.js";
import { mysqlContestant } from "./contestants/mysql.js";
import { postgresContestant } from "./contestants/postgres.js";
import { sqliteContestant } from "./contestants/sqlite.js";
import { serve } from "./serve.js";

/** The program of the contestants that need nothing but the project's own packages. */

const bare = { sqlite: sqliteContestant, postgres: postgresContestant, mysql: mysqlContestant };

serve((name, engine, url) => {
  if (name === "dunder-orm") return dunderContestant(url);
  if (name === "kysely") return kyselyContestant(engine, url);
  return bare[engine](url, name === "raw-map");
});
