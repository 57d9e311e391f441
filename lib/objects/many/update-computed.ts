import type { DatabaseCore } from "../../execute/database-core.js";
import type { ColumnMeta } from "../../models/index.js";
import type { Query } from "../../query/index.js";
import { type Change, narrowedBy } from "../writing/bulk-update-writer.js";
import { readComputed, splitComputed } from "../writing/computed.js";
import { NOTHING } from "../writing/computed-columns.js";
import { readComputedBack } from "../instances/row-writes.js";
import { keepWritten } from "../writing/row-version.js";
import type { ColumnValues } from "../rows/same-value.js";
import { updateRows } from "../writing/update-line.js";

/** Updates a row some of whose values are expressions, and reads what came of them; gives the number of rows matched. */
export async function updateComputed(
  database: DatabaseCore,
  query: Query,
  columns: readonly ColumnMeta[],
  { row, key, values: list }: Change,
): Promise<number> {
  const values: ColumnValues = new Map(columns.map((column, at) => [column, list[at]]));
  const narrowed = narrowedBy(query, [key]);
  const [plain, expressions] = splitComputed(values);
  const computed = expressions === null ? NOTHING : readComputed(narrowed, expressions, plain.size, "bulkUpdate");
  const matched = await updateRows(database, narrowed, plain, computed);
  if (matched === 0) return 0;
  keepWritten(row, database, await readComputedBack(row, database, values));
  return matched;
}
