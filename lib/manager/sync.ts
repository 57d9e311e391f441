import { NotSupportedError } from "../errors/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { atOnce, checkAtOnce, isReady } from "../execute/index.js";
import { insertAtOnce } from "../objects/many/insert-at-once.js";
import { readUpdate } from "../objects/many/update-aloud.js";
import { changing, refusePicked } from "../objects/querysets/changing.js";
import { limitsOf } from "../objects/querysets/limited.js";
import { QuerySetBase } from "../objects/querysets/query-set.js";
import { DATABASE, GIVEN_VALUES, NAME, OWNER, WRITTEN_TO } from "../objects/querysets/refinable.js";
import { fromFirst, fromLast, notOne, someOf } from "../objects/querysets/single.js";
import { deleteGraphOf } from "../objects/deleting/delete-graph.js";
import { readDeleteOptions } from "../objects/deleting/delete-options.js";
import { anyRows, countRows, fetchRows, totalsOf } from "../objects/reading/fetch.js";
import { bulkLookup, rowsByKey } from "../objects/reading/in-bulk.js";
import { ALONG } from "../objects/reading/prefetch-tree.js";
import { withLinks } from "../objects/reading/with-links.js";
import { markResult } from "../objects/rows/row-results.js";
import { checkValues } from "../objects/rows/row-values.js";
import { updatesAloud } from "../objects/signals/signal.js";
import { deleteRows } from "../objects/writing/change.js";
import { updateRows } from "../objects/writing/update-line.js";
import { alsoLoading, QUERY, type Query, readTotals, refuseSliced, withFilter, withFirst } from "../query/index.js";
import type { DeleteResult } from "../types/index.js";
import { checkAllowed } from "./allow-sync.js";

/** The run-time side of `SyncQuerySet`; its methods are documented where `QuerySet.sync` is typed. */
class SyncRows implements Iterable<object> {
  readonly #queryset: QuerySetBase;

  constructor(queryset: QuerySetBase) {
    this.#queryset = queryset;
  }

  all(): object[] {
    return this.#rows("all", this.#queryset[QUERY]);
  }

  [Symbol.iterator](): IterableIterator<object> {
    return this.all()[Symbol.iterator]();
  }

  get(...where: unknown[]): object {
    const query = this.#queryset[QUERY];
    const found = this.#rows("get", someOf(query, where));
    return found.length === 1 ? (found[0] as object) : notOne(query, found, where);
  }

  getOrNull(...where: unknown[]): object | null {
    const query = this.#queryset[QUERY];
    const found = this.#rows("getOrNull", someOf(query, where));
    return found.length < 2 ? (found[0] ?? null) : notOne(query, found, where);
  }

  first(): object | null {
    return this.#rows("first", withFirst(fromFirst(this.#queryset[QUERY]), 1))[0] ?? null;
  }

  last(): object | null {
    return this.#rows("last", withFirst(fromLast(this.#queryset[QUERY]), 1))[0] ?? null;
  }

  count(): number {
    return this.#read("count", this.#queryset[QUERY], countRows);
  }

  exists(): boolean {
    return this.#read("exists", this.#queryset[QUERY], anyRows);
  }

  aggregate(values: unknown): object {
    const totals = readTotals(this.#queryset[QUERY], values);
    return this.#read("aggregate", totals.query, (database) => totalsOf(database, totals));
  }

  inBulk(ids?: unknown, { field = "pk" }: { field?: string } = {}): Map<unknown, object> {
    const query = this.#queryset[QUERY];
    const where = bulkLookup(query.model, ids, field);
    refuseSliced(query, "inBulk");
    refusePicked(query, "inBulk");
    const found = this.#rows(
      "inBulk",
      alsoLoading(where === null ? query : withFilter(query, [where], "inBulk"), field),
    );
    return rowsByKey(query.model, found, field);
  }

  create(values: object): object {
    const queryset = this.#queryset;
    const { model } = queryset[QUERY];
    checkValues(model, values, "create");
    const given = queryset[GIVEN_VALUES];
    const database = this.#checked("create", queryset[WRITTEN_TO]);
    queryset[OWNER]?.forget();
    return atOnce(() => insertAtOnce(database, model, given === null ? values : { ...values, ...given }));
  }

  update(values: Readonly<Record<string, unknown>>, { all = false }: { all?: boolean } = {}): number {
    const queryset = this.#queryset;
    const query = changing(queryset[QUERY], "update", all);
    if (query.model.parent !== null) throw this.#takesSteps("update", "writes several tables");
    if (updatesAloud(query.model)) throw this.#takesSteps("update", "has receivers of signals hear of it");
    const { given, computed } = readUpdate(query, values);
    const database = this.#checked("update", queryset[WRITTEN_TO], [...query.needs, ...computed.needs]);
    queryset[OWNER]?.forget();
    return atOnce(() => updateRows(database, query, given, computed));
  }

  delete(options: unknown = {}): DeleteResult {
    const queryset = this.#queryset;
    const { all } = readDeleteOptions(queryset[QUERY].model, options, ["all"]);
    const query = changing(queryset[QUERY], "delete", all);
    if (deleteGraphOf(query.model, false) !== null) {
      throw this.#takesSteps("delete", "deals with rows that point at these, or tells of them");
    }
    const database = this.#checked("delete", queryset[WRITTEN_TO], query.needs);
    queryset[OWNER]?.forget();
    const total = atOnce(() => deleteRows(database, query));
    return { total, byModel: total === 0 ? {} : { [query.model.name]: total } };
  }

  /** Rows of a query, as the queryset's own methods give them. */
  #rows(method: string, query: Query): object[] {
    const along = this.#queryset[ALONG];
    if (along === null || query.picked !== null) return this.#marked(method, query, null);
    if (along.tree.size > 0) throw this.#takesSteps(method, "fetches relations by queries of their own");
    return this.#marked(method, withLinks(query, along.tree), along.mode);
  }

  #marked(method: string, query: Query, mode: Parameters<typeof markResult>[2]): object[] {
    return this.#read(method, query, (database) => {
      const rows = fetchRows(database, query) as object[];
      if (query.picked === null) markResult(database, rows, mode);
      return rows;
    });
  }

  #read<T>(method: string, query: Query, work: (database: DatabaseCore, query: Query) => T | Promise<T>): T {
    const database = this.#checked(method, this.#queryset[DATABASE], query.needs);
    return atOnce(() => work(database, query));
  }

  /** A database that can answer at once, and may. */
  #checked(method: string, database: DatabaseCore, needs: Query["needs"] = []): DatabaseCore {
    const what = `${this.#queryset[NAME]}: sync.${method}()`;
    checkAllowed(database, what);
    checkAtOnce(database, what);
    if (limitsOf(this.#queryset) !== null) throw this.#takesSteps(method, "has a limit, and nothing could stop it");
    for (const need of needs) if (typeof need !== "string" && !need.is(database)) throw need.refusal(database);
    if (!isReady(database, needs)) throw this.#takesSteps(method, "asks the server for a time zone first");
    return database;
  }

  #takesSteps(method: string, why: string): NotSupportedError {
    return new NotSupportedError(
      `${this.#queryset[NAME]}: sync.${method}() gives its answer at once, and this one ${why}.`,
      {
        hint: `Await the queryset's own ${method}(…) instead.`,
      },
    );
  }
}

Object.defineProperty(QuerySetBase.prototype, "sync", {
  configurable: true,
  get(this: QuerySetBase): SyncRows {
    return new SyncRows(this);
  },
});
