// What peewee tells its users of fields, relations, indexes and tables, a test a line; docs/coverage.md has the table.
import { sql } from "kysely";
import { beforeEach, describe, expect, it } from "vitest";
import {
  CheckViolation,
  ConfigurationError,
  F,
  FieldError,
  fields,
  ForeignKeyViolation,
  NotLoadedError,
  NotNullViolation,
  NotSupportedError,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { Model, Table } from "dunder-orm/peewee";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { models, Person, Pet, Seat, seed, Tag } from "./peewee-models.js";

class Indexed extends Model("lp_indexed", {
  a: fields.integer(),
  b: fields.integer(),
  // Longer than what an engine takes for a name.
  long_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: fields.integer({ null: true }),
}) {
  static {
    this.addIndex("a", "b", { unique: true, name: "lp_indexed_pair" });
    this.addIndex(sql`create index lp_indexed_by_b on lp_indexed (b)`);
    this.addIndex("a", "long_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  }
}

class Partial extends Model("lp_partial", { a: fields.integer(), live: fields.boolean({ default: true }) }) {
  static {
    this.addIndex("a", { unique: true, where: sql`live` });
  }
}

let counted = 0;

class Account extends Model(
  "lp_account",
  {
    number: fields.integer({ default: () => (counted += 1) }),
    owner: fields.string({ maxLength: 40, column: "held_by" }),
    state: fields.string({ maxLength: 10, default: "new", choices: ["new", "old"] }),
    code: fields.string({ maxLength: 10, unique: true, null: true }),
    rank: fields.integer({ dbDefault: 7 }),
    balance: fields.integer({ default: 0, check: "balance >= 0" }),
  },
  { constraints: [{ unique: ["owner", "number"] }, { check: "balance < 1000", name: "lp_account_small" }] },
) {}

class Line extends Model("lp_line", {
  seat: () => fields.foreignKey(Seat, { columns: ["seat_row", "seat_number"], null: true, onDelete: "set null" }),
  text: fields.string({ maxLength: 40 }),
}) {}

class Lone extends Model("lp_lone", {
  name: fields.text(),
  parent: () => fields.foreignKey(Lone, { null: true, onDelete: "do nothing" }),
  children: () => fields.hasMany(Lone, "parent"),
}) {}

onEngines("What peewee's users know of declarations", (engine) => {
  const base = useDatabase(engine, [...models, Indexed, Account, Line, Lone]);
  beforeEach(seed);

  it("add_index, index, SQL('CREATE INDEX …'): made with the table; partial ones, and names of any length", async () => {
    await Indexed.create({ a: 1, b: 2 });
    await expect(Indexed.create({ a: 1, b: 2 })).rejects.toThrow(UniqueViolation);
    await expect(base.db.execute(sql`create index lp_indexed_by_b on lp_indexed (a)`)).rejects.toThrow(
      /exists|duplicate/i,
    );
    const made = base.db.createTables([Partial]);
    if (engine.name === "mysql") return expect(made).rejects.toThrow(NotSupportedError);
    await made;
    const partials = Partial.insertMany([1, 1, 1].map((a) => ({ a, live: false }))).using(base.db);
    expect(await partials.execute()).toHaveLength(3);
    await Partial.insert({ a: 1 }).using(base.db).execute();
    await expect(Partial.insert({ a: 1 }).using(base.db).execute()).rejects.toThrow(UniqueViolation);
  });

  it("field options: primary_key, unique, default, null, column_name, constraints, choices", async () => {
    counted = 0;
    const account = await Account.create({ owner: "Huey", code: "x" });
    expect(account).toMatchObject({ number: 1, state: "new", rank: 7 });
    expect((await Account.create({ owner: "Huey" })).number).toBe(2);
    await expect(Account.create({ owner: "Huey", code: "x" })).rejects.toThrow(UniqueViolation);
    await expect(Account.create({ owner: null } as never)).rejects.toThrow(ValidationError);
    await expect(Account.create({ owner: "x", state: "odd" as never })).rejects.toThrow("odd");
    await expect(Account.create({ owner: "x", balance: -1 })).rejects.toThrow(CheckViolation);
    const [row] = await Account.raw("select held_by from lp_account where number = 1").tuples().execute();
    expect(row).toEqual(["Huey"]);
    // Defaults are the program's own: the table has none but those that it is given.
    await expect(base.db.execute(sql`insert into lp_account (held_by) values ('x')`)).rejects.toThrow(NotNullViolation);
  });

  it("class Meta: table, indexes, keys, constraints, schema; inherited but for the table's name", async () => {
    await Account.delete().execute();
    await Account.create({ owner: "a", number: 5 });
    await expect(Account.create({ owner: "a", number: 5 })).rejects.toThrow(UniqueViolation);
    await expect(Account.create({ owner: "b", balance: 1000 })).rejects.toThrow(CheckViolation);
    expect(() => void Model("", { a: fields.integer() })).toThrow(ConfigurationError);
    const declare = Model as unknown as (table: string, declared: object, options: object) => typeof Account;
    const Wrong = class extends declare("lp_wrong", { a: fields.integer() }, { primaryKey: ["b"] }) {};
    expect(() => Wrong.select().sql()).toThrow(ConfigurationError);
    class Special extends Account {}
    expect(Special.meta.table).toBe("lp_account");
  });

  it("ForeignKeyField(model, backref): the key without a query, the row with one; null, rows that are gone", async () => {
    const cat = await Pet.get({ name: "Cat" });
    const { pk } = await Person.get({ name: "Huey" });
    expect(await expectQueries(0, () => Promise.resolve(cat.owner.pk))).toBe(pk);
    expect(() => (cat.owner as unknown as Person).name).toThrow(NotLoadedError);
    expect((await expectQueries(1, () => cat.owner.load())).name).toBe("Huey");
    await expectQueries(0, () => cat.owner.load());
    const dog = await Pet.get({ name: "Dog" });
    expect(dog.sitter).toBeNull();
    const huey = await Person.get({ name: "Huey" });
    expect((await huey.pets.orderBy("name").all()).map(({ name }) => name)).toEqual(["Cat", "Dog"]);
    await expect(Pet.create({ name: "x", owner: -1 })).rejects.toThrow(ForeignKeyViolation);
    await expect(Pet.create({ name: "x" } as never)).rejects.toThrow(ValidationError);
    const root = await Lone.create({ name: "root" });
    await Lone.create({ name: "leaf", parent: root });
    expect((await root.children.all()).map(({ name }) => name)).toEqual(["leaf"]);
  });

  it("ManyToManyField: add, remove, clear, set, of rows, keys and selects; an owner that is saved", async () => {
    const [good, small] = await Tag.bulkCreate([{ name: "good" }, { name: "small" }]);
    const cat = await Pet.get({ name: "Cat" });
    await cat.tags.add(good!, small!.pk);
    // peewee's would throw: who is tied already is tied.
    await cat.tags.add(good!);
    expect(await cat.tags.count()).toBe(2);
    expect(await cat.tags.remove(good!)).toBe(1);
    await cat.tags.add(Tag.select());
    expect([await cat.tags.count(), await good!.pets.count()]).toEqual([2, 1]);
    await cat.tags.set([small!]);
    expect((await cat.tags.all()).map(({ name }) => name)).toEqual(["small"]);
    expect([await cat.tags.clear(), await cat.tags.clear()]).toEqual([1, 0]);
    expect(Pet.tags.through).toBeDefined();
    expect(() => new Pet({ name: "x", owner: 1 }).tags.count()).toThrow(/save/);
  });

  it("Table: rows without a model; names are its columns', values are bound", async () => {
    const people = new Table("lp_person", { columns: ["id", "name", "age", "nick"], database: base.db });
    expect(await people.insert({ name: "New", age: 1 }).execute()).toBe(1);
    expect(await people.insert([["a", 2]], { columns: ["name", "age"] }).execute()).toBe(1);
    expect(
      await people
        .select("name")
        .where({ age: [1, 2], nick: null })
        .execute(),
    ).toHaveLength(2);
    expect(await people.update({ age: 3 }).where({ name: "x' or 1=1 --" }).execute()).toBe(0);
    expect(
      await people
        .delete()
        .where({ name: ["New", "a"] })
        .execute(),
    ).toBe(2);
    // Nothing, and NULL, are in no list.
    expect(await people.select().where({ name: [] }).execute()).toEqual([]);
    expect(
      await people
        .select()
        .where({ nick: [null] })
        .execute(),
    ).toEqual([]);
    expect(await people.delete().where({ name: [] }).execute()).toBe(0);
    expect(() => people.insert([["a"]])).toThrow("need { columns }");
  });

  it("trap: a foreign key to a composite key has an accessor, joins and constraints", async () => {
    const seat = await Seat.create({ row: 1, number: 2, guest: "Huey" });
    const line = await Line.create({ seat, text: "x" });
    const found = await Line.select().join("seat", { load: true }).where({ seat__guest: "Huey" }).get();
    expect([found.pk, found.seat?.pk, found.seat?.guest]).toEqual([line.pk, [1, 2], "Huey"]);
    expect(await Line.select().where({ seat }).count()).toBe(1);
    expect((await Line.create({ text: "none" })).seat).toBeNull();
    await expect(Line.create({ text: "gone", seat: [9, 9] })).rejects.toThrow(ForeignKeyViolation);
    await Seat.deleteById([1, 2]);
    expect((await Line.getById(line.pk)).seat).toBeNull();
  });

  it("fields: each kind of value comes back as it was", async () => {
    class Kinds extends Model("lp_kinds", {
      small: fields.smallInteger(),
      big: fields.bigInteger(),
      share: fields.float(),
      price: fields.decimal({ precision: 8, scale: 3 }),
      char: fields.string({ maxLength: 5 }),
      text: fields.text(),
      blob: fields.binary(),
      uuid: fields.uuid(),
      date: fields.date(),
      time: fields.time(),
      at: fields.datetime(),
      ip: fields.ipAddress(),
      yes: fields.boolean(),
      data: fields.json<unknown>(),
    }) {}
    Kinds.bind(base.db);
    await base.db.createTables([Kinds]);
    const values = {
      ...{ small: -32768, big: 2n ** 60n, share: 0.1, price: "12345.678", char: "éé🐈", text: "\n'\"\\" },
      ...{ blob: new Uint8Array([0, 255]), uuid: "0b7e9f2c-8b7a-4f3e-9c1d-2a5b6c7d8e9f", date: "1582-10-15" },
      ...{ time: "23:59:58", at: new Date("1969-07-20T20:17:40.123Z"), ip: "2001:db8::1", yes: true },
      data: { a: [1, null] },
    };
    const { pk } = await Kinds.create(values);
    expect({ ...(await Kinds.getById(pk)) }).toMatchObject(values);
    // Parts of moments, and bits of flags.
    expect(await Kinds.select().where({ at__year: 1969, at__month: 7, date__day: 15 }).count()).toBe(1);
    expect(
      await Kinds.select({ bit: F("small").bitAnd(2) })
        .where({ pk })
        .scalar(),
    ).toBe(0);
    await expect(Kinds.create({ ...values, char: "sixsix" })).rejects.toThrow("at most 5");
  });
});

describe("_meta", () => {
  it("what a model is made of cannot be changed under it", () => {
    expect(() => Indexed.addIndex("a")).toThrow("comes too late");
    expect(() => Reflect.set(Person.meta, "table", "other")).not.toThrow();
    expect(Person.meta.table).toBe("lp_person");
    expect(() => Person.select("nmae" as never).sql()).toThrow(FieldError);
  });
});
