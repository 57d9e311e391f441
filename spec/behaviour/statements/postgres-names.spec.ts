import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Database, DatabaseError, fields, manager, Model } from "dunder-orm";
import type { Connection, EngineOptions } from "../../../lib/databases/ports/index.js";
import { run, type Server } from "../databases/server-kit.js";
import { ask, loseNames, onPostgres, openServer, planned, prepared, preparedNames } from "./postgres-kit.js";

class Shelf extends Model("statement_shelf", { name: fields.string({ maxLength: 40, unique: true }) }) {
  static objects = manager(this);
}

const ONE = "select $1::int + 1 as a";
const TWO = "select $1::int + 2 as a";

onPostgres("Named statements", (url) => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.pool.close();
  });
  const open = async (options: EngineOptions = {}): Promise<Server> => {
    const server = await openServer(url, { pool: { max: 1 }, ...options });
    servers.push(server);
    return server;
  };
  const onConnection = async (work: (connection: Connection) => Promise<void>, options: EngineOptions = {}) =>
    (await open(options)).use(work);
  const answer = async (connection: Connection, text: string, value: unknown = 1): Promise<unknown> =>
    (await ask(connection, text, [value])).rows[0]?.[0];
  const twice = async (connection: Connection, text: string): Promise<void> => {
    for (const value of [1, 2]) await ask(connection, text, [value]);
  };

  it("are made of statements seen for the second time", async () => {
    await onConnection(async (connection) => {
      expect(await answer(connection, ONE, 1)).toBe(2);
      expect(await prepared(connection)).toEqual([]);
      expect(await answer(connection, ONE, 2)).toBe(3);
      expect(await prepared(connection)).toEqual([ONE]);
      expect(await answer(connection, ONE, 3)).toBe(4);
      expect(await prepared(connection)).toEqual([ONE]);
    });
  });

  it("have names of the connection's own, so that no session can take one for another's", async () => {
    const server = await open({ pool: { max: 2 } });
    const [a, b] = [await server.pool.acquire(), await server.pool.acquire()];
    await twice(a, ONE);
    await twice(b, TWO);
    const names = [...(await preparedNames(a)), ...(await preparedNames(b))].map(([name]) => String(name));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^d[0-9a-f]{16}_1$/);
    server.pool.release(a);
    server.pool.release(b);
  });

  it("are not made of several statements in one text, nor of SQL written by hand", async () => {
    await onConnection(async (connection) => {
      for (let time = 0; time < 3; time += 1) {
        expect((await ask(connection, "select 1 as a; select 2 as a")).rows).toEqual([[2]]);
        expect((await run(connection, ONE, [time])).rows).toEqual([[time + 1]]);
        await ask(connection, "set application_name to 'statements'");
      }
      expect(await prepared(connection)).toEqual([]);
    });
  });

  it("are as many as the option says; the one not used for longest is closed", async () => {
    const texts = [1, 2, 3, 4, 5].map((number) => `select $1::int * ${number} as a`);
    await onConnection(
      async (connection) => {
        for (const text of texts) {
          await twice(connection, text);
          expect((await prepared(connection)).length).toBeLessThanOrEqual(3);
        }
        expect(await prepared(connection)).toEqual(texts.slice(2));
        await twice(connection, texts[2]!);
        await twice(connection, texts[0]!);
        expect(await prepared(connection)).toEqual([texts[2], texts[4], texts[0]]);
        for (const [index, text] of texts.entries()) expect(await answer(connection, text, 7)).toBe(7 * (index + 1));
      },
      { preparedStatements: 3 },
    );
  });

  it("are a hundred unless told otherwise", async () => {
    await onConnection(async (connection) => {
      for (let number = 0; number < 105; number += 1) await twice(connection, `select $1::int * ${number} as a`);
      expect(await prepared(connection)).toHaveLength(100);
    });
  });

  it.each([false, 0])("are not made with preparedStatements: %s", async (preparedStatements) => {
    await onConnection(
      async (connection) => {
        for (let value = 0; value < 4; value += 1) expect(await answer(connection, ONE, value)).toBe(value + 1);
        expect(await prepared(connection)).toEqual([]);
      },
      { preparedStatements },
    );
  });

  it("are not kept where the server refused the text", async () => {
    await onConnection(async (connection) => {
      await run(connection, "drop table if exists statement_late");
      const text = "select a from statement_late where a > $1";
      for (let time = 0; time < 3; time += 1) {
        await expect(ask(connection, text, [0])).rejects.toMatchObject({ code: "42P01" });
      }
      await run(connection, "create table statement_late as select 5 as a");
      for (let time = 0; time < 3; time += 1) expect(await answer(connection, text, 0)).toBe(5);
      expect(await prepared(connection)).toEqual([text]);
      await run(connection, "drop table statement_late");
    });
  });

  it("are kept where only the run failed, and give all columns of their rows afterwards", async () => {
    await onConnection(async (connection) => {
      const text = "select 10 / $1::int as a, 'x' as b, true as c";
      await ask(connection, text, [1]);
      for (let time = 0; time < 2; time += 1) {
        await expect(ask(connection, text, [0])).rejects.toMatchObject({ code: "22012" });
        expect(await prepared(connection)).toEqual([text]);
      }
      for (let time = 0; time < 2; time += 1) {
        expect((await ask(connection, text, [5])).rows).toEqual([[2, "x", true]]);
      }
    });
  });

  it("survive the statement timeout", async () => {
    await onConnection(
      async (connection) => {
        const text = "select $1::int as a from pg_sleep($1)";
        expect(await answer(connection, text, 0)).toBe(0);
        for (let time = 0; time < 2; time += 1) {
          await expect(ask(connection, text, [10])).rejects.toMatchObject({ code: "57014" });
        }
        expect(await answer(connection, text, 0)).toBe(0);
        expect(await prepared(connection)).toEqual([text]);
      },
      { statementTimeout: 100 },
    );
  });

  it("serve writes with and without RETURNING", async () => {
    await onConnection(async (connection) => {
      await run(connection, "create temporary table boxes (id int primary key, a text)");
      const insert = "insert into boxes (id, a) values ($1, $2)";
      const returning = "insert into boxes (id, a) values ($1, $2) returning id, a";
      for (let id = 1; id <= 4; id += 1) {
        expect(await ask(connection, insert, [id, "a"])).toMatchObject({ rows: [], affected: 1 });
        expect(await ask(connection, returning, [id + 10, null])).toMatchObject({
          rows: [[id + 10, null]],
          affected: 1,
        });
      }
      const update = "update boxes set a = $1 where id < $2";
      for (let time = 0; time < 4; time += 1) {
        expect(await ask(connection, update, ["b", 12])).toMatchObject({ rows: [], affected: 5 });
      }
      await expect(ask(connection, insert, [1, "a"])).rejects.toMatchObject({ code: "23505" });
      expect(await prepared(connection)).toEqual([insert, returning, update]);
    });
  });

  describe("that the server lost", () => {
    it("are noticed, and the statement run without: nobody hears of it", async () => {
      await onConnection(async (connection) => {
        await twice(connection, ONE);
        await twice(connection, TWO);
        await loseNames(connection);
        expect(await answer(connection, ONE, 5)).toBe(6);
        expect(await answer(connection, TWO, 5)).toBe(7);
        expect(await answer(connection, ONE, 6)).toBe(7);
        expect((await prepared(connection)).sort()).toEqual([ONE, TWO]);
      });
    });

    it("a second time are given up by all connections of the pool", async () => {
      const server = await open({ pool: { max: 2 } });
      const [a, b] = [await server.pool.acquire(), await server.pool.acquire()];
      for (const connection of [a, b]) {
        await twice(connection, ONE);
        await loseNames(connection);
        expect(await answer(connection, ONE, 5)).toBe(6);
      }
      for (const connection of [a, b]) {
        await twice(connection, ONE);
        await twice(connection, TWO);
        expect(await prepared(connection)).toEqual([]);
      }
      server.pool.release(a);
      server.pool.release(b);
    });

    it.each(["deallocate all", "discard all"])("by %s of the user's are no loss", async (text) => {
      await onConnection(async (connection) => {
        for (let time = 0; time < 4; time += 1) {
          await twice(connection, ONE);
          await run(connection, text);
          await twice(connection, ONE);
          expect(await prepared(connection)).toEqual([ONE]);
        }
      });
    });

    it("within a transaction end it with a hint; the next one goes well", async () => {
      const server = await open();
      const connection = await server.pool.acquire();
      await twice(connection, ONE);
      await connection.begin({});
      await loseNames(connection);
      const error = (await server.errorOf(() => ask(connection, ONE, [1]))) as DatabaseError;
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error).toMatchObject({ code: "26000" });
      expect(error.message).toMatch(/preparedStatements: false/);
      await connection.rollback();
      await connection.begin({});
      expect(await answer(connection, ONE, 1)).toBe(2);
      await connection.commit();
      server.pool.release(connection);
    });

    it("within a transaction that SQL of the user's began are told as they are", async () => {
      await onConnection(async (connection) => {
        await twice(connection, ONE);
        await run(connection, "begin");
        await loseNames(connection);
        await expect(ask(connection, ONE, [1])).rejects.toMatchObject({ code: "26000" });
        await run(connection, "rollback");
        expect(await answer(connection, ONE, 1)).toBe(2);
      });
    });

    it("are told from those of the user's own functions", async () => {
      await onConnection(async (connection) => {
        const body = "begin execute 'execute nobody_prepared_this'; return 1; end";
        await run(
          connection,
          `create or replace function pg_temp.careless() returns int language plpgsql as '${body.replaceAll("'", "''")}'`,
        );
        await twice(connection, ONE);
        for (let time = 0; time < 4; time += 1) {
          await expect(ask(connection, "select pg_temp.careless() as a")).rejects.toMatchObject({ code: "26000" });
        }
        expect(await prepared(connection)).toContain(ONE);
        await twice(connection, TWO);
        expect(await prepared(connection)).toContain(TWO);
      });
    });
  });

  it("that are there already, someone else's, are run without", async () => {
    await onConnection(async (connection) => {
      await twice(connection, ONE);
      const [[name]] = (await preparedNames(connection)) as [[string]];
      await run(connection, `prepare ${name.replace(/_1$/, "_2")} as select 'somebody else''s'`);
      expect(await answer(connection, TWO, 1)).toBe(3);
      expect(await answer(connection, TWO, 2)).toBe(4);
      expect(await answer(connection, TWO, 3)).toBe(5);
      expect(await answer(connection, ONE, 3)).toBe(4);
      const ours = (await preparedNames(connection)).filter(([, text]) => text === ONE || text === TWO);
      expect(ours.map(([own]) => String(own).replace(/^.*_/, ""))).toEqual(["3", "4"]);
    });
  });

  describe("of an altered table", () => {
    const text = "select a, b from statement_altered order by b";
    let admin: Server;
    beforeAll(async () => {
      admin = await openServer(url, { pool: { max: 1 } });
    });
    afterAll(() => admin.pool.close());
    const create = async (): Promise<void> => {
      await admin.run("drop table if exists statement_altered");
      await admin.run("create table statement_altered as select 7 as a, 1 as b");
    };
    const alter = (type: string) => admin.run(`alter table statement_altered alter a type ${type} using a::${type}`);

    it("are prepared anew, and read as the table is now", async () => {
      await create();
      await onConnection(async (connection) => {
        for (let time = 0; time < 3; time += 1) expect((await ask(connection, text)).rows).toEqual([[7, 1]]);
        for (const [type, value] of [
          ["text", "7"],
          ["int", 7],
          ["numeric", "7"],
          ["float8", 7],
        ] as const) {
          await alter(type);
          expect((await ask(connection, text)).rows).toEqual([[value, 1]]);
          expect((await ask(connection, text)).rows).toEqual([[value, 1]]);
          expect(await prepared(connection)).toEqual([text]);
        }
      });
    });

    it("end a transaction with a hint, and run again it goes well on whatever connection", async () => {
      await create();
      const server = await open({ pool: { max: 2 } });
      const [a, b] = [await server.pool.acquire(), await server.pool.acquire()];
      for (const connection of [a, b]) for (let time = 0; time < 2; time += 1) await ask(connection, text);
      await alter("text");
      await a.begin({});
      const error = (await server.errorOf(() => ask(a, text))) as DatabaseError;
      expect(error).toMatchObject({ code: "0A000" });
      expect(error.message).toMatch(/run the whole transaction again/);
      await a.rollback();
      for (const connection of [a, b]) {
        await connection.begin({});
        expect((await ask(connection, text)).rows).toEqual([["7", 1]]);
        await connection.commit();
      }
      server.pool.release(a);
      server.pool.release(b);
    });

    it("that is gone are an error of the table", async () => {
      await create();
      await onConnection(async (connection) => {
        for (let time = 0; time < 2; time += 1) await ask(connection, text);
        await admin.run("drop table statement_altered");
        for (let time = 0; time < 2; time += 1) {
          await expect(ask(connection, text)).rejects.toMatchObject({ code: "42P01" });
        }
        await create();
        expect((await ask(connection, text)).rows).toEqual([[7, 1]]);
      });
    });
  });

  it("serve models: get, create, update and delete", async () => {
    const db = new Database(url, { pool: { max: 1 }, preparedStatements: true });
    Shelf.bind(db);
    await db.dropTables([Shelf], { safe: true });
    await db.createTables([Shelf]);
    try {
      for (let number = 0; number < 4; number += 1) {
        const shelf = await Shelf.objects.create({ name: `shelf ${number}` });
        expect((await Shelf.objects.get({ pk: shelf.pk })).name).toBe(`shelf ${number}`);
        shelf.name = `board ${number}`;
        await shelf.save();
        expect(await Shelf.objects.filter({ name__startswith: "board" }).count()).toBe(1);
        expect(await Shelf.objects.filter({ pk: shelf.pk }).delete()).toMatchObject({ total: 1 });
      }
      const rows = await db.execute(sql<{ statement: string }>`select statement from pg_prepared_statements`);
      const verbs = rows.map(({ statement }) => statement.slice(0, 6)).sort();
      expect(new Set(verbs)).toEqual(new Set(["delete", "insert", "select", "update"]));
      await db.dropTables([Shelf]);
    } finally {
      await db.close();
    }
  });

  it("serve many callers at once on several connections", async () => {
    const server = await open({ pool: { max: 4 } });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, value) => server.pool.execute(planned(ONE), [value])),
    );
    expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 40 }, (_, value) => value + 1));
  });
});
