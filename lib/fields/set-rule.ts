import { ConfigurationError } from "../errors/index.js";

/** The rule `onDelete: set(value)`. */
export class SetRule {
  readonly onDeleteSet: unknown;

  constructor(value: unknown) {
    this.onDeleteSet = value;
    Object.freeze(this);
  }

  /** As messages show it. */
  toString(): string {
    return "set(…)";
  }
}

/**
 * Rows that point at a deleted row are made to point at another one: a key, a row, null, or what a function gives (or
 * promises), which is called only where there are such rows. The database itself knows nothing of it.
 *
 * @example
 * ```ts
 * editor: () => fields.foreignKey(User, { onDelete: set(1) }),
 * author: () => fields.foreignKey(User, { onDelete: set(() => User.objects.get({ name: "nobody" })) }),
 * // UPDATE "article" SET "editor_id" = 1 WHERE "editor_id" IN (7)
 * ```
 * @throws ConfigurationError without a value.
 */
export function set(value: unknown): SetRule {
  if (value !== undefined) return new SetRule(value);
  throw new ConfigurationError(
    "onDelete: set(value) needs a value: a key, a row, null, or a function that gives one of these.",
  );
}
