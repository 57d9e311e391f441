import { FieldError } from "../errors/index.js";
import { isFieldName, type ModelMeta, metaOf } from "../models/index.js";
import { printable } from "../util/printable.js";

/** What an engine may cut off a name could be all in which two differ. */
const MOST_LETTERS = 60;

/** A model under a name, to be joined by it: what `Category.alias("other")` gives. */
export class ModelAlias {
  readonly name: string;
  readonly #model: unknown;

  constructor(model: unknown, name: unknown) {
    const { name: own } = model as { readonly name: string };
    this.name = checkAliasName(name, `${own}.alias(name)`, own);
    this.#model = model;
    Object.freeze(this);
  }

  static is(value: unknown): value is ModelAlias {
    return typeof value === "object" && value !== null && #model in value;
  }

  /** Looked up when it is joined: models may be circular, and are complete only then. */
  get target(): ModelMeta {
    return metaOf(this.#model);
  }
}

/** A name for rows to be joined under. */
export function checkAliasName(name: unknown, where: string, what = "rows"): string {
  if (typeof name !== "string") {
    throw new FieldError(`${where} takes the name to join ${what} under, got ${printable(name)}.`);
  }
  if (isFieldName(name) && name.length <= MOST_LETTERS) return name;
  throw new FieldError(
    `${where}: got ${printable(name)}. A name starts with a letter, has ${MOST_LETTERS} letters, digits and single ` +
      `underscores at most, and is none that every row has, such as "pk" and "save".`,
  );
}
