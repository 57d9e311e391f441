import { sql } from "kysely";
import { beforeEach, describe, expect, it } from "vitest";
import { Excluded, F, fields, NotSupportedError, Q } from "dunder-orm";
import { Model } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";

class Score extends Model(
  "pw_score",
  { player: fields.string({ maxLength: 20 }), game: fields.integer(), points: fields.integer() },
  { constraints: [{ unique: ["player", "game"], name: "pw_score_once" }] },
) {}

/** Of an address that is in force there is one for each person. */
class Address extends Model("pw_address", {
  person: fields.string({ maxLength: 20 }),
  street: fields.string({ maxLength: 20 }),
  valid: fields.boolean({ default: true }),
}) {}

class Valid extends Model("pw_valid_address", {
  person: fields.string({ maxLength: 20 }),
  street: fields.string({ maxLength: 20 }),
  valid: fields.boolean({ default: true }),
}) {
  static {
    this.addIndex("person", { unique: true, where: sql`valid` });
  }
}

const row = { player: "Huey", game: 1, points: 5 };
const target = ["player", "game"] as const;

onEngines("peewee onConflict", (engine) => {
  const base = useDatabase(engine, [Score, Address]);
  const isMysql = engine.name === "mysql";
  beforeEach(async () => {
    await Score.delete().execute();
    await Score.insert(row).execute();
  });

  it("where: sets the row that is there only where it holds, and tells null where it was left alone", async () => {
    const better = Score.insert({ ...row, points: 9 }).onConflict({
      target,
      preserve: ["points"],
      where: { points__lt: Excluded("points") },
    });
    if (isMysql) {
      await expect(better.execute()).rejects.toThrow(NotSupportedError);
      await expect(better.execute()).rejects.toThrow(/where.*has no condition/);
      return;
    }
    const { pk } = await Score.get({ player: "Huey" });
    expect(await better.execute()).toBe(pk);
    expect((await Score.getById(pk)).points).toBe(9);
    const worse = Score.insert({ ...row, points: 3 }).onConflict({
      target,
      update: { points: Excluded("points") },
      where: F("points").lt(Excluded("points")),
    });
    expect(await worse.execute()).toBeNull();
    expect((await Score.getById(pk)).points).toBe(9);
    const fresh = await Score.insert({ player: "Zaizee", game: 2, points: 1 })
      .onConflict({ target, preserve: ["points"], where: { points: 0 } })
      .execute();
    expect(fresh).toBe((await Score.get({ player: "Zaizee" })).pk);
    const nothing = Score.insert({ ...row, id: pk, points: 7 }).onConflict({
      target: ["id"],
      preserve: ["points"],
      where: Q({ points: 1 }).or(Q({ points: 2 })),
    });
    expect(await nothing.execute()).toBeNull();
  });

  it("where: of many rows each by itself; nobody is told which", async () => {
    if (isMysql) return;
    const many = Array.from({ length: 40 }, (_, game) => ({ player: "Huey", game, points: game }));
    const insert = Score.insertMany(many);
    const where = { points__lt: Excluded("points") };
    expect(await insert.onConflict({ target, preserve: ["points"], where }).execute()).toBeUndefined();
    const points = await Score.select("points").orderBy("game").scalars();
    expect(points).toEqual(many.map(({ game }) => (game === 1 ? 5 : game)));
  });

  it("where: is about the row's own fields; names are checked, values bound", async () => {
    if (isMysql) return;
    const wrong = Score.insert(row);
    const conflict = (where: object) => wrong.onConflict({ target, preserve: ["points"], where: where as never });
    await expect(conflict({ pionts: 1 }).execute()).rejects.toThrow('Did you mean "points"?');
    await expect(conflict({ points: undefined }).execute()).rejects.toThrow("undefined");
    await expect(conflict({ player: { evil: 1 } }).execute()).rejects.toThrow("player");
    const { sql: text, parameters } = conflict({ player: "x' or 1=1 --", points__gt: 2 }).sql();
    expect(text).not.toContain("1=1");
    expect(parameters).toEqual([...[row.player, 1, 5], "x' or 1=1 --", 2]);
  });

  it("conflictWhere: the condition of a partial index, by which target is unique", async () => {
    const insert = Valid.insert({ person: "Huey", street: "B" });
    const upsert = insert.onConflict({ target: ["person"], conflictWhere: sql`valid`, preserve: ["street"] });
    if (isMysql) {
      await expect(upsert.using(base.db).execute()).rejects.toThrow(/conflictWhere.*has no partial indexes/);
      await expect(base.db.createTables([Valid])).rejects.toThrow(/has no partial indexes: "pw_valid_address_/);
      return;
    }
    Valid.bind(base.db);
    await base.db.createTables([Valid]);
    const first = await Valid.insert({ person: "Huey", street: "A" }).execute();
    await Valid.insertMany([
      { person: "Huey", street: "old", valid: false },
      { person: "Huey", street: "older", valid: false },
    ]).execute();
    await expect(insert.execute()).rejects.toThrow(/unique/i);
    expect(await upsert.execute()).toBe(first);
    expect(await Valid.select("street").where({ valid: true }).scalars()).toEqual(["B"]);
    expect(await Valid.count()).toBe(3);
    const conflict = (conflictWhere: unknown) => () =>
      insert.onConflict({ target: ["person"], preserve: ["street"], conflictWhere: conflictWhere as never });
    expect(conflict(sql`valid = ${true}`)).toThrow("no values");
    expect(conflict("valid")).toThrow("takes SQL");
    const noTarget = insert.onConflict({ conflictWhere: sql`valid`, preserve: ["street"] });
    await expect(noTarget.execute()).rejects.toThrow("say of which fields a partial index is");
    // The model does not take them for unique in all rows.
    const plain = insert.onConflict({ target: ["person"], preserve: ["street"] });
    await expect(plain.execute()).rejects.toThrow("not unique together");
  });

  it("constraint: by its name, on PostgreSQL", async () => {
    const upsert = Score.insert({ ...row, points: 8 }).onConflict({
      constraint: "pw_score_once",
      preserve: ["points"],
    });
    if (engine.name !== "postgres") {
      await expect(upsert.execute()).rejects.toThrow(/constraint.*has no ON CONFLICT ON CONSTRAINT/);
      return;
    }
    expect(await upsert.execute()).toBe((await Score.get({ player: "Huey" })).pk);
    expect((await Score.get({ player: "Huey" })).points).toBe(8);
    const unknown = Score.insert(row).onConflict({ constraint: "pw_score_other", preserve: ["points"] });
    await expect(unknown.execute()).rejects.toThrow("which the model does not declare");
    const { pk } = await Score.get({ player: "Huey" });
    const byKey = Score.insert({ ...row, id: pk, player: "Mickey" });
    expect(
      await byKey.onConflict({ constraint: "pw_score_pkey", target: ["id"], preserve: ["player"] }).execute(),
    ).toBe(pk);
    expect((await Score.getById(pk)).player).toBe("Mickey");
  });
});

describe("onConflict", () => {
  it("refuses what makes no sense", () => {
    const insert = Score.insert(row);
    expect(() => insert.onConflict({ action: "ignore", where: { points: 1 } } as never)).toThrow("where goes with");
    expect(() => insert.onConflict({ constraint: "", preserve: ["points"] })).toThrow("not a usable name");
    expect(() => insert.onConflict({ target: ["player"] })).toThrow("Say what that is: preserve");
    expect(() => insert.onConflict({ target: ["player"], update: "points" } as never)).toThrow("update is an object");
    expect(() => insert.onConflict(undefined as never)).toThrow("takes options");
    expect(() => insert.onConflict({ whree: {} } as never)).toThrow('Did you mean "where"?');
  });
});
