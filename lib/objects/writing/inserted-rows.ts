import { bind, compileInserted, compileSnapshot } from "../../compile/index.js";
import type { Row } from "../../databases/ports/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { currentBlock, run } from "../../execute/index.js";
import type { ColumnMeta } from "../../models/index.js";
import type { InsertGroup } from "./write-plan.js";

/** What a transaction has to be for `keepsSnapshot`, where it is ours to say. */
const SNAPSHOT = { isolation: "repeatable read" } as const;

/** The same where the engine has such transactions. */
export function snapshotSettings({ engine }: DatabaseCore): { readonly isolation?: "repeatable read" } {
  return engine.operations.snapshot === undefined ? {} : SNAPSHOT;
}

/** The column of a group's rows whose values the database makes, and tells that of the first. */
export function generatedKey({ made }: InsertGroup): ColumnMeta | undefined {
  return made.find((column) => column.generated);
}

/**
 * Whether the transaction goes on to see a table as it is now, and of the rows written from now on its own alone. Then what
 * an insert has made of many rows can be read: rows from the first one's key on. To count on from that key would be a guess,
 * for a server may give others keys in between.
 */
export async function keepsSnapshot(database: DatabaseCore, { meta, key }: InsertGroup): Promise<boolean> {
  const root = currentBlock(database)?.root;
  if (database.engine.operations.snapshot === undefined || root === undefined || root.hasCommitted) return false;
  if (root.isolation !== null && root.isolation !== SNAPSHOT.isolation) return false;
  const plan = database.plans.get(`snapshot ${key}`, () => compileSnapshot(database, meta));
  const { rows } = await run(database, { statement: plan.statement, parameters: [], model: meta.name });
  return root.isolation === SNAPSHOT.isolation || Number(rows[0]?.[0]) === 1;
}

/** What the database has made of rows that were just inserted by one statement, in their order. */
export async function insertedRows(
  database: DatabaseCore,
  { meta, made, key }: InsertGroup,
  generated: ColumnMeta,
  { first, count }: { readonly first: number | bigint; readonly count: number },
): Promise<readonly Row[]> {
  const plan = database.plans.get(`inserted ${key}`, () => compileInserted(database, meta, made, generated));
  const values = [generated.scalar.convert(first), count];
  const parameters = bind(plan, { values, limit: null, offset: 0 });
  return (await run(database, { statement: plan.statement, parameters, model: meta.name })).rows;
}
