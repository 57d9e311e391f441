import { inspect } from "node:util";
import { selectNode } from "../../compile/index.js";
import { type BuildCondition, selectFrom, type UntypedSelect } from "../../databases/kysely-bridge.js";
import { type DatabaseCore, kyselyOf } from "../../execute/index.js";
import { FieldError } from "../../errors/index.js";
import { noteVariant, registerModel } from "../../models/index.js";
import {
  alsoLoading,
  asksWindow,
  isSliced,
  QUERY,
  type Query,
  rowsOf,
  readTotals,
  refuseSet,
  refuseSliced,
  withFilter,
  withFirst,
  withOrder,
  withReverse,
} from "../../query/index.js";
import type {
  AbortSignalLike,
  ColumnsOf,
  CompiledSql,
  DeleteResult,
  QuerySet as TypedQuerySet,
  QuerySetClass,
} from "../../types/index.js";
import { bulkCreate } from "../many/bulk-create.js";
import type { BulkCreateOptions } from "../many/bulk-work.js";
import { bulkUpdate, bulkUpdateAloud, type BulkUpdateOptions } from "../many/bulk-update.js";
import { compiledSql } from "../reading/compiled.js";
import { readDeleteOptions } from "../deleting/delete-options.js";
import { deleteCascading, previewDelete } from "../deleting/deleting.js";
import { errorsOf } from "../rows/errors-of.js";
import { explainRows } from "../reading/explain.js";
import { anyRows, countRows, fetchRows, totalsOf } from "../reading/fetch.js";
import { getOrCreate } from "../many/get-or-create.js";
import { limitsOf, withLimit } from "./limited.js";
import { updateOrCreate } from "../many/update-or-create.js";
import { bulkLookup, rowsByKey } from "../reading/in-bulk.js";
import { changing, refusePicked } from "./changing.js";
import { rowLookup } from "./query-shortcuts.js";
import { fromFirst, fromLast, notOne, someOf } from "./single.js";
import { bulkCreateNested } from "../many/nested-create.js";
import { checkValues } from "../rows/row-values.js";
import { DEFAULT_CHUNK, streamInstances } from "../reading/stream-instances.js";
import { createOrGet } from "../many/create-or-get.js";
import { insertFrom } from "../writing/insert-from.js";
import { createRow } from "../many/create-row.js";
import { RawRows } from "../reading/raw-rows.js";
import { each, followed } from "../reading/followed.js";
import { loadMany } from "../relations/loads.js";
import { refuseParent } from "../writing/one-table.js";
import { ALONG } from "../reading/prefetch-tree.js";
import { CHANGED_IN, DATABASE, GIVEN_VALUES, NAME, OWNER, Refinable, REFINED, WRITTEN_TO } from "./refinable.js";
import type { ModelRow } from "../instances/row.js";
import { connections, updatesAloud, updatesManyAloud } from "../signals/signal.js";
import { readUpdate, updateAloud } from "../many/update-aloud.js";
import { updateRows } from "../writing/update-line.js";
import { replaceRow, type UpsertOptions, upsertRow } from "../many/upsert.js";
import { withLinks } from "../reading/with-links.js";

/**
 * The run-time side of `QuerySet`; the methods are documented where they are typed, in `types/query-set.ts`. Each reads
 * what it was given, has the query refined, and hands it to whoever runs it.
 */
class QuerySetBase extends Refinable {
  static asManager(model: unknown): QuerySetBase {
    if (typeof model === "function") noteVariant(model);
    registerModel(model);
    return new this(model);
  }

  async all(): Promise<object[]> {
    const owner = this[OWNER];
    if (owner === null) return this.#fetch(this[QUERY]);
    return owner.fetched === null ? loadMany(owner, this[DATABASE]) : [...owner.fetched];
  }

  /** Instances of a query's rows, with what is to be fetched along with them. */
  #fetch(query: Query): object[] | Promise<object[]> {
    const database = this[DATABASE];
    const along = this[ALONG];
    if (query.picked !== null || (along === null && !database.tellsResults)) return fetchRows(database, query);
    return followed(database, fetchRows(database, along === null ? query : withLinks(query, along.tree)), along);
  }

  async get(...where: unknown[]): Promise<object> {
    const answer = this.#fetch(someOf(this[QUERY], where));
    const found = answer instanceof Promise ? await answer : answer;
    return found.length === 1 ? (found[0] as object) : notOne(this[QUERY], found, where);
  }

  async getOrNull(...where: unknown[]): Promise<object | null> {
    const answer = this.#fetch(someOf(this[QUERY], where));
    const found = answer instanceof Promise ? await answer : answer;
    return found.length < 2 ? (found[0] ?? null) : notOne(this[QUERY], found, where);
  }

  async first(): Promise<object | null> {
    return this.#firstOf(fromFirst(this[QUERY]));
  }

  async last(): Promise<object | null> {
    return this.#firstOf(fromLast(this[QUERY]));
  }

  async #firstOf(query: Query): Promise<object | null> {
    const [row] = await this.#fetch(withFirst(query, 1));
    return row ?? null;
  }

  async earliest(...fields: unknown[]): Promise<object> {
    return this.#outermost("earliest", fields, (query) => query);
  }

  async latest(...fields: unknown[]): Promise<object> {
    return this.#outermost("latest", fields, withReverse);
  }

  async #outermost(method: string, fields: readonly unknown[], turn: (query: Query) => Query): Promise<object> {
    const { name } = this[QUERY].model;
    if (fields.length === 0) throw new FieldError(`${name}: ${method}(…) needs fields to order by.`);
    const row = await this.#firstOf(turn(withOrder(this[QUERY], fields, method)));
    if (row !== null) return row;
    throw new (errorsOf(this[QUERY].model).DoesNotExist)(`There is no ${name} to be the ${method}.`);
  }

  async inBulk(ids?: unknown, { field = "pk" }: { field?: string } = {}): Promise<Map<unknown, object>> {
    const where = bulkLookup(this[QUERY].model, ids, field);
    refuseSliced(this[QUERY], "inBulk");
    refusePicked(this[QUERY], "inBulk");
    const query = where === null ? this[QUERY] : withFilter(this[QUERY], [where], "inBulk");
    const rows = await this.#fetch(alsoLoading(query, field));
    return rowsByKey(query.model, rows, field);
  }

  async contains(row: unknown): Promise<boolean> {
    const fetched = this[OWNER]?.fetched ?? null;
    const query = this[QUERY];
    refusePicked(this[QUERY], "contains");
    const lookup = rowLookup(query.model, row);
    if (fetched !== null) return fetched.some((one) => (one as ModelRow).equals(row));
    // A condition on the row would narrow what windows, slices and distinct(…) see: it is asked of what they let through.
    const isWindowed = query.filters.some(({ predicate }) => asksWindow(predicate));
    const isLate = isWindowed || isSliced(query) || query.distinctOn !== null || query.source?.kind === "set";
    const among = isLate ? withFilter(rowsOf(query.model), [{ pk__in: this }], "contains") : query;
    return anyRows(this[DATABASE], withFilter(among, [lookup], "contains"));
  }

  async count(): Promise<number> {
    return this[OWNER]?.fetched?.length ?? countRows(this[DATABASE], this[QUERY]);
  }

  async exists(): Promise<boolean> {
    const fetched = this[OWNER]?.fetched ?? null;
    return fetched === null ? anyRows(this[DATABASE], this[QUERY]) : fetched.length > 0;
  }

  async aggregate(values: unknown): Promise<object> {
    return totalsOf(this[DATABASE], readTotals(this[QUERY], values));
  }

  iterator({ chunkSize = DEFAULT_CHUNK }: { chunkSize?: number } = {}): AsyncIterableIterator<object> {
    this[OWNER]?.checkMode();
    return streamInstances(this[DATABASE], this[QUERY], chunkSize, this[ALONG]);
  }

  [Symbol.asyncIterator](): AsyncIterator<object> {
    const fetched = this[OWNER]?.fetched ?? null;
    return fetched === null ? this.iterator() : each(fetched);
  }

  async explain(options?: unknown): Promise<string> {
    return explainRows(this[DATABASE], this[QUERY], options);
  }

  timeout(ms: number): this {
    return withLimit(this, { timeout: ms }, QuerySetBase.prototype);
  }

  signal(signal: AbortSignalLike): this {
    return withLimit(this, { signal }, QuerySetBase.prototype);
  }

  override using(database: unknown): this {
    return database === "primary" ? withLimit(this, { primary: true }, QuerySetBase.prototype) : super.using(database);
  }

  raw(given: unknown): RawRows {
    return new RawRows(this[QUERY], () => this[DATABASE], given, this[ALONG], limitsOf(this));
  }

  sql(): CompiledSql {
    return compiledSql(this[DATABASE], this[QUERY]);
  }

  toKysely(): UntypedSelect {
    const database = this[DATABASE];
    return selectFrom(kyselyOf(database), selectNode(database, this[QUERY]));
  }

  override toString(): string {
    return `a ${this.constructor === QuerySetBase ? "QuerySet" : this.constructor.name} of ${this[NAME]}, not run yet`;
  }

  [inspect.custom](): string {
    return `[${this.toString()}: await ….all()]`;
  }

  /** A queryset in JSON is a forgotten `all()`. */
  toJSON(): never {
    throw new FieldError(`${this[QUERY].model.name}: a queryset is not its rows. Run it first: await ….all().`);
  }

  async create(values: object): Promise<object> {
    const { model } = this[QUERY];
    checkValues(model, values, "create");
    const given = this[GIVEN_VALUES];
    const all = given === null ? values : { ...values, ...given };
    const database = this[CHANGED_IN];
    if (database.unit !== null) return (await database.unit.insert(model, [all]))[0] as object;
    this[OWNER]?.forget();
    return createRow(database, model, all);
  }

  async bulkCreate(rows: readonly object[], options: BulkCreateOptions = {}): Promise<object[]> {
    this[OWNER]?.forget();
    const given = this[GIVEN_VALUES];
    const made = await bulkCreate(this[WRITTEN_TO], this[QUERY].model, rows, options, { given });
    return made ?? bulkCreateNested(this[WRITTEN_TO], this[QUERY].model, rows, { ...options, given });
  }

  async upsert(values: object, options: UpsertOptions = {}): Promise<object> {
    const query = this.#forInsert("upsert", "updateOrCreate(…) does the same in several statements.");
    this[OWNER]?.forget();
    return upsertRow(this[WRITTEN_TO], query.model, values, { ...options, given: this[GIVEN_VALUES] });
  }

  async replace(values: object): Promise<object> {
    const query = this.#forInsert("replace", "Delete the row and create the other one in one db.atomic(…).");
    this[OWNER]?.forget();
    return replaceRow(this[WRITTEN_TO], query.model, values, this[GIVEN_VALUES]);
  }

  async createOrGet(values: object): Promise<[object, boolean]> {
    const query = this.#forInsert("createOrGet", "getOrCreate(…) does the same in several statements.");
    this[OWNER]?.forget();
    const found = await createOrGet(this[WRITTEN_TO], query.model, values, this[GIVEN_VALUES]);
    await followed(this[WRITTEN_TO], [found[0]], this[ALONG]);
    return found;
  }

  async insertFrom(source: unknown, fields?: unknown): Promise<number> {
    const query = this.#forInsert("insertFrom", "bulkCreate(…) writes rows that were read.");
    const database = this[WRITTEN_TO];
    if (source instanceof Refinable && !isReadFrom(source, database)) {
      throw new FieldError(
        `${query.model.name}: insertFrom(queryset, fields) is one statement, and so of one database.`,
      );
    }
    this[OWNER]?.forget();
    return insertFrom(database, query.model, source, { fields, given: this[GIVEN_VALUES] });
  }

  /** A query whose rows new ones are to be among. */
  #forInsert(method: string, instead: string): Query {
    const query = this[QUERY];
    refuseParent(query.model, method, instead);
    refuseSet(query, method);
    refusePicked(this[QUERY], method);
    refuseSliced(query, method);
    return query;
  }

  async update(values: Readonly<Record<string, unknown>>, { all = false }: { all?: boolean } = {}): Promise<number> {
    const query = changing(this[QUERY], "update", all);
    this[OWNER]?.forget();
    const { given, computed } = readUpdate(query, values);
    const database = this[CHANGED_IN];
    const isAloud = connections > 0 && updatesAloud(query.model);
    const send = (): number | Promise<number> =>
      isAloud
        ? updateAloud({ database, query, values, queryset: this[REFINED](query) })
        : updateRows(database, query, given, computed);
    if (database.unit === null) return send();
    // Those who hear of it may have other fields set, too.
    const columns = isAloud ? query.model.columns : [...given.keys(), ...computed.columns.map(({ column }) => column)];
    return database.unit.write({ meta: query.model, columns }, send);
  }

  async bulkUpdate(rows: unknown, fields: unknown, options: BulkUpdateOptions = {}): Promise<number> {
    const query = changing(this[QUERY], "bulkUpdate", true);
    refuseParent(query.model, "bulkUpdate", "Save the rows one by one, in one db.atomic(…).");
    this[OWNER]?.forget();
    const update = connections > 0 && updatesManyAloud(query.model) ? bulkUpdateAloud : bulkUpdate;
    return update(this[WRITTEN_TO], query, rows, fields, options);
  }

  async delete(options: unknown = {}): Promise<DeleteResult> {
    const { all, dryRun, keepParents } = readDeleteOptions(this[QUERY].model, options, [
      "all",
      "dryRun",
      "keepParents",
    ]);
    const deleted = { query: changing(this[QUERY], "delete", all), key: null, keepsParents: keepParents };
    const database = this[CHANGED_IN];
    if (dryRun) return previewDelete(database, deleted);
    this[OWNER]?.forget();
    const send = (): Promise<DeleteResult> => deleteCascading(database, deleted);
    if (database.unit === null) return send();
    return database.unit.write({ meta: deleted.query.model, columns: null, keepsParents: keepParents }, send);
  }

  async getOrCreate(where: object, { defaults = {} }: { defaults?: object } = {}): Promise<[object, boolean]> {
    checkValues(this[QUERY].model, defaults, "getOrCreate");
    this[OWNER]?.forget();
    const database = this[WRITTEN_TO];
    const making = { defaults, given: this[GIVEN_VALUES], method: "getOrCreate" };
    const found = await getOrCreate(database, this[QUERY], where, making);
    await followed(database, [found[0]], this[ALONG]);
    return found;
  }

  async updateOrCreate(
    where: object,
    { defaults = {}, createDefaults }: { defaults?: object; createDefaults?: object } = {},
  ): Promise<[object, boolean]> {
    const { model } = this[QUERY];
    checkValues(model, defaults, "updateOrCreate");
    if (createDefaults !== undefined) checkValues(model, createDefaults, "updateOrCreate");
    this[OWNER]?.forget();
    const database = this[WRITTEN_TO];
    const settings = { defaults, createDefaults: createDefaults ?? null, given: this[GIVEN_VALUES] };
    const found = await updateOrCreate(database, this[QUERY], where, settings);
    await followed(database, [found[0]], this[ALONG]);
    return found;
  }
}

export { QuerySetBase };

declare module "../../types/query-set.js" {
  interface QuerySet<I> {
    /**
     * Rows for which a condition holds that is made with Kysely's expression builder. Columns go by their names in the
     * database, "album_id"; where others are in sight, those of the row are "self.album_id".
     *
     * @example
     * ```ts
     * Track.objects.where((eb) => eb("title", "like", "The%").or("position", "<", eb.ref("album_id")));
     * // … WHERE ("track"."title" LIKE 'The%' OR "track"."position" < "track"."album_id")
     * ```
     * @throws FieldError for what is no function, and where it gives no condition.
     */
    where(build: BuildCondition<ColumnsOf<I>>): this;
    /** The query as a Kysely builder, to go on with what lookups cannot say. Its rows are plain objects by column. */
    toKysely(): UntypedSelect;
  }
}

/**
 * Rows of a model, described but not asked for; to be extended with methods of one's own.
 *
 * @example
 * ```ts
 * class NoteQuery extends QuerySet<Note> {
 *   done() {
 *     return this.filter({ completed: true });
 *   }
 * }
 * // in class Note: static objects = NoteQuery.asManager(this);
 * ```
 */
export const QuerySet = QuerySetBase as unknown as QuerySetClass;
export type QuerySet<I> = TypedQuerySet<I>;

/** True for rows that a statement of a database can read: those of another schema where the queryset itself names that. */
function isReadFrom(source: Refinable, database: DatabaseCore): boolean {
  const { [WRITTEN_TO]: theirs, [QUERY]: query } = source;
  return theirs === database || (query.schema !== null && theirs.origin === database.origin);
}
