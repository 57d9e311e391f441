import { FieldError } from "../../errors/index.js";
import {
  type AnyRelationMeta,
  currentValue,
  declaredFields,
  type FieldMeta,
  fieldOf,
  type ManyToManyMeta,
  metaOfRow,
  type ModelMeta,
  type ReverseMeta,
} from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { flag, readOptions } from "../options.js";

/** What `modelToDict` makes of a row. Fields are named as they are ("title"), or with their model ("Writer.name"). */
export interface ToDictOptions {
  /** Follows foreign keys, and gives rows in their place: true unless given. Else they are keys. */
  readonly recurse?: boolean;
  /** Rows that point at the row, too, in lists. */
  readonly backrefs?: boolean;
  /** Only these fields. A bare name is one of the row's own model. */
  readonly only?: Iterable<string>;
  /** All but these. */
  readonly exclude?: Iterable<string>;
  /** Further properties, and methods without arguments. */
  readonly extraAttrs?: Iterable<string>;
  /** So many relations deep at most. */
  readonly maxDepth?: number;
  /** Rows tied by many-to-many relations, too, in lists. */
  readonly manytomany?: boolean;
}

interface Settings {
  readonly recurse: boolean;
  readonly backrefs: boolean;
  readonly manytomany: boolean;
  readonly only: ReadonlySet<string> | null;
  readonly exclude: ReadonlySet<string>;
  readonly extraAttrs: readonly string[];
  readonly depth: number;
}

type Row = Readonly<Record<string, unknown>>;
type Dict = Record<string, unknown>;

const OPTIONS = ["recurse", "backrefs", "only", "exclude", "extraAttrs", "maxDepth", "manytomany"] as const;

/**
 * A row as plain data, with related rows in it as they are asked for: those that are not there are fetched.
 *
 * @example
 * ```ts
 * const track = await Track.objects.get({ title: "The Bird" });
 * await modelToDict(track); // { id: 1, album: { id: 1, name: "Malibu", … }, title: "The Bird", position: 1, … }
 * await modelToDict(track, { recurse: false, exclude: ["id"] }); // { album: 1, title: "The Bird", … }
 * ```
 * @throws FieldError for what is no row, for unknown options, and for names of no field.
 */
export async function modelToDict(row: { readonly pk: unknown }, options: ToDictOptions = {}): Promise<Dict> {
  const meta = metaOfRow(row);
  if (meta === null) throw new FieldError(`modelToDict(row) takes a row of a model, got ${printable(row)}.`);
  const where = `modelToDict(${meta.name})`;
  const { only, exclude, extraAttrs, maxDepth, recurse, ...flags } = readOptions(where, options, OPTIONS);
  if (maxDepth !== undefined && !Number.isInteger(maxDepth)) {
    throw new FieldError(`${where}: maxDepth is a whole number, got ${printable(maxDepth)}.`);
  }
  return dictOf(meta, row, {
    recurse: recurse === undefined || flag(where, "recurse", recurse),
    backrefs: flag(where, "backrefs", flags.backrefs),
    manytomany: flag(where, "manytomany", flags.manytomany),
    only: only === undefined ? null : namesOf(`${where}: only`, meta, only),
    exclude: exclude === undefined ? new Set() : namesOf(`${where}: exclude`, meta, exclude),
    extraAttrs: extraAttrs === undefined ? [] : listOf(`${where}: extraAttrs`, extraAttrs),
    depth: (maxDepth as number | undefined) ?? -1,
  });
}

function listOf(where: string, given: unknown): string[] {
  const isList = given !== null && typeof given === "object" && Symbol.iterator in given;
  const names = isList ? [...(given as Iterable<unknown>)] : [];
  if (isList && names.every((name) => typeof name === "string")) return names;
  throw new FieldError(`${where} is a list of names, got ${printable(given)}.`);
}

/** Names as "Model.field". */
function namesOf(where: string, meta: ModelMeta, given: unknown): Set<string> {
  return new Set(
    listOf(where, given).map((name) => {
      const [model, field] = name.includes(".") ? name.split(".") : [meta.name, name];
      const found = modelsFrom(meta).get(model as string);
      if (found === undefined) {
        const known = [...modelsFrom(meta).keys()];
        throw new FieldError(
          `${where}: "${name}" names no model that ${meta.name} leads to.${didYouMean(model as string, known)} ` +
            `Models: ${known.join(", ")}.`,
        );
      }
      const known = Object.keys(found.fields);
      if (field !== undefined && fieldOf(found, field) !== undefined) return `${found.name}.${field}`;
      throw new FieldError(`${where}: ${found.name} has no field "${field ?? ""}".${didYouMean(field ?? "", known)}`);
    }),
  );
}

/** A model and all that relations lead to from it, by name. */
function modelsFrom(meta: ModelMeta, found = new Map<string, ModelMeta>()): ReadonlyMap<string, ModelMeta> {
  if (found.has(meta.name)) return found;
  found.set(meta.name, meta);
  for (const relation of Object.values(meta.relations)) modelsFrom(relation.target, found);
  return found;
}

async function dictOf(meta: ModelMeta, row: Row, given: Settings): Promise<Dict> {
  const settings = given.depth === 0 ? { ...given, recurse: false } : given;
  const exclude = new Set(settings.exclude);
  const isLeftOut = (name: string): boolean => {
    const whole = `${meta.name}.${name}`;
    return exclude.has(whole) || (settings.only !== null && !settings.only.has(whole));
  };
  const below = (more: Iterable<string>): Settings => {
    const left = new Set([...exclude, ...more]);
    return { ...settings, exclude: left, extraAttrs: [], depth: settings.depth - 1 };
  };
  const data: Dict = {};
  for (const field of declaredFields(meta).filter(({ name }) => !isLeftOut(name))) {
    if (field.type === "manyToMany" || field.type === "reverse") continue;
    data[field.name] = await valueOf(meta, row, field, settings.recurse ? below : null);
  }
  for (const name of settings.extraAttrs) data[name] = await attribute(meta, row, name);
  for (const relation of listsOf(meta, settings).filter(({ name }) => !isLeftOut(name))) {
    for (const name of theirs(relation)) exclude.add(name);
    exclude.add(`${meta.name}.${relation.name}`);
    data[relation.name] = await rowsOf(row, relation, below([]));
  }
  return data;
}

/** The value of a field; a foreign key's row, where relations are followed. */
async function valueOf(
  meta: ModelMeta,
  row: Row,
  field: FieldMeta,
  below: ((more: Iterable<string>) => Settings) | null,
): Promise<unknown> {
  if (field.type !== "foreignKey" && field.type !== "oneOf") return row[field.name];
  const related = row[field.name] as RelatedRow | null | undefined;
  if (related === null || related === undefined) return null;
  if (below === null) return field.type === "foreignKey" ? keyIn(row, field) : related.pk;
  const whole = related.isSparse ? await related.load() : related;
  const target = metaOfRow(whole) as ModelMeta;
  return dictOf(target, whole as unknown as Row, below([`${meta.name}.${field.name}`]));
}

interface RelatedRow {
  readonly pk: unknown;
  readonly isSparse: boolean;
  load(): Promise<RelatedRow>;
}

function keyIn(row: Row, { columns }: Extract<AnyRelationMeta, { type: "foreignKey" }>): unknown {
  const values = columns.map((column) => currentValue(row, column));
  return values.length === 1 ? values[0] : values;
}

/** The relations that lead to lists, as far as they are asked for. */
function listsOf(meta: ModelMeta, { manytomany, backrefs, recurse }: Settings): (ManyToManyMeta | ReverseMeta)[] {
  return Object.values(meta.relations).filter((relation) => {
    return relation.type === "manyToMany" ? manytomany : relation.type === "reverse" && backrefs && recurse;
  }) as (ManyToManyMeta | ReverseMeta)[];
}

/** What leads back along a relation, which is not followed from its other end. */
function theirs(relation: ManyToManyMeta | ReverseMeta): string[] {
  const { target } = relation;
  if (relation.type === "reverse") return [`${target.name}.${relation.via.name}`];
  const others = Object.values(target.relations).filter(
    (other) => other.type === "manyToMany" && other.through === relation.through,
  );
  return others.map(({ name }) => `${target.name}.${name}`);
}

interface Related {
  all?(): Promise<object[]>;
  load?(): Promise<object | null>;
}

async function rowsOf(row: Row, relation: ManyToManyMeta | ReverseMeta, below: Settings): Promise<unknown> {
  const related = row[relation.name] as Related | null;
  if (typeof related?.all !== "function") {
    const one = related === null || metaOfRow(related) === relation.target ? related : await related.load?.();
    return one === null || one === undefined ? null : dictOf(relation.target, one as Row, below);
  }
  const dicts: Dict[] = [];
  for (const one of await related.all()) dicts.push(await dictOf(relation.target, one as Row, below));
  return dicts;
}

async function attribute(meta: ModelMeta, row: Row, name: string): Promise<unknown> {
  if (!(name in row))
    throw new FieldError(`modelToDict(${meta.name}): rows have no "${name}", which extraAttrs names.`);
  const value = row[name];
  return typeof value === "function" ? ((await value.call(row)) as unknown) : value;
}
