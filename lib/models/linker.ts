import { ConfigurationError } from "../errors/index.js";
import { ScalarField } from "../fields/index.js";
import type { OneOfDeclaration, ReverseDeclaration } from "../fields/index.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft } from "./draft.js";
import type { Family, FamilyColumns } from "./family.js";
import { isForeignKey, KeyColumns, type Known } from "./key-columns.js";
import { areOwn, homeOf, isFromParent } from "./inherited.js";
import { isInherited, kindOf, refuseHidden } from "./kind.js";
import {
  type AnyRelationMeta,
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  type ForeignKeyMeta,
  isVersion,
  type ModelClass,
  type ModelMeta,
  type OneOfMeta,
  type ReverseMeta,
} from "./meta.js";
import { declaredName, oneOfField } from "./one-of.js";
import { isParentLink } from "./parent-link.js";
import { pointsAt } from "./points-at.js";
import { isSameSet, uniqueKeys } from "./unique-keys.js";

/** Fills in columns and relations, looking from one draft into another. */
export class Linker {
  readonly #columns: KeyColumns;
  readonly #families = new Map<Family, FamilyColumns>();

  constructor(drafts: ReadonlyMap<object, Draft>, known: Known) {
    this.#columns = new KeyColumns(drafts, known);
  }

  linkColumns(draft: Draft): void {
    const { family, parent } = draft.definition;
    if (parent !== null) Object.assign(draft.meta, this.#childColumns(draft, this.#columns.metaOf(parent)));
    else Object.assign(draft.meta, family === null ? this.#columnsOf(draft) : this.#sharedColumns(draft, family));
    draft.meta.version = draft.meta.columns.find(isVersion) ?? null;
  }

  /** The columns of a parent, as they are there, and behind them those of the model's own table. */
  #childColumns(draft: Draft, parent: ModelMeta): FamilyColumns & Pick<ModelMeta, "parent"> {
    const { meta, entries } = draft;
    const own = new Set<ColumnMeta>();
    const fields: Record<string, FieldMeta> = { ...parent.fields };
    for (const name of entries.keys()) {
      refuseInherited(draft, parent, name);
      const field = this.#columns.field(draft, name);
      fields[name] = field as FieldMeta;
      for (const column of field === null ? [] : columnsOfField(field)) if (column.field === name) own.add(column);
    }
    const link = Object.values(fields).find((field) => isLinkTo(field, entries)) as ForeignKeyMeta;
    const keyNames = this.#columns.linkNames(draft, link);
    [...own].forEach((column, at) => Object.freeze(Object.assign(column, { index: parent.columns.length + at })));
    const columns = [...parent.columns, ...own];
    checkColumnNames(meta.name, columns);
    checkColumnNames(meta.name, [...keyNames.map((name) => ({ name, field: link.name })), ...own]);
    const isDeclared = Object.hasOwn(draft.definition.declared, link.name);
    return {
      ...{ columns, fields, primaryKey: parent.primaryKey },
      parent: Object.freeze({ model: parent, link, keyNames: Object.freeze([...keyNames]), isDeclared }),
    };
  }

  /** Gives a model the fields of its parent that have no column, once these are known. */
  inheritRelations({ meta, definition: { parent: model } }: Draft): void {
    if (model === null) return;
    const parent = this.#columns.metaOf(model);
    Object.assign(meta.fields, parent.fields);
    meta.relations = { ...parent.relations, ...meta.relations };
  }

  /** The columns of a table, and the fields; for those without a column a place is held open, which linkReverses fills. */
  #columnsOf(draft: Draft): FamilyColumns {
    const { meta, entries, keyNames } = draft;
    const columns = new Set<ColumnMeta>();
    const fields: Record<string, FieldMeta> = {};
    for (const name of entries.keys()) {
      const field = this.#columns.field(draft, name);
      fields[name] = field as FieldMeta;
      for (const column of field === null ? [] : columnsOfField(field)) if (column.field === name) columns.add(column);
    }
    const primaryKey = keyNames.flatMap((name) => columnsOfField(fields[name] as FieldMeta));
    checkKeyColumns(meta.name, primaryKey);
    const all = [...columns];
    for (const [index, column] of all.entries()) {
      Object.freeze(Object.assign(column, { index, primaryKey: primaryKey.includes(column) }));
    }
    checkColumnNames(meta.name, all);
    checkVersions(meta.name, all);
    return { columns: all, primaryKey, fields };
  }

  /** All models of a table share its columns, and each has its own of the fields. */
  #sharedColumns(draft: Draft, family: Family): FamilyColumns {
    let all = family.linked ?? this.#families.get(family);
    if (all === undefined) this.#families.set(family, (all = this.#columnsOf(draft.table as Draft)));
    const metaOf = (model: ModelClass) => this.#columns.metaOf(model);
    draft.meta.kind = kindOf(draft, family, all, metaOf);
    refuseHidden(draft, all);
    const fields = Object.fromEntries([...draft.entries.keys()].map((name) => [name, all.fields[name] as FieldMeta]));
    return { ...all, fields };
  }

  /** Keeps what was linked of tables with several models, for classes of them that are met later. */
  keepFamilies(): void {
    for (const [family, all] of this.#families) family.linked = all;
  }

  linkReverses({ meta, entries }: Draft): void {
    const fields = meta.fields as Record<string, FieldMeta>;
    const inherited = meta.kind === null || meta.kind.root === meta ? {} : meta.kind.root.fields;
    for (const [name, entry] of entries) {
      if (entry instanceof ScalarField || entry.relation === "manyToMany") continue;
      if ("targets" in entry) {
        if (entry.relation !== "genericKey") this.#oneOf(meta, name, entry, inherited[name]);
        continue;
      }
      if (entry.relation === "genericArm") Object.freeze(fields[name]);
      else if (isForeignKey(entry)) {
        const field = Object.freeze(fields[name] as ForeignKeyMeta);
        checkUniqueTarget(`${meta.name}.${name}`, field);
      } else {
        fields[name] = inherited[name] ?? Object.freeze(this.#reverse(meta, name, entry));
      }
      (meta.relations as Record<string, AnyRelationMeta>)[name] = fields[name] as AnyRelationMeta;
    }
  }

  #oneOf(meta: ModelMeta, name: string, entry: OneOfDeclaration, inherited: FieldMeta | undefined): void {
    const field = (inherited ?? oneOfField(meta, name, entry)) as OneOfMeta;
    (meta.fields as Record<string, FieldMeta>)[name] = field;
    (meta.oneOfs as OneOfMeta[]).push(field);
  }

  /** Of a relation to one of several models the foreign key that leads here. */
  #armTo(meta: ModelMeta, target: ModelMeta, name: string, here: string): ForeignKeyMeta | undefined {
    // What it is made of is known before the relation itself is.
    const arms = (Object.values(target.fields) as (FieldMeta | null)[]).filter(
      (field): field is ForeignKeyMeta => field?.type === "foreignKey" && field.name.startsWith(`${name}__`),
    );
    const found = arms.find((arm) => pointsAt(arm, meta));
    if (arms.length === 0 || found !== undefined) return found;
    const targets = arms.map((arm) => arm.target.name).join(", ");
    throw new ConfigurationError(
      `${here}: ${target.name}.${name} points at ${targets}, not at ${meta.name}. Add ${meta.name} to its models.`,
    );
  }

  #reverse(meta: ModelMeta, name: string, entry: ReverseDeclaration): ReverseMeta {
    const target = this.#columns.metaOf(entry.target as ModelClass);
    const named = Object.hasOwn(target.fields, entry.via) ? target.fields[entry.via] : undefined;
    const here = `${meta.name}.${name} (fields.${entry.relation}(${target.name}, "${entry.via}"))`;
    const via = this.#armTo(meta, target, entry.via, here) ?? named;
    if (via?.type !== "foreignKey") {
      const keys = Object.values(target.fields)
        .filter((field) => field?.type === "foreignKey")
        .map((field) => declaredName(field.name))
        .filter((key, at, all) => all.indexOf(key) === at);
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
    refuseInheritedKey(here, target, via);
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

/** What a model has from another one says of the rows of that as well where they point. */
function refuseInheritedKey(here: string, target: ModelMeta, { name }: ForeignKeyMeta): void {
  if (!isInherited(target, name) && !isFromParent(target, name)) return;
  const owner = target.kind?.root ?? target.parent?.model;
  throw new ConfigurationError(
    `${here}: ${name} is a field of ${owner?.name}, whose rows of other kinds point here by it as well. ` +
      `Name that model here, or declare the foreign key with ${target.name}.`,
  );
}

function checkKeyColumns(name: string, primaryKey: readonly ColumnMeta[]): void {
  const twice = primaryKey.find((column, index) => primaryKey.indexOf(column) < index);
  if (twice === undefined) return;
  throw new ConfigurationError(
    `${name}: primaryKey has the column "${twice.name}" twice, since a foreign key in it shares that of "${twice.field}". ` +
      `Leave out "${twice.field}".`,
  );
}

/** Throws where several rows of the target may have what a foreign key holds. */
function checkUniqueTarget(where: string, { target, targetColumns }: ForeignKeyMeta): void {
  const elsewhere = targetColumns.find((column) => !areOwn(target, [column]));
  if (elsewhere !== undefined) {
    throw new ConfigurationError(
      `${where}: "${elsewhere.field}" is in the table of ${homeOf(target, elsewhere).name}, not in that of ${target.name}. ` +
        `Point at ${homeOf(target, elsewhere).name}, or at the primary key.`,
    );
  }
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

function isLinkTo(field: FieldMeta | null, entries: Draft["entries"]): boolean {
  const entry = field === null ? undefined : entries.get(field.name);
  return entry !== undefined && isParentLink(entry);
}

function refuseInherited({ meta, definition }: Draft, parent: ModelMeta, name: string): void {
  // Fields may not stand before what a parent's class has under their names.
  if (!Object.hasOwn(parent.fields, name) && !(name in (parent.model.prototype as object))) return;
  const isImplicit = !Object.hasOwn(definition.declared, name);
  throw new ConfigurationError(
    isImplicit
      ? `${meta.name}: its link to ${parent.name} would be called "${name}", as a member of ${parent.name} is. Declare it by ` +
          `another name: link: () => fields.oneToOne(${parent.name}, { parentLink: true }).`
      : `${meta.name}.${name}: ${parent.name} has a field or a member of this name. Leave it out here.`,
  );
}

function checkColumnNames(model: string, columns: readonly Pick<ColumnMeta, "name" | "field">[]): void {
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

function checkVersions(model: string, columns: readonly ColumnMeta[]): void {
  const [one, other] = columns.filter(isVersion);
  if (one === undefined || other === undefined) return;
  throw new ConfigurationError(
    `${model}: "${one.field}" and "${other.field}" are both fields.version(), and a row has one version.`,
  );
}
