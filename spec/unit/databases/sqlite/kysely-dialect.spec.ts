import { type Generated, Kysely, sql } from "kysely";
import { beforeEach, describe, expect, it } from "vitest";
import { PortDialect } from "../../../../lib/databases/kysely-dialect.js";
import type { Pool } from "../../../../lib/databases/ports/index.js";
import { sqliteEngine } from "../../../../lib/databases/sqlite/engine.js";
import { NotSupportedError, UniqueViolation } from "../../../../lib/errors/index.js";
import { openPool } from "./helpers.js";

interface Tables {
  note: { id: Generated<number>; text: string };
}

let pool: Pool;
let db: Kysely<Tables>;

beforeEach(async () => {
  pool = openPool();
  const dialect = new PortDialect({
    engine: sqliteEngine,
    acquire: async () => pool.acquire(),
    release: (connection) => pool.release(connection),
  });
  db = new Kysely<Tables>({ dialect });
  await db.schema
    .createTable("note")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("text", "text", (column) => column.notNull().unique())
    .execute();
});

const texts = async (): Promise<string[]> =>
  (await db.selectFrom("note").select("text").orderBy("id").execute()).map((note) => note.text);

describe("Kysely on our connections", () => {
  it("reads and writes objects", async () => {
    const inserted = await db.insertInto("note").values({ text: "a" }).executeTakeFirstOrThrow();
    expect(inserted).toMatchObject({ insertId: 1n, numInsertedOrUpdatedRows: 1n });
    const returned = await db
      .insertInto("note")
      .values([{ text: "b" }, { text: "c" }])
      .returningAll()
      .execute();
    expect(returned).toEqual([
      { id: 2, text: "b" },
      { id: 3, text: "c" },
    ]);
    const updated = await db.updateTable("note").set({ text: "z" }).where("id", "=", 3).executeTakeFirstOrThrow();
    expect(updated.numUpdatedRows).toBe(1n);
    const deleted = await db.deleteFrom("note").where("id", ">", 1).executeTakeFirstOrThrow();
    expect(deleted.numDeletedRows).toBe(2n);
    expect(await db.selectFrom("note").selectAll().execute()).toEqual([{ id: 1, text: "a" }]);
    expect(await sql<{ n: number }>`select ${5} / 2 as n, typeof(${true}) as t`.execute(db)).toMatchObject({
      rows: [{ n: 2, t: "integer" }],
    });
  });

  it("commits, rolls back and translates errors", async () => {
    await db.transaction().execute(async (trx) => {
      await trx.insertInto("note").values({ text: "a" }).execute();
    });
    const twice = db.transaction().execute(async (trx) => {
      await trx.insertInto("note").values({ text: "b" }).execute();
      await trx.insertInto("note").values({ text: "a" }).execute();
    });
    await expect(twice).rejects.toThrow(UniqueViolation);
    await expect(twice).rejects.toMatchObject({ table: "note", sql: 'insert into "note" ("text") values (?)' });
    expect(await texts()).toEqual(["a"]);
    const snapshot = db
      .transaction()
      .setIsolationLevel("snapshot")
      .execute(() => Promise.resolve());
    await expect(snapshot).rejects.toThrow(NotSupportedError);
    const readOnly = db.transaction().setAccessMode("read only");
    await expect(readOnly.execute((trx) => trx.deleteFrom("note").execute())).rejects.toMatchObject({
      code: "SQLITE_READONLY",
    });
  });

  it("takes savepoints of any name", async () => {
    const trx = await db.startTransaction().execute();
    await trx.insertInto("note").values({ text: "a" }).execute();
    const inner = await trx.savepoint('odd "name"' as "odd").execute();
    await inner.insertInto("note").values({ text: "b" }).execute();
    const back = await inner.rollbackToSavepoint('odd "name"' as "odd").execute();
    await back.insertInto("note").values({ text: "c" }).execute();
    await back.releaseSavepoint('odd "name"' as "odd").execute();
    await trx.commit().execute();
    expect(await texts()).toEqual(["a", "c"]);
  });

  it("streams objects", async () => {
    await db
      .insertInto("note")
      .values(["a", "b", "c"].map((text) => ({ text })))
      .execute();
    const seen: unknown[] = [];
    for await (const note of db.selectFrom("note").selectAll().stream(2)) seen.push(note);
    expect(seen).toEqual([
      { id: 1, text: "a" },
      { id: 2, text: "b" },
      { id: 3, text: "c" },
    ]);
    const broken = async (): Promise<void> => {
      for await (const note of db
        .selectFrom("nowhere" as "note")
        .selectAll()
        .stream())
        seen.push(note);
    };
    await expect(broken()).rejects.toThrow("no such table: nowhere.");
  });

  it("introspects tables", async () => {
    const [table] = await db.introspection.getTables();
    expect(table!.columns.map((column) => column.name)).toEqual(["id", "text"]);
  });

  it("gives a column named __proto__ as data", async () => {
    const { rows } = await sql`select 1 as "__proto__"`.execute(db);
    expect(Object.entries(rows[0] as object)).toEqual([["__proto__", 1]]);
    expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype);
  });
});
