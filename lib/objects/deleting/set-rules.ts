import { ValidationError } from "../../errors/index.js";
import { Refusal, SetRule } from "../../fields/index.js";
import type { ForeignKeyMeta, ModelMeta } from "../../models/index.js";
import { defaultOf } from "../writing/row-init.js";
import { readValues } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";
import { type DeleteEdge, looseColumns } from "./delete-graph.js";

/** What a foreign key is set to in rows whose target is deleted, by its rule. */
export async function valuesInstead({ child: { model }, relation, rule }: DeleteEdge): Promise<ColumnValues> {
  if (rule === "set null") return new Map(relation.columns.map((column) => [column, null]));
  if (rule === "set default") return defaults(model, relation);
  const value = rule instanceof SetRule ? await given(rule) : null;
  if (value === null) return nulls(relation);
  return readValues(model, { [relation.name]: value }, `${relation.name}: onDelete: set`);
}

/** The value of a rule, or the promise of one. */
function given({ onDeleteSet: value }: SetRule): unknown {
  return typeof value === "function" ? (value as () => unknown)() : value;
}

/** One NULL is enough for no reference: columns that other fields have, too, stay as they are where that can be. */
function nulls(relation: ForeignKeyMeta): ColumnValues {
  const loose = looseColumns(relation);
  const own = loose.filter((column) => column.field === relation.name);
  return new Map((own.length > 0 ? own : loose).map((column) => [column, null]));
}

function defaults(model: ModelMeta, relation: ForeignKeyMeta): ColumnValues {
  const { name, columns } = relation;
  // A foreign key that shares a column has no default of its own.
  if (columns.some(({ field, options }) => field !== name || options.default === undefined)) return nulls(relation);
  try {
    return new Map(columns.map((column) => [column, defaultOf(model, column) ?? null]));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ValidationError(model.name, [{ field: name, message: `its default cannot be kept: ${error.message}` }]);
  }
}
