import { expect, it } from "vitest";
import { ConfigurationError, fields, manager, Model, UnmappedError } from "dunder-orm";
import { onEngines } from "../../support/engines.js";

onEngines("db.metadata and db.registry", (engine) => {
  it("has the tables of the models that name the database, in declared order, and creates and drops them", async () => {
    const db = await engine.database();
    const Named = db.Model("md_named", { title: fields.string({ maxLength: 20, null: true }) });
    class Pen extends db.Model("md_pen", { colour: fields.string({ maxLength: 20 }) }) {
      static objects = manager(this);
    }
    class Cap extends db.Model("md_cap", { pen: () => fields.foreignKey(Pen, { onDelete: "cascade" }) }) {
      static objects = manager(this);
    }
    class Base extends Model("md_base", {}, { database: db, abstract: true }) {}
    expect([...db.metadata.tables.keys()]).toEqual(["md_named", "md_pen", "md_cap"]);
    const references = db.metadata.tables.get("md_cap")?.columns.map((column) => column.references);
    expect(references).toEqual([null, "md_pen.id"]);
    await db.metadata.createAll();
    await db.metadata.createAll();
    await Cap.objects.create({ pen: await Pen.objects.create({ colour: "blue" }) });
    expect(await db.metadata.tables.get("md_pen")?.rows().count()).toBe(1);
    await db.metadata.dropAll();
    await expect(Pen.objects.count()).rejects.toThrow();
    await db.metadata.tables.get("md_pen")?.create();
    expect(await Pen.objects.count()).toBe(0);
    expect(db.registry.mappers).toEqual([Named, Pen, Cap]);
    expect(db.registry.mappers).not.toContain(Base);
  });

  it("has those that are bound to it, and no others", async () => {
    const [db, other] = [await engine.database(), await engine.database()];
    class Ink extends Model("md_ink", { colour: fields.string({ maxLength: 20 }) }) {
      static objects = manager(this);
    }
    expect(db.metadata.tables.has("md_ink")).toBe(false);
    Ink.bind(db);
    expect([...db.metadata.tables.keys()]).toEqual(["md_ink"]);
    expect([...other.metadata.tables.keys()]).toEqual([]);
    Ink.bind(other);
    expect([db.metadata.tables.size, other.metadata.tables.size]).toEqual([0, 1]);
    Ink.bind(null);
  });

  it("disposed of, its classes are models no more; its tables are known still", async () => {
    const db = await engine.database();
    class Nib extends db.Model("md_nib", { width: fields.integer() }) {
      static objects = manager(this);
    }
    await db.metadata.createAll();
    await Nib.objects.create({ width: 3 });
    expect(db.registry.mappers).toEqual([Nib]);
    db.registry.dispose();
    db.registry.dispose();
    expect(db.registry.mappers).toEqual([]);
    expect(() => new Nib({ width: 1 })).toThrow(UnmappedError);
    await expect(Nib.objects.count()).rejects.toThrow(/Nib is no model any more/);
    expect(await db.metadata.tables.get("md_nib")?.rows().count()).toBe(1);
    await db.metadata.dropAll();
    await db.metadata.createAll();
    expect(await db.metadata.tables.get("md_nib")?.rows().count()).toBe(0);
    const Bare = db.Model("md_bare", { n: fields.integer() });
    db.registry.dispose();
    expect(() => new Bare({ n: 1 })).toThrow(UnmappedError);
    expect(db.metadata.tables.get("md_bare")?.columns.map(({ name }) => name)).toEqual(["id", "n"]);
    await db.metadata.createAll();
    class Later extends db.Model("md_later", {}) {
      static objects = manager(this);
    }
    expect(db.registry.mappers).toEqual([Later]);
    expect([...db.metadata.tables.keys()]).toEqual(["md_nib", "md_bare", "md_later"]);
  });

  it("is not disposed of while models of another one point at its own, unless told so", async () => {
    const [db, other] = [await engine.database(), await engine.database()];
    class Shop extends db.Model("md_shop", {}) {
      static objects = manager(this);
    }
    class Sale extends other.Model("md_sale", { shop: () => fields.foreignKey(Shop) }) {
      static objects = manager(this);
    }
    expect([db.registry.mappers, other.registry.mappers]).toEqual([[Shop], [Sale]]);
    expect(() => db.registry.dispose()).toThrow(ConfigurationError);
    expect(db.registry.mappers).toEqual([Shop]);
    db.registry.dispose({ cascade: true });
    expect(() => new Sale({ shop: 1 })).toThrow(UnmappedError);
  });
});
