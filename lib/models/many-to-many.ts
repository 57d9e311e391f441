import { ConfigurationError } from "../errors/index.js";
import { type ManyToManyDeclaration, ScalarField } from "../fields/index.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft } from "./draft.js";
import type {
  AnyRelationMeta,
  FieldMeta,
  ForeignKeyMeta,
  ManyToManyMeta,
  ModelClass,
  ModelMeta,
  ReverseMeta,
} from "./meta.js";
import { fieldOf } from "./meta.js";
import { pointsAt } from "./points-at.js";
import { throughOf } from "./through.js";

type MetaOf = (model: ModelClass) => ModelMeta;

/** Fills in the many-to-many fields of a model: those that declare one, or (once these are known) their other sides. */
export function linkManyToMany({ meta, entries }: Draft, metaOf: MetaOf, side: "forward" | "reverse"): void {
  for (const [name, entry] of entries) {
    if (entry instanceof ScalarField || entry.relation !== "manyToMany") continue;
    if ((entry.settings.reverse === undefined) !== (side === "forward")) continue;
    const field = inherited(meta, name) ?? made(meta, name, entry, metaOf);
    (meta.fields as Record<string, FieldMeta>)[name] = Object.freeze(field);
    (meta.relations as Record<string, AnyRelationMeta>)[name] = field;
  }
}

/** The field of the model that a variant varies: they are the same relation. */
function inherited({ kind }: ModelMeta, name: string): ManyToManyMeta | null {
  const field = kind === null ? undefined : fieldOf(kind.root, name);
  return field?.type === "manyToMany" ? field : null;
}

function made(meta: ModelMeta, name: string, entry: ManyToManyDeclaration, metaOf: MetaOf): ManyToManyMeta {
  const { reverse } = entry.settings;
  return reverse === undefined ? declared(meta, name, entry, metaOf) : otherSide(meta, name, entry, metaOf);
}

function declared(meta: ModelMeta, name: string, entry: ManyToManyDeclaration, metaOf: MetaOf): ManyToManyMeta {
  const { settings } = entry;
  const target = metaOf(entry.target as ModelClass);
  const through = metaOf(throughOf(meta, name, entry));
  const isToItself = target === meta;
  if (settings.symmetrical === true && !isToItself) {
    throw new ConfigurationError(
      `${meta.name}.${name}: only a relation of a model to itself can be symmetrical, and this one leads to ${target.name}.`,
    );
  }
  const [here, there] = keysOf(meta, name, { target, through, throughFields: settings.throughFields });
  return {
    type: "manyToMany",
    name,
    kind: "manyToMany",
    many: true,
    target,
    through,
    isAutomatic: settings.through === undefined,
    isReverse: false,
    isSymmetrical: settings.symmetrical ?? isToItself,
    hops: [sideOf(meta, here, through), there],
    back: sideOf(target, there, through),
    rowSlot: Symbol(`${name} rows`),
  };
}

interface Ends {
  readonly target: ModelMeta;
  readonly through: ModelMeta;
  readonly throughFields: readonly string[] | undefined;
}

/** The foreign keys of a through model: to the declaring model, and to the target. */
function keysOf(
  meta: ModelMeta,
  name: string,
  { target, through, throughFields }: Ends,
): readonly [ForeignKeyMeta, ForeignKeyMeta] {
  const where = `${meta.name}.${name}`;
  if (throughFields !== undefined) {
    const [here = "", there = ""] = throughFields;
    return [keyNamed(where, through, here, meta), keyNamed(where, through, there, target)];
  }
  const toHere = keysTo(through, meta);
  const toThere = keysTo(through, target);
  if (target === meta && toHere.length === 2) return toHere as [ForeignKeyMeta, ForeignKeyMeta];
  return [onlyOne(where, through, meta, toHere), onlyOne(where, through, target, toThere)];
}

function keysTo(through: ModelMeta, meta: ModelMeta): ForeignKeyMeta[] {
  return Object.values(through.fields).filter(
    (field): field is ForeignKeyMeta => field?.type === "foreignKey" && pointsAt(field, meta),
  );
}

function keyNamed(where: string, through: ModelMeta, name: string, target: ModelMeta): ForeignKeyMeta {
  const keys = keysTo(through, target);
  const found = keys.find((key) => key.name === name);
  if (found !== undefined) return found;
  const names = keys.map((key) => key.name);
  throw new ConfigurationError(
    `${where}: throughFields names "${name}", which is no foreign key of ${through.name} to ${target.name}.` +
      `${didYouMean(name, names)} There are: ${names.join(", ") || "none"}.`,
  );
}

function onlyOne(
  where: string,
  through: ModelMeta,
  target: ModelMeta,
  [key, ...more]: readonly ForeignKeyMeta[],
): ForeignKeyMeta {
  if (key === undefined) {
    throw new ConfigurationError(
      `${where}: ${through.name} has no foreign key to ${target.name}, and so its rows cannot tie one to another.`,
    );
  }
  if (more.length === 0) return key;
  const names = [key, ...more].map((item) => item.name);
  throw new ConfigurationError(
    `${where}: ${through.name} has several foreign keys to ${target.name}: ${names.join(", ")}. ` +
      `Say which to take: { throughFields: ["<key to this model>", "<key to the other>"] }.`,
  );
}

/** The way from a model to the rows of a through model: the field declared for it, or one without a name of its own. */
function sideOf(meta: ModelMeta, via: ForeignKeyMeta, through: ModelMeta): ReverseMeta {
  const known = Object.values(meta.fields).find(
    (field) => field?.type === "reverse" && field.via === via && field.many,
  );
  if (known !== undefined) return known as ReverseMeta;
  const name = `${through.name}.${via.name}`;
  return Object.freeze({
    ...{ type: "reverse", name, kind: "hasMany", many: true, target: through, via, rowSlot: Symbol(`${name} rows`) },
  } as const);
}

function otherSide(meta: ModelMeta, name: string, entry: ManyToManyDeclaration, metaOf: MetaOf): ManyToManyMeta {
  const target = metaOf(entry.target as ModelClass);
  const { reverse = "" } = entry.settings;
  const forward = fieldOf(target, reverse);
  const here = `${meta.name}.${name} (fields.manyToMany(${target.name}, { reverse: "${reverse}" }))`;
  if (forward?.type !== "manyToMany" || forward.isReverse) throw noForward(here, target, reverse, forward);
  if (!isRowOf(meta, forward.target)) {
    throw new ConfigurationError(
      `${here}: ${target.name}.${reverse} leads to ${forward.target.name}, not to ${meta.name}. ` +
        `Point the two sides at each other.`,
    );
  }
  if (forward.isSymmetrical) {
    throw new ConfigurationError(
      `${here}: ${target.name}.${reverse} is symmetrical, and so its own other side. ` +
        `For one that is not, declare "${reverse}" with { symmetrical: false }.`,
    );
  }
  const [{ via }, there] = forward.hops;
  return {
    ...{ ...forward, name, target, isReverse: true, rowSlot: Symbol(`${name} rows`) },
    hops: [sideOf(meta, there, forward.through), via],
    back: sideOf(target, via, forward.through),
  };
}

function isRowOf(meta: ModelMeta, other: ModelMeta): boolean {
  return meta === other || (meta.table === other.table && meta.schema === other.schema);
}

function noForward(here: string, target: ModelMeta, name: string, found: FieldMeta | undefined): ConfigurationError {
  const names = Object.values(target.fields)
    .filter((field) => field?.type === "manyToMany" && !field.isReverse)
    .map((field) => field.name);
  const what = found?.type === "manyToMany" ? "is the other side of a relation itself" : "is no many-to-many relation";
  return new ConfigurationError(
    `${here}: ${target.name} has no many-to-many field "${name}"` +
      `${found === undefined ? "" : `: that ${what}`}.${didYouMean(name, names)} ` +
      `Many-to-many fields of ${target.name}: ${names.join(", ") || "none"}.`,
  );
}
