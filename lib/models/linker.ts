import { ConfigurationError } from "../errors/index.js";
import { ScalarField } from "../fields/index.js";
import type { ReverseDeclaration } from "../fields/index.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft } from "./draft.js";
import { isForeignKey, KeyColumns, type Known } from "./key-columns.js";
import {
  type AnyRelationMeta,
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  type ForeignKeyMeta,
  type ModelClass,
  type ModelMeta,
  type ReverseMeta,
} from "./meta.js";
import { pointsAt } from "./points-at.js";
import { isSameSet, uniqueKeys } from "./unique-keys.js";

/** Fills in columns and relations, looking from one draft into another. */
export class Linker {
  readonly #columns: KeyColumns;

  constructor(drafts: ReadonlyMap<object, Draft>, known: Known) {
    this.#columns = new KeyColumns(drafts, known);
  }

  linkColumns(draft: Draft): void {
    const { meta, entries, keyNames } = draft;
    const columns = new Set<ColumnMeta>();
    const fields: Record<string, FieldMeta> = {};
    for (const name of entries.keys()) {
      const field = this.#columns.field(draft, name);
      // Held open here where there is none yet, so that fields keep their declared order; linkReverses puts it in.
      fields[name] = field as FieldMeta;
      for (const column of field === null ? [] : columnsOfField(field)) if (column.field === name) columns.add(column);
    }
    meta.fields = fields;
    meta.primaryKey = keyNames.flatMap((name) => columnsOfField(fields[name] as FieldMeta));
    checkKeyColumns(meta);
    meta.columns = [...columns];
    for (const [index, column] of meta.columns.entries()) {
      Object.freeze(Object.assign(column, { index, primaryKey: meta.primaryKey.includes(column) }));
    }
    checkColumnNames(meta.name, meta.columns);
  }

  linkReverses({ meta, entries }: Draft): void {
    const fields = meta.fields as Record<string, FieldMeta>;
    for (const [name, entry] of entries) {
      if (entry instanceof ScalarField) continue;
      if (entry.relation === "manyToMany") continue;
      if (isForeignKey(entry)) {
        const field = Object.freeze(fields[name] as ForeignKeyMeta);
        checkUniqueTarget(`${meta.name}.${name}`, field);
      } else {
        fields[name] = Object.freeze(this.#reverse(meta, name, entry));
      }
      (meta.relations as Record<string, AnyRelationMeta>)[name] = fields[name] as AnyRelationMeta;
    }
  }

  #reverse(meta: ModelMeta, name: string, entry: ReverseDeclaration): ReverseMeta {
    const target = this.#columns.metaOf(entry.target as ModelClass);
    const via = Object.hasOwn(target.fields, entry.via) ? target.fields[entry.via] : undefined;
    const here = `${meta.name}.${name} (fields.${entry.relation}(${target.name}, "${entry.via}"))`;
    if (via?.type !== "foreignKey") {
      const keys = Object.values(target.fields)
        .filter((field) => field?.type === "foreignKey")
        .map((field) => field.name);
      throw new ConfigurationError(
        `${here}: ${target.name} has no foreign key "${entry.via}".${didYouMean(entry.via, keys)} ` +
          `Foreign keys of ${target.name}: ${keys.join(", ") || "none"}.`,
      );
    }
    if (!pointsAt(via, meta)) {
      throw new ConfigurationError(
        `${here}: ${target.name}.${via.name} points at ${via.target.name}, not at ${meta.name}. ` +
          `Point the two sides at each other.`,
      );
    }
    const many = entry.relation === "hasMany";
    if (!many && !via.unique) {
      throw new ConfigurationError(
        `${here}: several rows of ${target.name} may point at one ${meta.name}. Declare ${target.name}.${via.name} ` +
          `with fields.oneToOne(…), or use fields.hasMany here.`,
      );
    }
    return { type: "reverse", name, kind: entry.relation, many, target, via, rowSlot: Symbol(`${name} row`) };
  }
}

function checkKeyColumns({ name, primaryKey }: ModelMeta): void {
  const twice = primaryKey.find((column, index) => primaryKey.indexOf(column) < index);
  if (twice === undefined) return;
  throw new ConfigurationError(
    `${name}: primaryKey has the column "${twice.name}" twice, since a foreign key in it shares that of "${twice.field}". ` +
      `Leave out "${twice.field}".`,
  );
}

/** Throws where several rows of the target may have what a foreign key holds. */
function checkUniqueTarget(where: string, { target, targetColumns }: ForeignKeyMeta): void {
  if (uniqueKeys(target).some((key) => isSameSet(key, targetColumns))) return;
  const names = [...new Set(targetColumns.map((column) => column.field))];
  const fix =
    names.length === 1
      ? `Declare ${target.name}.${names[0]} with { unique: true }`
      : `Give ${target.name} the option { constraints: [{ unique: [${names.map((name) => `"${name}"`).join(", ")}] }] }`;
  throw new ConfigurationError(
    `${where}: several rows of ${target.name} may have the same ${names.join(" and ")}, so that a foreign key cannot point ` +
      `at one of them. ${fix}, or point at its primary key.`,
  );
}

function checkColumnNames(model: string, columns: readonly ColumnMeta[]): void {
  const seen = new Map<string, string>();
  for (const column of columns) {
    const other = seen.get(column.name.toLowerCase());
    if (other !== undefined) {
      throw new ConfigurationError(
        `${model}: "${other}" and "${column.field}" are both kept in column "${column.name}". ` +
          `Give one of them { column: "…" }.`,
      );
    }
    seen.set(column.name.toLowerCase(), column.field);
  }
}
