import type { DatabaseCore } from "../../execute/database-core.js";
import { ValidationError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import { META, type ModelMeta } from "../../models/index.js";
import { bulkCreate } from "./bulk-create.js";
import type { BulkCreateOptions } from "./bulk-work.js";
import { type Branch, NestedReader, newBranch } from "./nested-input.js";
import { keepRelated } from "../relations/relations.js";
import { type ModelRow, savesAsUsual } from "../instances/row.js";
import { connections, createsManyAloud } from "../signals/signal.js";
import { tieAloud } from "./nested-ties.js";

/**
 * Inserts a row and those that its values hold, in one transaction: first what it points at, then the row, then what
 * points at it. Everything is checked before the first statement.
 */
export async function createNested(database: DatabaseCore, meta: ModelMeta, values: object): Promise<object> {
  const reader = new NestedReader(database, savesAsUsual);
  const branch = newBranch(meta);
  const row = reader.read(branch, values);
  if (reader.problems.length > 0) throw new ValidationError(meta.name, reader.problems);
  await insertTree(database, branch, { asksRows: true, root: branch });
  return row;
}

/** The same for many rows: one statement for all that stand in the same place, not one for each. */
export async function bulkCreateNested(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  { given, ...options }: BulkCreateOptions & { readonly given: object | null },
): Promise<object[]> {
  const branch = newBranch(meta);
  const problems = rows.flatMap((values, at) => {
    const reader = new NestedReader(database, (model) => !createsManyAloud(model));
    if (META in values) reader.take(branch, values);
    else reader.read(branch, given === null ? values : { ...values, ...given });
    return reader.problems.map(({ field, message }) => ({ field, message: `in rows[${at}]: ${message}` }));
  });
  if (problems.length > 0) throw new ValidationError(meta.name, problems);
  await insertTree(database, branch, { ...options, asksRows: false, root: branch });
  return branch.rows;
}

interface How extends BulkCreateOptions {
  /** Whether rows of classes that save in a way of their own are asked to, one by one. */
  readonly asksRows: boolean;
  /** The rows that were given: of these alone it is told how far they are. */
  readonly root: Branch;
}

async function insertTree(database: DatabaseCore, branch: Branch, how: How): Promise<void> {
  const isAlone = branch.parents.size === 0 && [...branch.children.values()].every(({ rows }) => rows.length === 0);
  if (isAlone) await insertBranch(database, branch, how);
  else await atomic(database, () => insertBranch(database, branch, how), {});
  keepChildren(branch);
}

async function insertBranch(database: DatabaseCore, branch: Branch, how: How): Promise<void> {
  for (const parent of branch.parents.values()) await insertBranch(database, parent, how);
  const insert = () => insertOwn(database, branch, how);
  await (branch.ties.length === 0 || connections === 0 ? insert() : tieAloud(branch.ties, insert));
  for (const child of branch.children.values()) await insertBranch(database, child, how);
}

async function insertOwn(
  database: DatabaseCore,
  branch: Branch,
  { asksRows, root, batchSize, onProgress }: How,
): Promise<void> {
  const { meta, rows } = branch;
  if (asksRows && !savesAsUsual(meta)) {
    for (const row of rows as ModelRow[]) await row.save();
    return;
  }
  const told = branch === root ? onProgress : undefined;
  const options = { ...(batchSize !== undefined && { batchSize }), ...(told !== undefined && { onProgress: told }) };
  await bulkCreate(database, meta, rows, options, { isQuiet: asksRows });
}

function keepChildren(branch: Branch): void {
  for (const { row, relation, children } of branch.given) keepRelated(row, relation, children);
  for (const below of [...branch.parents.values(), ...branch.children.values()]) keepChildren(below);
}
