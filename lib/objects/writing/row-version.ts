import { StaleRowError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { onRollback } from "../../execute/index.js";
import { Expression } from "../../expressions/index.js";
import { type ColumnMeta, currentValue, META } from "../../models/index.js";
import { columnsIn, type Query, withFilter } from "../../query/index.js";
import { readComputed } from "./computed.js";
import type { Computed } from "./computed-columns.js";
import type { ColumnValues } from "../rows/same-value.js";
import { forgetOnRollback, markSaved, type StatefulRow } from "../rows/row-state.js";

/** The version of a row that a program last saw. */
export interface SeenVersion {
  readonly column: ColumnMeta;
  readonly seen: number;
}

export function seenVersion(row: object): SeenVersion | null {
  const { version: column } = (row as StatefulRow)[META];
  return column === null ? null : { column, seen: currentValue(row, column) as number };
}

/** A query for a row, as long as it has the version that was seen. */
export function withVersion(query: Query, version: SeenVersion): Query {
  return withFilter(query, [{ [version.column.field]: version.seen }], "save");
}

/** A row has its next version, unless the transaction is undone. */
export function keepNext(row: object, { column, seen }: SeenVersion, database: DatabaseCore): void {
  const state = row as StatefulRow;
  state[column.property] = seen + 1;
  onRollback(database, () => {
    state[column.property] = seen;
  });
}

export function staleRow(row: StatefulRow, { column, seen }: SeenVersion, what: string): StaleRowError {
  return new StaleRowError(
    `${row.toString()} could not be ${what}: it has another ${column.field} than ${seen} by now, so somebody else wrote it.`,
    { hint: "Read it again (await row.refresh()), see whether your change still holds, and save it then." },
  );
}

/** What an update of many rows sets beside: the next version of each, unless that is told. */
export function withNextVersion(query: Query, column: ColumnMeta, values: ColumnValues, computed: Computed): Computed {
  if (values.has(column) || computed.columns.some((other) => other.column === column)) {
    return computed;
  }
  const next = new Expression({ kind: "path", path: column.field }).add(1);
  const own = readComputed(query, { [column.field]: next }, values.size + computed.values.length);
  return {
    columns: [...computed.columns, ...own.columns],
    values: [...computed.values, ...own.values],
    needs: computed.needs,
    key: `${computed.key} ${own.key}`,
  };
}

/** True for a query of rows by what is their own, the version among it: rows are locked before they are found by key. */
export function asksVersion({ model, filters }: Query): boolean {
  if (model.version === null) return false;
  const columns = filters.flatMap(({ predicate }) => columnsIn(predicate));
  return (
    columns.some(({ path }) => path.column === model.version) && columns.every(({ path }) => path.hops.length === 0)
  );
}

/** Has a row know what was written of it: its next version with it. */
export function keepWritten(row: StatefulRow, database: DatabaseCore, written: ColumnValues): void {
  const version = seenVersion(row);
  forgetOnRollback(row, database);
  if (version !== null) keepNext(row, version, database);
  markSaved(row, database, written);
}
