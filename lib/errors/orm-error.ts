import { showCallersFrames } from "../util/own-frames.js";
import { shortened } from "../util/shortened.js";

/**
 * The root of every error this library throws on purpose, so that one `catch` can tell ours from others.
 *
 * `code` names the kind of error in a stable word (it outlives wording changes); `hint` is the fix in one sentence,
 * already part of the message.
 */
export class OrmError extends Error {
  declare readonly hint?: string;

  constructor(message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(shortened(options.hint === undefined ? message : `${message} ${options.hint}`), causeOf(options));
    if (options.hint !== undefined) this.hint = options.hint;
    showCallersFrames(this);
  }

  override get name(): string {
    return this.constructor.name;
  }
}

function causeOf(options: { cause?: unknown }): ErrorOptions | undefined {
  return options.cause === undefined ? undefined : { cause: options.cause };
}

/** A name, path or argument in a query that the model does not have or the method does not take. */
export class FieldError extends OrmError {}

/** Something about the set-up: no database, a bad URL, a missing driver, two models that disagree. */
export class ConfigurationError extends OrmError {}

/** The class is no model any more, since its registry was disposed of; or it never was one. */
export class UnmappedError extends ConfigurationError {}

/** An attribute was read whose value was never fetched: a sparse foreign key, for example. */
export class NotLoadedError extends OrmError {}

/** Base of every `Model.DoesNotExist`: thrown by `get()` when no row matches. */
export class DoesNotExist extends OrmError {}

/** Base of every `Model.MultipleObjectsReturned`: thrown by `get()` when several rows match. */
export class MultipleObjectsReturned extends OrmError {}

/** A transaction used in a way it cannot work: querying after an error inside it, for example. */
export class TransactionError extends OrmError {}

/** The database answered the end of a transaction with having rolled it back. */
export class TransactionRolledBack extends TransactionError {}

/** The engine, or its version, lacks what was asked for. */
export class NotSupportedError extends OrmError {}

/**
 * A row with a `fields.version()` was written by somebody else since it was read: nothing of it was written.
 *
 * @example
 * ```ts
 * try {
 *   await leaflet.save();
 * } catch (error) {
 *   if (error instanceof StaleRowError) await leaflet.refresh();
 * }
 * ```
 */
export class StaleRowError extends OrmError {}
