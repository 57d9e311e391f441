import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { fields, manager, Max, Model, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

onEngines("A comment", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Note], {
    onQuery: (event) => events.push(event),
    pool: { max: 1 },
    preparedStatements: 8,
  });
  beforeEach(async () => {
    await Note.objects.delete({ all: true });
    await Note.objects.bulkCreate([1, 2, 3].map((id) => ({ id, text: `t${id}` })));
    events = [];
  });
  const said = Note.objects.comment("route: /notes?id=3 🎸");
  const SENT = / \/\* route: \/notes%3Fid=3 🎸 \*\/$/u;

  it("is sent with whatever the queryset sends", async () => {
    expect(await said.filter({ id__in: [1, 2] }).all()).toHaveLength(2);
    expect((await said.get({ text: "t2" })).id).toBe(2);
    expect((await said.orderBy("-id").slice(1, 2).first())?.id).toBe(2);
    expect(await said.values("text").last()).toEqual({ text: "t3" });
    expect([await said.count(), await said.exists(), (await said.inBulk([3])).size]).toEqual([3, true, 1]);
    expect(await said.aggregate({ most: Max("id") })).toEqual({ most: 3 });
    expect(await said.filter({ id: 1 }).update({ text: "new" })).toBe(1);
    expect((await said.filter({ id: 1 }).delete()).total).toBe(1);
    const seen: number[] = [];
    for await (const note of said.iterator({ chunkSize: 1 })) seen.push(note.id);
    expect(seen).toEqual([2, 3]);
    await holder.db.atomic(async () => {
      for await (const note of said.iterator({ chunkSize: 1 })) seen.push(note.id);
    });
    expect(seen).toEqual([2, 3, 2, 3]);
    expect(events).toHaveLength(12);
    expect(events.filter((event) => !SENT.test(event.sql))).toEqual([]);
  });

  it("is taken for nothing else, whatever it says", async () => {
    for (const text of [
      "*/ delete from note; --",
      "/*! delete from note */",
      "' \" ` \\",
      "? $1 :id @id",
      "a\0b\n-- c",
    ]) {
      expect(await Note.objects.comment(text).filter({ id__gt: 1, text__startswith: "t" }).count()).toBe(2);
      expect(await Note.objects.comment(text).filter({ id: 2 }).all()).toHaveLength(1);
    }
    expect(await Note.objects.count()).toBe(3);
  });

  it.skipIf(without.has("plans"))("that differs every time neither makes plans nor has statements kept", async () => {
    const ask = (text: string) => Note.objects.comment(text).filter({ id: 2 }).all();
    await ask("first");
    const before = holder.db.stats.plans;
    const kept = await preparedOnServer();
    for (let index = 0; index < 20; index += 1) await ask(`request ${index}`);
    for (let index = 0; index < 20; index += 1) {
      for await (const note of Note.objects.comment(`stream ${index}`).filter({ id: 2 })) expect(note.id).toBe(2);
    }
    expect(holder.db.stats.plans.compiled).toBe(before.compiled);
    expect(holder.db.stats.plans.kept).toBe(before.kept);
    expect(await preparedOnServer()).toBe(kept);
  });

  /** Statements with a comment that the server keeps prepared; SQLite has no server to ask. */
  async function preparedOnServer(): Promise<number> {
    if (engine.name === "sqlite") return 0;
    if (engine.name === "postgres") {
      const [row] = await holder.db.execute(
        sql<{ n: string }>`select count(*) as n from pg_prepared_statements where statement like ${"%/* %"}`,
      );
      return Number(row?.n);
    }
    const [row] = await holder.db.execute(sql<{ Value: string }>`show status like 'Com_stmt_close'`);
    const [made] = await holder.db.execute(sql<{ Value: string }>`show status like 'Com_stmt_prepare'`);
    return Number(made?.Value) - Number(row?.Value);
  }
});
