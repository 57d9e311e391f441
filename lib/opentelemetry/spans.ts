import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer as SpanTracer,
} from "@opentelemetry/api";
import type { DatabaseCore } from "../execute/index.js";
import type { BlockEvent, Ending, Sent, Traced, Tracer, Within } from "../execute/observers.js";
import { type StatementSummary, summaryOf } from "../util/statement-summary.js";

/** Whose work becomes spans, and what is in them. */
export interface Tracing {
  readonly tracer: SpanTracer;
  readonly isMeant: (database: object) => boolean;
  readonly parameters: boolean;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  SQLite: "sqlite",
  PostgreSQL: "postgresql",
  MySQL: "mysql",
  MariaDB: "mariadb",
};

/** Makes spans of what is asked of databases, once, however many asked for them. */
export class Spans implements Tracer {
  readonly tracings = new Set<Tracing>();
  readonly #summaries = new WeakMap<object, StatementSummary>();

  statement(sent: Sent, database: object, within: Within | null): Traced | null {
    const meant = this.#meant(database);
    const [first] = meant;
    if (first === undefined) return null;
    const attributes = sent.statement === null ? controlAttributes(sent.control) : this.#attributesOf(sent);
    if (sent.statement !== null && meant.some(({ parameters }) => parameters)) addParameters(attributes, sent);
    const name = String(attributes["db.query.summary"]);
    Object.assign(attributes, placeOf(database as DatabaseCore), { "dunder.transaction": within?.id });
    // What ends a block is not in the savepoints that end with it.
    const place = contextIn(sent.statement === null ? null : within);
    const span = first.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, place);
    return new StatementSpan(span, sent.statement?.returnsRows === true ? RETURNED : "dunder.affected_rows");
  }

  block({ within, attempt, isolation, readOnly }: BlockEvent, database: object): Traced | null {
    const [first] = this.#meant(database);
    if (first === undefined) return null;
    const attributes = {
      ...placeOf(database as DatabaseCore),
      "dunder.attempt": attempt > 1 ? attempt : undefined,
      "dunder.isolation": isolation,
      "dunder.read_only": readOnly,
    };
    const name = within === null ? "transaction" : "savepoint";
    const span = first.tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes }, contextIn(within));
    return new BlockSpan(span);
  }

  #meant(database: object): Tracing[] {
    return [...this.tracings].filter(({ isMeant }) => isMeant(database));
  }

  #attributesOf({ statement, model, times = 1 }: Sent & { statement: object }): Attributes {
    const { operation, table } = this.#summaryOf(statement);
    const batch = times > 1 ? "BATCH " : "";
    return {
      "db.query.text": statement.sql,
      "db.query.summary": batch + (table === null ? operation : `${operation} ${table}`),
      "db.operation.name": batch + operation,
      "db.operation.batch.size": times > 1 ? times : undefined,
      "db.collection.name": table ?? undefined,
      "dunder.model": model ?? undefined,
    };
  }

  /** A plan's statement is the same every time. */
  #summaryOf(statement: { readonly sql: string }): StatementSummary {
    const known = this.#summaries.get(statement);
    if (known !== undefined) return known;
    const summary = summaryOf(statement.sql);
    this.#summaries.set(statement, summary);
    return summary;
  }
}

const RETURNED = "db.response.returned_rows";

class StatementSpan implements Traced {
  protected readonly span: Span;
  /** The attribute that tells how many rows there were. */
  readonly #counted: string;

  constructor(span: Span, counted = RETURNED) {
    this.span = span;
    this.#counted = counted;
  }

  within<T>(work: () => T): T {
    return context.with(trace.setSpan(context.active(), this.span), work);
  }

  end({ error, rows }: Ending): void {
    if (error !== null) fail(this.span, error);
    else if (rows !== undefined) this.span.setAttribute(this.#counted, rows);
    this.span.end();
  }
}

class BlockSpan extends StatementSpan {
  /** The span whose code asked for it. */
  readonly #asking = trace.getSpan(context.active());

  override end({ error, outcome, transaction }: Ending): void {
    if (outcome !== undefined) this.span.setAttribute("dunder.outcome", outcome);
    if (transaction !== undefined) this.span.setAttribute("dunder.transaction", transaction);
    super.end({ error });
  }

  /** The context of code that goes on where this was begun; null for code elsewhere. */
  contextFor(active: Context): Context | null {
    return this.#asking === trace.getSpan(active) ? trace.setSpan(active, this.span) : null;
  }
}

/**
 * The context to begin a span in: the present one, except where a savepoint was made by hand since, and then that of the
 * innermost one that this very code has made. What runs in spans of the user's own stays in those.
 */
function contextIn(within: Within | null): Context {
  const active = context.active();
  for (const { traced } of within?.marks.toReversed() ?? []) {
    const found = traced instanceof BlockSpan ? traced.contextFor(active) : null;
    if (found !== null) return found;
  }
  return active;
}

function controlAttributes(control: string): Attributes {
  const operation = control.toUpperCase();
  return { "db.operation.name": operation, "db.query.summary": operation };
}

function placeOf({ engine, place }: DatabaseCore): Attributes {
  return {
    "db.system.name": SYSTEMS[engine.label],
    "db.namespace": place.database,
    "server.address": place.host,
    "server.port": place.port,
  };
}

function addParameters(attributes: Attributes, { parameters }: Sent & { statement: object }): void {
  for (const [index, value] of parameters.entries()) attributes[`db.query.parameter.${index}`] = String(value);
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
