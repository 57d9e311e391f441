import type { Problem } from "../../errors/index.js";
import { Refusal, refuse } from "../../fields/index.js";
import {
  type ColumnMeta,
  currentValue,
  declaredName,
  type ForeignKeyMeta,
  type ModelMeta,
  type OneOfMeta,
} from "../../models/index.js";
import { kindGiven } from "../../query/index.js";

type Values = Readonly<Record<string, unknown>>;

/**
 * Values with what relations to one of several models are given as values of the foreign keys that they have: of the
 * others NULL. What is wrong is put with other problems.
 */
export function withKinds(meta: ModelMeta, values: unknown, problems: Problem[]): unknown {
  if (meta.oneOfs.length === 0 || values === null || typeof values !== "object") return values;
  const spread = { ...(values as Values) };
  for (const field of meta.oneOfs) {
    const given = spread[field.name];
    delete spread[field.name];
    try {
      Object.assign(spread, kindsGiven(field, given, spread));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push({ field: field.name, message: error.message });
    }
  }
  return spread;
}

/** What a related manager fills in stands before what its user gives. */
function kindsGiven(field: OneOfMeta, given: unknown, others: Values): Values {
  const filled = [...field.arms.values()].find(({ name }) => (others[name] ?? null) !== null);
  return filled === undefined ? kindValues(field, given) : othersNull(field, filled);
}

function kindValues(field: OneOfMeta, value: unknown): Values {
  if (value === undefined) return {};
  if (value === null) return nothing(field);
  const { arm, value: of } = kindGiven(field, value);
  return { ...othersNull(field, arm), [arm.name]: of };
}

/** No row at all. Throws a `Refusal` where there must be one. */
function nothing(field: OneOfMeta): Values {
  if (!field.nullable) refuse("cannot be null.");
  return Object.fromEntries(field.columns.map((column) => [column.field, null]));
}

function othersNull({ kind, arms }: OneOfMeta, arm: ForeignKeyMeta): Values {
  if (kind === "generic") return {};
  return Object.fromEntries([...arms.values()].filter((other) => other !== arm).map(({ name }) => [name, null]));
}

/** The foreign key that a row has a value of; null for none, undefined where that is not known. */
export function armOf(row: object, { kind, arms, columns }: OneOfMeta): ForeignKeyMeta | null | undefined {
  if (kind === "generic") {
    const value = currentValue(row, columns[0] as ColumnMeta);
    return value === null || value === undefined ? value : arms.get(value as string);
  }
  let isKnown = true;
  for (const arm of arms.values()) {
    const value = currentValue(row, arm.column);
    if ((value !== null && value !== undefined) || isGiven(row, arm)) return arm;
    isKnown &&= value === null;
  }
  return isKnown ? null : undefined;
}

/** True where a row was assigned that has no key yet. */
function isGiven(row: object, { rowSlot }: ForeignKeyMeta): boolean {
  const related = (row as Readonly<Record<PropertyKey, unknown>>)[rowSlot];
  return related !== null && related !== undefined;
}

/** Adds relations that must lead to a row, and lead to none, as far as their columns are asked about. */
export function addMissingKinds(
  row: object,
  { oneOfs }: ModelMeta,
  problems: Problem[],
  asked: readonly ColumnMeta[],
): void {
  for (const field of oneOfs) {
    const { name, kind, nullable, columns } = field;
    if (kind === "generic" || nullable || !columns.every((column) => asked.includes(column))) continue;
    const isTold = problems.some((problem) => problem.field !== null && declaredName(problem.field) === name);
    if (!isTold && (armOf(row, field) ?? null) === null) problems.push({ field: name, message: "is required." });
  }
}

/** What a row holds for a relation to one of several models: `{ post: 3 }`. */
export function kindAndKey(row: object, field: OneOfMeta, keyOf: (columns: readonly ColumnMeta[]) => unknown): unknown {
  const arm = armOf(row, field);
  if (arm === null || arm === undefined) return arm;
  const [kind] = [...field.arms].find(([, other]) => other === arm) as [string, ForeignKeyMeta];
  return { [kind]: keyOf(field.kind === "generic" ? arm.columns.slice(1) : arm.columns) };
}
