import { Expression } from "../../expressions/index.js";
import { type ColumnMeta, META, type ModelMeta } from "../../models/index.js";
import { updateComputed } from "../../objects/many/update-computed.js";
import { errorsOf } from "../../objects/rows/errors-of.js";
import { savedValue, type StatefulRow } from "../../objects/rows/row-state.js";
import { type Change, writerFor } from "../../objects/writing/bulk-update-writer.js";
import { keepAllWritten } from "../../objects/writing/keep-written.js";
import { now, usualValues, validColumns } from "../../objects/writing/row-init.js";
import { updateRows } from "../../objects/writing/update-line.js";
import { writePlanOf } from "../../objects/writing/write-plan.js";
import { rowsHolding, rowsOf } from "../../query/index.js";
import { changedIn } from "../changes.js";
import type { Core } from "../core.js";
import { SessionError } from "../errors.js";
import { foreignKeysOf } from "../reverses.js";
import { oneIn } from "../sides.js";
import { checkVersions, nextVersion } from "./versions.js";

/** Rows of a model of which the same columns have changed. */
export interface UpdateGroup {
  readonly meta: ModelMeta;
  readonly columns: readonly ColumnMeta[];
  readonly rows: StatefulRow[];
}

/** What has changed of a row, and is written. */
function columnsToWrite(row: StatefulRow): readonly ColumnMeta[] {
  const { version } = row[META];
  const changed = changedIn(row).filter((column) => column.options.generatedAs === undefined && column !== version);
  if (changed.length === 0) return changed;
  const key = changed.find((column) => column.primaryKey);
  if (key !== undefined) {
    throw new SessionError(
      `${row.toString()}: its ${key.field} is the key that its row is known by, and was changed.`,
      {
        hint: "row.clone({ … }) makes a new row like it; delete this one then.",
      },
    );
  }
  const { stamped } = writePlanOf(row[META]);
  return stamped.length === 0 ? changed : [...new Set([...changed, ...stamped])];
}

/** Rows together that can be updated by one statement. */
export function updateGroups(rows: Iterable<StatefulRow>): UpdateGroup[] {
  const groups = new Map<string, UpdateGroup>();
  // Most rows that follow each other have changed alike.
  let latest: UpdateGroup | null = null;
  for (const row of rows) {
    const columns = columnsToWrite(row);
    if (columns.length === 0) continue;
    const meta = row[META];
    if (latest === null || latest.meta !== meta || !isSame(latest.columns, columns)) {
      const key: string = `${meta.id} ${columns.map(({ index }) => index).join()}`;
      latest = groups.get(key) ?? { meta, columns, rows: [] };
      groups.set(key, latest);
    }
    latest.rows.push(row);
  }
  return [...groups.values()];
}

function isSame(left: readonly ColumnMeta[], right: readonly ColumnMeta[]): boolean {
  return left.length === right.length && left.every((column, at) => column === right[at]);
}

/** What can be written of updates at once, and what points at new rows, and so comes after these. */
export function updatesBeside(
  groups: readonly UpdateGroup[],
  inserts: ReadonlySet<StatefulRow>,
): readonly [before: readonly UpdateGroup[], after: readonly UpdateGroup[]] {
  if (inserts.size === 0) return [groups, []];
  const waits = (row: StatefulRow, columns: readonly ColumnMeta[]): boolean =>
    foreignKeysOf(row[META]).some((relation) => {
      const one = oneIn(row, relation);
      return one !== null && inserts.has(one) && relation.columns.some((column) => columns.includes(column));
    });
  const after = groups.filter(({ rows: some, columns }) => some.some((row) => waits(row, columns)));
  return [groups.filter((group) => !after.includes(group)), after];
}

/** Writes what has changed of rows. */
export async function updateAll(core: Core, groups: readonly UpdateGroup[]): Promise<void> {
  for (const group of groups) await updateGroup(core, group);
}

async function updateGroup(core: Core, { meta, columns, rows }: UpdateGroup): Promise<void> {
  const written = meta.version === null ? columns : [...columns, meta.version];
  const changes = rows.map((row) => changeOf(row, columns));
  await checkVersions(core.view, meta, rows, "updated");
  const plain = changes.filter(({ values }) => !values.some(isExpression));
  if (meta.parent === null) await updatePlain(core, meta, written, plain);
  else for (const change of plain) await updateLine(core, meta, written, change);
  for (const change of changes) {
    if (plain.includes(change)) continue;
    if ((await updateComputed(core.view, rowsOf(meta), written, change)) === 0) throw gone(meta, [change], 0);
  }
}

function isExpression(value: unknown): boolean {
  return typeof value === "object" && Expression.is(value);
}

function changeOf(row: StatefulRow, columns: readonly ColumnMeta[]): Change {
  const meta = row[META];
  for (const column of writePlanOf(meta).stamped) row[column.property] = now(column);
  const values = usualValues(row, columns) ?? [...inOrderOf(columns, validColumns(row, columns))];
  for (let at = 0; at < columns.length; at += 1) {
    const { property } = columns[at] as ColumnMeta;
    if (!Object.is(row[property], values[at])) row[property] = values[at];
  }
  if (meta.version !== null) values.push(nextVersion(row));
  return { row, key: meta.primaryKey.map((column) => savedValue(row, column)), values };
}

function inOrderOf(columns: readonly ColumnMeta[], values: ReadonlyMap<ColumnMeta, unknown>): unknown[] {
  return columns.map((column) => values.get(column));
}

async function updatePlain(
  core: Core,
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return;
  const query = rowsOf(meta);
  const writer = await writerFor({ database: core.view, query, columns, batchSize: undefined, rows: changes.length });
  for (let start = 0; start < changes.length;) {
    const batch = changes.slice(start, start + writer.size(changes, start));
    const matched = await writer.write(batch);
    if (matched !== batch.length) throw gone(meta, batch, matched);
    keepAllWritten(core.view, columns, batch);
    start += batch.length;
  }
}

/** A row of a model with a parent: in each of its tables. */
async function updateLine(core: Core, meta: ModelMeta, columns: readonly ColumnMeta[], change: Change): Promise<void> {
  const values = new Map(columns.map((column, at) => [column, change.values[at]]));
  const matched = await updateRows(core.view, rowsHolding(meta, meta.primaryKey, [change.key]), values);
  if (matched === 0) throw gone(meta, [change], 0);
  keepAllWritten(core.view, columns, [change]);
}

function gone(meta: ModelMeta, changes: readonly Change[], matched: number): Error {
  const [first] = changes as [Change];
  const what =
    changes.length === 1
      ? `${first.row.toString()} could not be updated: no row has its key.`
      : `Of ${changes.length} rows of ${meta.name} that were to be updated ${matched} are in the database.`;
  return new (errorsOf(meta).DoesNotExist)(`${what} Somebody else has deleted it.`);
}
