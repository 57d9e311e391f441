import { FieldError } from "../../errors/index.js";
import { fieldOf, type ModelMeta } from "../../models/index.js";

/** Throws for a path that ends in a field with a value; names that are none, filters tell of. */
export function checkRelation(where: string, model: ModelMeta, path: string): void {
  let meta = model;
  for (const name of path.split("__")) {
    const field = fieldOf(meta, name);
    if (field === undefined) return;
    if ("target" in field) meta = field.target;
    else if (field.type !== "oneOf") {
      const known = Object.keys(meta.relations);
      const choices = known.length === 0 ? "" : ` Relations: ${known.join(", ")}.`;
      throw new FieldError(`${where}("${path}"): "${name}" is no relation of ${meta.name}.${choices}`);
    }
  }
}
