import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { atomic, type AtomicOptions, currentBlock } from "../../execute/index.js";
import { areRowsOf, type ColumnMeta, META, metaOfRow, type ModelMeta, RAW, tableKey } from "../../models/index.js";
import type { CompiledSql } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import type { AskedLimits } from "../writing/conflict-limits.js";
import { withComputed } from "../writing/computed.js";
import { conflictGroups, type PendingRow } from "../writing/conflict-groups.js";
import { inBatches } from "../writing/insert-batches.js";
import { insertSql, type NewRows } from "../writing/insert.js";
import { insertRows } from "../writing/insert-line.js";
import { generatedKey, snapshotSettings } from "../writing/inserted-rows.js";
import { type BulkCreateOptions, type GivenOf, holdsOthers, numbered, withGiven } from "./bulk-work.js";
import { insertAloud } from "./insert-aloud.js";
import { holdsNewRows } from "./nested-input.js";
import { deleteAlike, isVariant } from "../writing/other-variant.js";
import { refuseParent } from "../writing/one-table.js";
import { newRow, rowOf, valuesByColumn } from "../instances/new-row.js";
import { type AskedConflict, givenColumns, leavingOut, readConflict } from "../writing/read-conflict.js";
import { validValues } from "../writing/row-init.js";
import type { StatefulRow } from "../rows/row-state.js";
import { connections, createsManyAloud } from "../signals/signal.js";
import { groupOf, type InsertGroup, type WritePlan, writePlanOf } from "../writing/write-plan.js";

/** What those ask for that create rows as part of something else: apart from options, which may come from anywhere. */
interface Internal {
  /** Values of all rows. */
  readonly given?: object | null;
  /** Columns unique together: rows whose values of these are there already are left out, and keys are not told. */
  readonly unlessThere?: readonly ColumnMeta[] | undefined;
  /** Of rows that may be there already, what else is said of them. */
  readonly limits?: AskedLimits | undefined;
  /** Deletes rows that are in the way first. */
  readonly replaces?: boolean;
  /** Who asks, for messages. */
  readonly method?: string;
  /** Nobody hears of it: what it is part of is told of. */
  readonly isQuiet?: boolean;
  /** The columns of which each row was given values, where it does not tell itself. */
  readonly givenOf?: GivenOf;
}

type Batch = readonly [InsertGroup, NewRows];

const BY_ITSELF = { given: null, replaces: false, method: "bulkCreate", isQuiet: false };

/**
 * Inserts many rows with few statements, in one transaction, and gives them in the order they were given. Every row is
 * checked before the first is sent. null, and nothing done, where values hold other rows to be made along with theirs.
 */
export async function bulkCreate(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  options: BulkCreateOptions,
  internal: Internal = {},
): Promise<object[] | null> {
  checkArguments(meta, rows, options);
  const { given, replaces, method, isQuiet } = { ...BY_ITSELF, ...internal };
  const asked = readAsked(meta, options, internal, method);
  if (rows.length === 0) return [];
  if (connections > 0 && !isQuiet && createsManyAloud(meta)) {
    const insert = (all: readonly object[], givenOf: GivenOf) =>
      bulkCreate(database, meta, all, options, { ...internal, given: null, isQuiet: true, givenOf });
    return insertAloud({ database, meta, rows, given, asked, replaces, options }, insert);
  }
  const made = new Array<object>(rows.length);
  const groups = groupsOf(database, meta, rows, { ...internal, given, asked }, made);
  if (groups === null) return null;
  if (!database.isConnected) await database.open();
  const batches: Batch[] = [];
  for (const [usual, all] of groups) {
    const group = replaces ? replacing(usual) : usual;
    for (const batch of await inBatches(database, group, all, options.batchSize)) batches.push([group, batch]);
  }
  await writeAll(database, batches, rows.length, options, replaces);
  return made;
}

type Grouped = Iterable<readonly [InsertGroup, NewRows]>;

function groupsOf(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  { asked, given, givenOf }: Internal & { readonly asked: AskedConflict | null; readonly given: object | null },
  made: object[],
): Grouped | null {
  return asked === null
    ? groupedRows(database, meta, rows, given, made)
    : meetingRows(database, rows, { asked, given, givenOf }, made);
}

/**
 * The statements that `bulkCreate` would send of rows that go into one each, as tuples. null where values hold other rows
 * to be made along with theirs.
 */
export function bulkCreateSql(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  options: BulkCreateOptions,
  internal: Internal = {},
): CompiledSql[] | null {
  checkArguments(meta, rows, options);
  const { given, replaces, method } = { ...BY_ITSELF, ...internal };
  const asked = readAsked(meta, options, internal, method);
  const groups = groupsOf(database, meta, rows, { ...internal, given, asked }, []);
  return groups === null
    ? null
    : [...groups].map(([usual, batch]) => insertSql(database, replaces ? replacing(usual) : usual, batch));
}

/** An engine's REPLACE spares no variant: of one, its own rows alone are deleted, and others are in the way. */
async function writeAll(
  database: DatabaseCore,
  batches: readonly Batch[],
  total: number,
  options: BulkCreateOptions,
  replaces: boolean,
): Promise<void> {
  const [group, { rows }] = batches[0] as Batch;
  if (!replaces || !isVariant(group.meta)) return insertAll(database, batches, total, options);
  const replace = async (): Promise<void> => {
    await deleteAlike(database, group.meta, rows);
    await insertAll(database, batches, total, options);
  };
  await atomic(database, replace, {});
}

function readAsked(
  meta: ModelMeta,
  options: BulkCreateOptions,
  { unlessThere, limits }: Internal,
  method: string,
): AskedConflict | null {
  const asked =
    unlessThere === undefined ? readConflict(meta, options, method, limits) : leavingOut(meta, unlessThere, method);
  if (asked !== null) refuseParent(meta, method, "getOrCreate(…) and updateOrCreate(…) write such rows one by one.");
  return asked;
}

function replacing(group: InsertGroup): InsertGroup {
  if (isVariant(group.meta)) return group;
  const key = `replace ${group.key}`;
  return { ...group, replaces: true, key, keyOfOne: `${key}1 0` };
}

/** Rows that leave different columns to the database cannot share a statement. */
function groupedRows(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  given: object | null,
  made: object[],
): Map<InsertGroup, NewRows> | null {
  const plan = writePlanOf(meta);
  const groups = new Map<InsertGroup, NewRows>();
  for (let at = 0; at < rows.length; at += 1) {
    const pending = pendingRow(database, plan, withGiven(rows[at] as object, given), at);
    if (pending === null) return null;
    const [row, found] = pending;
    const usual = groupOf(plan, found);
    // Values that were read at once are no expressions.
    const group = (row as StatefulRow)[RAW] === found ? usual : withComputed(usual, found, "bulkCreate");
    let all = groups.get(group);
    if (all === undefined) groups.set(group, (all = { rows: [], values: [], sqlTypes: null }));
    all.rows.push((made[at] = row));
    all.values.push(found);
  }
  return groups;
}

/** The same for rows that may be there already. */
function meetingRows(
  database: DatabaseCore,
  rows: readonly object[],
  {
    asked,
    given,
    givenOf,
  }: Pick<Internal, "givenOf"> & { readonly asked: AskedConflict; readonly given: object | null },
  made: object[],
): [InsertGroup, NewRows][] {
  const { meta } = asked;
  const plan = writePlanOf(meta);
  const pending = rows.map((one, at): PendingRow => {
    const source = withGiven(one, given);
    const found = pendingRow(database, plan, source, at);
    if (found === null) throw holdsOthers(asked, at);
    const [row, values] = found;
    made[at] = row;
    return { row, values, given: givenOf?.[at] ?? givenColumns(meta, source, values) };
  });
  return conflictGroups(database, asked, pending);
}

/** A row and its values by column: one of a plain object's values, or a row that was given. null for values with rows inside. */
function pendingRow(database: DatabaseCore, plan: WritePlan, values: object, at: number): [object, unknown[]] | null {
  const isRow = META in values;
  const found = isRow ? null : valuesByColumn(plan, values);
  if (found !== null) return [rowOf(plan, database, found, values), found];
  if (!isRow && holdsNewRows(plan.meta, values)) return null;
  try {
    const row = isRow ? values : newRow(plan.meta, { ...values }, database);
    return [row, validValues(row)];
  } catch (error) {
    throw numbered(error, at);
  }
}

async function insertAll(
  database: DatabaseCore,
  batches: readonly Batch[],
  total: number,
  { onProgress }: BulkCreateOptions,
): Promise<void> {
  const work = async (): Promise<void> => {
    let done = 0;
    for (const [group, batch] of batches) {
      await insertRows(database, group, batch);
      done += batch.rows.length;
      if (onProgress !== undefined) await onProgress({ done, total });
    }
  };
  const sets = batches.some(([{ conflict }]) => conflict?.action === "update");
  // Some are set by the time that one is found to be of another variant.
  const mayRefuse = sets && total > 1 && batches.some(([{ meta }]) => isVariant(meta));
  const isWhole = batches.length > 1 || mayRefuse || onProgress !== undefined;
  if (isWhole) await atomic(database, work, settingsFor(database, batches));
  else await work();
}

/** What keys of many rows are to be read by, should the transaction be ours. */
function settingsFor(database: DatabaseCore, batches: readonly (readonly [InsertGroup, NewRows])[]): AtomicOptions {
  if (database.engine.features.insertReturning || currentBlock(database) !== null) return {};
  return batches.some(([group]) => generatedKey(group) !== undefined) ? snapshotSettings(database) : {};
}

const CONFLICT_OPTIONS = ["ignoreConflicts", "updateConflicts", "uniqueFields", "updateFields"];
const KNOWN = ["batchSize", ...CONFLICT_OPTIONS, "onProgress"];

function checkArguments(meta: ModelMeta, rows: unknown, options: BulkCreateOptions): void {
  const { batchSize, onProgress } = options;
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new FieldError(
      `${meta.name}: bulkCreate takes no option "${unknown}".${didYouMean(unknown, KNOWN)} Options: ${KNOWN.join(", ")}.`,
    );
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new FieldError(`${meta.name}: onProgress is a function, got ${printable(onProgress)}.`);
  }
  if (!Array.isArray(rows)) {
    throw new FieldError(`${meta.name}: bulkCreate(rows) takes a list of objects, got ${printable(rows)}.`);
  }
  const wrong = rows.findIndex((row) => row === null || typeof row !== "object" || Array.isArray(row));
  if (wrong >= 0) {
    throw new FieldError(`${meta.name}: bulkCreate(rows): row ${wrong} is ${printable(rows[wrong])}, not an object.`);
  }
  const stranger = metaOfRow((rows as readonly object[]).find((row) => isOther(row, meta)));
  if (stranger !== null) throw new FieldError(`${meta.name}: bulkCreate(rows) was given a row of ${stranger.name}.`);
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new FieldError(`${meta.name}: batchSize is a whole number above 0, got ${printable(batchSize)}.`);
  }
}

/** A row of a model that extends this one has a place in another table, too. */
function isOther(row: object, meta: ModelMeta): boolean {
  const given = META in row ? metaOfRow(row) : null;
  if (given === null || given === meta) return false;
  return !areRowsOf(given, meta) || tableKey(given) !== tableKey(meta);
}
