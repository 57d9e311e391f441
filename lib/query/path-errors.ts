import { FieldError } from "../errors/index.js";
import { namesFor, type Operand, relationLookups } from "../lookups/index.js";
import { type ModelMeta, namesIn, type OneOfMeta } from "../models/index.js";
import { didYouMean } from "../util/suggest.js";

/** Where a name was written, for messages: the method and the whole key. */
export interface Place {
  readonly method: string;
  readonly key: string;
}

export function unknownName(model: ModelMeta, name: string, place: Place, also: readonly string[]): FieldError {
  const names = namesIn(model);
  const lookups = also.length === 0 ? "" : ` Lookups of a relation: ${also.join(", ")}.`;
  return new FieldError(
    `${model.name} has no field "${name}" in ${place.method}({ ${place.key} }).` +
      `${didYouMean(name, [...names, ...also])} Fields: ${names.join(", ")}.${lookups}`,
  );
}

export function unknownMember(oneOf: OneOfMeta, name: string, place: Place): FieldError {
  const kinds = [...oneOf.arms.keys(), ...(oneOf.kind === "generic" ? ["type", "id"] : [])];
  const choices = [...kinds, ...relationLookups];
  return new FieldError(
    `${place.method}({ ${place.key} }): "${oneOf.name}" leads to rows of several models, and "${name}" is none of them.` +
      `${didYouMean(name, choices)} Behind it stands one of: ${kinds.join(", ")}. Lookups: ${relationLookups.join(", ")}.`,
  );
}

export function unknownLookup(
  field: string,
  model: ModelMeta,
  name: string,
  operand: Operand,
  place: Place,
): FieldError {
  const { lookups, transforms } = namesFor(operand.family);
  const offered = transforms.length === 0 ? "" : ` Transforms: ${transforms.join(", ")}.`;
  return new FieldError(
    `${model.name}.${field} has no lookup or transform "${name}" in ${place.method}({ ${place.key} }).` +
      `${didYouMean(name, [...lookups, ...transforms])} Lookups: ${lookups.join(", ")}.${offered}`,
  );
}
