import { ConfigurationError } from "../../errors/index.js";
import { run } from "../../execute/index.js";
import { TableForm } from "../../models/index.js";
import { WRITTEN_TO } from "../../objects/querysets/refinable.js";
import { QUERY, type Query } from "../../query/index.js";
import { tableName } from "../../schema/table-statements.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { CompiledSql } from "../../types/any-query-set.js";
import type { OwnTable } from "../../types/model.js";
import { printable } from "../../util/printable.js";
import { onlyPostgres } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import { inlined } from "./inlined.js";

/** What a view shows: a queryset, or SQL, which reaches the database as written. */
export type ViewSource = string | { sql(): CompiledSql };

/** How a view is made. */
export interface ViewOptions {
  /** False: it is empty, and cannot be read, until it is refreshed. */
  readonly withData?: boolean;
}

function makeView(source: () => ViewSource, options: ViewOptions = {}): TableForm {
  const where = "materializedView(() => queryset)";
  if (typeof source !== "function") {
    throw new ConfigurationError(
      `${where}: expected a function that gives a queryset or SQL, got ${printable(source)}.`,
    );
  }
  checkKnown(options, ["withData"], where);
  checkFlags(options, ["withData"], where);
  return new TableForm({
    create: ({ columns, safe }, { engine, model, table }) => {
      onlyPostgres(engine, `${model}: materializedView(…)`);
      const names = columns.map((column) => /^"(?:[^"]|"")*"/.exec(column)?.[0] ?? column).join(", ");
      const data = options.withData === false ? " WITH NO DATA" : "";
      const head = `CREATE MATERIALIZED VIEW ${safe ? "IF NOT EXISTS " : ""}${table} (${names})`;
      return [`${head} AS ${selected(source(), where)}${data}`];
    },
    drop: (safe, { engine, model, table }) => {
      onlyPostgres(engine, `${model}: materializedView(…)`);
      return [`DROP MATERIALIZED VIEW ${safe ? "IF EXISTS " : ""}${table}`];
    },
  });
}

function selected(source: unknown, where: string): string {
  if (typeof source === "string" && source.trim() !== "") return source;
  if (source !== null && typeof source === "object" && QUERY in source)
    return inlined((source as unknown as { sql(): CompiledSql }).sql());
  throw new ConfigurationError(`${where}: expected a queryset or SQL, got ${printable(source)}.`);
}

/** How a view is brought up to date. */
export interface RefreshOptions {
  /** Without keeping readers waiting; the view needs a unique index. Not inside a transaction's first use of it. */
  readonly concurrently?: boolean;
  /** False empties it. */
  readonly withData?: boolean;
}

/**
 * Brings a materialised view up to date.
 *
 * @example
 * ```ts
 * await refreshMaterializedView(Length.objects, { concurrently: true });
 * // REFRESH MATERIALIZED VIEW CONCURRENTLY "length"
 * ```
 * @throws NotSupportedError on other engines.
 */
export async function refreshMaterializedView(objects: object, options: RefreshOptions = {}): Promise<void> {
  const where = "refreshMaterializedView(objects)";
  checkKnown(options, ["concurrently", "withData"], where);
  checkFlags(options, ["concurrently", "withData"], where);
  if (objects === null || typeof objects !== "object" || !(WRITTEN_TO in objects)) {
    throw new ConfigurationError(
      `${where}: expected the rows of a model, such as Length.objects, got ${printable(objects)}.`,
    );
  }
  const { [WRITTEN_TO]: database, [QUERY]: query } = objects as { [WRITTEN_TO]: DatabaseCore; [QUERY]: Query };
  onlyPostgres(database.engine.label, where);
  const concurrently = options.concurrently === true ? "CONCURRENTLY " : "";
  const data = options.withData === false ? " WITH NO DATA" : "";
  const sql = `REFRESH MATERIALIZED VIEW ${concurrently}${tableName(database.engine, query.model)}${data}`;
  const statement = { sql, returnsRows: false, wideIntegers: false, named: false };
  await run(database, { statement, parameters: [], model: query.model.name });
}

/**
 * Has a model's table be a materialised view: what a queryset gave when it was made, or last refreshed. Its values are
 * those of the fields, in their order. Give the tables that it reads from before it: `db.createTables([Track, Length])`.
 *
 * @example
 * ```ts
 * class Length extends Model("length", { album: fields.integer({ primaryKey: true }), tracks: fields.integer() }, {
 *   table: materializedView(() => Track.objects.values("album").annotate({ tracks: Count("id") })),
 *   indexes: [btreeIndex("album", { unique: true })],
 * }) {
 *   static objects = manager(this);
 * }
 * // CREATE MATERIALIZED VIEW "length" ("album", "tracks") AS SELECT "album_id", count("id") … GROUP BY "album_id"
 * await refreshMaterializedView(Length.objects);
 * ```
 * @throws NotSupportedError by createTables on other engines.
 */
export const materializedView = makeView as unknown as (
  source: () => ViewSource,
  options?: ViewOptions,
) => OwnTable<never>;
