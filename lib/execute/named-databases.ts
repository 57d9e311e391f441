import { ConfigurationError } from "../errors/index.js";
import { didYouMean } from "../util/suggest.js";

/** As much of a database as decides who has a name. */
interface Aliased {
  readonly isShut: boolean;
  readonly address: string;
}

const byAlias = new Map<string, Aliased>();

/**
 * Gives a database a name to be asked for by. One that another database has is taken over where that one is closed, or is
 * in the same place, as when a module is loaded a second time.
 */
export function nameDatabase(alias: string, database: Aliased): void {
  const other = byAlias.get(alias);
  if (other !== undefined && other !== database && !other.isShut && other.address !== database.address) {
    throw new ConfigurationError(`Another database is called "${alias}" already.`, {
      hint: "Close that one first, or choose another alias: qs.using(alias) must mean one of them.",
    });
  }
  byAlias.set(alias, database);
}

/** The database of a name. */
export function databaseNamed(alias: string, where: string): Aliased {
  const found = byAlias.get(alias);
  if (found !== undefined) return found;
  const known = [...byAlias.keys()];
  const choices = known.length === 0 ? "None has a name." : `There are: ${known.join(", ")}.`;
  throw new ConfigurationError(
    `${where}: no database is called ${JSON.stringify(alias)}.${didYouMean(alias, known)} ${choices}`,
    { hint: 'A name is given by new Database(url, { alias: "archive" }), which must have run by now.' },
  );
}
