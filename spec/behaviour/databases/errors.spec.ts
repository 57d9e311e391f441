import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as errors from "../../../lib/errors/index.js";
import { placeholder, run, Server, servers } from "./server-kit.js";

const SECRET = "s3cr3t-value";

const tables = (server: Server) => {
  const { engine } = server;
  const suffix = engine.schema.tableSuffix({ comment: null });
  return [
    `create table parent (id integer primary key)${suffix}`,
    `create table child (
       id integer primary key,
       code varchar(40) not null,
       kind integer not null default 0,
       parent_id integer,
       constraint child_positive check (id > 0),
       constraint child_code_kind unique (code, kind),
       constraint child_parent foreign key (parent_id) references parent (id)
     )${suffix}`,
    "insert into parent values (1)",
    `insert into child (id, code, parent_id) values (1, '${SECRET}', 1)`,
  ];
};

describe.each(servers)("$name maps", ({ engine: guess, url }) => {
  // It has one session, and no limit for a statement.
  const isPglite = url.startsWith("pglite:");
  let server: Server;
  beforeAll(async () => {
    server = await Server.open(guess, url);
    await server.run("drop table if exists child");
    await server.run("drop table if exists parent");
    for (const sql of tables(server)) await server.run(sql);
  });
  afterAll(async () => {
    await server.run("drop table child");
    await server.run("drop table parent");
    await server.pool.close();
  });

  const insertChild = async (id: number, code: string | null, parent: number | null) => {
    const marks = [1, 2, 3].map((number) => placeholder(server.engine, number)).join(", ");
    await server.run(`insert into child (id, code, parent_id) values (${marks})`, [id, code, parent]);
  };
  const failure = async (work: () => Promise<unknown>) => (await server.errorOf(work)) as errors.DatabaseError;

  test("a second row with the same values", async () => {
    const error = await failure(() => insertChild(2, SECRET, 1));
    expect(error).toBeInstanceOf(errors.UniqueViolation);
    expect(error.constraint).toBe("child_code_kind");
    expect(error.columns).toEqual(server.engine.name === "postgres" ? ["code", "kind"] : []);
    expect(error.message).toContain("child_code_kind");
    expect(error.message).not.toContain(SECRET);
    expect(error.sql).toBe("select …");
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("a foreign key to nowhere, and a row still pointed at", async () => {
    const dangling = await failure(() => insertChild(3, "x", 99));
    expect(dangling).toBeInstanceOf(errors.ForeignKeyViolation);
    expect(dangling).toMatchObject({ table: "child", constraint: "child_parent", columns: ["parent_id"] });
    expect(dangling.message).not.toContain("99");
    const pointedAt = await failure(() => server.run("delete from parent"));
    expect(pointedAt).toBeInstanceOf(errors.ForeignKeyViolation);
    expect(pointedAt.constraint).toBe("child_parent");
  });

  test("a missing value", async () => {
    const explicit = await failure(() => insertChild(4, null, 1));
    expect(explicit).toBeInstanceOf(errors.NotNullViolation);
    expect(explicit.columns).toEqual(["code"]);
    const left = await failure(() => server.run("insert into child (id) values (5)"));
    expect(left).toBeInstanceOf(errors.NotNullViolation);
    expect(left.columns).toEqual(["code"]);
  });

  test("a check that refuses", async () => {
    const error = await failure(() => insertChild(-1, "y", 1));
    expect(error).toBeInstanceOf(errors.CheckViolation);
    expect(error.constraint).toBe("child_positive");
  });

  test("data of the wrong shape, without the data", async () => {
    const sql = "insert into child (id, code, kind) values (7, 'z', " + placeholder(server.engine, 1) + ")";
    const error = await failure(() => server.run(sql, [SECRET]));
    expect(error).toBeInstanceOf(errors.DatabaseError);
    expect(error).not.toBeInstanceOf(errors.IntegrityError);
    expect(error.message).not.toContain(SECRET);
    expect(error.message.length).toBeGreaterThan(20);
  });

  test("SQL it cannot read, and a table that is not there", async () => {
    const syntax = await failure(() => server.run("selct 1"));
    expect(syntax).toBeInstanceOf(errors.DatabaseError);
    expect(syntax.code).toBe(server.engine.name === "postgres" ? "42601" : 1064);
    const table = await failure(() => server.run("select * from nowhere"));
    expect(table.message).toMatch(/nowhere.*createTables/);
  });

  test("what is not the server's comes back as it is", () => {
    const { engine } = server;
    const own = new errors.FieldError("no");
    const plain = new TypeError("no");
    expect(engine.translateError(own, {})).toBe(own);
    expect(engine.translateError(plain, {})).toBe(plain);
    expect(engine.translateError("text", {})).toBe("text");
  });

  test.skipIf(isPglite)("a lock somebody else holds", async () => {
    await server.use(async (holder) => {
      await holder.begin({});
      await run(holder, "select id from parent where id = 1 for update");
      const error = await failure(() => server.run("select id from parent where id = 1 for update nowait"));
      expect(error).toBeInstanceOf(errors.LockNotAvailable);
      await holder.rollback();
    });
  });

  test.skipIf(isPglite)("two transactions that wait for each other", async () => {
    await server.run("insert into parent values (20), (21)");
    await server.use((one) =>
      server.use(async (two) => {
        await one.begin({});
        await two.begin({});
        const touch = (connection: typeof one, id: number) =>
          run(connection, `select id from parent where id = ${id} for update`);
        await touch(one, 20);
        await touch(two, 21);
        const outcome = await Promise.allSettled([touch(one, 21), touch(two, 20).finally(() => two.rollback())]);
        const refused = outcome.find((settled) => settled.status === "rejected");
        expect(refused).toBeDefined();
        expect(server.engine.translateError(refused!.reason, {})).toBeInstanceOf(errors.DeadlockError);
        await one.rollback();
      }),
    );
    await server.run("delete from parent where id > 1");
  });

  test.skipIf(isPglite)("transactions that cannot be put in an order", async (context) => {
    context.skip(server.engine.name !== "postgres", "InnoDB waits for locks, and has deadlocks instead.");
    await server.use((one) =>
      server.use(async (two) => {
        await one.begin({ isolation: "serializable" });
        await two.begin({ isolation: "serializable" });
        await run(one, "select id from parent");
        await run(two, "update parent set id = id");
        await two.commit();
        const error = await failure(() => run(one, "update parent set id = id"));
        expect(error).toBeInstanceOf(errors.SerializationError);
        await one.rollback();
      }),
    );
  });

  test.skipIf(isPglite)("a statement that runs too long", async () => {
    const hasty = await Server.open(guess, url, { statementTimeout: 150 });
    const sleep = hasty.engine.name === "postgres" ? "select pg_sleep(5)" : "select sleep(5) from parent";
    const started = performance.now();
    const error = await hasty.errorOf(() => hasty.run(sleep));
    expect(error).toBeInstanceOf(errors.QueryTimeoutError);
    expect(performance.now() - started).toBeLessThan(2000);
    expect((await hasty.run("select 1")).rows).toEqual([[1]]);
    await hasty.pool.close();
  });

  test("a write in a read-only transaction", async () => {
    await server.use(async (connection) => {
      await connection.begin({ readOnly: true, isolation: "repeatable read" });
      const error = await failure(() => run(connection, "insert into parent values (50)"));
      expect(error).toBeInstanceOf(errors.OperationalError);
      await connection.rollback();
    });
  });
});
