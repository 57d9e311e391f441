import type { ModelMeta } from "./meta.js";

let inForce: string | null = null;

/** The schema that a model's table is in: the model's own, else that which SQL is being written for; null for no name. */
export function schemaOf({ schema }: Pick<ModelMeta, "schema">): string | null {
  return schema ?? inForce;
}

/** Has SQL written for tables in a schema; null goes on with that which is written for already. Nothing may be awaited in it. */
export function inSchema<T>(schema: string | null, write: () => T): T {
  if (schema === null || schema === inForce) return write();
  const around = inForce;
  inForce = schema;
  try {
    return write();
  } finally {
    inForce = around;
  }
}
