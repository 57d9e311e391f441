import { TransactionError } from "../errors/index.js";
import { currentBlock } from "../execute/index.js";
import type { Database } from "../objects/instances/database.js";

/** A column as a database tells of it. */
export interface FoundColumn {
  readonly name: string;
  readonly dataType: string;
  readonly isNullable: boolean;
  readonly isAutoIncrementing: boolean;
  readonly hasDefaultValue: boolean;
}

export interface FoundTable {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly FoundColumn[];
}

/** The tables that there are. */
export async function foundTables(database: Database): Promise<readonly FoundTable[]> {
  if (!database.isConnected) await database.connect({ reuseIfOpen: true });
  const tables = await database.kysely.introspection.getTables();
  return tables.filter((table) => !table.isView);
}

/**
 * Throws where a table or a column would have to be made in a transaction that ends by that, on an engine of which that
 * is so, unless it turns out to be there.
 */
export async function refuseToCommit(
  database: Database,
  why: string,
  isThere: () => boolean | Promise<boolean> = () => false,
): Promise<void> {
  const { features, label } = database.engine;
  if (currentBlock(database) === null || features.schemaEndsTransactions !== true || (await isThere())) return;
  throw new TransactionError(`${why} to make it would end the transaction on ${label}, with all that was done in it.`, {
    hint: "Use it once before the transaction begins.",
  });
}
