import { DoesNotExist, MultipleObjectsReturned } from "../../errors/index.js";
import { DEFINITION, type ModelMeta } from "../../models/index.js";

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
    const base = baseErrorsOf(model);
    errors = {
      DoesNotExist: { [`${name}.DoesNotExist`]: class extends base.DoesNotExist {} }[`${name}.DoesNotExist`] as never,
      MultipleObjectsReturned: {
        [`${name}.MultipleObjectsReturned`]: class extends base.MultipleObjectsReturned {},
      }[`${name}.MultipleObjectsReturned`] as never,
    };
    known.set(model, errors);
  }
  return errors;
}

/** A class that extends a model has subclasses of that model's errors: who catches those catches these. */
function baseErrorsOf(model: object): ModelErrors {
  const base = Object.getPrototypeOf(model) as { readonly name: string };
  return DEFINITION in base ? errorClassesOf(base) : { DoesNotExist, MultipleObjectsReturned };
}

export function errorsOf(meta: ModelMeta): ModelErrors {
  return errorClassesOf(meta.model);
}
