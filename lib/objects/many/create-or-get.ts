import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, UniqueViolation } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import { type ColumnMeta, currentValue, META, type ModelMeta, uniqueKeys } from "../../models/index.js";
import { rowsOf } from "../../query/index.js";
import { fetchByKeys } from "../reading/fetch-by-keys.js";
import { seeingAll } from "./get-or-create.js";
import { identityIn } from "../rows/link-keys.js";
import { newRow } from "../instances/new-row.js";
import { givenColumns } from "../writing/read-conflict.js";
import type { StatefulRow } from "../rows/row-state.js";
import { checkValues } from "../rows/row-values.js";

/** A new row, or where one is there that is alike in unique fields which were given, that one. */
export async function createOrGet(
  database: DatabaseCore,
  meta: ModelMeta,
  values: object,
  given: object | null,
): Promise<[object, boolean]> {
  checkValues(meta, values, "createOrGet");
  if (META in values) throw new FieldError(`${meta.name}: createOrGet(…) takes values of a row, not a row.`);
  const source = given === null ? values : { ...values, ...given };
  const row = newRow(meta, { ...source }, database);
  const keys = givenKeys(meta, source, row);
  try {
    // A block of its own, so that a failed insert does not break the transaction around it.
    await atomic(database, () => row.save(), {});
    return [row, true];
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    const [found, ...others] = await rowsAlike(database, meta, row, keys);
    // Where there are several, none is the one that was meant.
    if (found === undefined || others.length > 0) throw error;
    return [found, false];
  }
}

/** The unique keys of which values were given, none of them NULL. */
function givenKeys(meta: ModelMeta, source: object, row: object): (readonly ColumnMeta[])[] {
  const given = givenColumns(meta, source, []);
  const keys = uniqueKeys(meta);
  const known = keys.filter((key) => {
    return key.every((column) => given.includes(column) && (currentValue(row, column) ?? null) !== null);
  });
  if (known.length > 0) return known;
  const names = keys.map((key) => `[${[...new Set(key.map(({ field }) => field))].join(", ")}]`);
  throw new FieldError(
    `${meta.name}: createOrGet(…) finds a row by unique fields, and none is given. Unique: ${names.join(", ")}.`,
  );
}

async function rowsAlike(
  database: DatabaseCore,
  meta: ModelMeta,
  row: object,
  keys: readonly (readonly ColumnMeta[])[],
): Promise<object[]> {
  const query = seeingAll(database, rowsOf(meta));
  const found = new Map<unknown, object>();
  for (const key of keys) {
    const values = key.map((column) => currentValue(row, column));
    for (const one of await fetchByKeys(database, query, key, [key.length === 1 ? values[0] : values])) {
      found.set(identityIn(one as StatefulRow, meta.primaryKey), one);
    }
  }
  return [...found.values()];
}
