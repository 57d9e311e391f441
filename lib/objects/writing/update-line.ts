import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import { type ColumnMeta, homeOf, type ModelMeta } from "../../models/index.js";
import {
  asksKeysOnly,
  extendedBy,
  partsOf as partsOfTerm,
  type Query,
  rowsHolding,
  type Term,
  type Tuple,
  withColumns,
  withLock,
} from "../../query/index.js";
import { updateTable } from "./change.js";
import { type Computed, NOTHING } from "./computed-columns.js";
import { fetchRows, isEmpty } from "../reading/fetch.js";
import { inBatches } from "../reading/key-batches.js";
import { asksVersion, withNextVersion } from "./row-version.js";
import type { ColumnValues } from "../rows/same-value.js";

/** What one table of a model's is set to. */
interface Part {
  readonly values: ColumnValues;
  readonly computed: Computed["columns"];
}

/** Sets columns of all rows of a query, in each of the tables that have some; gives the number of rows matched. */
export function updateRows(
  database: DatabaseCore,
  query: Query,
  values: ColumnValues,
  computed: Computed = NOTHING,
): number | Promise<number> {
  const update = query.model.parent === null ? updateTable : updateLine;
  return update(database, query, values, computed);
}

/** The same for a model with a parent. */
async function updateLine(
  database: DatabaseCore,
  query: Query,
  values: ColumnValues,
  given: Computed,
): Promise<number> {
  if (isEmpty(query)) return 0;
  const { version } = query.model;
  const computed = version === null ? given : withNextVersion(query, version, values, given);
  const parts = [...partsOf(query.model, values, computed)];
  const set = (rows: Query, [home, part]: readonly [ModelMeta, Part]): number | Promise<number> => {
    const own = home === rows.model ? rows : extendedBy(rows, home);
    const base = own.values.length + part.values.size;
    const columns = part.computed.map(({ column, value: { term } }) => ({ column, value: { term, base } }));
    return updateTable(database, own, part.values, { ...computed, columns });
  };
  const [only, ...others] = parts as [[ModelMeta, Part], ...[ModelMeta, Part][]];
  // By keys that are locked, where the version was looked at: a query within the statement would not look again.
  if (others.length === 0 && !asksVersion(query)) return set(query, only);
  const setAll = async (): Promise<number> => {
    let matched = 0;
    for (const rows of await fixed(database, query)) {
      const counts: number[] = [];
      for (const part of parts) counts.push(await set(rows, part));
      matched += counts[0] as number;
    }
    return matched;
  };
  return atomic(database, setAll, {});
}

/** A query whose rows stay the same while some of their columns are set: where others decide on them, by their keys. */
async function fixed(database: DatabaseCore, query: Query): Promise<readonly Query[]> {
  if (asksKeysOnly(query)) return [query];
  const { model, comment } = query;
  const rows = withColumns(query, model.primaryKey);
  const keys = (await fetchRows(database, asksVersion(query) ? withLock(rows, {}) : rows)) as unknown as Tuple[];
  return [...inBatches(database, model.primaryKey, keys)].map((batch) => {
    return { ...rowsHolding(model, model.primaryKey, batch), comment };
  });
}

/** What is set, by the model in whose table that is. */
function partsOf(model: ModelMeta, values: ColumnValues, { columns }: Computed): Map<ModelMeta, Part> {
  const parts = new Map<ModelMeta, { values: ColumnValues; computed: Computed["columns"][number][] }>();
  const partOf = (column: ColumnMeta) => {
    if (column.primaryKey) throw keyIsFixed(model, column);
    const home = homeOf(model, column);
    const part = parts.get(home) ?? { values: new Map<ColumnMeta, unknown>(), computed: [] };
    parts.set(home, part);
    return part;
  };
  for (const [column, value] of values) partOf(column).values.set(column, value);
  for (const item of columns) {
    partOf(item.column).computed.push(item);
    checkOwn(model, item.column, item.value.term);
  }
  return parts;
}

function keyIsFixed({ name, parent }: ModelMeta, { field }: ColumnMeta): FieldError {
  return new FieldError(
    `${name}.${field} is the key of rows in two tables, ${name}'s and ${(parent as { model: ModelMeta }).model.name}'s, and ` +
      `cannot be changed.`,
  );
}

/** An update writes one table, and reads from it alone. */
function checkOwn(model: ModelMeta, column: ColumnMeta, term: Term): void {
  const home = homeOf(model, column);
  const other = columnsOf(term).find((read) => !read.primaryKey && homeOf(model, read) !== home);
  if (other === undefined) return;
  const { name } = homeOf(model, other);
  throw new FieldError(
    `${model.name}: update({ ${column.field} }) is worked out from "${other.field}", which is in the table of ${name}, not of ` +
      `${home.name}. Read it by a query: Subquery(${name}.objects.filter({ pk: OuterRef("pk") }).values("${other.field}")).`,
  );
}

function columnsOf(term: Term): readonly ColumnMeta[] {
  if (term.kind === "column") return term.path.hops.length === 0 ? [term.path.column] : [];
  return partsOfTerm(term).flatMap(columnsOf);
}
