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

/**
 * Before rows are inserted together, by `bulkCreate`, `upsert`, `replace` and the ties of many-to-many relations: what a
 * receiver sets of them is inserted, too. They are rows already, without what the database makes of them. It is called
 * in the transaction of the write, and undoes all of it by throwing.
 *
 * @example
 * ```ts
 * const stop = preBulkCreate.connect(Track, ({ rows }) => {
 *   for (const row of rows) row.title = row.title.trim();
 * });
 * stop();
 * ```
 * @throws ConfigurationError for what is no model, and for what is no function.
 */
export const preBulkCreate = heard.preBulkCreate as unknown as RowSignal<"bulkCreate">;

/** After rows were inserted together: they have their keys, unless `conflict` ignored some or the engine tells none. */
export const postBulkCreate = heard.postBulkCreate as unknown as RowSignal<"bulkCreate">;

/** Before `bulkUpdate`: what a receiver sets of the rows is saved, too, in the fields that are. */
export const preBulkUpdate = heard.preBulkUpdate as unknown as RowSignal<"bulkUpdate">;

/** After `bulkUpdate`. */
export const postBulkUpdate = heard.postBulkUpdate as unknown as RowSignal<"bulkUpdated">;

/**
 * Before the rows of a queryset are set to values, by `update` and by what gives and takes the rows of a reverse
 * relation: what a receiver sets in `values` is set, too. The rows are not read; who wants to see them asks the queryset.
 *
 * @example
 * ```ts
 * const stop = preUpdate.connect(Track, async ({ queryset, values }) => {
 *   if ("position" in values) console.log("moving", await queryset.valuesList("pk", { flat: true }).all());
 * });
 * stop();
 * ```
 * @throws ConfigurationError for what is no model, and for what is no function.
 */
export const preUpdate = heard.preUpdate as unknown as RowSignal<"update">;

/** After the rows of a queryset were set to values. The queryset may find others by now, or none. */
export const postUpdate = heard.postUpdate as unknown as RowSignal<"updated">;
