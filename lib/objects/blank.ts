import type { Layout } from "../compile/index.js";
import type { Blank } from "../execute/index.js";
import { DEFINITION, type ModelMeta } from "../models/index.js";

/** Given to a model's constructor, it makes an instance with nothing in it, for a row to be read into. */
export const BLANK: unique symbol = Symbol("dunder.blank");

const known = new WeakMap<object, boolean>();

/** How instances of a layout are made where a class on it sets fields of its own; null where none does. */
export function blankFor(layout: Layout): Blank | null {
  return needsConstructor(layout) ? construct : null;
}

function needsConstructor(layout: Layout): boolean {
  return hasOwnFields(layout.meta) || layout.children.some((child) => needsConstructor(child.layout));
}

/** An empty object with a prototype other than its model's, and what the class itself sets, private fields included. */
export function blankWith(meta: ModelMeta, prototype: object): object {
  if (!hasOwnFields(meta)) return Object.create(prototype) as object;
  return Object.setPrototypeOf(construct(meta), prototype) as object;
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
    result = looksConstructed(meta) || Reflect.ownKeys(construct(meta)).length > 0;
    known.set(meta.model, result);
  }
  return result;
}

const OWN_MEMBERS = /\bconstructor\s*\(|#[\p{ID_Start}$_]/u;

function looksConstructed(meta: ModelMeta): boolean {
  let model: unknown = meta.model;
  while (typeof model === "function" && !Object.hasOwn(model, DEFINITION)) {
    if (OWN_MEMBERS.test(Function.prototype.toString.call(model))) return true;
    model = Object.getPrototypeOf(model);
  }
  return false;
}
