// What peewee tells its users of databases, a test a line; docs/coverage.md has the table.
import { beforeEach, expect, it } from "vitest";
import {
  ConfigurationError,
  Database,
  DatabaseError,
  fields,
  Model,
  NotSupportedError,
  OperationalError,
  TransactionError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { models, Person, seed } from "./peewee-models.js";

class Parent extends Model("lp_parent", { name: fields.text() }) {}
class Child extends Model("lp_child", { parent: () => fields.foreignKey(Parent) }) {}

const names = async (): Promise<string[]> => Person.select("name").orderBy("name").scalars();

onEngines("What peewee's users know of databases", (engine) => {
  const base = useDatabase(engine, models);
  beforeEach(seed);
  const people = ["Huey", "Mickey", "Zaizee"];

  it("db.connect(): true, an error the second time unless it may be open, by itself at the first query", async () => {
    const db = await engine.database();
    expect(await db.connect()).toBe(true);
    await expect(db.connect()).rejects.toThrow(OperationalError);
    expect(await db.connect({ reuseIfOpen: true })).toBe(false);
    await expect(new Database(null).connect()).rejects.toThrow(/init/);
    const other = await engine.database();
    await other.createTables([Parent]);
    expect(other.isConnected).toBe(true);
    const shut = new Database(await engine.url(), { autoconnect: false });
    await expect(shut.createTables([Parent])).rejects.toThrow(/connect/);
  });

  it("db.close(): whether it was open; refused in a transaction; isClosed()", async () => {
    const db = await engine.database();
    await db.connect();
    await db.atomic(() => expect(db.close()).rejects.toThrow(TransactionError));
    expect([await db.close(), await db.close(), db.isClosed()]).toEqual([true, false, true]);
  });

  it("db.commit(): a transaction by hand has commit and rollback, and none is begun inside a block", async () => {
    const kept = await base.db.transaction();
    await kept.run(() => Person.create({ name: "Kept" }));
    await kept.commit();
    const lost = await base.db.transaction();
    await lost.run(() => Person.create({ name: "Lost" }));
    await lost.rollback();
    expect(await names()).toEqual([...people.slice(0, 1), "Kept", ...people.slice(1)]);
    await expect(lost.commit()).rejects.toThrow(TransactionError);
    await base.db.atomic(() => expect(base.db.transaction()).rejects.toThrow(/db\.savepoint/));
  });

  it("db.create_tables(list): by foreign keys, safe unless told; drop_tables in reverse", async () => {
    const db = await engine.database();
    expect(await db.createTables([Child, Parent])).toBeUndefined();
    await db.createTables([Child, Parent]);
    await expect(db.createTables([Child], { safe: false })).rejects.toThrow(DatabaseError);
    await db.dropTables([Parent, Child]);
    await db.dropTables([Parent, Child]);
    await expect(db.dropTables([Child], { safe: false })).rejects.toThrow(DatabaseError);
  });

  it("db.atomic(): a transaction, inside it savepoints; what throws undoes its own level", async () => {
    await base.db.atomic(async () => {
      await Person.create({ name: "A" });
      const inner = base.db.atomic(async () => {
        await Person.create({ name: "B" });
        throw new Error("inner");
      });
      await expect(inner).rejects.toThrow("inner");
    });
    expect(await names()).toEqual(["A", ...people]);
  });

  it("db.atomic(): rolled back by hand it goes on anew: only what is written later persists", async () => {
    await base.db.atomic(async (transaction) => {
      await Person.create({ name: "B" });
      await transaction.rollback();
      await Person.create({ name: "C" });
    });
    expect(await names()).toEqual(["C", ...people]);
    await base.db.atomic(async (transaction) => {
      await Person.create({ name: "D" });
      await transaction.commit();
      await Person.create({ name: "E" });
      await transaction.rollback();
    });
    expect(await names()).toEqual(["C", "D", ...people]);
  });

  it("db.atomic(): savepoints by hand, isolation levels, lock modes where there are some", async () => {
    await base.db.atomic(async () => {
      const savepoint = await base.db.savepoint();
      await Person.create({ name: "F" });
      await savepoint.rollback();
    });
    expect(await names()).toEqual(people);
    expect(await base.db.atomic(names, { isolation: "serializable" })).toEqual(people);
    const locked = base.db.atomic(names, { lockMode: "immediate" });
    if (engine.name === "sqlite") expect(await locked).toEqual(people);
    else await expect(locked).rejects.toThrow(NotSupportedError);
    await expect(base.db.atomic(names, { isolation: "strict" as never })).rejects.toThrow(ConfigurationError);
  });
});
