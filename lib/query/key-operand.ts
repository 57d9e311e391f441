import { refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { areRowsOf, type ColumnMeta, metaOfRow, type ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";

/** What a relation, or `pk`, is compared with: a row of the model, or its key. */
export function keyOperand(target: ModelMeta, column: ColumnMeta): Operand {
  return {
    family: column.family,
    type: column.type,
    convert: (value) => column.scalar.convert(keyOfRow(value, target)),
    scalar: column.scalar,
  };
}

/** A row's key, where a row is given; anything else comes back as it is, to be converted as a key. */
export function keyOfRow(value: unknown, target: ModelMeta): unknown {
  const meta = metaOfRow(value);
  if (meta === null) {
    if (value !== null && typeof value === "object") {
      return refuse(`expected a row of ${target.name} or its key, got ${printable(value)}.`);
    }
    return value;
  }
  if (!areRowsOf(meta, target)) {
    return refuse(`expected a row of ${target.name}, got one of ${meta.name}.`);
  }
  const key = (value as { pk?: unknown }).pk;
  if (key === null || key === undefined) {
    return refuse(
      `got a ${target.name} without a key: it was never saved, or it was deleted. Save it first: await row.save().`,
    );
  }
  return key;
}
