import { sql } from "kysely";
import type { TestEngine } from "../../../support/engines.js";
import { type Fault, LaxPet, Missing, NUMBER, Owner, Pet, SECRET, WiderPet } from "./site.js";

/** Faults that every engine has, each with a code of its own. */
export function commonFaults({ name: engine, label }: TestEngine): Fault[] {
  const own = <T>(sqlite: T, postgres: T, mysql: T): T => ({ sqlite, postgres, mysql })[engine];
  // SQLite says of a foreign key neither which nor whose it is.
  const onServers = (details: Partial<Fault>): Partial<Fault> => (engine === "sqlite" ? {} : details);
  const unique = own<string | number>("SQLITE_CONSTRAINT_UNIQUE", "23505", 1062);
  const dangling = own<string | number>("SQLITE_CONSTRAINT_FOREIGNKEY", "23503", 1452);
  const foreignKey = onServers({ table: "pet", columns: ["owner_id"], constraint: "pet_owner_id_fk" });
  const nameKey = own<string | undefined>(undefined, "owner_name_key", "name");
  return [
    {
      name: "a value that is there already",
      error: "UniqueViolation",
      code: unique,
      table: "owner",
      columns: ["name"],
      ...(nameKey !== undefined && { constraint: nameKey }),
      raise: () => Owner.objects.create({ id: 2, name: SECRET }),
    },
    {
      name: "a primary key that is there already",
      error: "UniqueViolation",
      code: own<string | number>("SQLITE_CONSTRAINT_PRIMARYKEY", "23505", 1062),
      table: "owner",
      columns: ["id"],
      raise: () => Owner.objects.create({ id: 1, name: "x" }),
    },
    {
      name: "two fields unique together",
      error: "UniqueViolation",
      code: unique,
      table: "pet",
      columns: ["tag", "kind"],
      constraint: "pet_tag_kind_uniq",
      raise: () => Pet.objects.create({ id: 3, owner: 1, tag: SECRET }),
    },
    {
      name: "an update to a value that is there already",
      error: "UniqueViolation",
      code: unique,
      table: "pet",
      columns: ["tag", "kind"],
      constraint: "pet_tag_kind_uniq",
      raise: () => Pet.objects.filter({ id: 2 }).update({ tag: SECRET }),
    },
    {
      name: "a bulk insert with a value that is there already",
      error: "UniqueViolation",
      code: unique,
      table: "pet",
      columns: ["tag", "kind"],
      raise: () =>
        Pet.objects.bulkCreate([
          { id: 8, owner: 1, tag: "fine" },
          { id: 9, owner: 1, tag: SECRET },
        ]),
    },
    {
      name: "saving a row as one that is there already",
      error: "UniqueViolation",
      code: unique,
      table: "pet",
      raise: async () => {
        const pet = await Pet.objects.get({ id: 2 });
        pet.tag = SECRET;
        await pet.save();
      },
    },
    {
      name: "a foreign key to no row",
      error: "ForeignKeyViolation",
      code: dangling,
      ...foreignKey,
      raise: () => Pet.objects.create({ id: 3, owner: NUMBER, tag: SECRET + "3" }),
    },
    {
      name: "a foreign key set to no row",
      error: "ForeignKeyViolation",
      code: dangling,
      ...foreignKey,
      raise: () => Pet.objects.filter({ id: 2 }).update({ owner: NUMBER }),
    },
    {
      name: "deleting a row that others point at",
      error: "ForeignKeyViolation",
      code: own<string | number>("SQLITE_CONSTRAINT_FOREIGNKEY", "23503", 1451),
      ...onServers({ table: "pet", constraint: "pet_owner_id_fk" }),
      raise: () => Owner.objects.filter({ name: SECRET }).delete(),
    },
    {
      name: "NULL for a column that takes none",
      error: "NotNullViolation",
      code: own<string | number>("SQLITE_CONSTRAINT_NOTNULL", "23502", 1048),
      table: "pet",
      columns: ["tag"],
      raise: () => LaxPet.objects.filter({ tag: SECRET }).update({ tag: null }),
    },
    {
      name: "a column left out that has no default",
      error: "NotNullViolation",
      code: own<string | number>("SQLITE_CONSTRAINT_NOTNULL", "23502", 1364),
      table: "pet",
      columns: ["kind"],
      raise: ({ db }) => db.execute(sql`insert into pet (id, owner_id, tag) values (3, 1, ${SECRET + "3"})`),
    },
    {
      name: "a check",
      error: "CheckViolation",
      code: own<string | number>("SQLITE_CONSTRAINT_CHECK", "23514", label === "MySQL" ? 3819 : 4025),
      table: "pet",
      constraint: "pet_age_positive",
      raise: () => Pet.objects.create({ id: 3, owner: 1, tag: SECRET + "3", age: -NUMBER }),
    },
    {
      name: "a trigger that refuses",
      error: "IntegrityError",
      code: own<string | number>("SQLITE_CONSTRAINT_TRIGGER", "P0001", 1644),
      says: /no owner of that name/,
      raise: async (site) => {
        for (const text of own(...triggers)) await site.run(text);
        try {
          await Owner.objects.create({ id: 5, name: `refused ${SECRET}` });
        } finally {
          await site.run(`drop trigger owner_refused${own("", " on owner", "")}`);
        }
      },
    },
    {
      name: "a table that is not there",
      error: "DatabaseError",
      code: own<string | number>("SQLITE_ERROR", "42P01", 1146),
      table: "nowhere",
      says: /nowhere.*Create the table first: db\.createTables/s,
      raise: () => Missing.objects.filter({ name: SECRET }).all(),
    },
    {
      name: "a column that is not there",
      error: "DatabaseError",
      code: own<string | number>("SQLITE_ERROR", "42703", 1054),
      says: /colour.*every column that its model declares/s,
      raise: () => WiderPet.objects.filter({ tag: SECRET }).all(),
    },
    {
      name: "writing a column that is not there",
      error: "DatabaseError",
      code: own<string | number>("SQLITE_ERROR", "42703", 1054),
      table: own<string | undefined>(undefined, "pet", "pet"),
      says: /colour.*every column that its model declares/s,
      raise: () => WiderPet.objects.filter({ tag: SECRET }).update({ colour: SECRET }),
    },
    {
      name: "SQL that is none",
      error: "DatabaseError",
      code: own<string | number>("SQLITE_ERROR", "42601", 1064),
      says: /syntax.*Check the SQL that was written by hand/s,
      raise: ({ db }) => db.execute(sql`selct ${SECRET}`),
    },
    {
      name: "a write in a read-only transaction",
      error: "OperationalError",
      code: own<string | number>("SQLITE_READONLY", "25006", 1792),
      says: /read-only/i,
      raise: ({ db }) => db.atomic(() => Owner.objects.create({ id: 3, name: SECRET + "3" }), { readOnly: true }),
    },
    {
      name: "a stream of a table that is not there",
      error: "DatabaseError",
      code: own<string | number>("SQLITE_ERROR", "42P01", 1146),
      table: "nowhere",
      raise: async () => {
        for await (const row of Missing.objects.filter({ name: SECRET })) throw new Error(`There was a ${typeof row}.`);
      },
    },
    {
      name: "too many values in one statement",
      error: "DatabaseError",
      says: /One statement takes (65,535|32,766) values at most/,
      raise: ({ db }) =>
        db.execute(sql`select 1 where 1 in (${sql.join(Array.from({ length: 65_536 }, () => NUMBER))})`),
    },
    {
      name: "a query after an error in the same block",
      error: "TransactionError",
      sql: false,
      says: /can only be rolled back/,
      raise: ({ db }) =>
        db.atomic(async () => {
          await Owner.objects.create({ id: 1, name: SECRET }).catch(() => null);
          await Owner.objects.count();
        }),
    },
    {
      name: "a connection that never becomes free",
      sessions: true,
      error: "PoolTimeoutError",
      sql: false,
      cause: false,
      says: /within 50 ms: 1 of at most 1 are open.*raise pool\.max/s,
      raise: async (site) => {
        const narrow = site.open({ pool: { max: 1, acquireTimeout: 50 } });
        let free = (): void => undefined;
        const block = narrow.atomic(() => new Promise<void>((resolve) => (free = resolve)));
        try {
          await narrow.connect({ reuseIfOpen: true });
          await Owner.objects.using(narrow).filter({ name: "nobody" }).update({ age: 1 });
        } finally {
          free();
          await block;
        }
      },
    },
    {
      name: "a database that was closed",
      sessions: true,
      error: "ConnectionError",
      sql: false,
      cause: false,
      says: /was closed.*db\.connect\(\)/,
      raise: async (site) => {
        const closed = site.open();
        await closed.connect();
        await closed.close();
        await Owner.objects.using(closed).count();
      },
    },
  ];
}

const triggers: [string[], string[], string[]] = [
  [
    "create trigger owner_refused before insert on owner when new.name like 'refused%' begin select raise(abort, 'no owner of that name'); end",
  ],
  [
    "create or replace function owner_refused() returns trigger language plpgsql as $$ begin raise exception 'no owner of that name'; end $$",
    "create trigger owner_refused before insert on owner for each row execute function owner_refused()",
  ],
  [
    "create trigger owner_refused before insert on owner for each row signal sqlstate '45000' set message_text = 'no owner of that name'",
  ],
];
