import type { DatabaseCore } from "../../execute/database-core.js";
import { UniqueViolation } from "../../errors/index.js";
import { type ColumnMeta, type ModelMeta, uniqueKeys } from "../../models/index.js";
import { type LinkKey, rowsOf, withKeys, withLock } from "../../query/index.js";
import { fetchByKeys } from "../reading/fetch-by-keys.js";
import { keyIn } from "../rows/link-keys.js";
import type { StatefulRow } from "../rows/row-state.js";
import { deleteRows } from "./change.js";
import type { Conflict } from "./conflict.js";

/** True for a model whose table has rows that are not its own. */
export function isVariant({ kind }: ModelMeta): boolean {
  return kind !== null && kind.value !== null;
}

/** Throws where one of the rows that were to be set is of another variant, and so was left as it is. */
export function refuseOther(meta: ModelMeta, { target, method }: Conflict, kinds: readonly unknown[]): void {
  const at = kinds.findIndex((kind) => kind !== meta.kind?.value);
  if (meta.kind === null || at < 0) return;
  const { root } = meta.kind;
  const owner = root.kind?.variants.get(kinds[at]) ?? root;
  const names = [...new Set(target.map(({ field }) => field))].join(", ");
  throw new UniqueViolation(
    `${meta.name}: ${method}(…): the row that is there already, by [${names}], is of ${owner.name}, and ${meta.name} ` +
      `sets rows of its own alone.`,
    {
      table: meta.table,
      columns: target.map(({ name }) => name),
      hint: `Choose other values, or write it by ${owner.name}.objects.`,
    },
  );
}

/** The same for rows that were not found again. */
export async function refuseOthers(
  database: DatabaseCore,
  meta: ModelMeta,
  conflict: Conflict,
  keys: readonly LinkKey[],
): Promise<void> {
  if (meta.kind === null || !isVariant(meta) || keys.length === 0) return;
  const { root, column } = meta.kind;
  const found = await fetchByKeys(database, withLock(rowsOf(root), {}), conflict.target, keys);
  const kinds = found.map((row) => (row as StatefulRow)[column.property]);
  refuseOther(meta, conflict, kinds);
}

/** Deletes rows of a variant that new ones are alike with in unique fields. */
export async function deleteAlike(database: DatabaseCore, meta: ModelMeta, rows: readonly object[]): Promise<void> {
  for (const columns of uniqueKeys(meta)) {
    const keys = rows.map((row) => (isKnown(row, columns) ? keyIn(row, columns) : null)).filter((key) => key !== null);
    if (keys.length > 0) await deleteRows(database, withKeys(rowsOf(meta), columns, keys));
  }
}

function isKnown(row: object, columns: readonly ColumnMeta[]): boolean {
  return columns.every(({ property }) => ((row as StatefulRow)[property] ?? null) !== null);
}
