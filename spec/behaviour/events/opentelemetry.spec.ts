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
import { CommitUnknownError, DeadlockError, fields, manager, Model, SerializationError } from "dunder-orm";
import { traceQueries } from "dunder-orm/opentelemetry";
import { onEngines, useDatabase } from "../../support/engines.js";
import { FailingDriver } from "../../support/failing-driver.js";

const SECRET = "s3cr3t-marker";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 60, unique: true }),
}) {
  static objects = manager(this);
}

/** A connection that is lost, in each driver's words. */
const lost = {
  sqlite: () => Object.assign(new Error("unable to open"), { name: "SqliteError", code: "SQLITE_CANTOPEN" }),
  postgres: () => new Error("Connection terminated unexpectedly"),
  mysql: () => Object.assign(new Error("Connection lost"), { code: "PROTOCOL_CONNECTION_LOST", fatal: true }),
};

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

  const called = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);

  /** What the one span of that name tells of its block. */
  const told = (name: string) => toldBy(called(name)[0]!);
  const toldBy = ({ attributes, status }: ReadableSpan) => ({
    outcome: attributes["dunder.outcome"],
    number: attributes["dunder.transaction"],
    attempt: attributes["dunder.attempt"],
    error: attributes["error.type"],
    isError: status.code === SpanStatusCode.ERROR,
  });

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
      "dunder.affected_rows": 1,
    });
    expect(span.attributes["db.query.text"]).toMatch(/^insert into .note./);
    expect(span.attributes["db.namespace"]).toMatch(/spec/);
    if (engine.name !== "sqlite" && !engine.isPglite) {
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
      "    BEGIN",
      "    INSERT note",
      "    savepoint",
      "      SAVEPOINT",
      "      UPDATE note",
      "      RELEASE SAVEPOINT",
      "    DELETE note",
      "    COMMIT",
      "  SELECT note",
    ]);
    const { outcome, number } = told("transaction");
    expect([outcome, told("savepoint").outcome]).toEqual(["commit", "commit"]);
    const numbers = exporter.getFinishedSpans().map(({ attributes }) => attributes["dunder.transaction"]);
    // All but that of the request and that of the last statement.
    expect(numbers.filter((one) => one === number)).toHaveLength(9);
    expect(numbers.filter((one) => one === undefined)).toHaveLength(2);
    const [select, deletion] = ["SELECT note", "DELETE note"].map((name) => called(name)[0]!.attributes);
    expect(select!["db.response.returned_rows"]).toBe(1);
    expect(deletion).toMatchObject({ "dunder.affected_rows": 1 });
    expect(deletion).not.toHaveProperty("db.response.returned_rows");
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
    const one = ["transaction", "  BEGIN", "  INSERT note", "  SELECT note", "  COMMIT"];
    expect(tree()).toEqual([...one, ...one]);
  });

  it("records errors with class and code, and no value", async () => {
    await Note.objects.create({ id: 1, text: SECRET });
    exporter.reset();
    const work = holder.db.atomic(() => Note.objects.create({ id: 2, text: SECRET }));
    await expect(work).rejects.toMatchObject({ name: "UniqueViolation" });
    expect(tree()).toEqual(["transaction", "  BEGIN", "  INSERT note", "  ROLLBACK"]);
    const [statement, transaction] = [called("INSERT note")[0]!, called("transaction")[0]!];
    for (const span of [statement, transaction]) {
      expect(span.status.code).toBe(SpanStatusCode.ERROR);
      expect(span.attributes["error.type"]).toBe("UniqueViolation");
      expect(span.events.map(({ name }) => name)).toEqual(["exception"]);
      expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain(SECRET);
    }
    expect(statement.attributes["db.response.status_code"]).toMatch(/\w/);
    expect(transaction.attributes["dunder.outcome"]).toBe("rollback");
  });

  it("shows each run of a block that is run again, and what became of it", async () => {
    let runs = 0;
    const work = async (): Promise<void> => {
      runs += 1;
      await Note.objects.create({ id: runs, text: "x" });
      if (runs < 3) throw new SerializationError("no order");
    };
    await trace.getTracer("spec").startActiveSpan("request", async (request) => {
      await holder.db.atomic(work, { retries: 5, isolation: "serializable" });
      request.end();
    });
    const undone = ["  transaction", "    BEGIN", "    INSERT note", "    ROLLBACK"];
    expect(tree()).toEqual(["request", ...undone, ...undone, ...undone.slice(0, 3), "    COMMIT"]);
    const transactions = called("transaction");
    const failed = { outcome: "rollback", error: "SerializationError", isError: true };
    expect(transactions.map(toldBy)).toMatchObject([
      { ...failed, attempt: undefined },
      { ...failed, attempt: 2 },
      { outcome: "commit", error: undefined, isError: false, attempt: 3 },
    ]);
    expect(new Set(transactions.map((span) => toldBy(span).number)).size).toBe(3);
    expect(transactions[0]!.attributes["dunder.isolation"]).toBe("serializable");
    exporter.reset();
    await expect(holder.db.atomic(() => Promise.reject(new DeadlockError("again")))).rejects.toThrow("again");
    expect(called("transaction").map(toldBy)).toMatchObject([{ outcome: "rollback", error: "DeadlockError" }]);
  });

  it("shows a savepoint that is undone in a transaction that is not", async () => {
    await holder.db.atomic(async () => {
      const inner = holder.db.atomic(async () => {
        await Note.objects.create({ id: 1, text: "x" });
        throw new RangeError("on purpose");
      });
      await expect(inner).rejects.toThrow("on purpose");
      await Note.objects.create({ id: 2, text: "x" });
    });
    expect(tree()).toEqual([
      "transaction",
      "  BEGIN",
      "  savepoint",
      "    SAVEPOINT",
      "    INSERT note",
      "    ROLLBACK TO SAVEPOINT",
      "  INSERT note",
      "  COMMIT",
    ]);
    expect(told("savepoint")).toMatchObject({ outcome: "rollback", error: "RangeError" });
    expect(told("transaction")).toMatchObject({ outcome: "commit", error: undefined });
  });

  it("does not take what is called after a commit for a part of it, nor its error for an undone transaction", async () => {
    const block = holder.db.atomic(async () => {
      await holder.db.onCommit(async () => {
        await Note.objects.count();
        throw new RangeError("too late");
      });
    });
    await expect(block).rejects.toThrow("too late");
    expect(tree()).toEqual(["transaction", "  BEGIN", "  COMMIT", "SELECT note"]);
    expect(told("transaction")).toMatchObject({ outcome: "commit", isError: false });
  });

  it("shows what cannot begin, and what nobody knows the end of", async () => {
    const db = await engine.database();
    const driver = await FailingDriver.before(db);
    await db.createTables([Note]);
    exporter.reset();
    driver.fail(1, "once", lost[engine.name]);
    await expect(db.atomic(() => Promise.resolve())).rejects.toMatchObject({ name: "ConnectionError" });
    expect(tree()).toEqual(["transaction", "  BEGIN", "  ROLLBACK"]);
    expect(told("transaction")).toMatchObject({ outcome: "rollback", error: "ConnectionError", isError: true });
    const work = () => Note.objects.using(db).count();
    const ways = {
      atomic: () => db.atomic(work),
      "by hand": async () => {
        const transaction = await db.transaction();
        await transaction.run(work);
        await transaction.commit();
      },
      "Kysely's": () =>
        db.kysely.transaction().execute((transaction) => transaction.selectFrom("note").select("id").execute()),
    };
    for (const [name, way] of Object.entries(ways)) {
      exporter.reset();
      driver.fail(3, "once", lost[engine.name]);
      await expect(way(), name).rejects.toBeInstanceOf(CommitUnknownError);
      // Kysely's own way out is not taken, for it would only tell that the connection is lost.
      const rollback = name === "Kysely's" ? [] : ["  ROLLBACK"];
      expect(tree()).toEqual(["transaction", "  BEGIN", "  SELECT note", "  COMMIT", ...rollback]);
      expect(told("COMMIT")).toMatchObject({ error: "ConnectionError", isError: true });
      expect(told("transaction")).toMatchObject({ outcome: "unknown", error: "CommitUnknownError", isError: true });
    }
    await db.close();
  });

  it("has spans of transactions by hand, whoever runs them", async () => {
    const tracer = trace.getTracer("spec");
    const transaction = await holder.db.transaction({ readOnly: false });
    await tracer.startActiveSpan("request", async (request) => {
      await transaction.run(() => Note.objects.create({ id: 1, text: "a" }));
      await Promise.all([
        transaction.run(() => Note.objects.count()),
        transaction.run(() => holder.db.atomic(() => Note.objects.filter({ id: 1 }).update({ text: "b" }))),
      ]);
      await transaction.commit();
      request.end();
    });
    expect(tree()).toEqual([
      "transaction",
      "  BEGIN",
      "  INSERT note",
      "  SELECT note",
      "  savepoint",
      "    SAVEPOINT",
      "    UPDATE note",
      "    RELEASE SAVEPOINT",
      "  COMMIT",
      "request",
    ]);
    expect(told("transaction")).toMatchObject({ outcome: "commit", number: toldBy(called("COMMIT")[0]!).number });
    exporter.reset();
    {
      await using undone = await holder.db.transaction();
      await undone.run(() => Note.objects.count());
    }
    expect(tree()).toEqual(["transaction", "  BEGIN", "  SELECT note", "  ROLLBACK"]);
    expect(told("transaction")).toMatchObject({ outcome: "rollback", isError: false });
    exporter.reset();
    await holder.db.atomic(async (block) => {
      await block.rollback();
      await Note.objects.count();
    });
    expect(tree()).toEqual(["transaction", "  BEGIN", "  ROLLBACK", "  BEGIN", "  SELECT note", "  COMMIT"]);
  });

  it("has spans of savepoints by hand, around what the code that made them asks", async () => {
    const tracer = trace.getTracer("spec");
    await holder.db.atomic(async () => {
      const outer = await holder.db.savepoint();
      await Note.objects.create({ id: 1, text: "a" });
      const inner = await holder.db.savepoint();
      await tracer.startActiveSpan("own", async (own) => {
        await Note.objects.count();
        own.end();
      });
      await holder.db.atomic(() => Note.objects.filter({ id: 1 }).update({ text: "b" }));
      await inner.rollback();
      await Note.objects.count();
      await outer.commit();
      await Note.objects.filter({ id: 1 }).delete();
      // One that nobody ends, and one that goes with it.
      await holder.db.savepoint();
      await holder.db.savepoint();
    });
    expect(tree()).toEqual([
      "transaction",
      "  BEGIN",
      "  own",
      "    SELECT note",
      "  savepoint",
      "    SAVEPOINT",
      "    INSERT note",
      "    savepoint",
      "      SAVEPOINT",
      "      savepoint",
      "        SAVEPOINT",
      "        UPDATE note",
      "        RELEASE SAVEPOINT",
      "      ROLLBACK TO SAVEPOINT",
      "    SELECT note",
      "    RELEASE SAVEPOINT",
      "  DELETE note",
      "  COMMIT",
      "  savepoint",
      "    SAVEPOINT",
      "    savepoint",
      "      SAVEPOINT",
    ]);
    const outcomes = called("savepoint").map((span) => toldBy(span).outcome);
    expect(outcomes.sort()).toEqual(["commit", "commit", "commit", "commit", "rollback"]);
  });

  it("has spans of Kysely's transactions and streams", async () => {
    const { kysely } = holder.db;
    await kysely.transaction().execute(async (transaction) => {
      await transaction.insertInto("note").values({ id: 1, text: "a" }).execute();
      await transaction.updateTable("note").set({ text: "b" }).execute();
    });
    const undone = kysely.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("note").execute();
      throw new RangeError("on purpose");
    });
    await expect(undone).rejects.toThrow("on purpose");
    expect(tree()).toEqual([
      "transaction",
      "  BEGIN",
      "  INSERT note",
      "  UPDATE note",
      "  COMMIT",
      "transaction",
      "  BEGIN",
      "  DELETE note",
      "  ROLLBACK",
    ]);
    expect(called("transaction").map((span) => toldBy(span).outcome)).toEqual(["commit", "rollback"]);
    exporter.reset();
    // The other engines do not tell Kysely the columns of a stream.
    if (engine.name !== "sqlite") return;
    for await (const row of kysely.selectFrom("note").selectAll().stream()) expect(row).toEqual({ id: 1, text: "b" });
    await holder.db.atomic(async () => {
      for await (const _ of kysely.selectFrom("note").select("id").stream()) await Note.objects.count();
    });
    expect(tree().sort()).toEqual(
      ["SELECT note", "transaction", "  BEGIN", "  SELECT note", "  SELECT note", "  COMMIT"].sort(),
    );
    expect(called("SELECT note")[0]!.attributes["db.response.returned_rows"]).toBe(1);
  });

  it("keeps what starts together in one transaction in the spans that it was started in", async () => {
    const tracer = trace.getTracer("spec");
    const part = (id: number): Promise<void> =>
      tracer.startActiveSpan(`part ${id}`, async (own) => {
        await holder.db.atomic(async () => {
          await Note.objects.create({ id, text: `${id}` });
          await new Promise((resolve) => setImmediate(resolve));
          await Note.objects.filter({ id }).count();
        });
        await Note.objects.filter({ id }).delete();
        own.end();
      });
    await holder.db.atomic(() => Promise.all([part(1), part(2), Note.objects.count(), part(3)]));
    const savepoint = ["    savepoint", "      SAVEPOINT", "      INSERT note", "      SELECT note"];
    const parts = (id: number) => [`  part ${id}`, ...savepoint, "      RELEASE SAVEPOINT", "    DELETE note"];
    const lines = tree();
    expect(lines.filter((line) => /^( {2})?\S/.test(line)).sort()).toEqual(
      ["transaction", "  BEGIN", "  COMMIT", "  SELECT note", "  part 1", "  part 2", "  part 3"].sort(),
    );
    for (const id of [1, 2, 3]) {
      const place = lines.indexOf(`  part ${id}`);
      expect(lines.slice(place, place + 7)).toEqual(parts(id));
    }
  });

  it("is what statements of the driver's own instrumentation are in", async () => {
    const seen: unknown[] = [];
    const db = await engine.database();
    const open = await db.open();
    const execute = open.execute.bind(open);
    open.execute = (...args) => {
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
      return execute(...args);
    };
    await db.createTables([Note]);
    exporter.reset();
    seen.length = 0;
    await Note.objects.using(db).count();
    expect(seen).toEqual(exporter.getFinishedSpans().map((span) => span.spanContext().spanId));
    await db.close();
  });

  it("makes one span of each statement, however often it is asked for, and none when nobody asks", async () => {
    const again = traceQueries();
    await Note.objects.count();
    expect(tree()).toEqual(["SELECT note"]);
    stop();
    await Note.objects.count();
    expect(tree()).toEqual(["SELECT note", "SELECT note"]);
    again();
    exporter.reset();
    await holder.db.atomic(async () => {
      const savepoint = await holder.db.savepoint();
      await Note.objects.count();
      await savepoint.commit();
    });
    const transaction = await holder.db.transaction();
    // What begins in between has no span, for what it is in has none.
    stop = traceQueries();
    await transaction.run(() => Note.objects.count());
    await transaction.commit();
    expect(tree()).toEqual(["SELECT note", "COMMIT"]);
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
