import { expect, it } from "vitest";
import { fields, manager } from "dunder-orm";
import { createEngine, declarativeBase, Registry, Session, sessionMaker, UnmappedError } from "dunder-orm/session";
import { onEngines } from "../../support/engines.js";

onEngines("sessions: engines and registries", (engine) => {
  it("a base has its tables, creates and drops them, and its classes need no database of their own", async () => {
    const Base = declarativeBase();
    class Author extends Base.Model("base_author", {
      name: fields.string({ maxLength: 50 }),
      essays: () => fields.hasMany(Essay, "author"),
    }) {
      static objects = manager(this);
    }
    class Essay extends Base.Model("base_essay", { author: () => fields.foreignKey(Author) }) {}
    expect([...Base.metadata.tables.keys()]).toEqual(["base_author", "base_essay"]);
    const column = Base.metadata.tables.get("base_essay")?.columns.find(({ name }) => name === "author_id");
    expect(column?.references).toBe("base_author.id");
    await using own = createEngine(await engine.url());
    await Base.metadata.createAll(own);
    await Base.metadata.createAll(own);
    const Sessions = sessionMaker(own);
    await Sessions.begin(async (session) => {
      const author = new Author({ name: "a" });
      author.essays.append(new Essay({ author }));
      session.add(author);
      await session.flush();
    });
    await Sessions.begin(async (session) => {
      const author = await session.query(Author).one();
      expect((await author.essays.all()).length).toBe(1);
      expect(await session.query(Author).oneOrNull()).toBe(author);
      expect(await session.query(Author).at(0)).toBe(author);
      expect(await session.query(Author).at(1)).toBe(undefined);
    });
    await own.dispose();
    await using session = new Session(own);
    expect(await session.query(Essay).count()).toBe(1);
    await session.close();
    await Base.metadata.dropAll(own);
    await using after = new Session(own);
    await expect(after.query(Essay).count()).rejects.toThrow();
  });

  it("disposed of, its classes are models no more, and its tables are there still", async () => {
    const registry = new Registry();
    class Pen extends registry.Model("registry_pen", { colour: fields.string({ maxLength: 20 }) }) {
      static objects = manager(this);
    }
    await using own = createEngine(await engine.url());
    await registry.metadata.createAll(own);
    await Pen.objects.using(own.database).create({ colour: "blue" });
    expect(registry.mappers).toEqual([Pen]);
    registry.dispose();
    await using session = new Session(own);
    expect(() => session.query(Pen)).toThrow(UnmappedError);
    expect(() => new Pen({ colour: "red" })).toThrow(UnmappedError);
    await expect(Pen.objects.count()).rejects.toThrow(UnmappedError);
    const table = registry.metadata.tables.get("registry_pen");
    if (table === undefined) throw new Error("a table");
    expect(await table.rows(own).count()).toBe(1);
    await registry.metadata.dropAll(own);
    await table.create(own);
    expect(await table.rows(own).count()).toBe(0);
  });

  it("is disposed of with those that point at it, if told so", () => {
    const [one, two] = [new Registry(), new Registry()];
    class Shop extends one.Model("registry_shop", {}) {
      static objects = manager(this);
    }
    class Sale extends two.Model("registry_sale", { shop: () => fields.foreignKey(Shop) }) {
      static objects = manager(this);
    }
    expect(two.mappers).toEqual([Sale]);
    expect(() => one.dispose()).toThrow(/cascade/);
    one.dispose({ cascade: true });
    expect(() => new Sale({ shop: 1 })).toThrow(UnmappedError);
  });
});
