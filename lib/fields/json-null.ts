/** Stands for a value that is written `null` in JSON; to a field, plain null is SQL's NULL: no JSON at all. */
class NullInJson {
  toJSON(): null {
    return null;
  }
}

/**
 * JSON's own null, to be written to a JSON field, where plain `null` means that there is no JSON. It is read as null.
 *
 * @example
 * ```ts
 * await Item.objects.filter({ pk: 1 }).update({ data: JsonNull }); // data is 'null', and not NULL
 * ```
 */
export const JsonNull = Object.freeze(new NullInJson()) as unknown as null;
