import type { DatabaseCore } from "../../execute/database-core.js";
import { atomic } from "../../execute/index.js";
import { type ColumnMeta, currentValue, META, type ModelMeta } from "../../models/index.js";
import type { BulkConflict } from "../../types/index.js";
import { newRow } from "../instances/new-row.js";
import { frozenCopy } from "../rows/row-values.js";
import { sameValue } from "../rows/same-value.js";
import { heard } from "../signals/signal.js";
import { type AskedConflict, givenColumns } from "../writing/read-conflict.js";
import { type BulkCreateOptions, type GivenOf, holdsOthers, numbered, withGiven } from "./bulk-work.js";
import { holdsNewRows } from "./nested-input.js";

/** Rows to be inserted, and how. */
interface Work {
  readonly database: DatabaseCore;
  readonly meta: ModelMeta;
  readonly rows: readonly object[];
  /** Values of all rows. */
  readonly given: object | null;
  readonly asked: AskedConflict | null;
  readonly replaces: boolean;
  readonly options: BulkCreateOptions;
}

/**
 * Has rows inserted and told of before and after, in one transaction. What receivers made of them is checked with the
 * rest. null, and nothing done, where values hold other rows to be made along with theirs.
 */
export async function insertAloud(
  work: Work,
  insert: (rows: readonly object[], givenOf: GivenOf) => Promise<object[] | null>,
): Promise<object[] | null> {
  const { database, meta, rows, given, asked } = work;
  const sources = rows.map((one) => withGiven(one, given));
  const nested = sources.findIndex((one) => !(META in one) && holdsNewRows(meta, one));
  if (nested >= 0 && asked !== null) throw holdsOthers(asked, nested);
  if (nested >= 0) return null;
  const made = sources.map((one, at) => (META in one ? one : rowOf(work, one, at)));
  const event = { conflict: conflictOf(work) };
  const whole = async (): Promise<object[]> => {
    const before = asked === null ? [] : made.map((row) => meta.columns.map((column) => copyOf(row, column)));
    await heard.preBulkCreate.sendRows(made, event);
    const givenOf = before.map((values, at) => {
      const [source, row] = [sources[at] as object, made[at] as object];
      if (source === row) return null;
      return [...new Set([...givenColumns(meta, source, []), ...changedSince(meta, row, values)])];
    });
    await insert(made, givenOf);
    await heard.postBulkCreate.sendRows(made, event);
    return made;
  };
  return atomic(database, whole, {});
}

function rowOf({ database, meta }: Work, values: object, at: number): object {
  try {
    return newRow(meta, { ...values }, database);
  } catch (error) {
    throw numbered(error, at);
  }
}

function copyOf(row: object, column: ColumnMeta): unknown {
  return frozenCopy(currentValue(row, column));
}

/** The columns of a row that receivers have set. */
function changedSince(meta: ModelMeta, row: object, values: readonly unknown[]): ColumnMeta[] {
  return meta.columns.filter((column, at) => !sameValue(currentValue(row, column), values[at]));
}

function conflictOf({ asked, replaces, options }: Work): BulkConflict | null {
  if (replaces) return { action: "replace", uniqueFields: null, updateFields: null };
  if (asked === null) return null;
  const { action, target } = asked;
  const known = target === null ? null : [...new Set(target.map(({ field }) => field))];
  return { action, uniqueFields: options.uniqueFields ?? known, updateFields: options.updateFields ?? null };
}
