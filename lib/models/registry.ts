import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { asEarly } from "./early.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import { DEFINITION, type Definition } from "./definition.js";
import type { ModelOptions } from "./options.js";
import { resolveModel } from "./resolve.js";

/** The prototype property under which rows find their model. */
export const META = Symbol("dunder.meta");

const metas = new WeakMap<object, ModelMeta>();

/** Classes that have a manager or were used. Those that a program has dropped are not kept for this. */
const classes: WeakRef<ModelClass>[] = [];
const registered = new WeakSet<object>();
let generation = 0;

/** Makes a class known: rows of it may point at other models' rows. Nothing of it is looked at yet. */
export function registerModel(model: unknown): void {
  if (typeof model !== "function" || registered.has(model)) return;
  registered.add(model);
  classes.push(new WeakRef(model as ModelClass));
  generation += 1;
}

/** What `Model(…)` gave for models that name their database. Those that a program has dropped are not kept for this. */
const declared: WeakRef<ModelClass>[] = [];

/** Notes what `Model(…)` gives, before a program makes a class of it. */
export function noteDeclared(model: unknown): void {
  declared.push(new WeakRef(model as ModelClass));
}

/** What `Model(…)` gave for models that name their database, the earliest first. */
export function* declaredModels(): Generator<ModelClass> {
  for (const reference of declared) {
    const model = reference.deref();
    if (model !== undefined) yield model;
  }
}

/** Changes whenever there is more to know of models. */
export function registryGeneration(): number {
  return generation;
}

/** All models known. Those that cannot be worked out, yet or ever, say so when they are used, not here. */
export function registeredModels(): ModelMeta[] {
  // Working one out may make others known, at the end.
  const known: ModelMeta[] = [];
  for (const reference of classes) {
    const model = reference.deref();
    const meta = model === undefined ? null : metaOrNull(model);
    if (meta !== null) known.push(meta);
  }
  return known;
}

function metaOrNull(model: ModelClass): ModelMeta | null {
  try {
    return metaOf(model);
  } catch {
    return null;
  }
}

/** Classes that are models no more, and what is thrown where one is taken for one. */
const unmapped = new WeakMap<object, () => Error>();

/** Has a class be a model no more. What was made of it before stays as it is. */
export function unmapModel(model: ModelClass, error: () => Error): void {
  unmapped.set(model, error);
  metas.delete(model);
}

/** A class's metadata; worked out, checked and frozen together with every model it points at when first asked for. */
export function metaOf(model: unknown): ModelMeta {
  const known = typeof model === "function" ? metas.get(model) : undefined;
  return known ?? workedOut(model as ModelClass, "for good");
}

/**
 * Adds an index to what a class declares.
 *
 * @throws ConfigurationError once the model was worked out, which is when it is first used.
 */
export function declareIndex(model: unknown, index: NonNullable<ModelOptions["indexes"]>[number]): void {
  const definition = definitionOf(model, "addIndex");
  if (metas.has(model as ModelClass)) {
    const { name } = model as ModelClass;
    throw new ConfigurationError(
      `${name}.addIndex(…) comes too late: ${name} was used already. Call it where the class is declared.`,
    );
  }
  const { indexes = [] } = definition.options;
  const options = Object.freeze({ ...definition.options, indexes: [...indexes, index] });
  const value = Object.freeze({ ...definition, options });
  Object.defineProperty(model, DEFINITION, { value, configurable: true });
}

/** The same, but that it throws what `isEarly` tells where more of the model, or of its table, may be declared still. */
export function metaOnceDeclared(model: unknown): ModelMeta {
  const known = typeof model === "function" ? metas.get(model) : undefined;
  return known ?? workedOut(model as ModelClass, "once declared");
}

function workedOut(model: ModelClass, when: "for good" | "once declared"): ModelMeta {
  const gone = typeof model === "function" ? unmapped.get(model) : undefined;
  if (gone !== undefined) throw gone();
  try {
    return resolveModel(model, { definitionOf, remember, known: (other) => metas.get(other) }, when);
  } catch (error) {
    // A class that is declared further down cannot be named yet, by the functions that name those of relations.
    throw isReferenceError(error) ? asEarly(error) : error;
  }
}

/** By its name, since programs may run in a context with classes of its own. */
function isReferenceError(error: unknown): error is Error {
  return (error as Partial<Error> | null | undefined)?.name === "ReferenceError";
}

/** The model of a row, sparse ones too; null for anything that is not a row. */
export function metaOfRow(value: unknown): ModelMeta | null {
  if (value === null || typeof value !== "object") return null;
  return (value as { [META]?: ModelMeta })[META] ?? null;
}

function definitionOf(model: unknown, where: string): Definition {
  const definition = typeof model === "function" ? (model as { [DEFINITION]?: Definition })[DEFINITION] : undefined;
  if (definition === undefined) {
    const hint =
      model === undefined ? " Is its module imported, and the class declared before the first query runs?" : "";
    const error = new ConfigurationError(
      `${where}: expected a class made with Model(…), got ${printable(model)}.${hint}`,
    );
    throw model === undefined ? asEarly(error) : error;
  }
  return definition;
}

function remember(model: ModelClass, meta: ModelMeta): void {
  metas.set(model, meta);
  registerModel(model);
  // It may have been registered before, when it could not be worked out.
  generation += 1;
  Object.defineProperty(model.prototype, META, { value: meta, configurable: true });
}
