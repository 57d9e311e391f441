import type { Layout } from "../../compile/index.js";
import type { Blank } from "../../execute/index.js";
import { ConfigurationError } from "../../errors/index.js";
import { DEFINITION, fieldOf, type ModelMeta } from "../../models/index.js";

/** Given to a model's constructor, it makes an instance with nothing in it, for a row to be read into. */
export const BLANK: unique symbol = Symbol("dunder.blank");

const known = new WeakMap<object, boolean>();

/** How instances of a layout are made where a class on it sets fields of its own; null where none does. */
export function blankFor(layout: Layout): Blank | null {
  return needsConstructor(layout) ? construct : null;
}

function needsConstructor(layout: Layout): boolean {
  const { meta } = layout;
  const variants = [...(meta.kind?.variants.values() ?? [])];
  return (
    hasOwnFields(meta) || variants.some(hasOwnFields) || layout.children.some((child) => needsConstructor(child.layout))
  );
}

/** Makes empty objects with a prototype other than their model's, and what the class itself sets, private fields included. */
export function blankMaker(meta: ModelMeta, prototype: object): () => object {
  if (hasOwnFields(meta)) return () => Object.setPrototypeOf(construct(meta), prototype) as object;
  function Blank(): void {}
  Blank.prototype = prototype;
  const Class = Blank as unknown as new () => object;
  return () => new Class();
}

function construct(meta: ModelMeta): object {
  return new (meta.model as unknown as new (blank: typeof BLANK) => object)(BLANK);
}

/**
 * Whether a model's class, or one between it and what `Model(…)` gave, has fields or a constructor of its own, which
 * rows must not miss. Most have none, and then rows are made without running a constructor, which is faster.
 */
function hasOwnFields(meta: ModelMeta): boolean {
  let result = known.get(meta.model);
  if (result === undefined) {
    const fields = Reflect.ownKeys(firstBlank(meta));
    refuseHidden(meta, fields);
    result = fields.length > 0 || looksConstructed(meta);
    known.set(meta.model, result);
  }
  return result;
}

/** Throws where a class hides a column behind a field of its own. */
export function checkClass(meta: ModelMeta): void {
  hasOwnFields(meta);
}

function firstBlank(meta: ModelMeta): object {
  try {
    return construct(meta);
  } catch (error) {
    throw new ConfigurationError(
      `${meta.name}: a field or the constructor of the class failed on a row that is not read yet. ` +
        `Use a getter for what depends on columns, and hand a constructor's arguments on to super.`,
      { cause: error },
    );
  }
}

function refuseHidden(meta: ModelMeta, keys: readonly PropertyKey[]): void {
  const hidden = keys.find((key) => typeof key === "string" && fieldOf(meta, key) !== undefined);
  if (hidden === undefined) return;
  throw new ConfigurationError(
    `${meta.name}.${String(hidden)} is declared again in the class body, which would hide the column. ` +
      `Remove that line: Model(…) declares it.`,
  );
}

const OWN_MEMBERS = /\bconstructor\s*\(|#[\p{ID_Start}$_]/u;

function looksConstructed(meta: ModelMeta): boolean {
  for (let model: object = meta.model; DEFINITION in model; model = Object.getPrototypeOf(model) as object) {
    const isOurs = Object.hasOwn(model, DEFINITION);
    if (!isOurs && OWN_MEMBERS.test(Function.prototype.toString.call(model))) return true;
  }
  return false;
}
