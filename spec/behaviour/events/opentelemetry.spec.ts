import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { traceQueries } from "dunder-orm/opentelemetry";
import { onEngines, useDatabase } from "../../support/engines.js";

const SECRET = "s3cr3t-marker";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 60, unique: true }),
}) {
  static objects = manager(this);
}

onEngines("Tracing", (engine) => {
  const holder = useDatabase(engine, [Note]);
  const exporter = new InMemorySpanExporter();
  let stop = (): void => undefined;
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    stop = traceQueries();
  });
  afterAll(() => {
    stop();
    trace.disable();
    context.disable();
  });
  beforeEach(async () => {
    await Note.objects.delete({ all: true });
    exporter.reset();
  });

  /** Spans as lines, each below the one it is in. */
  function tree(spans: readonly ReadableSpan[] = exporter.getFinishedSpans(), parent?: string, depth = 0): string[] {
    return spans
      .filter((span) => span.parentSpanContext?.spanId === parent)
      .flatMap((span) => ["  ".repeat(depth) + span.name, ...tree(spans, span.spanContext().spanId, depth + 1)]);
  }

  const only = (): ReadableSpan => {
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(1);
    return spans[0]!;
  };

  it("names and describes a statement as the conventions say, without its values", async () => {
    await Note.objects.create({ id: 1, text: SECRET });
    const span = only();
    expect(span.name).toBe("INSERT note");
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    const label = holder.db.engine.label;
    const systems = { SQLite: "sqlite", PostgreSQL: "postgresql", MySQL: "mysql", MariaDB: "mariadb" };
    expect(span.attributes).toMatchObject({
      "db.system.name": systems[label as keyof typeof systems],
      "db.operation.name": "INSERT",
      "db.collection.name": "note",
      "db.query.summary": "INSERT note",
      "dunder.model": "Note",
    });
    expect(span.attributes["db.query.text"]).toMatch(/^insert into .note./);
    expect(span.attributes["db.namespace"]).toMatch(/spec/);
    if (engine.name !== "sqlite") {
      expect(span.attributes).toMatchObject({ "server.address": "127.0.0.1", "server.port": expect.any(Number) });
    }
    expect(JSON.stringify([span.attributes, span.events])).not.toContain(SECRET);
    expect(span.duration[0]).toBeLessThan(10);
  });

  it("puts statements into the spans of their transaction and savepoint", async () => {
    const tracer = trace.getTracer("spec");
    await tracer.startActiveSpan("request", async (request) => {
      await holder.db.atomic(async () => {
        await Note.objects.create({ id: 1, text: "a" });
        await holder.db.atomic(async () => {
          await Note.objects.filter({ id: 1 }).update({ text: "b" });
        });
        await Note.objects.filter({ id: 1 }).delete();
      });
      await Note.objects.count();
      request.end();
    });
    expect(tree()).toEqual([
      "request",
      "  transaction",
      "    INSERT note",
      "    savepoint",
      "      UPDATE note",
      "    DELETE note",
      "  SELECT note",
    ]);
    const transaction = exporter.getFinishedSpans().find(({ name }) => name === "transaction")!;
    expect(transaction.attributes["dunder.outcome"]).toBe("commit");
    const numbers = exporter.getFinishedSpans().map(({ attributes }) => attributes["dunder.transaction"]);
    expect(new Set(numbers.filter((number) => number !== undefined)).size).toBe(1);
  });

  it("keeps transactions side by side apart", async () => {
    await Promise.all(
      [1, 2].map((id) =>
        holder.db.atomic(async () => {
          await Note.objects.create({ id, text: `${id}` });
          await Note.objects.filter({ id }).count();
        }),
      ),
    );
    const one = ["transaction", "  INSERT note", "  SELECT note"];
    expect(tree()).toEqual([...one, ...one]);
  });

  it("records errors with class and code, and no value", async () => {
    await Note.objects.create({ id: 1, text: SECRET });
    exporter.reset();
    const work = holder.db.atomic(() => Note.objects.create({ id: 2, text: SECRET }));
    await expect(work).rejects.toMatchObject({ name: "UniqueViolation" });
    const [statement, transaction] = exporter.getFinishedSpans() as [ReadableSpan, ReadableSpan];
    for (const span of [statement, transaction]) {
      expect(span.status.code).toBe(SpanStatusCode.ERROR);
      expect(span.attributes["error.type"]).toBe("UniqueViolation");
      expect(span.events.map(({ name }) => name)).toEqual(["exception"]);
      expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain(SECRET);
    }
    expect(statement.attributes["db.response.status_code"]).toMatch(/\w/);
    expect(transaction.attributes["dunder.outcome"]).toBe("rollback");
  });

  it("traces raw SQL and streams, and one database alone where it is told so", async () => {
    await holder.db.execute(sql`select ${1} as n`);
    for await (const note of Note.objects) expect(note).toBeUndefined();
    expect(tree()).toEqual(["SELECT", "SELECT note"]);
    exporter.reset();
    stop();
    const other = await engine.database();
    await other.createTables([Note]);
    const end = traceQueries({ database: other, parameters: true });
    await Note.objects.count();
    await holder.db.atomic(() => Note.objects.count());
    await Note.objects.using(other).filter({ text: "seen" }).count();
    end();
    await Note.objects.using(other).count();
    expect(tree()).toEqual(["SELECT note"]);
    expect(only().attributes["db.query.parameter.0"]).toBe("seen");
    stop = traceQueries();
  });
});
