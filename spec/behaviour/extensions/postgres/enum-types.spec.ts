import { sql } from "kysely";
import { expect, it } from "vitest";
import { ConfigurationError, type Database, fields, manager, Model, NotSupportedError } from "dunder-orm";
import { addEnumValue, arrayField, createEnum, dropEnum, enumField } from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { onOthers, onPostgres } from "./only.js";

const LEVELS = ["low", "high", "it's"] as const;

class Alarm extends Model("enum_alarm", {
  level: enumField("enum_level", LEVELS, { default: "low" }),
  before: arrayField(enumField("enum_level", LEVELS), { default: () => [] }),
}) {
  static objects = manager(this);
}

class Rule extends Model("enum_rule", { level: enumField("enum_level", LEVELS, { primaryKey: true }) }) {
  static objects = manager(this);
}

class Breach extends Model("enum_breach", {
  rule: () => fields.foreignKey(Rule),
  colour: enumField("Enum_Colour", ["red", "blue"]),
}) {
  static objects = manager(this);
}

class OtherLevel extends Model("enum_other", { level: enumField("enum_level", ["low", "high"]) }) {}

async function types(db: Database): Promise<string[]> {
  const rows = await db.execute(
    sql<{
      name: string;
    }>`select typname as name from pg_type where typtype = 'e' and typname ilike 'enum_%' order by 1`,
  );
  return rows.map(({ name }) => name);
}

onPostgres("Enum types of tables", (engine) => {
  const use = useDatabase(engine, []);
  const bound = (): Database => {
    for (const model of [Alarm, Rule, Breach, OtherLevel]) model.bind(use.db);
    return use.db;
  };

  it("are made before tables, once, and dropped after the last that has them", async () => {
    const db = bound();
    await db.createTables([Alarm, Breach, Rule]);
    expect(await types(db)).toEqual(["Enum_Colour", "enum_level"]);
    await Alarm.objects.create({ level: "it's", before: ["low", "high"] });
    expect(await Alarm.objects.filter({ level__gt: "high", before__contains: ["low"] }).count()).toBe(1);
    await Rule.objects.create({ level: "high" });
    await Breach.objects.create({ rule: "high", colour: "blue" });
    expect((await Breach.objects.get({ rule__level: "high" })).colour).toBe("blue");
    await db.createTables([Alarm, Breach, Rule]);
    await db.dropTables([Breach, Rule]);
    expect(await types(db)).toEqual(["enum_level"]);
    await db.dropTables([Alarm]);
    expect(await types(db)).toEqual([]);
    await db.dropTables([Alarm]);
  });

  it("stay where only lists are of them", async () => {
    const db = bound();
    await db.createTables([Rule]);
    await db.execute(sql`create table enum_by_hand (levels enum_level[])`);
    await db.dropTables([Rule]);
    expect(await types(db)).toEqual(["enum_level"]);
    await db.execute(sql`drop table enum_by_hand`);
    await db.createTables([Rule]);
    await db.dropTables([Rule]);
    expect(await types(db)).toEqual([]);
  });

  it("are taken as they are where they have the same values", async () => {
    const db = bound();
    await createEnum(db, "enum_level", LEVELS);
    await db.createTables([Rule], { safe: false });
    expect(await types(db)).toEqual(["enum_level"]);
    await db.dropTables([Rule]);
  });

  it("are refused where they have others, before any table is made", async () => {
    const db = bound();
    await db.createTables([OtherLevel]);
    const made = db.createTables([Rule]);
    await expect(made).rejects.toThrow(ConfigurationError);
    await expect(made).rejects.toThrow(
      'The type "enum_level" is there with the values low, high, where enumField("enum_level", …) has low, high, it\'s. ' +
        'Values are added to it by addEnumValue(db, "enum_level"',
    );
    await addEnumValue(db, "enum_level", "it's");
    await db.createTables([Rule]);
    await db.dropTables([OtherLevel, Rule].slice(1));
    await db.execute(sql`drop table enum_other`);
    await dropEnum(db, "enum_level");
    await expect(db.createTables([OtherLevel, Alarm])).rejects.toThrow(
      'OtherLevel.level and Alarm.level need the type "enum_level" in two ways: low, high; low, high, it\'s.',
    );
    await db.execute(sql`create domain enum_level as text`);
    await expect(db.createTables([Rule])).rejects.toThrow("is there, and no enum");
    await db.execute(sql`drop domain enum_level`);
  });
});

onOthers("Enum types of tables", (engine) => {
  const use = useDatabase(engine, []);
  it("are refused by name", async () => {
    Rule.bind(use.db);
    for (const work of [() => use.db.createTables([Rule]), () => use.db.dropTables([Rule])]) {
      await expect(work()).rejects.toThrow(NotSupportedError);
    }
    await expect(use.db.createTables([Rule])).rejects.toThrow(/enumField\(…\): PostgreSQL has it/);
  });
});
