// What peewee tells its users of rows and their classes, a test a line; docs/coverage.md has the table.
import { beforeEach, expect, it } from "vitest";
import { DoesNotExist, F, FieldError, ForeignKeyViolation, type QueryEvent, UniqueViolation } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { models, Person, Pet, Seat, seed, Word } from "./peewee-models.js";

onEngines("What peewee's users know of rows", (engine) => {
  const events: QueryEvent[] = [];
  const base = useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeEach(seed);

  it("Model.create(**), __init__: values and defaults, which are to be written; unknown names are errors", async () => {
    const row = new Person({ name: "New" });
    expect([row.pk, row.age, row.nick, row.isDirty()]).toEqual([null, 18, null, true]);
    const made = await Person.create({ name: "New" });
    expect([made.pk > 0, made.isDirty(), made instanceof Person]).toEqual([true, false, true]);
    expect(() => new Person({ name: "x", nmae: "y" } as never)).toThrow('Did you mean "name"?');
    await expect(Person.create({ name: "x", wings: 2 } as never)).rejects.toThrow(FieldError);
  });

  it("save(force_insert, only): inserts what is new, updates what was read, never nothing without a word", async () => {
    const row = new Person({ name: "New" });
    expect(await row.save()).toBe(row);
    row.age = 40;
    row.nick = "N";
    await row.save({ only: ["age"] });
    expect(await Person.getById(row.pk)).toMatchObject({ age: 40, nick: null });
    expect(row.dirtyFields()).toEqual(["nick"]);
    await row.save();
    expect(await expectQueries(0, () => row.save())).toBe(row);
    // A key of one's own choosing is inserted; peewee would update no row.
    const word = await new Word({ text: "chosen" }).save();
    await expect(new Word({ text: "chosen" }).save()).rejects.toThrow(UniqueViolation);
    await word.save({ forceUpdate: true });
    await expect(word.save({ forceInsert: true })).rejects.toThrow(UniqueViolation);
    const seat = await new Seat({ row: 1, number: 2 }).save();
    expect(seat.pk).toEqual([1, 2]);
    await Seat.deleteById([1, 2]);
    seat.guest = "x";
    await expect(seat.save()).rejects.toThrow(/no row|not there|gone|was deleted/i);
  });

  it("get_id(), _pk: the key, a tuple of a composite one, null where it is not saved; no query", async () => {
    const seat = await Seat.create({ row: 3, number: 4 });
    const fresh = new Seat({ row: 5, number: 6 });
    await expectQueries(0, () => Promise.resolve([seat.pk, fresh.pk]));
    expect([seat.pk, new Person({ name: "x" }).pk]).toEqual([[3, 4], null]);
  });

  it("delete_instance(recursive, delete_nullable): one row, or all that points at it", async () => {
    const { huey, mickey } = await seed();
    await expect(huey.deleteInstance()).rejects.toThrow(ForeignKeyViolation);
    expect(await huey.deleteInstance({ recursive: true })).toBe(1);
    expect(await Pet.select("name").scalars()).toEqual(["Fish"]);
    await Pet.update({ sitter: mickey.pk }).execute();
    const zaizee = await Person.get({ name: "Zaizee" });
    await Pet.update({ owner: zaizee.pk }).execute();
    expect(await mickey.deleteInstance({ recursive: true })).toBe(1);
    expect((await Pet.get()).sitter).toBeNull();
    await Pet.update({ sitter: zaizee.pk }).execute();
    expect(await zaizee.deleteInstance({ recursive: true, deleteNullable: true })).toBe(1);
    expect(await Pet.count()).toBe(0);
    // The method of every row, which is no DELETE of the whole table.
    const word = await Word.create({ text: "a" });
    await Word.create({ text: "b" });
    expect((await word.delete()).total).toBe(1);
    expect(await Word.count()).toBe(1);
  });

  it("get, get_or_none: lookups, expressions or a key; the first of several", async () => {
    const { huey } = await seed();
    expect((await Person.get(huey.pk)).name).toBe("Huey");
    expect((await Person.get({ age__gt: 1 }, F("nick").eq("M"))).name).toBe("Mickey");
    expect(await Person.get({ age__gt: 1 })).toBeInstanceOf(Person);
    await expect(Person.get({ name: "x" })).rejects.toThrow(Person.DoesNotExist);
    await expect(Person.get({ name: "x" })).rejects.toThrow(DoesNotExist);
    expect([await Person.getOrNone({ name: "x" }), await Person.getOrNone(-1)]).toEqual([null, null]);
    await expect(Person.get(undefined as never)).rejects.toThrow(FieldError);
  });

  it("get_or_create(**, defaults): the row and whether it was made, also where somebody else is quicker", async () => {
    const [found, isNew] = await Person.getOrCreate({ name: "Huey" }, { defaults: { age: 1 } });
    expect([found.age, isNew]).toEqual([30, false]);
    const results = await Promise.all([1, 2, 3].map((age) => Person.getOrCreate({ name: "R" }, { defaults: { age } })));
    expect(results.filter(([, made]) => made)).toHaveLength(1);
    expect(new Set(results.map(([row]) => row.pk)).size).toBe(1);
    // What is in the way is another row: the error is the insert's own.
    await expect(Person.getOrCreate({ name: "Huey", age: 99 })).rejects.toThrow(UniqueViolation);
    await expect(Person.getOrCreate({ name: "x" }, { default: {} } as never)).rejects.toThrow(
      'Did you mean "defaults"?',
    );
  });

  it("get_by_id, set_by_id, delete_by_id: DoesNotExist, or numbers of rows; tuples for composite keys", async () => {
    const { zaizee } = await seed();
    expect((await Person.getById(zaizee.pk)).name).toBe("Zaizee");
    await expect(Person.getById(-1)).rejects.toThrow(Person.DoesNotExist);
    expect([await Person.setById(zaizee.pk, { age: 11 }), await Person.setById(-1, { age: 1 })]).toEqual([1, 0]);
    // It inserts nothing: peewee's does, and gives the key.
    await expect(Person.setById(null as never, { name: "x" })).rejects.toThrow("To make a row: create");
    expect([await Person.deleteById(zaizee.pk), await Person.deleteById(-1)]).toEqual([1, 0]);
    await Seat.create({ row: 1, number: 1 });
    expect(await Seat.setById([1, 1], { guest: "x" })).toBe(1);
    await expect(Seat.getById([1] as never)).rejects.toThrow(FieldError);
    expect(await Seat.deleteById([1, 1])).toBe(1);
  });

  it("_meta: fields, key, table, relations; the database is told by bind", () => {
    expect(Object.keys(Person.meta.fields)).toEqual(["id", "name", "age", "nick", "pets"]);
    expect(Person.meta.table).toBe("lp_person");
    expect(Seat.meta.options.primaryKey).toEqual(["row", "number"]);
    expect(Object.keys(Pet.meta.relations)).toEqual(["owner", "sitter", "tags"]);
    expect(Object.isFrozen(Person.meta)).toBe(true);
    expect(() => Person.bind(3 as never)).toThrow();
  });

  it("alias(name): a model beside itself", async () => {
    const older = Person.select("name")
      .join(Person.alias("other"), { other__age__gt: F("age") })
      .selectExtend("other__name")
      .orderBy("name", "other__name");
    expect(await older.tuples().execute()).toEqual([
      ["Mickey", "Huey"],
      ["Zaizee", "Huey"],
      ["Zaizee", "Mickey"],
    ]);
  });

  it("raw(sql, *params): instances, objects, lists; values are bound", async () => {
    const evil = "x' or '1'='1";
    expect(await Person.raw("select * from lp_person where name = ?", evil).execute()).toEqual([]);
    const rows = await Person.raw`select * from lp_person where age > ${15} order by name`.execute();
    expect(rows.map((row) => [row instanceof Person, row.name])).toEqual([
      [true, "Huey"],
      [true, "Mickey"],
    ]);
    const twice = Person.raw("select name, name, age from lp_person where name = ?", "Huey");
    expect(await twice.tuples().execute()).toEqual([["Huey", "Huey", 30]]);
    expect(await twice.dicts().execute()).toEqual([{ name: "Huey", age: 30 }]);
    expect(await twice.using(base.db).tuples().first()).toEqual(["Huey", "Huey", 30]);
  });

  it("__iter__, __len__: for await, count, has; classes have no indices", async () => {
    const found: string[] = [];
    for await (const { name } of Person) found.push(name);
    expect(found.toSorted()).toEqual(["Huey", "Mickey", "Zaizee"]);
    const { pk } = await Person.get({ name: "Huey" });
    expect([await Person.count(), await Person.has(pk), await Person.has(-1)]).toEqual([3, true, false]);
    expect(Boolean(Person)).toBe(true);
  });

  it("bulk_create(models, batch_size): few statements, in one transaction; the same rows with their keys", async () => {
    const rows = ["a", "b", "c", "d", "e"].map((name) => new Person({ name }));
    const made = await Person.bulkCreate(rows, { batchSize: 2 });
    expect(made.map((row, at) => row === rows[at] && row.pk > 0)).toEqual(rows.map(() => true));
    expect(new Set(made.map(({ pk }) => pk)).size).toBe(5);
    const failing = Person.bulkCreate(
      ["f", "g", "a"].map((name) => ({ name })),
      { batchSize: 1 },
    );
    await expect(failing).rejects.toThrow(UniqueViolation);
    expect(await Person.getOrNone({ name: "f" })).toBeNull();
    expect(await Person.bulkCreate([])).toEqual([]);
  });

  it("bulk_update(models, fields, batch_size): the number of rows; 0 of none; composite keys, too", async () => {
    const rows = await Person.select().orderBy("name").execute();
    for (const row of rows) row.age += 1;
    expect(await Person.bulkUpdate(rows, ["age"], { batchSize: 2 })).toBe(3);
    expect(await Person.select("age").orderBy("name").scalars()).toEqual([31, 21, 11]);
    expect(await Person.bulkUpdate([], ["age"])).toBe(0);
    const seat = await Seat.create({ row: 1, number: 1 });
    seat.guest = "x";
    expect(await Seat.bulkUpdate([seat], ["guest"])).toBe(1);
  });
});
