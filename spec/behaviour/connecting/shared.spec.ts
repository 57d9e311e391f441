import { describe, expect, it } from "vitest";
import { ConfigurationError, Database, fields, manager, Model, sharedDatabase } from "dunder-orm";

class Note extends Model("note", { id: fields.integer({ primaryKey: true }) }) {
  static objects = manager(this);
}

describe("sharedDatabase", () => {
  it("gives the database that was made before, when a module is loaded again", async () => {
    const load = (): Database =>
      sharedDatabase("again", () => new Database("sqlite::memory:", { alias: "again", onQuery: () => undefined }));
    const first = load();
    await first.createTables([Note]);
    await Note.objects.using("again").create({});
    const second = load();
    expect(second).toBe(first);
    // Its alias is its own, too, and not that of the one that was made to compare.
    expect(await Note.objects.using("again").count()).toBe(1);
    await first.close();
  });

  it("makes another one where the URL or an option is another, and closes the older", async () => {
    const first = sharedDatabase("moved", () => new Database("sqlite::memory:", { planCacheSize: 5 }));
    await first.connect();
    const second = sharedDatabase("moved", () => new Database("sqlite::memory:", { planCacheSize: 6 }));
    expect(second).not.toBe(first);
    await expect.poll(() => first.isConnected).toBe(false);
    const third = sharedDatabase("moved", () => new Database("sqlite:moved.sqlite", { planCacheSize: 6 }));
    expect(third).not.toBe(second);
    expect(sharedDatabase("moved", () => third)).toBe(third);
  });

  it("makes another one where it was closed", async () => {
    const load = (): Database => sharedDatabase("closed", () => new Database("sqlite::memory:"));
    const first = load();
    await first.connect();
    await first.close();
    expect(load()).not.toBe(first);
  });

  it("keeps what one name has apart from what another has, and outlives this module", () => {
    const one = sharedDatabase("one", () => new Database("sqlite::memory:"));
    const other = sharedDatabase("other", () => new Database("sqlite::memory:"));
    expect(one).not.toBe(other);
    const kept = (globalThis as Record<symbol, Map<string, unknown>>)[Symbol.for("dunder-orm.shared-databases")];
    expect(kept?.get("one")).toBe(one);
  });

  it("closes what another copy of this library has left under the name", async () => {
    let closed = false;
    const kept = (globalThis as Record<symbol, Map<string, unknown>>)[Symbol.for("dunder-orm.shared-databases")];
    kept?.set("older copy", { close: () => Promise.resolve((closed = true)) });
    const made = sharedDatabase("older copy", () => new Database("sqlite::memory:"));
    expect(made).toBeInstanceOf(Database);
    await expect.poll(() => closed).toBe(true);
  });

  it("takes a name and a function that makes a database", () => {
    for (const [name, make] of [
      ["", () => new Database("sqlite::memory:")],
      [5, () => new Database("sqlite::memory:")],
      ["x", undefined],
      ["x", new Database("sqlite::memory:")],
    ] as const) {
      expect(() => sharedDatabase(name as never, make as never)).toThrow(ConfigurationError);
    }
    expect(() => sharedDatabase("x", (() => Promise.resolve(5)) as never)).toThrow(/fn makes a Database, it gave/);
  });
});
