import { ValidationError } from "../errors/index.js";
import { Refusal, SetRule } from "../fields/index.js";
import type { ForeignKeyMeta, ModelMeta } from "../models/index.js";
import { defaultOf } from "./row-init.js";
import { readValues } from "./row-values.js";
import type { ColumnValues } from "./same-value.js";
import { looseColumns } from "./delete-graph.js";

/** What a foreign key is set to in rows whose target is deleted, by its rule. */
export async function valuesInstead(model: ModelMeta, relation: ForeignKeyMeta): Promise<ColumnValues> {
  const { onDelete: rule } = relation;
  if (rule === "set default") return defaults(model, relation);
  const value = rule instanceof SetRule ? await given(rule) : null;
  if (value === null) return nulls(relation);
  return readValues(model, { [relation.name]: value }, `${relation.name}: onDelete: set`);
}

/** The value of a rule, or the promise of one. */
function given({ onDeleteSet: value }: SetRule): unknown {
  return typeof value === "function" ? (value as () => unknown)() : value;
}

function nulls(relation: ForeignKeyMeta): ColumnValues {
  return new Map(looseColumns(relation).map((column) => [column, null]));
}

function defaults(model: ModelMeta, { name, columns }: ForeignKeyMeta): ColumnValues {
  try {
    return new Map(columns.map((column) => [column, defaultOf(model, column) ?? null]));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ValidationError(model.name, [{ field: name, message: `its default cannot be kept: ${error.message}` }]);
  }
}
