// Run by package-check beside an installed dunder-orm, whose file has a Kysely of its own: what the installed Kysely
// makes must run there, and what that one makes must fit into the installed one's queries.
import assert from "node:assert/strict";
import { Database, fields, manager, Model } from "dunder-orm";
import * as kysely from "kysely";
import { jsonArrayFrom } from "kysely/helpers/sqlite";

const { CamelCasePlugin, CompiledQuery, expressionBuilder, Kysely, NoResultError, sql } = kysely;

const db = new Database("sqlite::memory:");
const { kysely: ours } = db;
/** A Kysely of the installed copy that only writes SQL. */
const theirs = new Kysely({
  dialect: {
    createAdapter: () => new kysely.SqliteAdapter(),
    createDriver: () => new kysely.DummyDriver(),
    createIntrospector: (of) => new kysely.SqliteIntrospector(of),
    createQueryCompiler: () => new kysely.SqliteQueryCompiler(),
  },
});

class Note extends Model(
  "note",
  { text: fields.string({ maxLength: 9 }), made_in: fields.integer() },
  { database: db },
) {
  static objects = manager(this);
}
const notes = () => ours.selectFrom("note").select("id").orderBy("id");
const ids = async (query) => (await query.execute()).map((row) => row.id);

const checks = {
  "db.execute": async () => {
    const list = sql`select ${sql.ref("note.text")} as t from ${sql.table("note")} where id in (${sql.join([1, 2])})`;
    assert.deepEqual(await db.execute(list), [{ t: "n1" }, { t: "n2" }]);
  },
  "sql`…`.execute and .compile": async () => {
    assert.deepEqual((await sql`select ${1} as a`.execute(ours)).rows, [{ a: 1 }]);
    assert.equal(sql`select ${1} as a`.compile(ours).sql, "select ? as a");
    assert.deepEqual((await ours.executeQuery(CompiledQuery.raw("select ? as a", [7]))).rows, [{ a: 7 }]);
  },
  "sql in a query": async () => {
    const odd = notes()
      .where(sql`id % 2`, "=", 1)
      .where(sql`${sql.ref("made_in")} > ${2001}`);
    assert.deepEqual(await ids(odd), [3, 5]);
    const upper = await notes()
      .select([sql`upper(text)`.as("upper")])
      .limit(1)
      .execute();
    assert.deepEqual(upper, [{ id: 1, upper: "N1" }]);
    await ours
      .updateTable("note")
      .set({ text: sql`text || ${"!"}` })
      .where("id", "=", 5)
      .execute();
    assert.equal((await Note.objects.get({ id: 5 })).text, "n5!");
  },
  "toKysely goes on": async () => {
    const query = Note.objects.filter({ text__startswith: "n", id__gt: 2 }).orderBy("-id").toKysely();
    assert.deepEqual(await ids(query.where(sql`made_in`, "<", 2005)), [4, 3]);
    const union = Note.objects
      .filter({ id: 1 })
      .toKysely()
      .union(theirs.selectFrom("note").selectAll().where("id", "=", 5));
    assert.deepEqual(await ids(union), [1, 5]);
  },
  "a query of theirs in one of ours, and the other way": async () => {
    const late = theirs.selectFrom("note").select("id").where("made_in", ">", 2003);
    assert.deepEqual(await ids(notes().where("id", "in", late)), [4, 5]);
    assert.deepEqual(
      await ids(
        ours
          .with("late", () => late)
          .selectFrom("late")
          .select("id")
          .orderBy("id"),
      ),
      [4, 5],
    );
    assert.deepEqual((await ours.executeQuery(late)).rows, [{ id: 4 }, { id: 5 }]);
    const inner = Note.objects.filter({ id__gt: 3 }).toKysely().clearSelect().select("id");
    assert.match(
      late.where("id", "in", inner).compile().sql,
      /"id" in \(select "id" from "note" where "note"\."id" > \?\)/,
    );
  },
  "expressions, dynamic names, helpers": async () => {
    const eb = expressionBuilder();
    assert.deepEqual(await ids(notes().where(eb.or([eb("id", "=", 1), eb("text", "=", "n2")]))), [1, 2]);
    assert.deepEqual(await ids(ours.selectFrom("note").select(theirs.dynamic.ref("id")).limit(1)), [1]);
    const before = notes().as("before");
    const lists = ours
      .selectFrom("note")
      .select([jsonArrayFrom(ours.selectFrom(before).select(["before.id"])).as("list")]);
    assert.equal(JSON.parse((await lists.executeTakeFirstOrThrow()).list).length, 5);
  },
  plugins: async () => {
    const camel = ours.withPlugin(new CamelCasePlugin());
    assert.deepEqual(await camel.selectFrom("note").select("madeIn").where("id", "=", 1).execute(), [{ madeIn: 2001 }]);
  },
  transactions: async () => {
    await ours.transaction().execute(async (trx) => {
      assert.deepEqual([ours.isTransaction, trx.isTransaction], [false, true]);
      assert.deepEqual((await sql`select count(*) as n from note`.execute(trx)).rows, [{ n: 5 }]);
    });
    const trx = await ours.startTransaction().execute();
    await sql`delete from note`.execute(trx);
    await trx.rollback().execute();
    await assert.rejects(
      db.atomic(async () => {
        await db.execute(sql`delete from note`);
        throw new Error("undone");
      }),
      /undone/,
    );
    assert.equal(await Note.objects.count(), 5);
  },
  "tables, and what there are of them": async () => {
    await ours.schema
      .createTable("log")
      .addColumn("at", "text", (c) => c.defaultTo(sql`CURRENT_TIMESTAMP`))
      .execute();
    assert.deepEqual((await ours.introspection.getTables()).map((table) => table.name).sort(), ["log", "note"]);
  },
  "errors of one's own Kysely": async () => {
    const none = notes().where("id", "=", 99);
    await assert.rejects(none.executeTakeFirstOrThrow(NoResultError), NoResultError);
    await assert.rejects(none.executeTakeFirstOrThrow(), { message: "no result" });
  },
};

await db.createTables([Note]);
await Note.objects.bulkCreate([1, 2, 3, 4, 5].map((n) => ({ text: `n${n}`, made_in: 2000 + n })));
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
  } catch (error) {
    throw new Error(`with the installed Kysely: ${name}`, { cause: error });
  }
}
await db.close();
console.log(`${Object.keys(checks).length} kinds of use`);
