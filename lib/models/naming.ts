import { ConfigurationError } from "../errors/index.js";

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Members every row has, so that a field of the same name would hide one or the other. */
const RESERVED = new Set([
  ..."pk save update delete clone refresh load validate isSparse isDirty dirtyFields equals".split(" "),
  ..."toJSON toString valueOf constructor then".split(" "),
]);

/** Refuses field names that a lookup could not tell from a path, or that rows need for themselves. */
export function checkFieldName(model: string, name: string): void {
  if (RESERVED.has(name)) {
    throw new ConfigurationError(
      `${model}.${name}: every row has a member of this name. Name the field otherwise and keep its column with ` +
        `{ column: "${name}" }.`,
    );
  }
  if (!isFieldName(name)) {
    throw new ConfigurationError(
      `${model}.${name}: a field's name starts with a letter, has letters, digits and single underscores, and ends ` +
        `with none, since "__" separates the parts of a lookup.`,
    );
  }
}

/** True for a name that a field may have. */
export function isFieldName(name: string): boolean {
  return NAME.test(name) && !name.includes("__") && !name.endsWith("_") && !RESERVED.has(name);
}

/** Names of columns that a driver refuses to read, since objects have members of these names. */
const UNREADABLE = new Set("__proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__".split(" "));

/** Refuses names that no engine can quote, or that a driver cannot read. */
export function checkIdentifier(what: string, name: string): string {
  if (UNREADABLE.has(name)) throw new ConfigurationError(`${what}: "${name}" is a name of JavaScript's own.`);
  if (typeof name !== "string" || name === "" || name.includes("\0") || Buffer.byteLength(name) > 63) {
    throw new ConfigurationError(`${what}: "${name}" is not a usable name: 1 to 63 bytes, without U+0000.`);
  }
  return name;
}
