// What peewee tells its users of INSERT, UPDATE and DELETE, a test a line; docs/coverage.md has the table.
import { beforeEach, expect, it } from "vitest";
import {
  Excluded,
  F,
  ForeignKeyViolation,
  NotSupportedError,
  UniqueViolation,
  Upper,
  ValidationError,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { models, Person, Pet, Seat, seed, Word } from "./peewee-models.js";

onEngines("What peewee's users know of writing", (engine) => {
  const base = useDatabase(engine, models);
  beforeEach(seed);

  it("insert(dict, **items): by fields, with defaults; the key; what lacks is told before it is sent", async () => {
    const key = await Person.insert({ name: Upper(Value("loud")) }).execute();
    expect(await Person.getById(key)).toMatchObject({ name: "LOUD", age: 18 });
    const unknown = Person.insert({ name: "x", nmae: "y" } as never);
    await expect(unknown.execute()).rejects.toThrow('Did you mean "name"?');
    await expect(Person.insert({ age: 3 } as never).execute()).rejects.toThrow(ValidationError);
    await expect(Person.insert({ name: "Huey" }).execute()).rejects.toThrow(UniqueViolation);
    for (const wrong of [null, undefined, [{ name: "x" }], "name"]) {
      expect(() => Person.insert(wrong as never)).toThrow("insert(…) takes an object of values");
    }
  });

  it("replace(...), replace_many: what is in the way is deleted; refused by PostgreSQL", async () => {
    await Word.insert({ text: "a", uses: 7 }).execute();
    const replace = Word.replace({ text: "a" });
    if (engine.name === "postgres") {
      await expect(replace.execute()).rejects.toThrow(NotSupportedError);
      await expect(Word.insert({ text: "a" }).onConflictReplace().execute()).rejects.toThrow(NotSupportedError);
      return;
    }
    expect(await replace.execute()).toBe("a");
    expect((await Word.getById("a")).uses).toBe(0);
    const many = Word.replaceMany([{ text: "a", uses: 1 }, { text: "b" }]);
    expect(await many.execute()).toEqual(["a", "b"]);
    expect(await Word.select("uses").orderBy("text").scalars()).toEqual([1, 0]);
    // Rows that point at what is replaced are in the way of that.
    await expect(Person.replace({ name: "Huey" }).execute()).rejects.toThrow(ForeignKeyViolation);
  });

  it("on_conflict(target, preserve, update, action): the key is that of the row which is there", async () => {
    const { pk } = await Person.get({ name: "Huey" });
    const again = Person.insert({ name: "Huey", age: 31, nick: "H" });
    expect(await again.onConflict({ target: ["name"], preserve: ["age"] }).execute()).toBe(pk);
    expect(await Person.getById(pk)).toMatchObject({ age: 31, nick: null });
    const added = { age: F("age").add(Excluded("age")), nick: "both" };
    expect(await again.onConflict({ target: ["name"], update: added, preserve: ["nick"] }).execute()).toBe(pk);
    expect(await Person.getById(pk)).toMatchObject({ age: 62, nick: "both" });
    // Of one unique key that rows give values of, it need not be said.
    expect(await again.onConflict({ preserve: ["nick"] }).execute()).toBe(pk);
    const none = again.onConflict({ target: ["age"], preserve: ["nick"] });
    await expect(none.execute()).rejects.toThrow("not unique together");
    const several = Person.insert({ id: 5000, name: "Huey" }).onConflict({ preserve: ["name"] });
    await expect(several.execute()).rejects.toThrow("the rows give values of several");
  });

  it("on_conflict(where, conflict_where, conflict_constraint): where the engine has them", async () => {
    const insert = Word.insert({ text: "a", uses: 5 });
    await insert.execute();
    const where = { uses__lt: Excluded("uses") };
    const upsert = Word.insert({ text: "a", uses: 4 }).onConflict({ target: ["text"], preserve: ["uses"], where });
    if (engine.name === "mysql") await expect(upsert.execute()).rejects.toThrow(NotSupportedError);
    else {
      expect(await upsert.execute()).toBeNull();
      expect((await Word.getById("a")).uses).toBe(5);
    }
    const byName = insert.onConflict({ constraint: "lp_word_pkey", target: ["text"], preserve: ["uses"] });
    if (engine.name === "postgres") expect(await byName.execute()).toBe("a");
    else await expect(byName.execute()).rejects.toThrow(NotSupportedError);
  });

  it("on_conflict_ignore: whether it was inserted, and no stale key", async () => {
    const fresh = await Person.insert({ name: "New" }).onConflictIgnore().execute();
    expect([fresh.inserted, await Person.has(fresh.pk ?? -1)]).toEqual([true, true]);
    const again = Person.insert({ name: "New" }).onConflictIgnore();
    expect(await again.execute()).toEqual({ inserted: false, pk: null });
    expect(await base.db.atomic(() => again.execute())).toEqual({ inserted: false, pk: null });
    const many = Person.insertMany([{ name: "New" }, { name: "Newer" }]).onConflictIgnore();
    expect(await many.execute()).toBeUndefined();
    expect(await Person.count()).toBe(5);
    // What is no row of the same is an error still.
    await expect(Pet.insert({ name: "x", owner: -1 }).onConflictIgnore().execute()).rejects.toThrow(
      ForeignKeyViolation,
    );
  });

  it("insert_many(rows, fields): objects, lists, generators; defaults fill what lacks, row by row", async () => {
    const rows = function* () {
      yield { name: "a", age: 1 };
      yield { name: "b" };
      yield { nick: "c", name: "c" };
    };
    const keys = await Person.insertMany(rows()).execute();
    const made = await Person.select("name", "age", "nick").where({ id__in: keys }).orderBy("name").tuples().execute();
    expect(made).toEqual([
      ["a", 1, null],
      ["b", 18, null],
      ["c", 18, "c"],
    ]);
    const lists = [["d", 4] as const, ["e", 5] as const];
    expect(await Person.insertMany(lists, { fields: ["name", "age"], batchSize: 1 }).execute()).toHaveLength(2);
    expect(() => Person.insertMany([["x"]])).toThrow("Say of which fields");
    expect(() => Person.insertMany([["x", "y"]], { fields: ["name", "name"] })).toThrow('names string "name" twice');
    expect(() => Person.insertMany([["x"]], { fields: ["name", "age"] })).toThrow("1 values for 2 fields");
    await expect(Person.insertMany([{ name: "f" }, {} as never]).execute()).rejects.toThrow(/rows\[1\]: is required/);
    await expect(Person.insertMany([{ name: "f" }, { name: "Huey" }]).execute()).rejects.toThrow(UniqueViolation);
    expect(await Person.getOrNone({ name: "f" })).toBeNull();
  });

  it("update(dict): expressions over columns; the rows matched; without where the whole table", async () => {
    expect(
      await Person.update({ age: F("age").add(1) })
        .where({ age__gte: 20 })
        .execute(),
    ).toBe(2);
    expect(await Person.update({ nick: null }).execute()).toBe(3);
    expect(await Person.select("age").orderBy("age").scalars()).toEqual([10, 21, 31]);
    expect(await Pet.update({ name: "x" }).where({ owner__name: "Huey" }).execute()).toBe(2);
    for (const wrong of [undefined, {}, { age: undefined }, [], { aeg: 1 }]) {
      await expect(Person.update(wrong as never).execute()).rejects.toThrow(/takes an object|names no field|aeg/);
    }
    await expect(
      Person.update({ age: 1 })
        .where(undefined as never)
        .execute(),
    ).rejects.toThrow("undefined");
  });

  it("delete(): a query of the class; the number of rows; without where the whole table", async () => {
    expect(await Pet.delete().where({ owner__name: "Huey" }).execute()).toBe(2);
    expect(await Pet.delete().where({ name: "x" }).execute()).toBe(0);
    await expect(
      Pet.delete()
        .where(undefined as never)
        .execute(),
    ).rejects.toThrow("undefined");
    expect(await Pet.delete().execute()).toBe(1);
  });

  it("insert_from(query, fields): column by column; the number of rows; needed defaults are applied", async () => {
    const pets = Pet.select("name");
    expect(await Person.insertFrom(pets, ["name"]).execute()).toBe(3);
    expect((await Person.get({ name: "Cat" })).age).toBe(18);
    await expect(Person.insertFrom(Pet.select("name", "id"), ["name"]).execute()).rejects.toThrow("1 columns for 2");
    await expect(Person.insertFrom(pets, ["nmae"] as never).execute()).rejects.toThrow('Did you mean "name"?');
    await expect(Seat.insertFrom(3 as never).execute()).rejects.toThrow("takes a queryset");
  });
});
