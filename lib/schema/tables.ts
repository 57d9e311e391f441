import type { QueryResult } from "../databases/ports/index.js";
import { ConfigurationError } from "../errors/index.js";
import { atomic, type DatabaseCore, run } from "../execute/index.js";
import { type ForeignKeyMeta, inSchema, type ModelMeta, tableOnly } from "../models/index.js";
import { createNeeded, dropNeeded, type RunSql } from "./needed-parts.js";
import {
  addForeignKeySql,
  commentStatements,
  createTableSql,
  dropTableSql,
  foreignKeyName,
  foreignKeys,
  indexStatements,
  needsIndex,
  tableName,
  uniqueIndexStatements,
} from "./table-statements.js";

/** Options of `createTables` and `dropTables`. */
export interface TableOptions {
  /** Leave tables alone that exist already, or are gone already. True unless given. */
  readonly safe?: boolean;
  /** False for tables without FOREIGN KEY constraints, which some distributed servers lack; indexes there are all the same. */
  readonly foreignKeys?: boolean;
}

/** Creates tables with their indexes, those first that others point at. */
export async function createTables(
  database: DatabaseCore,
  models: readonly ModelMeta[],
  { safe = true, foreignKeys: isTied = true }: TableOptions,
): Promise<void> {
  if (!database.isConnected) await database.open();
  const { engine } = database;
  const { order, later } = inOrder(managed(models), engine.features.forwardReferences);
  const leftOut = isTied ? later : new Set(order.flatMap(foreignKeys));
  const existing = safe ? await existingTables(database, order) : new Set<ModelMeta>();
  const write = (sql: () => readonly string[]) => executeAll(database, sql);
  const fresh = order.filter((meta) => !existing.has(meta));
  await createNeeded(engine, fresh, runIn(database));
  for (const meta of fresh) {
    await write(() => createTableSql(engine, meta, safe, leftOut));
    await write(() => uniqueIndexStatements(engine, meta));
  }
  for (const meta of fresh) {
    const missing = isTied ? foreignKeys(meta).filter((relation) => later.has(relation)) : [];
    await write(() => missing.map((relation) => addForeignKeySql(engine, meta, relation)));
    await write(() => [...indexStatements(engine, meta), ...commentStatements(engine, meta)]);
  }
}

/** Drops tables, those first that point at others; tables that point at each other lose their foreign keys first. */
export async function dropTables(
  database: DatabaseCore,
  models: readonly ModelMeta[],
  { safe = true, foreignKeys: isTied = true }: TableOptions,
): Promise<void> {
  if (!database.isConnected) await database.open();
  const { engine } = database;
  const { deferForeignKeys } = engine.schema;
  const { order, later } = inOrder(managed(models), deferForeignKeys !== undefined);
  const existing = await existingTables(database, order);
  for (const meta of order.filter((item) => existing.has(item))) {
    const isTying = (key: ForeignKeyMeta): boolean => later.has(key) && !sameTable(key.target, meta);
    const tying = isTied ? foreignKeys(meta).filter(isTying) : [];
    await executeAll(database, () =>
      tying.map((key) => engine.schema.dropForeignKey(tableName(engine, meta), foreignKeyName(engine, meta, key))),
    );
  }
  const drop = async (): Promise<void> => {
    await executeAll(database, () => order.toReversed().flatMap((meta) => dropTableSql(engine, meta, safe)));
    await dropNeeded(engine, order, runIn(database));
  };
  if (deferForeignKeys === undefined) return drop();
  await atomic(database, async () => Promise.resolve(execute(database, deferForeignKeys)).then(drop), {});
}

/** Models, with those that were made to tie their rows to others. */
function withThroughs(models: readonly ModelMeta[]): ModelMeta[] {
  const throughs = models.flatMap(({ relations }) => {
    return Object.values(relations).flatMap((field) => {
      return field.type === "manyToMany" && field.isAutomatic && !field.isReverse ? [field.through] : [];
    });
  });
  return [...new Set([...models, ...throughs])];
}

function managed(given: readonly ModelMeta[]): ModelMeta[] {
  const models = withThroughs(given).map(tableOnly);
  for (const [index, meta] of models.entries()) {
    const other = models.slice(0, index).find((earlier) => sameTable(earlier, meta) && !isProxy(earlier, meta));
    if (other !== undefined) {
      throw new ConfigurationError(
        `${other.name} and ${meta.name} are both kept in table "${meta.table}". Rename one.`,
      );
    }
  }
  const abstract = models.find((meta) => meta.options.abstract === true);
  if (abstract !== undefined) throw new ConfigurationError(`${abstract.name} is abstract: it has no table.`);
  // A proxy has the table of the model that it extends.
  return models.filter(
    (meta, index) => meta.options.managed !== false && models.findIndex((other) => sameTable(other, meta)) === index,
  );
}

/** True where one of the two extends the other, or both the same declaration. */
function isProxy(one: ModelMeta, other: ModelMeta): boolean {
  return one.options === other.options;
}

function sameTable(one: ModelMeta, other: ModelMeta): boolean {
  return one.table === other.table && one.schema === other.schema;
}

/** Models so that each comes after those it points at, and the foreign keys that no order can satisfy. */
function inOrder(
  models: readonly ModelMeta[],
  anyOrder: boolean,
): { order: ModelMeta[]; later: ReadonlySet<ForeignKeyMeta> } {
  const order: ModelMeta[] = [];
  const later = new Set<ForeignKeyMeta>();
  const open = new Set<ModelMeta>();
  const visit = (meta: ModelMeta): void => {
    if (order.includes(meta)) return;
    open.add(meta);
    for (const relation of foreignKeys(meta)) {
      const target = models.find((model) => sameTable(model, relation.target));
      if (target === meta && !anyOrder && needsIndex(relation)) later.add(relation);
      if (target === undefined || target === meta) continue;
      if (open.has(target)) {
        if (!anyOrder) later.add(relation);
      } else visit(target);
    }
    open.delete(meta);
    order.push(meta);
  };
  models.forEach(visit);
  return { order, later };
}

/** Which of the models' tables there are. */
async function existingTables(database: DatabaseCore, models: readonly ModelMeta[]): Promise<Set<ModelMeta>> {
  const found = new Set<string>();
  const home = (meta: ModelMeta): string | null => meta.schema ?? database.schema;
  for (const schema of new Set(models.map(home))) {
    const { rows } = await execute(database, database.engine.schema.tablesSql(schema));
    for (const [name] of rows) found.add(JSON.stringify([schema, name]));
  }
  return new Set(models.filter((meta) => found.has(JSON.stringify([home(meta), meta.table]))));
}

/** Runs statements, one after another, on tables of the database's schema. */
async function executeAll(database: DatabaseCore, write: () => readonly string[]): Promise<void> {
  for (const sql of inSchema(database.schema, write)) await execute(database, sql);
}

function runIn(database: DatabaseCore): RunSql {
  return async (sql) => (await execute(database, sql)).rows;
}

function execute(database: DatabaseCore, sql: string): QueryResult | Promise<QueryResult> {
  const statement = { sql, returnsRows: /^select\b/i.test(sql), wideIntegers: false, named: false };
  return run(database, { statement, parameters: [], model: null });
}
