import { sql } from "kysely";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { DatabaseError, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

/** A table whose columns are of other types than this library would have chosen. */
class Theirs extends Model(
  "theirs",
  {
    id: fields.integer({ primaryKey: true }),
    mood: fields.string({ null: true }),
    code: fields.string({ null: true }),
    short: fields.string({ null: true }),
    price: fields.string({ null: true }),
    count: fields.integer({ null: true }),
    at: fields.datetime({ null: true }),
    doc: fields.text({ null: true }),
  },
  { managed: false },
) {
  static objects = manager(this);
}

const TABLE = {
  postgres:
    "create table theirs (id serial primary key, mood mood, code character(5), short varchar(3), " +
    "price numeric(6, 2), count smallint, at timestamp, doc jsonb)",
  mysql:
    "create table theirs (id int auto_increment primary key, mood enum('happy', 'sad'), code char(5), short varchar(3), " +
    "price decimal(6, 2), count smallint, at datetime, doc json)",
};

onEngines("Many rows for a table of somebody else's", (engine) => {
  const holder = useDatabase(engine, [Theirs]);
  const { name } = engine;
  beforeAll(async () => {
    if (name === "sqlite") return;
    if (name === "postgres") await holder.db.execute(sql.raw("create type mood as enum ('happy', 'sad')"));
    await holder.db.execute(sql.raw(TABLE[name]));
  });
  beforeEach(async () => {
    if (name !== "sqlite") await Theirs.objects.delete({ all: true });
  });

  const row = (index: number) => ({
    mood: index % 3 === 0 ? null : index % 2 === 0 ? "happy" : "sad",
    code: `c${index % 10}`,
    short: "abc",
    price: `${index}.25`,
    count: index,
    at: new Date(Date.UTC(2024, 0, 1, 10, 0, index)),
    doc: `{"index": ${index}}`,
  });

  it.skipIf(name === "sqlite")("are the same however many they are", async () => {
    for (const length of [3, 200]) {
      await Theirs.objects.delete({ all: true });
      const given = Array.from({ length }, (_, index) => row(index));
      const made = await Theirs.objects.bulkCreate(given);
      const read = await Theirs.objects.orderBy("id").all();
      expect(read.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
      expect(read.map(({ mood, count, price, at }) => [mood, count, price, at])).toEqual(
        given.map(({ mood, count, price, at }) => [mood, count, price, at]),
      );
      expect(read.map(({ doc }) => JSON.parse(doc ?? "") as unknown)).toEqual(given.map((_, index) => ({ index })));
      expect(read.map(({ code }) => code?.trim())).toEqual(given.map(({ code }) => code));
    }
  });

  it.skipIf(name === "sqlite")("are refused, not cut, where a value does not fit", async () => {
    for (const length of [3, 200]) {
      for (const wrong of [{ short: "abcd" }, { code: "toolong" }, { mood: "nobody" }, { count: 70_000 }]) {
        const rows = Array.from({ length }, (_, index) => (index === 2 ? { ...row(index), ...wrong } : row(index)));
        await expect(Theirs.objects.bulkCreate(rows)).rejects.toBeInstanceOf(DatabaseError);
      }
    }
    expect(await Theirs.objects.count()).toBe(0);
  });

  it.skipIf(name !== "postgres")("have no keys guessed where a trigger leaves some of them out", async () => {
    const { db } = holder;
    await db.execute(
      sql.raw(
        "create function drop_sevens() returns trigger language plpgsql as " +
          "$$ begin if new.count = 7 then return null; end if; return new; end $$",
      ),
    );
    await db.execute(
      sql.raw("create trigger sevens before insert on theirs for each row execute function drop_sevens()"),
    );
    for (const length of [10, 40]) {
      const made = await Theirs.objects.bulkCreate(Array.from({ length }, (_, index) => row(index)));
      expect(made.every(({ pk }) => pk === null)).toBe(true);
      expect(await Theirs.objects.count()).toBe(length - 1);
      await Theirs.objects.delete({ all: true });
    }
    await db.execute(sql.raw("drop trigger sevens on theirs"));
  });
});
