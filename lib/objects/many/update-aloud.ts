import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { atomic } from "../../execute/index.js";
import type { Query } from "../../query/index.js";
import { isEmpty } from "../reading/fetch.js";
import { readValues } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";
import { heard } from "../signals/signal.js";
import { readComputed, withoutExpressions } from "../writing/computed.js";
import { type Computed, NOTHING } from "../writing/computed-columns.js";
import { stamp } from "../writing/stamps.js";
import { updateRows } from "../writing/update-line.js";
import { writePlanOf } from "../writing/write-plan.js";

type Values = Readonly<Record<string, unknown>>;

/** What rows are set to. */
interface Settings {
  readonly given: ColumnValues;
  readonly computed: Computed;
}

/** An update of all rows of a query. */
interface Update {
  readonly database: DatabaseCore;
  readonly query: Query;
  /** By name, as they are told of. */
  readonly values: Values;
  /** The columns that these come to, whatever receivers say. */
  readonly fixed?: ColumnValues;
  /** The same rows, for those who hear of it. */
  readonly queryset: object;
}

/**
 * Sets all rows of a query to values, told of before and after, in one transaction, and gives the number of rows
 * matched. What receivers set in the values is set, too.
 */
export async function updateAloud({ database, query, values, fixed, queryset }: Update): Promise<number> {
  if (isEmpty(query)) return 0;
  const { model } = query;
  const told = { ...values };
  const event = { model: model.model, queryset, values: told };
  const whole = async (): Promise<number> => {
    await heard.preUpdate.send(model, event);
    const { given, computed } = fixed === undefined ? readUpdate(query, told) : withMore(query, fixed, values, told);
    const matched = await updateRows(database, query, given, computed);
    await heard.postUpdate.send(model, { ...event, matched });
    return matched;
  };
  return atomic(database, whole, {});
}

/** Reads what rows are to be set to: values, and expressions apart from them. */
export function readUpdate(query: Query, values: Values): Settings {
  const [plain, expressions] = withoutExpressions(values);
  const given = readValues(query.model, plain, "update");
  if (given.size === 0 && expressions === null) {
    throw new FieldError(`${query.model.name}: update({}) names no field to set.`);
  }
  if (writePlanOf(query.model).stamped.length > 0) stamp(query.model, given, values);
  return { given, computed: expressions === null ? NOTHING : readComputed(query, expressions, given.size) };
}

/** What is set anyway, and what receivers have set beside. */
function withMore(query: Query, fixed: ColumnValues, values: Values, told: Values): Settings {
  const { model } = query;
  const changed = Object.keys(values).find((name) => told[name] !== values[name]);
  if (changed !== undefined) {
    throw new FieldError(
      `${model.name}: a receiver of preUpdate may set other fields in values, but not "${changed}", which says whose ` +
        `rows they are.`,
    );
  }
  const more = Object.fromEntries(Object.entries(told).filter(([name]) => !Object.hasOwn(values, name)));
  const [plain, expressions] = withoutExpressions(more);
  const given: ColumnValues = new Map([...fixed, ...readValues(model, plain, "update")]);
  return { given, computed: expressions === null ? NOTHING : readComputed(query, expressions, given.size) };
}
