import type { DatabaseLike } from "./database-like.js";
import type { AnyQuery } from "./selection.js";
import type { DeletePreview, DeleteResult, DryRun, KeepParents } from "./sparse.js";

/** How a set operation combines: a set of rows, unless `all` keeps those that are alike. */
export interface SetOptions {
  readonly all?: boolean;
}

/** How a queryset is written as a CTE. */
export interface CteOptions {
  /** Whether the database keeps its rows for all its uses, or works each use out for itself (SQLite, PostgreSQL). */
  readonly materialized?: boolean;
}

/** How `explain` asks. */
export interface ExplainOptions {
  /** Runs the query, too, and tells how long each step took. PostgreSQL, MySQL and MariaDB. */
  readonly analyze?: boolean;
  /** "text" unless given. "json": not SQLite; "tree": MySQL; "xml" and "yaml": PostgreSQL. */
  readonly format?: "text" | "json" | "tree" | "xml" | "yaml";
}

/** SQL as it goes to the database: text with placeholders, and the values bound to them. */
export interface CompiledSql {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** An `AbortSignal`, as the platform's own types describe it. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

// Apart from what depends on the model, so that the compiler works it out once and not for each model.
/** What every queryset does, whatever its rows are. */
export interface AnyQuerySet {
  /** The other way round. */
  reverse(): this;
  /** At most so many rows. Limits compose: they never widen one set before. */
  limit(rows: number): this;
  /** Without the first so many rows. */
  offset(rows: number): this;
  /** Rows from one place up to, not including, another, as `Array.prototype.slice` counts; no negative places. */
  slice(from: number, to?: number): this;
  /**
   * Rows of this queryset and of others, each once: rows of one model, or of `values(…)` that go together. What comes of
   * it can be ordered, sliced, counted and combined further; filters and annotations come before it.
   *
   * @example
   * ```ts
   * Artist.objects.values("name").union(Album.objects.values("name"), { all: true });
   * // SELECT "name" FROM (SELECT "name" FROM "artist" UNION ALL SELECT "name" FROM "album")
   * ```
   * @throws FieldError for rows of several models, and for values of other kinds or numbers.
   */
  union(...others: (AnyQuery | SetOptions)[]): this;
  /** Rows that all of them have. */
  intersection(...others: (AnyQuery | SetOptions)[]): this;
  /** Rows that none of the others has. */
  difference(...others: (AnyQuery | SetOptions)[]): this;
  /**
   * The same rows as a table of the statement, a common table expression: written once, however often the statement
   * uses it. Its annotations and values are columns, which filters, orders and aggregates name like others.
   *
   * @example
   * ```ts
   * const top = Album.objects.annotate({ n: Count("tracks") }).orderBy("-n").limit(10).asCte("top");
   * await top.filter({ artist__in: top.filter({ n__gt: 12 }).values("artist") }).all();
   * // WITH "top" AS (SELECT … ORDER BY … LIMIT 10) SELECT … FROM "top" WHERE "artist_id" IN (SELECT … FROM "top" …)
   * ```
   * @throws FieldError for a name that another queryset, or a table, of the statement has.
   */
  asCte(name: string, options?: CteOptions): this;
  /**
   * On another database, or the one of an alias; or "primary": on the primary, where the database has replicas.
   *
   * @example
   * ```ts
   * await Album.objects.using("primary").get({ name: "Malibu" });
   * ```
   */
  using(database: DatabaseLike | string): this;
  /**
   * Of the tables in a schema (on MySQL a database, on SQLite an attached one), along relations, too. Models that name a
   * schema of their own keep it.
   *
   * @example
   * ```ts no-run
   * await Track.objects.withSchema("tenant_a").filter({ title: "Bird" }).all();
   * // SELECT … FROM "tenant_a"."track" AS "track" WHERE "track"."title" = $1
   * ```
   * @throws ConfigurationError for what is no name.
   */
  withSchema(name: string): this;
  /** Takes parts of dates in a time zone, by its IANA name. */
  inTimeZone(name: string): this;
  /**
   * What `load()` and `album.tracks.all()` fetch for rows of this queryset that were not fetched with it: "peers" for all
   * rows of the same result at once, "one" for one row alone, and "raise" nothing: they throw `NotLoadedError` instead.
   *
   * @example
   * ```ts
   * const tracks = await Track.objects.fetchMode("peers").all();
   * for (const track of tracks) console.log((await track.album.load()).name); // two queries in all
   * ```
   */
  fetchMode(mode: "one" | "peers" | "raise"): this;
  /** No rows, without asking. */
  none(): this;
  /**
   * A comment behind the SQL, to be found in the database's logs; the last one counts. What could be taken for SQL or a
   * placeholder is written as in a URL (`%3F`), so that any text will do. Plans are shared by all comments, but nothing is
   * kept prepared for a statement with one.
   *
   * @example
   * ```ts
   * await Track.objects.comment("GET /tracks").all(); // SELECT … FROM "track", then the comment
   * ```
   */
  comment(text: string): this;
  /**
   * Limits how long running the queryset may take: all its statements together, waiting for a connection included; of a
   * stream, each step. The server is told to stop what is under way (SQLite stops between statements). 0 lifts the limit.
   *
   * @example
   * ```ts
   * await Track.objects.filter({ title__icontains: "love" }).timeout(500).all();
   * ```
   * @throws QueryTimeoutError when it runs, and the time is over.
   */
  timeout(ms: number): this;
  /**
   * Lets a signal stop the queryset when it runs, as `timeout` does.
   *
   * @example
   * ```ts
   * const controller = new AbortController();
   * await Track.objects.signal(controller.signal).count();
   * ```
   * @throws AbortError when it runs, and the signal aborts.
   */
  signal(signal: AbortSignalLike): this;
  /**
   * How the database would run it, in its own words.
   *
   * @example
   * ```ts
   * console.log(await Track.objects.filter({ album: 1 }).explain()); // SCAN track
   * ```
   * @throws NotSupportedError for what the engine cannot tell.
   */
  explain(options?: ExplainOptions): Promise<string>;
  /**
   * Makes rows of what another queryset gives, in one statement, and gives their number. Its values are for these fields,
   * in this order; without them for those of their names. Other fields have their defaults, but for those that a function
   * makes: it would be asked once.
   *
   * @example
   * ```ts
   * await Track.objects.insertFrom(Album.objects.values("id", "name", Value(1)), ["album", "title", "position"]);
   * // INSERT INTO "track" ("album_id", "title", "position") SELECT … FROM (SELECT "id", "name", 1 … FROM "album")
   * ```
   * @throws FieldError for values of other kinds or numbers than the fields are, and for fields that are missing.
   */
  insertFrom(values: AnyQuery, fields?: readonly string[]): Promise<number>;
  count(): Promise<number>;
  exists(): Promise<boolean>;
  /** What `all()` would send. */
  sql(): CompiledSql;
  /**
   * Deletes all rows matched, and does about those that point at them what their `onDelete` says. An unfiltered queryset
   * needs `{ all: true }`.
   *
   * @example
   * ```ts
   * await Album.objects.filter({ name: "Demos" }).delete(); // → { total: 3, byModel: { Track: 2, Album: 1 } }
   * // SELECT "id" …; DELETE FROM "track" WHERE "album_id" IN (3); DELETE FROM "album" WHERE "id" IN (3)
   * ```
   * @throws ProtectedError or RestrictedError where other rows stand in the way: then nothing is deleted.
   */
  delete(options?: { readonly all?: boolean; readonly dryRun?: false } & KeepParents): Promise<DeleteResult>;
  /** What `delete` would do. Nothing is changed. */
  delete(options: DryRun & { readonly all?: boolean } & KeepParents): Promise<DeletePreview>;
}
