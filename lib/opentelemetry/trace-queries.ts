import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { QueryEvent } from "../databases/options.js";
import type { DatabaseCore } from "../execute/index.js";
import { type BlockObserver, type Observer, observers } from "../execute/observers.js";
import type { DatabaseLike } from "../types/index.js";
import { summaryOf } from "../util/statement-summary.js";

/** Which statements become spans, and what is in them. */
export interface TracingOptions {
  /** Those of this database alone; of all unless given. */
  readonly database?: DatabaseLike;
  /** Adds the parameters, which may be secrets, as `db.query.parameter.0` and so on. */
  readonly parameters?: boolean;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  SQLite: "sqlite",
  PostgreSQL: "postgresql",
  MySQL: "mysql",
  MariaDB: "mariadb",
};

/**
 * Makes a span of OpenTelemetry for every statement, and for every `db.atomic` one that those of its statements are in.
 * Names and attributes are those of the semantic conventions for databases; errors are recorded, values are not.
 *
 * @example
 * ```ts
 * import { traceQueries } from "dunder-orm/opentelemetry";
 *
 * const stop = traceQueries();
 * await db.atomic(() => Album.objects.create({ name: "Malibu" })); // spans: transaction > INSERT album
 * stop();
 * ```
 * @returns A function that ends it.
 */
export function traceQueries({ database: only, parameters = false }: TracingOptions = {}): () => void {
  const tracer = trace.getTracer("dunder-orm");
  const isMeant = (database: object): boolean => only === undefined || only === database;
  const onQuery: Observer = (event, database) => {
    if (isMeant(database)) traceStatement(tracer, event, database as DatabaseCore, parameters);
  };
  const onBlock: BlockObserver = (event, database, block) =>
    isMeant(database) ? traceBlock(tracer, event.depth, database as DatabaseCore, block) : block();
  observers.queries.add(onQuery);
  observers.blocks.add(onBlock);
  return () => {
    observers.queries.delete(onQuery);
    observers.blocks.delete(onBlock);
  };
}

function traceStatement(tracer: Tracer, event: QueryEvent, database: DatabaseCore, withParameters: boolean): void {
  const end = Date.now();
  const { operation, table } = summaryOf(event.sql);
  const summary = table === null ? operation : `${operation} ${table}`;
  const attributes: Attributes = {
    ...attributesOf(database),
    "db.query.text": event.sql,
    "db.query.summary": summary,
    "db.operation.name": operation,
    "db.collection.name": table ?? undefined,
    "db.response.returned_rows": event.error === null ? event.rows : undefined,
    "dunder.model": event.model ?? undefined,
    "dunder.transaction": event.transaction ?? undefined,
    ...(withParameters && parametersOf(event)),
  };
  const startTime = end - event.durationMs;
  const span = tracer.startSpan(summary, { kind: SpanKind.CLIENT, startTime, attributes }, context.active());
  if (event.error !== null) fail(span, event.error);
  span.end(end);
}

function traceBlock<T>(tracer: Tracer, depth: number, database: DatabaseCore, block: () => Promise<T>): Promise<T> {
  const name = depth === 0 ? "transaction" : "savepoint";
  const options = { kind: SpanKind.INTERNAL, attributes: attributesOf(database) };
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      const result = await block();
      span.setAttribute("dunder.outcome", "commit");
      return result;
    } catch (error) {
      span.setAttribute("dunder.outcome", "rollback");
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

function attributesOf({ engine, place }: DatabaseCore): Attributes {
  return {
    "db.system.name": SYSTEMS[engine.label],
    "db.namespace": place.database,
    "server.address": place.host,
    "server.port": place.port,
  };
}

function parametersOf({ parameters }: QueryEvent): Attributes {
  return Object.fromEntries(parameters.map((value, index) => [`db.query.parameter.${index}`, String(value)]));
}

function fail(span: Span, error: unknown): void {
  if (!(error instanceof Error)) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    return;
  }
  const { code } = error as { code?: string | number };
  span.setAttribute("error.type", error.name);
  if (code !== undefined) span.setAttribute("db.response.status_code", String(code));
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
