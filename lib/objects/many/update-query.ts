import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import type { Query } from "../../query/index.js";
import { isEmpty } from "../reading/fetch.js";
import { readValues } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";
import { heard, updatesAloud } from "../signals/signal.js";
import { readComputed, withoutExpressions } from "../writing/computed.js";
import { type Computed, NOTHING } from "../writing/computed-columns.js";
import { updateRows } from "../writing/update-line.js";

type Values = Readonly<Record<string, unknown>>;

/** An update of all rows of a query. */
export interface Update {
  readonly database: DatabaseCore;
  readonly query: Query;
  /** By name, as they are told of. */
  readonly values: Values;
  /** The columns that these come to; without it they are read. */
  readonly fixed?: ColumnValues;
  /** The same rows, for those who hear of it. */
  readonly queryset: () => object;
}

/** Sets all rows of a query to values, and gives the number of rows matched. */
export function updateQuery(update: Update): Promise<number> {
  const { database, query, values, fixed } = update;
  const [given, computed] = fixed === undefined ? readUpdate(query, values) : [fixed, NOTHING];
  if (updatesAloud(query.model) && !isEmpty(query)) return updateAloud(update);
  return updateRows(database, query, given, computed);
}

/** The same, told of before and after, in one transaction: what receivers set in the values is set, too. */
async function updateAloud({ database, query, values, fixed, queryset }: Update): Promise<number> {
  const { model } = query;
  const told = { ...values };
  const event = { model: model.model, queryset: queryset(), values: told };
  const whole = async (): Promise<number> => {
    await heard.preUpdate.send(model, event);
    const [given, computed] = fixed === undefined ? readUpdate(query, told) : withMore(query, fixed, values, told);
    const matched = await updateRows(database, query, given, computed);
    await heard.postUpdate.send(model, { ...event, matched });
    return matched;
  };
  return atomic(database, whole, {});
}

function readUpdate(query: Query, values: Values, fixed: ColumnValues = new Map()): [ColumnValues, Computed] {
  const [plain, expressions] = withoutExpressions(values);
  const given: ColumnValues = new Map([...fixed, ...readValues(query.model, plain, "update")]);
  const computed = expressions === null ? NOTHING : readComputed(query, expressions, given.size);
  if (given.size > 0 || computed.columns.length > 0) return [given, computed];
  throw new FieldError(`${query.model.name}: update({}) names no field to set.`);
}

/** What is set whatever receivers say, and what they have set beside. */
function withMore(query: Query, fixed: ColumnValues, values: Values, told: Values): [ColumnValues, Computed] {
  const more = Object.entries(told).filter(([name]) => !Object.hasOwn(values, name));
  return readUpdate(query, Object.fromEntries(more), fixed);
}
