import type { Blocker } from "./blocker.js";
import { type DatabaseErrorDetails, ForeignKeyViolation } from "./database-error.js";

/**
 * Rows could not be deleted for others point at them, as was found before any was. Where somebody is quicker, it is the
 * database that refuses: hence a `ForeignKeyViolation`.
 */
class BlockedError extends ForeignKeyViolation {
  readonly blockers: readonly Blocker[];

  constructor(message: string, blockers: readonly Blocker[], details: DatabaseErrorDetails = {}) {
    super(message, details);
    this.blockers = blockers;
  }
}

/**
 * Rows with `onDelete: "protect"` point at rows that were to be deleted. None was; `blockers` lists those rows.
 *
 * @example
 * ```ts
 * try {
 *   await account.delete();
 * } catch (error) {
 *   if (error instanceof ProtectedError) console.log(error.blockers); // [{ model: "Entry", field: "account", count: 2, … }]
 * }
 * ```
 */
export class ProtectedError extends BlockedError {}
/** The same for `onDelete: "restrict"`, which lets go of rows that are deleted along with what they point at. */
export class RestrictedError extends BlockedError {}
