import { basename } from "node:path";
import { inspect } from "node:util";
import { sql } from "kysely";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as orm from "dunder-orm";
import { fields, manager, Model } from "dunder-orm";
import { namesChecks } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

const SECRET = "s3cr3t-marker";
const HERE = basename(import.meta.url);

class Owner extends Model("owner", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 60, unique: true }),
  pets: () => fields.hasMany(Pet, "owner"),
}) {
  static objects = manager(this);
}

class Pet extends Model(
  "raised_pet",
  {
    id: fields.integer({ primaryKey: true }),
    owner: () => fields.foreignKey(Owner, { onDelete: "do nothing" }),
    tag: fields.string({ maxLength: 60 }),
    kind: fields.string({ maxLength: 60, default: "cat" }),
    age: fields.integer({ default: 1 }),
  },
  {
    constraints: [
      { unique: ["tag", "kind"], name: "raised_pet_tag_kind" },
      { check: "age > 0", name: "raised_pet_age_positive" },
    ],
  },
) {
  static objects = manager(this);
}

/** The same table, as if nobody had said that `tag` takes no NULL. */
class LaxPet extends Model("raised_pet", {
  id: fields.integer({ primaryKey: true }),
  owner: () => fields.foreignKey(Owner),
  tag: fields.string({ maxLength: 60, null: true }),
}) {
  static objects = manager(this);
}

class Missing extends Model("nowhere", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ default: "" }),
}) {
  static objects = manager(this);
}

async function failure<T extends Error>(work: () => Promise<unknown>): Promise<T> {
  try {
    await work();
  } catch (error) {
    return error as T;
  }
  throw new Error("It should have failed.");
}

/** Everything a log would show of an error, its cause's own fields left out: those are the driver's. */
function shown(error: Error): string {
  const { cause: _, ...rest } = error as Error & { cause?: unknown };
  return [
    error.message,
    error.stack,
    JSON.stringify(error),
    inspect({ ...rest }),
    (error as orm.DatabaseError).sql,
  ].join();
}

onEngines("An error", (engine) => {
  const holder = useDatabase(engine, [Owner, Pet]);
  let owner: Owner;
  beforeAll(() => {
    Missing.bind(holder.db);
    LaxPet.bind(holder.db);
  });
  beforeEach(async () => {
    await Pet.objects.delete({ all: true });
    await Owner.objects.delete({ all: true });
    owner = await Owner.objects.create({ name: SECRET });
    await Pet.objects.create({ owner, tag: SECRET });
  });

  const refusals: readonly (readonly [
    string,
    "UniqueViolation" | "ForeignKeyViolation" | "NotNullViolation" | "CheckViolation" | "DatabaseError",
    () => Promise<unknown>,
    object,
  ])[] = [
    [
      "of a second value where one is allowed",
      "UniqueViolation",
      () => Owner.objects.create({ name: SECRET }),
      engine.name === "mysql" ? {} : { table: "owner", columns: ["name"] },
    ],
    [
      "of a constraint over several fields",
      "UniqueViolation",
      () => Pet.objects.create({ owner, tag: SECRET }),
      engine.name === "sqlite"
        ? { table: "raised_pet", columns: ["tag", "kind"] }
        : { constraint: "raised_pet_tag_kind" },
    ],
    [
      "of a bulk insert",
      "UniqueViolation",
      () =>
        Pet.objects.bulkCreate([
          { owner, tag: "fine" },
          { owner, tag: SECRET },
        ]),
      {},
    ],
    [
      "of a foreign key to nowhere",
      "ForeignKeyViolation",
      () => Pet.objects.create({ owner: 424_242, tag: SECRET + "2" }),
      engine.name === "sqlite"
        ? {}
        : { constraint: "raised_pet_owner_id_fk", columns: ["owner_id"], table: "raised_pet" },
    ],
    [
      "of a row that others point at",
      "ForeignKeyViolation",
      () => Owner.objects.filter({ name: SECRET }).delete(),
      engine.name === "sqlite" ? {} : { constraint: "raised_pet_owner_id_fk" },
    ],
    [
      "of a missing value",
      "NotNullViolation",
      () => LaxPet.objects.filter({ tag: SECRET }).update({ tag: null }),
      { columns: ["tag"] },
    ],
    [
      "of a check",
      "CheckViolation",
      () => Pet.objects.create({ owner, tag: SECRET + "3", age: -5 }),
      namesChecks ? { constraint: "raised_pet_age_positive" } : {},
    ],
    ["of a table that is not there", "DatabaseError", () => Missing.objects.filter({ name: SECRET }).all(), {}],
    ["of SQL that is none", "DatabaseError", () => holder.db.execute(sql`selct ${SECRET}`), {}],
  ];

  describe("of the database", () => {
    it.each(refusals)("%s is typed, and tells no value", async (_, name, work, details) => {
      const error = await failure<orm.DatabaseError>(work);
      expect(error.name).toBe(name);
      expect(error).toBeInstanceOf(orm[name]);
      expect(error).toBeInstanceOf(orm.DatabaseError);
      expect(error).toBeInstanceOf(orm.OrmError);
      expect(error).toMatchObject(details);
      expect(error.sql).toMatch(/^(insert|update|delete|select|selct)/i);
      expect(error.cause).toBeInstanceOf(Error);
      expect(error.cause).not.toBeInstanceOf(orm.OrmError);
      expect(error.code).toBeDefined();
      expect(shown(error)).not.toContain(SECRET);
      expect(shown(error)).not.toContain("424242");
    });

    it.each(refusals)("%s leads to the line that asked", async (_, _name, work) => {
      expect((await failure(work)).stack).toContain(HERE);
    });

    it("is an IntegrityError where data refuse, and keeps what was there", async () => {
      const before = await Pet.objects.count();
      const error = await failure(() => Pet.objects.create({ owner, tag: SECRET }));
      expect(error).toBeInstanceOf(orm.IntegrityError);
      expect(error).not.toBeInstanceOf(orm.OperationalError);
      expect(await Pet.objects.count()).toBe(before);
      const bulk = [
        { owner, tag: "fine" },
        { owner, tag: SECRET },
      ];
      await failure(() => Pet.objects.bulkCreate(bulk, { batchSize: 1 }));
      expect(await Pet.objects.count()).toBe(before);
    });

    it("of a missing table says how to make it", async () => {
      expect((await failure(() => Missing.objects.all())).message).toMatch(/nowhere.*createTables/s);
    });
  });

  describe("of get", () => {
    it("is the model's own, names the lookups and no value", async () => {
      const error = await failure(() => Owner.objects.get({ name: `${SECRET}-none`, pk__gt: 424_242 }));
      expect(error).toBeInstanceOf(Owner.DoesNotExist);
      expect(error).toBeInstanceOf(orm.DoesNotExist);
      expect(error).not.toBeInstanceOf(Pet.DoesNotExist);
      expect(error).not.toBeInstanceOf(orm.DatabaseError);
      expect(error.name).toBe("Owner.DoesNotExist");
      expect(error.message).toBe("No Owner matches get({ name, pk__gt }).");
      expect(error.stack).not.toContain(SECRET);
      expect(error.stack).toContain(HERE);
    });

    it("says how many there were", async () => {
      await Pet.objects.bulkCreate(Array.from({ length: 30 }, (_, index) => ({ owner, tag: String(index) })));
      const many = await failure(() => Pet.objects.get({ owner }));
      expect(many).toBeInstanceOf(Pet.MultipleObjectsReturned);
      expect(many).toBeInstanceOf(orm.MultipleObjectsReturned);
      expect(many.name).toBe("Pet.MultipleObjectsReturned");
      expect(many.message).toBe("get({ owner }) found more than 20 rows of Pet, not one.");
      expect(many.stack).toContain(HERE);
      const few = await failure(() => Pet.objects.get({ tag__in: ["1", "2", "3"] }));
      expect(few.message).toMatch(/found 3 rows of Pet/);
      await expect(Pet.objects.getOrNull({ owner })).rejects.toBeInstanceOf(Pet.MultipleObjectsReturned);
      expect(await Pet.objects.getOrNull({ tag: "none" })).toBeNull();
    });
  });

  it("leads to the line that asked, for reads, writes and streams", async () => {
    const db = holder.db;
    const works: readonly (() => Promise<unknown>)[] = [
      () => Missing.objects.all(),
      () => Missing.objects.filter({ name: "x" }).first(),
      () => Missing.objects.count(),
      () => Missing.objects.exists(),
      () => Missing.objects.create({}),
      () => Missing.objects.filter({ pk: 1 }).update({ name: "x" }),
      () => Missing.objects.filter({ pk: 1 }).delete(),
      () => new Missing({ id: 1 }).save({ forceUpdate: true }),
      async () => {
        for await (const row of Missing.objects) expect(row).toBeUndefined();
      },
      () => db.atomic(() => Missing.objects.all()),
    ];
    for (const work of works) {
      const error = await failure(work);
      expect(error).toBeInstanceOf(orm.DatabaseError);
      expect(error.stack).toContain(HERE);
    }
  });

  it("of the input leads to the line that asked", async () => {
    const works: readonly (() => unknown)[] = [
      () => Owner.objects.filter({ nmae: 1 } as never),
      () => Owner.objects.get({ nmae: 1 } as never),
      () => Owner.objects.create({} as never),
      () => new Owner({} as never),
    ];
    for (const work of works) {
      const error = await failure(() => Promise.resolve().then(work));
      expect(error).toBeInstanceOf(orm.OrmError);
      expect(error.stack).toContain(HERE);
    }
  });
});
