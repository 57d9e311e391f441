import { ConfigurationError } from "../../errors/index.js";
import { metaOf } from "../../models/index.js";
import type { BindOptions } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { runBound, withRelated } from "../rows/bindings.js";
import type { Named } from "../rows/named-database.js";

/** Who asks for models to be bound, and whether related ones are unless he says otherwise. */
interface Asking {
  readonly related: boolean;
  readonly method: string;
}

/** The models that are to be bound; refuses what are no models, and unknown options. */
export function bindable(models: unknown, options: BindOptions, asking: Asking): readonly object[] {
  const { method } = asking;
  if (!Array.isArray(models)) {
    throw new ConfigurationError(`db.${method}([…]) takes a list of models, got ${printable(models)}.`);
  }
  const unknown = Object.keys(options).find((name) => name !== "related");
  const { related = asking.related } = options;
  if (unknown !== undefined || typeof related !== "boolean") {
    const what = unknown === undefined ? "related is true or false" : `it takes no option "${unknown}"`;
    const meant = unknown === undefined ? "" : didYouMean(unknown, ["related"]);
    throw new ConfigurationError(`${method}(…): ${what}.${meant} Options: related.`);
  }
  const classes = models.map((model) => metaOf(model).model);
  return related ? withRelated(classes) : classes;
}

/** Runs a function with models bound for the code that it runs alone. */
export async function boundWithin<T>(models: readonly object[], database: Named, fn: () => T | Promise<T>): Promise<T> {
  if (typeof fn !== "function") {
    throw new ConfigurationError(`bindContext(…) runs a function, got ${printable(fn)}.`);
  }
  return await runBound(models, database, fn);
}
