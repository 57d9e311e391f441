/**
 * A value that a field cannot take, before it is known where it stood: whoever asked for the conversion turns it into a
 * `ValidationError` (writes) or a `FieldError` (lookups) that names model, field and place.
 */
export class Refusal extends Error {}

/** Throws a refusal with the sentence that will follow "Note.text: ". */
export function refuse(message: string): never {
  throw new Refusal(message);
}
