import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { ConfigurationError, type Database, fields, manager, Model } from "dunder-orm";
import { namesChecks } from "../../support/drivers.js";
import { onEngines, type TestEngine } from "../../support/engines.js";

class Person extends Model("person", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  boss: () => fields.foreignKey(Person, { null: true, onDelete: "set null" }),
  home: () => fields.foreignKey(House, { null: true, onDelete: "set null" }),
}) {
  static objects = manager(this);
}

class House extends Model("house", {
  id: fields.integer({ primaryKey: true }),
  owner: () => fields.foreignKey(Person, { onDelete: "cascade" }),
  street: () => fields.foreignKey(Street, { onDelete: "restrict" }),
}) {
  static objects = manager(this);
}

class Street extends Model("street", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ unique: true, comment: 'It\'s the "name" \\ of it' }),
  keeper: () => fields.foreignKey(House, { null: true, onDelete: "do nothing" }),
}) {
  static objects = manager(this);
}

const ODD = 'order "by" `x` 1\'s \\ Ünï';

class Odd extends Model(
  ODD,
  {
    id: fields.integer({ primaryKey: true, column: "SELECT" }),
    group: fields.string({ maxLength: 20 }),
    camelCase: fields.integer({ default: 1, index: true }),
    upper: fields.integer({ column: "UPPER Case", unique: true }),
    spaced: fields.text({ column: "a b \"c\" `d` 'e' \\ $1 ? :f", default: "" }),
    from: () => fields.foreignKey(Odd, { null: true, column: "from where" }),
  },
  { ordering: ["camelCase"], comment: "a 'comment' \\" },
) {
  static objects = manager(this);
}

const LONG = "a_table_whose_name_is_as_long_as_it_may_be_which_is_sixty_three";
const FIELD = "aFieldWhoseNameIsVeryLongAndLeavesNoRoomForMore";

class Long extends Model(
  LONG,
  {
    id: fields.integer({ primaryKey: true }),
    [FIELD]: fields.integer({ index: true, unique: false, default: 1 }),
    other: fields.integer({ index: true, default: 2 }),
    someParentOfThisRow: () => fields.foreignKey(Long, { null: true }),
    someOtherParentOfThisRow: () => fields.foreignKey(Long, { null: true }),
  },
  { constraints: [{ unique: [FIELD as never, "other"] }], indexes: [["other", FIELD as never]] },
) {
  static objects = manager(this);
}

class Ruled extends Model(
  "ruled",
  {
    id: fields.integer({ primaryKey: true }),
    code: fields.string({ maxLength: 20, unique: true }),
    email: fields.email({ unique: true, null: true }),
    size: fields.enumeration(["s", "m"], { unique: true, null: true }),
    ip: fields.ipAddress({ index: true, null: true }),
    age: fields.integer({ check: "age >= 18", default: 18 }),
    day: fields.date({ null: true }),
    slot: fields.integer({ null: true }),
  },
  {
    indexes: [["day", "slot"], { fields: ["age", "day"], unique: true, name: "ruled_age_day" }],
    constraints: [
      { unique: ["day", "slot"], name: "ruled_day_slot" },
      { check: "slot < 100", name: "ruled_slot" },
    ],
  },
) {
  static objects = manager(this);
}

class Abstract extends Model("none", { name: fields.string() }, { abstract: true }) {}
class Foreign extends Model("somebody_elses", { id: fields.integer({ primaryKey: true }) }, { managed: false }) {
  static objects = manager(this);
}

async function open(engine: TestEngine, ...models: { bind(db: Database): void }[]): Promise<Database> {
  const db = await engine.database();
  for (const model of models) model.bind(db);
  return db;
}

onEngines("Tables", (engine) => {
  it("that point at each other and at themselves are made in any order, and dropped", async () => {
    for (const models of [
      [Person, House, Street],
      [Street, House, Person],
      [House, Street, Person],
    ]) {
      const db = await open(engine, Person, House, Street);
      await db.createTables(models);
      const ann = await Person.objects.create({ name: "Ann" });
      const bob = await Person.objects.create({ name: "Bob", boss: ann });
      const street = await Street.objects.create({ name: "High" });
      const house = await House.objects.create({ owner: ann, street });
      await bob.update({ home: house });
      await street.update({ keeper: house });
      // Every foreign key is there, those that could not be declared with their table, too.
      await expect(Person.objects.create({ name: "x", boss: 99 })).rejects.toMatchObject({
        name: "ForeignKeyViolation",
      });
      await expect(Person.objects.create({ name: "x", home: 99 })).rejects.toMatchObject({
        name: "ForeignKeyViolation",
      });
      await expect(House.objects.create({ owner: 99, street })).rejects.toMatchObject({ name: "ForeignKeyViolation" });
      await expect(street.update({ keeper: 99 })).rejects.toMatchObject({ name: "ForeignKeyViolation" });
      await db.dropTables(models);
      await expect(Person.objects.count()).rejects.toMatchObject({ name: "DatabaseError" });
      await db.createTables(models);
      expect(await Person.objects.count()).toBe(0);
      await db.close();
    }
  });

  it("keep the rules of onDelete", async () => {
    const db = await open(engine, Person, House, Street);
    await db.createTables([Person, House, Street]);
    const ann = await Person.objects.create({ name: "Ann" });
    const bob = await Person.objects.create({ name: "Bob", boss: ann });
    const street = await Street.objects.create({ name: "High" });
    const house = await House.objects.create({ owner: ann, street });
    await bob.update({ home: house });
    await expect(street.delete()).rejects.toMatchObject({ name: "RestrictedError" });
    await ann.delete();
    expect(await House.objects.count()).toBe(0);
    await bob.refresh();
    expect([bob.boss, bob.home]).toEqual([null, null]);
    await street.delete();
    expect(await Street.objects.count()).toBe(0);
  });

  it("are made once: safe leaves what is there, not safe complains", async () => {
    const db = await open(engine, Ruled);
    await db.createTables([Ruled]);
    await Ruled.objects.create({ code: "a" });
    await db.createTables([Ruled]);
    await db.createTables([Ruled], { safe: true });
    expect(await Ruled.objects.count()).toBe(1);
    await expect(db.createTables([Ruled], { safe: false })).rejects.toThrow(/exists/);
    await db.dropTables([Ruled]);
    await db.dropTables([Ruled]);
    await expect(db.dropTables([Ruled], { safe: false })).rejects.toMatchObject({ name: "DatabaseError" });
    await expect(db.createTables([Ruled], { saef: true } as never)).rejects.toBeInstanceOf(ConfigurationError);
    await expect(db.createTables(Ruled as never)).rejects.toBeInstanceOf(ConfigurationError);
    await expect(db.createTables([undefined])).rejects.toBeInstanceOf(ConfigurationError);
  });

  it("some of which are there already get the others, with their foreign keys", async () => {
    const db = await open(engine, Person, House, Street);
    await db.createTables([Person, House, Street]);
    await db.dropTables([Street, House, Person]);
    await db.createTables([Person, House, Street]);
    await expect(House.objects.create({ owner: 99, street: 99 })).rejects.toMatchObject({
      name: "ForeignKeyViolation",
    });
  });

  it("may have any name, and columns any name", async () => {
    const db = await open(engine, Odd);
    await db.createTables([Odd]);
    await db.createTables([Odd]);
    const one = await Odd.objects.create({ group: "g", upper: 1, spaced: "x" });
    const two = await Odd.objects.create({ group: "g", upper: 2, camelCase: 0, from: one });
    expect((await Odd.objects.all()).map((row) => row.pk)).toEqual([two.pk, one.pk]);
    expect((await Odd.objects.selectRelated("from").get({ from__spaced__icontains: "X" })).from?.spaced).toBe("x");
    expect(await Odd.objects.filter({ group: "g" }).exclude({ from: one }).update({ spaced: "y" })).toBe(1);
    await one.refresh();
    expect(one.spaced).toBe("y");
    const [bulk] = await Odd.objects.bulkCreate([{ group: "h", upper: 3 }]);
    expect(bulk!.pk).toBeGreaterThan(two.pk);
    const streamed: number[] = [];
    for await (const row of Odd.objects.orderBy("upper")) streamed.push(row.upper);
    expect(streamed).toEqual([1, 2, 3]);
    await expect(Odd.objects.create({ group: "g", upper: 1 })).rejects.toMatchObject({ name: "UniqueViolation" });
    expect(await two.delete()).toMatchObject({ total: 1 });
    await db.dropTables([Odd]);
  });

  it("have generated names that are never too long, and never meet", async () => {
    const db = await open(engine, Long);
    await db.createTables([Long]);
    await Long.objects.create({});
    await expect(Long.objects.create({})).rejects.toMatchObject({ name: "UniqueViolation" });
    await expect(Long.objects.create({ other: 3, someParentOfThisRow: 99 })).rejects.toMatchObject({
      name: "ForeignKeyViolation",
    });
    await expect(Long.objects.create({ other: 3, someOtherParentOfThisRow: 99 })).rejects.toMatchObject({
      name: "ForeignKeyViolation",
    });
    await db.dropTables([Long]);
  });

  it("keep unique, check, and indexes over several fields", async () => {
    const db = await open(engine, Ruled);
    await db.createTables([Ruled]);
    await Ruled.objects.create({ code: "a", email: "a@x.org", size: "s", day: "2024-01-01", slot: 1 });
    const other = { code: "b", age: 20 };
    const clashes = [
      { code: "a" },
      { ...other, email: "a@x.org" },
      { ...other, size: "s" },
      { ...other, day: "2024-01-01", slot: 1 },
      { code: "b", age: 18, day: "2024-01-01" },
    ];
    for (const values of clashes) {
      await expect(Ruled.objects.create(values as never)).rejects.toMatchObject({ name: "UniqueViolation" });
    }
    await expect(Ruled.objects.create({ code: "b", age: 17 })).rejects.toMatchObject({ name: "CheckViolation" });
    await expect(Ruled.objects.create({ code: "b", slot: 100 })).rejects.toMatchObject({
      name: "CheckViolation",
      ...(namesChecks && { constraint: "ruled_slot" }),
    });
    // Text is unique as it is written, and NULLs are not equal.
    for (const code of ["A", "a ", "á"]) await Ruled.objects.create({ code });
    expect(await Ruled.objects.count()).toBe(4);
  });

  it("are refused where an option names no column", async () => {
    const db = await open(engine);
    class BadIndex extends Model("bad_index", { name: fields.string() }, { indexes: [["nmae" as never]] }) {}
    class BadUnique extends Model(
      "bad_unique",
      { name: fields.string() },
      { constraints: [{ unique: ["nmae" as never] }] },
    ) {}
    await expect(db.createTables([BadIndex])).rejects.toThrow(/BadIndex: indexes names "nmae".*Did you mean "name"/);
    await expect(db.createTables([BadUnique])).rejects.toThrow(
      /BadUnique: constraints names "nmae".*Did you mean "name"/,
    );
    await expect(db.createTables([Abstract])).rejects.toThrow(/Abstract is abstract/);
  });

  it("of somebody else are left alone", async () => {
    const db = await open(engine, Foreign);
    await db.createTables([Foreign]);
    await expect(Foreign.objects.count()).rejects.toMatchObject({ name: "DatabaseError" });
    await db.execute(sql`create table somebody_elses (id integer primary key)`);
    await db.dropTables([Foreign]);
    expect(await Foreign.objects.count()).toBe(0);
  });

  describe("with comments", () => {
    it("keep them where the engine has them", async () => {
      const db = await open(engine, Odd, Street, House, Person);
      await db.createTables([Odd, Street, House, Person]);
      if (engine.name === "sqlite") return expect(await Odd.objects.count()).toBe(0);
      const comment =
        engine.name === "postgres"
          ? sql<{ c: string }>`select col_description('street'::regclass, ordinal_position::int) as c
              from information_schema.columns where table_name = 'street' and column_name = 'name'`
          : sql<{ c: string }>`select column_comment as c from information_schema.columns
              where table_schema = database() and table_name = 'street' and column_name = 'name'`;
      expect(await db.execute(comment)).toEqual([{ c: 'It\'s the "name" \\ of it' }]);
    });
  });
});
