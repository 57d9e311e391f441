import { refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { areRowsOf, type ColumnMeta, metaOfRow, type ModelMeta, pathTo, valueIn } from "../models/index.js";
import { printable } from "../util/printable.js";

/** What a relation, or `pk`, is compared with: a row of the model, or what it has in a column: its key, unless told. */
export function keyOperand(target: ModelMeta, column: ColumnMeta, held: ColumnMeta | null = null): Operand {
  return {
    family: column.family,
    type: column.type,
    convert: (value) => column.scalar.convert(keyOfRow(value, target, held)),
    scalar: column.scalar,
  };
}

/** What several columns are compared with together: `held` are those of the target that have the same values. */
export function tupleOperand(target: ModelMeta, own: readonly ColumnMeta[], held: readonly ColumnMeta[]): Operand {
  const parts = own.map(({ family, type, scalar }): Operand => ({ family, type, convert: scalar.convert, scalar }));
  return { ...(parts[0] as Operand), parts, convert: (value) => partsGiven(value, target, held) };
}

/** A row's key, or what it has in a column, where a row is given; anything else comes back as it is, to be converted. */
export function keyOfRow(value: unknown, target: ModelMeta, held: ColumnMeta | null = null): unknown {
  if (metaOfRow(value) === null) {
    if (value !== null && typeof value === "object") {
      const what = held === null ? "its key" : `its ${held.field}`;
      return refuse(`expected a row of ${target.name} or ${what}, got ${printable(value)}.`);
    }
    return value;
  }
  if (held !== null) return partsOfRow(value as object, target, [held])[0];
  checkRowOf(value as object, target);
  const key = (value as { pk?: unknown }).pk;
  return key === null || key === undefined ? refuseUnsaved(target) : key;
}

/** What a row, or a key, has in the place of some columns of its model. Throws a `Refusal`. */
export function keyParts(value: unknown, target: ModelMeta, columns: readonly ColumnMeta[]): unknown[] {
  if (metaOfRow(value) !== null) return partsOfRow(value as object, target, columns);
  const [first, ...more] = columns as readonly [ColumnMeta, ...ColumnMeta[]];
  if (first.constant !== undefined) return [first.constant, ...keyParts(behindKind(value, first), target, more)];
  if (more.length === 0) return [first.scalar.convert(keyOfRow(value, target, first))];
  const parts = partsGiven(value, target, columns);
  return columns.map((column, at) => column.scalar.convert(parts[at]));
}

/** A key as columns hold it has its kind before it. */
function behindKind(value: unknown, { constant }: ColumnMeta): unknown {
  return Array.isArray(value) && value.length === 2 && value[0] === constant ? (value[1] as unknown) : value;
}

/** The parts of a key, as they are, or those of a row. */
function partsGiven(value: unknown, target: ModelMeta, columns: readonly ColumnMeta[]): readonly unknown[] {
  if (metaOfRow(value) !== null) return partsOfRow(value as object, target, columns);
  const [first] = columns;
  if (first?.constant !== undefined) return keyParts(value, target, columns);
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  if (parts.length === columns.length && parts.every((part) => part !== null && part !== undefined)) return parts;
  const names = columns.map(pathTo).join(", ");
  const got =
    Array.isArray(value) && parts.length === columns.length ? "one with null or undefined in it" : printable(value);
  return refuse(`expected a key [${names}], got ${got}.`);
}

function partsOfRow(row: object, target: ModelMeta, columns: readonly ColumnMeta[]): unknown[] {
  checkRowOf(row, target);
  const parts = columns.map((column) => valueIn(row, column));
  const missing = columns.find((_, at) => parts[at] === null || parts[at] === undefined);
  if (missing === undefined) return parts;
  if (missing.primaryKey) return refuseUnsaved(target);
  return refuse(`got a ${target.name} without a value of "${missing.field}", by which it is known here.`);
}

function checkRowOf(row: object, target: ModelMeta): void {
  const meta = metaOfRow(row) as ModelMeta;
  if (areRowsOf(meta, target)) return;
  refuse(`expected a row of ${target.name}, got one of ${meta.name}.`);
}

function refuseUnsaved(target: ModelMeta): never {
  return refuse(
    `got a ${target.name} without a key: it was never saved, or it was deleted. Save it first: await row.save().`,
  );
}
