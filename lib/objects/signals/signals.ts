import type { ManyToManySignal, RowSignal } from "../../types/index.js";
import { heard } from "./signal.js";

/**
 * Before a row is inserted or updated by `save()`, `create()`, `update()` of a row and what uses them: what a receiver
 * sets is saved, too. It is called in the transaction of the write, and undoes all of it by throwing.
 *
 * @example
 * ```ts
 * const stop = preSave.connect(Track, ({ row, created }) => {
 *   if (created) row.title = row.title.trim();
 * });
 * stop();
 * ```
 * @throws ConfigurationError for what is no model, and for what is no function.
 */
export const preSave = heard.preSave as unknown as RowSignal<"save">;

/** After a row was inserted or updated; the transaction is still open: `db.onCommit` in a receiver waits for its end. */
export const postSave = heard.postSave as unknown as RowSignal<"save">;

/** Before rows are deleted, once for each: also for those that go with others by `onDelete: "cascade"`. */
export const preDelete = heard.preDelete as unknown as RowSignal<"delete">;

/** After a row was deleted. */
export const postDelete = heard.postDelete as unknown as RowSignal<"delete">;

/**
 * Before and after rows are tied or untied by a many-to-many relation. It is connected to the model between:
 * `m2mChanged.connect(Post.tags.through, …)`.
 */
export const m2mChanged = heard.m2mChanged as unknown as ManyToManySignal;
