import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Database,
  DatabaseError,
  fields,
  manager,
  Model,
  NotSupportedError,
  TransactionError,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Note extends Model("ls_note", {
  tenant: fields.integer(),
  body: fields.string({ maxLength: 40 }),
}) {
  static objects = manager(this);
}

onEngines("settings of a transaction", (engine) => {
  if (engine.name !== "postgres") {
    it("are refused before anything is sent", async () => {
      const db = await engine.database();
      const refused = db.atomic(() => Promise.resolve(1), { settings: { "app.tenant_id": 1 } });
      await expect(refused).rejects.toThrow(NotSupportedError);
      await expect(refused).rejects.toThrow(engine.name === "sqlite" ? "SQLite" : /MySQL|MariaDB/);
      await expect(db.transaction({ settings: { "app.tenant_id": 1 } })).rejects.toThrow(NotSupportedError);
      expect(db.isConnected).toBe(false);
    });
    return;
  }

  const role = `ls_${randomBytes(5).toString("hex")}`;
  let owner: Database;
  let db: Database;
  const tenant = async (name = "app.tenant_id") => {
    const [row] = await db.execute(sql<{ value: string | null }>`select current_setting(${name}, true) as value`);
    return row?.value ?? "";
  };

  beforeAll(async () => {
    const url = new URL(await engine.url());
    owner = new Database(url.toString());
    Note.bind(owner);
    await owner.createTables([Note]);
    for (const text of [
      `create role ${role} login password 'secret' nosuperuser`,
      `grant usage on schema public to ${role}`,
      `grant select, insert, update, delete on ls_note to ${role}`,
      "alter table ls_note enable row level security",
      "create policy own on ls_note using (tenant = nullif(current_setting('app.tenant_id', true), '')::int)",
    ]) {
      await owner.execute(sql.raw(text));
    }
    await Note.objects.bulkCreate([1, 1, 2].map((id, index) => ({ tenant: id, body: `${index} é` })));
    url.username = role;
    url.password = "secret";
    // One session for all: what a transaction left behind, the next would find.
    db = new Database(url.toString(), { pool: { max: 1 } });
    Note.bind(db);
  });

  afterAll(async () => {
    await db.close();
    await owner.execute(sql.raw(`drop owned by ${role}`));
    await owner.execute(sql.raw(`drop role ${role}`));
    await owner.close();
  });

  const as = <T>(id: number | string, fn: () => Promise<T>) => db.atomic(fn, { settings: { "app.tenant_id": id } });

  it("are what policies of row-level security ask for", async () => {
    expect(await as(1, () => Note.objects.count())).toBe(2);
    expect(await as("2", () => Note.objects.valuesList("body", { flat: true }).all())).toEqual(["2 é"]);
    expect(await as(3, () => Note.objects.exists())).toBe(false);
    expect(await as(2, () => Note.objects.filter({ tenant: 1 }).update({ body: "theirs" }))).toBe(0);
    expect(await as(2, () => Note.objects.filter({ tenant: 1 }).delete())).toMatchObject({ total: 0 });
    await expect(as(2, () => Note.objects.create({ tenant: 1, body: "forged" }))).rejects.toThrow(DatabaseError);
    expect(await owner.execute(sql`select tenant from ls_note order by tenant`)).toHaveLength(3);
  });

  it("never reach who uses the connection next", async () => {
    await as(1, () => Note.objects.count());
    expect(await tenant()).toBe("");
    expect(await Note.objects.count()).toBe(0);
    await expect(
      as(1, async () => {
        expect(await tenant()).toBe("1");
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect(await tenant()).toBe("");
    await db.atomic(async () => expect(await Note.objects.count()).toBe(0));
    const both = await Promise.all([1, 2, 1].map((id) => as(id, () => Note.objects.count())));
    expect(both).toEqual([2, 1, 2]);
  });

  it("hold in nested blocks, after an undone one too, and in transactions by hand", async () => {
    await as(2, async () => {
      await db.atomic(async () => expect(await Note.objects.count()).toBe(1));
      await db.atomic(async () => Promise.reject(new Error("inner"))).catch(() => undefined);
      expect(await Note.objects.count()).toBe(1);
    });
    const transaction = await db.transaction({ settings: { "app.tenant_id": 1 } });
    expect(await transaction.run(() => Note.objects.count())).toBe(2);
    await transaction.rollback();
    expect(await tenant()).toBe("");
  });

  it("are made again when the block is run again", async () => {
    let runs = 0;
    const seen = await db.atomic(
      async () => {
        runs += 1;
        if (runs === 1) await db.execute(sql`do $$ begin raise exception using errcode = '40001'; end $$`);
        return tenant();
      },
      { settings: { "app.tenant_id": 7 }, retries: 1 },
    );
    expect([runs, seen]).toEqual([2, "7"]);
  });

  it("take values as they are, whatever is in them", async () => {
    for (const value of ["", "'; drop table ls_note; --", 'é\n"', "a".repeat(5000), true, 1.5]) {
      const seen = await db.atomic(() => tenant("app.any"), { settings: { "app.any": value } });
      expect(seen).toBe(String(value));
    }
    const several = { "app.tenant_id": 1, "app.user_id": "u-1", lock_timeout: "5s" };
    const seen = await db.atomic(async () => [await tenant("app.user_id"), await tenant("lock_timeout")], {
      settings: several,
    });
    expect(seen).toEqual(["u-1", "5s"]);
    expect(await db.atomic(() => tenant(), { settings: {} })).toBe("");
  });

  it("that the server refuses undo the transaction, and spoil no connection", async () => {
    const ran: number[] = [];
    const refused = db.atomic(() => Promise.resolve(ran.push(1)), { settings: { work_mem: "a lot" } });
    await expect(refused).rejects.toThrow(DatabaseError);
    expect(ran).toEqual([]);
    expect(await as(1, () => Note.objects.count())).toBe(2);
  });

  describe("are refused", () => {
    it("by other names and values than settings have", async () => {
      for (const name of ["", "app tenant", "app.", "a;b", "1a", "a".repeat(64), "app.tenant\0"]) {
        await expect(db.atomic(() => Promise.resolve(1), { settings: { [name]: 1 } })).rejects.toThrow(
          ConfigurationError,
        );
      }
      for (const value of [undefined, null, {}, [], Number.NaN, Infinity, "a\0b", () => 1]) {
        await expect(as(value as never, () => Promise.resolve(1))).rejects.toThrow(/"app.tenant_id" takes/);
      }
      for (const settings of [null, "app.tenant_id", 1, [], new Map()]) {
        await expect(db.atomic(() => Promise.resolve(1), { settings: settings as never })).rejects.toThrow(
          ConfigurationError,
        );
      }
    });

    it("inside a transaction, to whose end they would go on", async () => {
      await db.atomic(async () => {
        await expect(as(1, () => Promise.resolve(1))).rejects.toThrow(TransactionError);
      });
    });
  });
});
