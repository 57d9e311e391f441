import { Database } from "dunder-orm";
import { Mark, writeRounds } from "./crash-rounds.js";
import { optionsOfDriver } from "./drivers.js";

/** A process that writes to a SQLite file until it is killed. Arguments: the file, and the first round. */
const [file, first] = process.argv.slice(2) as [string, string];
const db = new Database(`sqlite:${file}`, await optionsOfDriver("sqlite"));
Mark.bind(db);
await db.createTables([Mark]);
await writeRounds(db, Number(first), (round) => process.stdout.write(`${round}\n`));
