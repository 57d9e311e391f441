import { sql } from "kysely";
import { beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import {
  ConfigurationError,
  Count,
  Database,
  DatabaseProxy,
  F,
  FieldError,
  fields,
  ForeignKeyViolation,
  manager,
  Max,
  MultipleObjectsReturned,
  Prefetch,
  TransactionError,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { Manager } from "dunder-orm/manager";
import { Model as PeeweeModel } from "dunder-orm/peewee";
import { onEngines } from "../../support/engines.js";
import { Book, MODELS, Reader, Shelf } from "./models.js";

onEngines("Manager", (engine) => {
  let db: Database;
  let other: Database;
  let objects: Manager;

  beforeAll(async () => {
    // The models are in no database: the manager alone says where they are.
    db = await engine.database();
    other = await engine.database();
    for (const one of [db, other]) await one.createTables(MODELS);
    objects = new Manager(db);
  });

  beforeEach(async () => {
    for (const one of [db, other]) {
      for (const model of [Book, Reader, Shelf]) await manager(model).using(one).delete({ all: true });
    }
  });

  async function twoBooks(): Promise<{ shelf: Shelf; first: Book; second: Book }> {
    const shelf = await objects.create(Shelf, { name: "north" });
    const first = await objects.create(Book, { title: "Dune", shelf });
    const second = await objects.create(Book, { title: "Emma", shelf, pages: 300 });
    return { shelf, first, second };
  }

  describe("get", () => {
    it("gives the row that matches, of a model or among a queryset's", async () => {
      const { second } = await twoBooks();
      const found = await objects.get(Book, { title: "Emma", shelf__name: "north" });
      expect(found).toBeInstanceOf(Book);
      expectTypeOf(found).toEqualTypeOf<Book>();
      expect(found.pk).toBe(second.pk);
      const joined = await objects.get(Book.objects.selectRelated("shelf"), { pages__gt: 200 });
      expect(joined.shelf.name).toBe("north");
      expectTypeOf(joined.shelf.name).toEqualTypeOf<string>();
    });

    it("gives the first of several, where a queryset's own get throws", async () => {
      await twoBooks();
      expect((await objects.get(Book, { shelf__name: "north" })).title).toBe("Dune");
      expect((await objects.get(Book.objects.orderBy("-title"))).title).toBe("Emma");
      await expect(Book.objects.using(db).get({ shelf__name: "north" })).rejects.toThrow(MultipleObjectsReturned);
    });

    it("throws the model's DoesNotExist where none matches; getOrNull gives null", async () => {
      await expect(objects.get(Book, { title: "Ulysses" })).rejects.toThrow(Book.DoesNotExist);
      await expect(objects.get(Book, { title: "Ulysses" })).rejects.toThrow("No Book matches get({ title }).");
      expect(await objects.getOrNull(Book, { title: "Ulysses" })).toBeNull();
    });

    it("asks a model that has no manager of its own", async () => {
      await objects.create(Reader, { name: "Ada" });
      expect((await objects.get(Reader, { name__istartswith: "a" })).name).toBe("Ada");
    });

    it("refuses what is no model, unknown names and undefined", async () => {
      await expect(objects.get({} as never)).rejects.toThrow(FieldError);
      await expect(objects.get(Date as never)).rejects.toThrow(/takes a model or a queryset/);
      await expect(objects.get(Book, { titel: "x" } as never)).rejects.toThrow(/Did you mean "title"/);
      await expect(objects.get(Book, { title: undefined } as never)).rejects.toThrow(FieldError);
      await twoBooks();
      // What was not given narrows nothing; what was given as nothing is a mistake.
      await expect(objects.get(Book, undefined)).rejects.toThrow(/got undefined/);
      await expect(objects.getOrNull(Book, undefined)).rejects.toThrow(/got undefined/);
      expect((await objects.get(Book)).title).toBe("Dune");
    });
  });

  describe("create", () => {
    it("inserts, sets the key and gives the row", async () => {
      const shelf = await objects.create(Shelf, { name: "south" });
      expect(shelf).toBeInstanceOf(Shelf);
      expect(shelf.pk).toBeGreaterThan(0);
      expect(await objects.count(Shelf)).toBe(1);
    });

    it("tells everything that is wrong before any SQL", async () => {
      await expect(objects.create(Book, { pages: "many" } as never)).rejects.toThrow(ValidationError);
      await expect(objects.create(Shelf.objects as never, { name: "x" } as never)).rejects.toThrow(
        /takes a model, got/,
      );
    });
  });

  describe("update", () => {
    it("saves what changed and gives the number of rows", async () => {
      const { first } = await twoBooks();
      first.title = "Dune Messiah";
      first.pages = 256;
      expect(await objects.update(first)).toBe(1);
      expect(first.isDirty()).toBe(false);
      expect(await objects.get(Book, { pk: first.pk })).toMatchObject({ title: "Dune Messiah", pages: 256 });
    });

    it("saves the fields named alone", async () => {
      const { first } = await twoBooks();
      first.title = "Dune Messiah";
      first.pages = 256;
      expect(await objects.update(first, ["pages"])).toBe(1);
      expect(first.dirtyFields()).toEqual(["title"]);
      expect(await objects.get(Book, { pk: first.pk })).toMatchObject({ title: "Dune", pages: 256 });
      await expect(objects.update(first, ["page"] as never)).rejects.toThrow(/Did you mean "pages"/);
    });

    it("never inserts: 0 for a row that is gone", async () => {
      const { first } = await twoBooks();
      await objects.delete(await objects.get(Book, { pk: first.pk }));
      first.title = "gone";
      expect(await objects.update(first)).toBe(0);
      expect(await objects.count(Book)).toBe(1);
    });

    it("refuses what is no row of a model", async () => {
      await expect(objects.update({ title: "x" } as never)).rejects.toThrow(FieldError);
    });
  });

  describe("delete", () => {
    it("gives 1, and 0 for a row that is gone", async () => {
      const { first } = await twoBooks();
      const same = await objects.get(Book, { pk: first.pk });
      expect(await objects.delete(first)).toBe(1);
      expect(await objects.delete(same)).toBe(0);
    });

    it("leaves rows that point at it to the database", async () => {
      const { shelf } = await twoBooks();
      await expect(objects.delete(shelf)).rejects.toThrow(ForeignKeyViolation);
      expect(await objects.count(Book)).toBe(2);
    });

    it("recursive takes rows along, and sets nullable keys to NULL unless told otherwise", async () => {
      const { shelf, first, second } = await twoBooks();
      const reader = await objects.create(Reader, { name: "Ada" });
      first.lentTo = reader;
      await objects.update(first);
      expect(await objects.delete(reader, { recursive: true })).toBe(1);
      expect((await objects.get(Book, { pk: first.pk })).lentTo).toBeNull();
      const next = await objects.create(Reader, { name: "Bea" });
      second.lentTo = next;
      await objects.update(second);
      await objects.delete(next, { recursive: true, deleteNullable: true });
      expect(await objects.count(Book)).toBe(1);
      await objects.delete(shelf, { recursive: true });
      expect(await objects.count(Book)).toBe(0);
    });
  });

  describe("getOrCreate and createOrGet", () => {
    it("getOrCreate finds by all that it was given, and creates with the defaults", async () => {
      const where = { name: "north" };
      const [made, wasMade] = await objects.getOrCreate(Shelf, where, { defaults: { room: "hall" } });
      expect([made.room, wasMade]).toEqual(["hall", true]);
      const [found, isNew] = await objects.getOrCreate(Shelf, where, { defaults: { room: "attic" } });
      expect([found.pk, found.room, isNew]).toEqual([made.pk, "hall", false]);
    });

    it("createOrGet gives the row that has the unique fields given", async () => {
      const [made, wasMade] = await objects.createOrGet(Shelf, { name: "north", room: "hall" });
      const [found, isNew] = await objects.createOrGet(Shelf, { name: "north", room: "attic" });
      expect([wasMade, isNew]).toEqual([true, false]);
      expect([found.pk, found.room]).toEqual([made.pk, "hall"]);
    });

    it("createOrGet throws where no unique field is given, instead of giving any row", async () => {
      await objects.create(Reader, { name: "Ada" });
      await expect(objects.createOrGet(Reader, { name: "Ada" })).rejects.toThrow(FieldError);
    });
  });

  describe("execute", () => {
    it("gives the rows of querysets, of values, of raw rows and of SQL", async () => {
      await twoBooks();
      const books = await objects.execute(Book.objects.filter({ pages__lt: 200 }));
      expect(books.map(({ title }) => title)).toEqual(["Dune"]);
      const titles = await objects.execute(Book.objects.valuesList("title", { flat: true }));
      expect(titles).toEqual(["Dune", "Emma"]);
      expectTypeOf(titles).toEqualTypeOf<string[]>();
      const raw = await objects.execute(Book.raw(sql`select * from mg_book order by title desc`));
      expect(raw.map(({ title }) => title)).toEqual(["Emma", "Dune"]);
      const counted = await objects.execute(sql<{ n: number | string }>`select count(*) as n from mg_book`);
      expect(Number(counted[0]?.n)).toBe(2);
    });

    it("runs statements of peewee's, on the manager's database", async () => {
      class Lamp extends PeeweeModel("mg_lamp", { watts: fields.integer() }) {}
      await db.createTables([Lamp]);
      const key = await objects.execute(Lamp.insert({ watts: 5 }));
      expect(key).toBeGreaterThan(0);
      expect(await objects.execute(Lamp.insertMany([{ watts: 7 }, { watts: 9 }]))).toHaveLength(2);
      expect(await objects.execute(Lamp.update({ watts: 8 }).where({ watts__gt: 6 }))).toBe(2);
      const lamps = await objects.execute(Lamp.select().where({ watts: 8 }));
      expect(lamps.map(({ watts }) => watts)).toEqual([8, 8]);
      expect(await objects.execute(Lamp.delete().where({ watts: 5 }))).toBe(1);
      await db.dropTables([Lamp]);
    });

    it("refuses what is no query", async () => {
      await expect(objects.execute("select 1" as never)).rejects.toThrow(/takes a queryset/);
      await expect(objects.execute(null as never)).rejects.toThrow(FieldError);
    });
  });

  it("prefetch fetches relations along, of a model or of a queryset", async () => {
    await twoBooks();
    await objects.create(Shelf, { name: "south" });
    const shelves = await objects.prefetch(Shelf.objects.orderBy("name"), "books");
    expectTypeOf(shelves[0]!.books.length).toEqualTypeOf<number>();
    expect(shelves.map((shelf) => [...shelf.books].map(({ title }) => title))).toEqual([["Dune", "Emma"], []]);
    const [north] = await objects.prefetch(
      Shelf,
      Prefetch("books", Book.objects.filter({ pages__gt: 200 }), { toAttr: "thick" }),
    );
    expect(north?.thick.map(({ title }) => title)).toEqual(["Emma"]);
  });

  it("count honours slices, unless told to clear them", async () => {
    await twoBooks();
    expect(await objects.count(Book.objects.filter({ pages: 300 }))).toBe(1);
    expect(await objects.count(Book.objects.limit(1))).toBe(1);
    expect(await objects.count(Book.objects.offset(1).limit(5), { clearLimit: true })).toBe(2);
    expect(await objects.count(Reader)).toBe(0);
  });

  it("scalar gives the first value of the first row, or the row as a list", async () => {
    expect(await objects.scalar(Book.objects.valuesList("title", { flat: true }))).toBeNull();
    const { first } = await twoBooks();
    expect(await objects.scalar(Book.objects.valuesList("title", { flat: true }))).toBe("Dune");
    expect(await objects.scalar(Book.objects.values("pages", "title"))).toBe(100);
    expect(await objects.scalar(Book.objects.values("pages", "title"), { asTuple: true })).toEqual([100, "Dune"]);
    expect(await objects.scalar(Book)).toBe(first.pk);
    const most = Shelf.objects.values("name").annotate({ most: Max("books__pages"), n: Count("books") });
    expect(await objects.scalar(most, { asTuple: true })).toEqual(["north", 300, 2]);
  });

  describe("transactions", () => {
    it("atomic keeps all or nothing, and nests", async () => {
      await expect(
        objects.atomic(async () => {
          await objects.create(Shelf, { name: "north" });
          await expect(objects.atomic(() => objects.create(Shelf, { name: "north" }))).rejects.toThrow(UniqueViolation);
          expect(await objects.count(Shelf)).toBe(1);
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      expect(await objects.count(Shelf)).toBe(0);
    });

    it("tasks side by side have transactions of their own", async () => {
      const outcomes = await Promise.allSettled(
        ["a", "b", "c"].map((name) =>
          objects.atomic(async () => {
            await objects.create(Shelf, { name });
            if (name === "b") throw new Error("no");
          }),
        ),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await objects.execute(Shelf.objects.orderBy("name").valuesList("name", { flat: true }))).toEqual([
        "a",
        "c",
      ]);
    });

    it("transaction and savepoint end by hand", async () => {
      const transaction = await objects.transaction();
      await transaction.run(async () => {
        await objects.create(Shelf, { name: "kept" });
        const savepoint = await objects.savepoint();
        await objects.create(Shelf, { name: "undone" });
        await savepoint.rollback();
      });
      await transaction.commit();
      expect(await objects.execute(Shelf.objects.valuesList("name", { flat: true }))).toEqual(["kept"]);
      await expect(objects.savepoint()).rejects.toThrow(TransactionError);
    });
  });

  describe("databases", () => {
    it("a queryset runs where the manager is, and a manager moves by using", async () => {
      const elsewhere = objects.using(other);
      await objects.create(Shelf, { name: "here" });
      await elsewhere.create(Shelf, { name: "there" });
      const names = Shelf.objects.valuesList("name", { flat: true });
      expect(await objects.execute(names)).toEqual(["here"]);
      expect(await elsewhere.execute(names)).toEqual(["there"]);
      expect(await elsewhere.execute(Shelf.raw(sql`select * from mg_shelf`))).toHaveLength(1);
      const row = await elsewhere.get(Shelf);
      row.room = "cellar";
      await row.save();
      expect(await elsewhere.count(Shelf.objects.filter({ room: "cellar" }))).toBe(1);
    });

    it("takes a proxy, and a database that is told later where it is; connects once for all that ask", async () => {
      const proxy = new DatabaseProxy();
      const early = new Manager(proxy);
      await expect(early.count(Shelf)).rejects.toThrow(/was not told its database yet/);
      proxy.initialize(other);
      expect(await early.count(Shelf)).toBe(0);
      const deferred = new Database(null);
      const late = new Manager(deferred);
      await expect(late.connect()).rejects.toThrow(ConfigurationError);
      await deferred.init(await engine.url());
      expect(late.isConnected).toBe(false);
      expect(await Promise.all([late.connect(), late.connect()])).toHaveLength(2);
      expect(late.isConnected).toBe(true);
      expect(await late.connect()).toBe(false);
      expect(await late.close()).toBe(true);
      expect(await late.close()).toBe(false);
    });

    it("a subclass may name its database; without any there is nothing to make", () => {
      class Objects extends Manager {
        static override readonly database = db;
      }
      expect(new Objects().database).toBe(db);
      expect(new Objects().using(other)).toBeInstanceOf(Objects);
      expect(() => new Manager()).toThrow(ConfigurationError);
      expect(() => new Manager({} as never)).toThrow(/expected a Database/);
      expect(() => new Manager("sqlite:x.sqlite")).toThrow(/looks like a URL/);
    });
  });

  it("writes expressions as the models' own managers do", async () => {
    const { first } = await twoBooks();
    await Book.objects
      .using(db)
      .filter({ pk: first.pk })
      .update({ pages: F("pages").add(1) });
    expect((await objects.get(Book, { pk: first.pk })).pages).toBe(101);
  });
});
