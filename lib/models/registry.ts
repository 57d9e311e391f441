import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import type { Definition } from "./definition.js";
import { resolveModel } from "./resolve.js";

/** The static under which a class made by `Model(…)` keeps what was declared. */
export const DEFINITION = Symbol("dunder.definition");
/** The prototype property under which rows find their model. */
export const META = Symbol("dunder.meta");

const metas = new WeakMap<object, ModelMeta>();

/** A class's metadata; worked out, checked and frozen together with every model it points at when first asked for. */
export function metaOf(model: unknown): ModelMeta {
  const known = typeof model === "function" ? metas.get(model) : undefined;
  return known ?? resolveModel(model as ModelClass, { definitionOf, remember, known: (other) => metas.get(other) });
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
    throw new ConfigurationError(`${where}: expected a class made with Model(…), got ${printable(model)}.${hint}`);
  }
  return definition;
}

function remember(model: ModelClass, meta: ModelMeta): void {
  metas.set(model, meta);
  Object.defineProperty(model.prototype, META, { value: meta, configurable: true });
}
