import { trace } from "@opentelemetry/api";
import { observers } from "../execute/observers.js";
import type { DatabaseLike } from "../types/index.js";
import { Spans, type Tracing } from "./spans.js";

/** Which statements become spans, and what is in them. */
export interface TracingOptions {
  /** Those of this database alone; of all unless given. */
  readonly database?: DatabaseLike;
  /** Adds the parameters, which may be secrets, as `db.query.parameter.0` and so on. */
  readonly parameters?: boolean;
}

const spans = new Spans();

/**
 * Makes a span of OpenTelemetry for every statement, BEGIN, COMMIT and the like included, and for every transaction and
 * savepoint one that those of its statements are in. Names and attributes are those of the semantic conventions for
 * databases; errors are recorded, values are not.
 *
 * @example
 * ```ts
 * import { traceQueries } from "dunder-orm/opentelemetry";
 *
 * const stop = traceQueries();
 * await db.atomic(() => Album.objects.create({ name: "Malibu" })); // spans: transaction > BEGIN, INSERT album, COMMIT
 * stop();
 * ```
 * @returns A function that ends it.
 */
export function traceQueries({ database: only, parameters = false }: TracingOptions = {}): () => void {
  const tracing: Tracing = {
    tracer: trace.getTracer("dunder-orm"),
    // That of a schema is traced with the whole database.
    isMeant: (database) =>
      only === undefined || only === ((database as { readonly origin?: object }).origin ?? database),
    parameters,
  };
  spans.tracings.add(tracing);
  observers.tracer = spans;
  return () => {
    spans.tracings.delete(tracing);
    if (spans.tracings.size === 0) observers.tracer = null;
  };
}
