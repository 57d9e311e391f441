import { ConfigurationError } from "../errors/index.js";
import type { ManyToManyDeclaration, RelationDeclaration } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { lowerFirst, snakeCase } from "../util/names.js";
import { asEarly } from "./early.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import { isFieldName } from "./naming.js";
import { DEFINITION } from "./definition.js";

/** What a model is made of whose rows tie together those of two others. */
export interface ThroughModel {
  readonly name: string;
  readonly table: string;
  /** Names of its foreign keys, and the models that they point at; the declaring model's comes first. */
  readonly keys: readonly (readonly [name: string, target: ModelClass])[];
  /** The model that declares the relation. */
  readonly owner: ModelMeta;
}

/** Makes classes of models; they belong to a stage that is told of later. */
export type ThroughMaker = (model: ThroughModel) => ModelClass;

let make: ThroughMaker | null = null;

export function attachThroughMaker(maker: ThroughMaker): void {
  make = maker;
}

// By the options of a declaration, which a class and those that extend it share: the table is theirs together.
const made = new WeakMap<object, Map<string, ModelClass>>();
const owners = new WeakMap<object, ModelClass>();

/** The model for which an automatic through model was made; undefined for every other. */
export function throughOwner(model: object): ModelClass | undefined {
  return owners.get(model);
}

/** The model that a many-to-many field goes through: one's own, or one made for it. */
export function throughOf(owner: ModelMeta, field: string, { settings, target }: ManyToManyDeclaration): ModelClass {
  if ("through" in settings) return ownThrough(settings.through, `${owner.name}.${field}`);
  const known = made.get(owner.options)?.get(field);
  if (known !== undefined) return known;
  if (make === null) throw new Error("Classes of models cannot be made before the stage that makes them is there.");
  const { table = `${owner.table}_${snakeCase(field)}` } = settings;
  const keys = keysOf(owner.model, target as ModelClass);
  const model = make({ name: `${owner.name}_${field}`, table, keys, owner });
  const fields = made.get(owner.options) ?? new Map<string, ModelClass>();
  made.set(owner.options, fields.set(field, model));
  owners.set(model, owner.model);
  return model;
}

/** A class, or what a function gives that is none of a model: models may be circular. */
function ownThrough(given: unknown, where: string): ModelClass {
  if (isModel(given)) return given;
  const found = typeof given === "function" ? (given as () => unknown)() : given;
  if (isModel(found)) return found;
  const error = new ConfigurationError(`${where}: through is a class made with Model(…), got ${printable(found)}.`);
  throw found === undefined ? asEarly(error) : error;
}

function isModel(value: unknown): value is ModelClass {
  return typeof value === "function" && DEFINITION in value;
}

function keysOf(source: ModelClass, target: ModelClass): ThroughModel["keys"] {
  const names = [source, target].map(({ name }) => lowerFirst(name));
  const isClear = names[0] !== names[1] && names.every((name) => isFieldName(name) && name !== "id");
  const given = isClear ? names : [prefixed("from", source), prefixed("to", target)];
  return [
    [given[0] as string, source],
    [given[1] as string, target],
  ];
}

function prefixed(prefix: string, { name }: ModelClass): string {
  const field = prefix + name.slice(0, 1).toUpperCase() + name.slice(1);
  return isFieldName(field) ? field : prefix;
}

/** The declarations that a relation needs worked out along with its own model. */
export function modelsReached(owner: ModelMeta, name: string, entry: RelationDeclaration): readonly ModelClass[] {
  if ("targets" in entry) return [];
  const target = entry.target as ModelClass;
  if (entry.relation !== "manyToMany" || entry.settings.reverse !== undefined) return [target];
  return isModel(target) ? [target, throughOf(owner, name, entry)] : [target];
}
