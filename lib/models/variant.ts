import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import type { Variant } from "./family.js";
import type { ModelClass } from "./meta.js";
import { DEFINITION, type Definition } from "./definition.js";

/** Reads what `Animal.variant("dog", fields)` was given; `model` is what it gives, to be extended. */
export function defineVariant(root: ModelClass, value: unknown, declared: unknown, model: ModelClass): Definition {
  const base = (root as unknown as { readonly [DEFINITION]: Definition })[DEFINITION];
  const { family } = base;
  const where = `${root.name}.variant(${typeof value === "string" ? JSON.stringify(value) : String(value)}, fields)`;
  if (family === null || base.variant !== null) {
    throw new ConfigurationError(
      base.variant === null
        ? `${where}: ${root.name} has no discriminator. Name the field that says which variant a row is: ` +
            `Model("${base.table}", fields, { discriminator: "kind" }).`
        : `${where}: ${root.name} is a variant itself. Declare this one beside it.`,
    );
  }
  if (typeof value !== "string" && typeof value !== "number") {
    throw new ConfigurationError(
      `${where}: the first argument is what the discriminator holds, a text or a number, got ${printable(value)}.`,
    );
  }
  if (declared === null || typeof declared !== "object") {
    throw new ConfigurationError(`${where}: expected an object of fields, got ${printable(declared)}.`);
  }
  if (family.variants.some((other) => other.value === value)) {
    throw new ConfigurationError(`${where}: there is another variant of that name.`);
  }
  if (family.linked !== null) {
    throw new ConfigurationError(
      `${where}: rows of ${root.name} were asked for before. Import the modules of all its variants first, for its ` +
        `table has the columns of all of them.`,
    );
  }
  const variant: Variant = { value, model };
  family.root = root;
  family.variants.push(variant);
  const { table, options } = base;
  return Object.freeze({ table, declared: { ...declared }, options, family, variant, parent: null });
}

/** Tells the class that extends what `variant(…)` gave; the first that is seen is the one of its rows. */
export function noteVariant(model: unknown): void {
  const { [DEFINITION]: definition } = model as { readonly [DEFINITION]?: Definition };
  const variant = definition?.variant ?? null;
  if (variant !== null && Object.hasOwn(variant.model, DEFINITION)) variant.model = model as ModelClass;
}
