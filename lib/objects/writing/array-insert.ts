import type { Pool } from "../../databases/ports/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { run } from "../../execute/index.js";
import type { ColumnMeta, ModelMeta } from "../../models/index.js";
import type { InsertGroup } from "./write-plan.js";

/** Fewer rows are as quick as tuples. */
const FEW = 16;

type TypesByColumn = ReadonlyMap<string, string>;

const known = new WeakMap<Pool, Map<ModelMeta, TypesByColumn>>();

/**
 * The types under which so many rows of a group can be inserted as arrays; null where they cannot, or need not. What
 * types a table has is asked for once.
 */
export async function arrayTypes(
  database: DatabaseCore,
  { meta, columns }: InsertGroup,
  rows: number,
): Promise<readonly string[] | null> {
  return rows <= FEW ? null : columnTypes(database, meta, columns);
}

/** The types of columns that can be sent as arrays; null where the engine has none, or one of them cannot. */
export async function columnTypes(
  database: DatabaseCore,
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
): Promise<readonly string[] | null> {
  const { arrayInsert } = database.engine.operations;
  if (arrayInsert === undefined || columns.length === 0) return null;
  // A database that is connected anew may be another one.
  const pool = database.pool ?? (await database.open());
  let ofDatabase = known.get(pool);
  if (ofDatabase === undefined) known.set(pool, (ofDatabase = new Map<ModelMeta, TypesByColumn>()));
  let types = ofDatabase.get(meta);
  if (types === undefined) {
    types = await readTypes(database, meta, arrayInsert.columnTypes);
    // A table that is not there is an error that the insert itself tells best.
    if (types.size > 0) ofDatabase.set(meta, types);
  }
  const found = columns.map((column) => types.get(column.name) ?? "");
  return found.every((type) => type !== "" && arrayInsert.takes(type)) ? found : null;
}

async function readTypes(database: DatabaseCore, meta: ModelMeta, sql: string): Promise<TypesByColumn> {
  const { quote } = database.engine.schema;
  const schema = meta.schema ?? database.schema;
  const name = schema === null ? quote(meta.table) : `${quote(schema)}.${quote(meta.table)}`;
  const statement = { sql, returnsRows: true, wideIntegers: false, named: false };
  const { rows } = await run(database, { statement, parameters: [name], model: meta.name });
  return new Map(rows.map(([column, type]) => [String(column), String(type)]));
}
