import { DoesNotExist, MultipleObjectsReturned } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";

/** A model's own subclasses of the errors of `get`. */
export interface ModelErrors {
  readonly DoesNotExist: typeof DoesNotExist;
  readonly MultipleObjectsReturned: typeof MultipleObjectsReturned;
}

const known = new WeakMap<object, ModelErrors>();

/** The error classes of a model's class; each model has its own, so that `instanceof` tells whose row was missing. */
export function errorClassesOf(model: { readonly name: string }): ModelErrors {
  let errors = known.get(model);
  if (errors === undefined) {
    const { name } = model;
    errors = {
      DoesNotExist: { [`${name}.DoesNotExist`]: class extends DoesNotExist {} }[`${name}.DoesNotExist`] as never,
      MultipleObjectsReturned: {
        [`${name}.MultipleObjectsReturned`]: class extends MultipleObjectsReturned {},
      }[`${name}.MultipleObjectsReturned`] as never,
    };
    known.set(model, errors);
  }
  return errors;
}

export function errorsOf(meta: ModelMeta): ModelErrors {
  return errorClassesOf(meta.model);
}
