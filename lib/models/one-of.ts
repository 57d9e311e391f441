import { ConfigurationError } from "../errors/index.js";
import type { GenericArmDeclaration, GenericKeyDeclaration, OneOfDeclaration } from "../fields/index.js";
import {
  areRowsOf,
  fieldOf,
  type ColumnMeta,
  type FieldMeta,
  type ForeignKeyMeta,
  type ModelMeta,
  type OneOfMeta,
} from "./meta.js";
import { checkIdentifier } from "./naming.js";

/** A target of a generic relation, and the columns of its primary key. */
export interface GenericTarget {
  readonly kind: string;
  readonly name: string;
  readonly key: readonly ColumnMeta[];
}

/** The field of the column that holds the keys of a generic relation's targets, which must all be alike. */
export function genericKeyField(
  where: string,
  name: string,
  { options }: GenericKeyDeclaration,
  targets: readonly GenericTarget[],
): FieldMeta {
  const several = targets.find(({ key }) => key.length > 1);
  if (several !== undefined) {
    throw new ConfigurationError(
      `${where}: ${several.name} has a key of several columns, and a generic relation has one for all keys. ` +
        `Use fields.oneOf(…), which has columns for each model.`,
    );
  }
  const [first, ...others] = targets.map(({ name: model, key: [key] }) => ({ model, key: key as ColumnMeta }));
  const { model, key } = first as { model: string; key: ColumnMeta };
  const other = others.find((target) => !isAlike(target.key, key));
  if (other !== undefined) {
    throw new ConfigurationError(
      `${where}: the key of ${model} is a ${key.type.storage}, and that of ${other.model} a ${other.key.type.storage}: ` +
        `one column cannot hold both. Use fields.oneOf(…), which has columns for each model.`,
    );
  }
  const { scalar } = longest([key, ...others.map((target) => target.key)]);
  const column = {
    ...{ name: checkIdentifier(`${where}: column name`, options.column), field: name, index: -1 },
    ...{ property: Symbol(name), type: scalar.type, family: scalar.family, scalar },
    ...{ options: { null: options.null }, nullable: options.null },
    ...{ unique: false, primaryKey: false, generated: false, relation: null },
  };
  return Object.freeze({ type: "scalar", name, kind: scalar.kind, column });
}

function isAlike({ type }: ColumnMeta, other: ColumnMeta): boolean {
  const isOwn = type.customCodec !== null || other.type.customCodec !== null;
  return type.storage === other.type.storage && (!isOwn || type.customCodec === other.type.customCodec);
}

function longest(keys: readonly ColumnMeta[]): ColumnMeta {
  return keys.reduce((most, key) => ((key.type.maxLength ?? 0) > (most.type.maxLength ?? 0) ? key : most));
}

/** Where a foreign key of a generic relation stands, and what it is made of. */
interface ArmParts {
  readonly name: string;
  readonly type: ColumnMeta;
  readonly id: ColumnMeta;
  readonly target: ModelMeta;
  readonly key: ColumnMeta;
}

const kindColumns = new WeakSet<ColumnMeta>();

/** True for the column of a generic relation that holds the kind: for rows found by keys of one model it is always the same. */
export function isKindColumn(column: ColumnMeta): boolean {
  return kindColumns.has(column);
}

/** A foreign key of two columns: the kind, which is the same for all rows of its target, and their key. */
export function genericArm({ kind, settings }: GenericArmDeclaration, parts: ArmParts): ForeignKeyMeta {
  const { name, type, id, target, key } = parts;
  const constant: ColumnMeta = Object.freeze({
    ...{ name: "", field: key.field, index: -1, property: Symbol(`${name} kind`), constant: kind },
    ...{ type: type.type, family: type.family, scalar: type.scalar, options: {}, nullable: false },
    ...{ unique: false, primaryKey: false, generated: false, relation: null },
  });
  kindColumns.add(type);
  const columns = Object.freeze([type, id]);
  const targetColumns = Object.freeze([constant, key]);
  return {
    ...{ type: "foreignKey", kind: "foreignKey", name, target, columns, targetColumns },
    ...{ column: type, targetColumn: constant, nullable: true },
    ...{ unique: settings.unique ?? false, indexed: settings.index ?? true },
    ...{ onDelete: settings.onDelete ?? "cascade", rowSlot: Symbol(`${name} row`) },
  };
}

/** True for a foreign key of a generic relation: no constraint of the database stands behind it. */
export function isGenericArm({ targetColumn }: ForeignKeyMeta): boolean {
  return targetColumn.constant !== undefined;
}

/** The columns of the target by which rows that a foreign key points at are found. */
export function keyColumnsOf({ targetColumns }: ForeignKeyMeta): readonly ColumnMeta[] {
  return targetColumns.some(isConstant) ? targetColumns.filter((column) => !isConstant(column)) : targetColumns;
}

export function isConstant({ constant }: ColumnMeta): boolean {
  return constant !== undefined;
}

/** A relation to one of several models, from the foreign keys that it has. */
export function oneOfField(meta: ModelMeta, name: string, entry: OneOfDeclaration): OneOfMeta {
  const arms = new Map<string, ForeignKeyMeta>();
  for (const kind of Object.keys(entry.targets)) arms.set(kind, meta.fields[`${name}__${kind}`] as ForeignKeyMeta);
  checkApart(`${meta.name}.${name}`, arms);
  const columns = [...new Set([...arms.values()].flatMap((arm) => arm.columns))];
  const { null: nullable = false } = entry.settings;
  return Object.freeze({ type: "oneOf", name, kind: entry.relation, arms, columns: Object.freeze(columns), nullable });
}

/** A row must tell by itself of which kind it is. */
function checkApart(where: string, arms: OneOfMeta["arms"]): void {
  const seen: [string, ModelMeta][] = [];
  for (const [kind, { target }] of arms) {
    const other = seen.find(([, before]) => areRowsOf(target, before) || areRowsOf(before, target));
    if (other !== undefined) {
      throw new ConfigurationError(
        `${where}: rows of ${target.name} are rows of ${other[1].name}, too, and so would be of the kinds "${other[0]}" ` +
          `and "${kind}". Keep one of them.`,
      );
    }
    seen.push([kind, target]);
  }
}

/** The relation to one of several models that a foreign key belongs to; undefined for most. */
export function oneOfWith(meta: ModelMeta, relation: ForeignKeyMeta): OneOfMeta | undefined {
  return meta.oneOfs.find(({ arms }) => [...arms.values()].includes(relation));
}

/**
 * The names of a path from a model, where the first is a relation to one of several models with the kind behind it as
 * one: `["target__post", "title"]`.
 */
export function withKind(meta: ModelMeta, names: readonly string[]): readonly string[] {
  const [name, kind, ...rest] = names;
  if (meta.oneOfs.length === 0 || kind === undefined) return names;
  const member = `${name}__${kind}`;
  return fieldOf(meta, name as string)?.type === "oneOf" && fieldOf(meta, member) !== undefined
    ? [member, ...rest]
    : names;
}

/** The name of a field as it was declared: that of the relation for a part of one. */
export function declaredName(name: string): string {
  const end = name.indexOf("__");
  return end < 0 ? name : name.slice(0, end);
}
