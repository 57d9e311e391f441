import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  ConfigurationError,
  ConnectionError,
  Count,
  Database,
  F,
  manager,
  NotSupportedError,
  preSave,
  TransactionError,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { Manager, SyncNotAllowedError } from "dunder-orm/manager";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Book, MODELS, Reader, Shelf } from "./models.js";

onEngines("querysets without promises", (engine) => {
  const holder = useDatabase(engine, MODELS);

  beforeEach(async () => {
    holder.db.allowSync = true;
    for (const model of [Book, Shelf]) await model.objects.delete({ all: true });
  });

  if (engine.name !== "sqlite") {
    it("are SQLite's alone: a server answers later", () => {
      expect(() => Shelf.objects.sync.all()).toThrow(NotSupportedError);
      expect(() => Shelf.objects.sync.create({ name: "x" })).toThrow(/answer later.*Await/s);
    });
    return;
  }

  function filled(): Shelf {
    const shelf = Shelf.objects.sync.create({ name: "north" });
    for (const title of ["Emma", "Dune"]) Book.objects.sync.create({ title, shelf });
    return shelf;
  }

  it("read rows, as the queryset's own methods do", async () => {
    const shelf = filled();
    const books = Book.objects.filter({ shelf__name: "north" });
    expect(books.sync.all().map(({ title }) => title)).toEqual(["Dune", "Emma"]);
    expect([...books.sync].map(({ title }) => title)).toEqual(["Dune", "Emma"]);
    expect(books.sync.all()).toEqual(await books.all());
    expect(books.sync.get({ title: "Emma" }).title).toBe("Emma");
    expect(books.sync.getOrNull({ title: "Ulysses" })).toBeNull();
    expect(() => books.sync.get({ title: "Ulysses" })).toThrow(Book.DoesNotExist);
    expect(() => books.sync.get()).toThrow(Book.MultipleObjectsReturned);
    expect(() => books.sync.getOrNull()).toThrow(/found 2 rows/);
    expect([books.sync.first()?.title, books.sync.last()?.title]).toEqual(["Dune", "Emma"]);
    expect([books.sync.count(), books.sync.exists()]).toEqual([2, true]);
    expect(manager(Reader).sync.exists()).toBe(false);
    expect(books.selectRelated("shelf").sync.first()?.shelf.name).toBe("north");
    expect(books.valuesList("title", { flat: true }).sync.all()).toEqual(["Dune", "Emma"]);
    expect(books.sync.aggregate({ n: Count("*") })).toEqual({ n: 2 });
    expect(Shelf.objects.sync.inBulk([shelf.pk]).get(shelf.pk)?.name).toBe("north");
    expect(shelf.books.sync.count()).toBe(2);
    expect(Book.objects.none().sync.all()).toEqual([]);
  });

  it("write rows", async () => {
    const shelf = filled();
    expect(Book.objects.filter({ title: "Dune" }).sync.update({ pages: F("pages").add(11) })).toBe(1);
    expect((await Book.objects.get({ title: "Dune" })).pages).toBe(111);
    expect(shelf.books.sync.create({ title: "Ulysses" }).shelf.pk).toBe(shelf.pk);
    expect(Book.objects.filter({ title: "Ulysses" }).sync.delete()).toEqual({ total: 1, byModel: { Book: 1 } });
    expect(await Book.objects.count()).toBe(2);
  });

  it("tell the errors of their values and of the database at once", () => {
    filled();
    expect(() => Shelf.objects.sync.create({ name: "north" })).toThrow(UniqueViolation);
    expect(() => Shelf.objects.sync.create({ name: 3 } as never)).toThrow(ValidationError);
    expect(() => Shelf.objects.sync.create({} as never)).toThrow(/name/);
    expect(() => Book.objects.sync.update({ pages: 1 })).toThrow(/Say so/);
    expect(() => Book.objects.sync.delete()).toThrow(/Say so/);
    expect(Book.objects.sync.count()).toBe(2);
  });

  it("take part in the atomic block around them", async () => {
    await expect(
      holder.db.atomic(async () => {
        filled();
        expect(await Book.objects.count()).toBe(2);
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(Book.objects.sync.count()).toBe(0);
  });

  it("break the atomic block around them with their errors, as others do", async () => {
    await expect(
      holder.db.atomic(() => {
        filled();
        expect(() => Shelf.objects.sync.create({ name: "north" })).toThrow(UniqueViolation);
        expect(() => Shelf.objects.sync.count()).toThrow(TransactionError);
        return Promise.resolve();
      }),
    ).rejects.toThrow();
    expect(Shelf.objects.sync.count()).toBe(0);
  });

  it("do not wait for somebody else's transaction, and leave nothing behind", async () => {
    const transaction = await holder.db.transaction();
    expect(() => Shelf.objects.sync.create({ name: "north" })).toThrow(TransactionError);
    await transaction.rollback();
    await new Promise((resolve) => setImmediate(resolve));
    expect(Shelf.objects.sync.count()).toBe(0);
  });

  it("do not wait for what is under way in their own block", async () => {
    await holder.db.atomic(async () => {
      const inner = holder.db.atomic(() => new Promise((resolve) => setTimeout(resolve, 20)));
      expect(() => Shelf.objects.sync.count()).toThrow(/Something else is under way/);
      await inner;
      expect(Shelf.objects.sync.count()).toBe(0);
    });
  });

  it("refuse what takes several steps, by name", () => {
    const { objects } = Shelf;
    expect(() => objects.prefetchRelated("books").sync.all()).toThrow(/fetches relations by queries of their own/);
    expect(() => objects.timeout(10).sync.all()).toThrow(/has a limit/);
    expect(() => objects.filter({ name: "x" }).sync.delete()).toThrow(/deals with rows that point at these/);
    expect(() => Book.objects.sync.create({ title: "x", shelf: { name: "new" } })).toThrow(NotSupportedError);
    const stop = preSave.connect(Shelf, () => undefined);
    expect(() => objects.sync.create({ name: "heard" })).toThrow(/receivers of signals/);
    stop();
  });

  it("are told to those who watch", async () => {
    const seen: string[] = [];
    const watched = await engine.database({ onQuery: ({ sql, error }) => seen.push(`${error === null} ${sql}`) });
    await watched.createTables(MODELS);
    seen.length = 0;
    const shelves = Shelf.objects.using(watched);
    shelves.sync.create({ name: "north" });
    expect(() => shelves.sync.create({ name: "north" })).toThrow(UniqueViolation);
    expect(shelves.sync.count()).toBe(1);
    expect(seen.map((line) => line.slice(0, 12))).toEqual(["true insert ", "false insert", "true select "]);
  });

  describe("allowSync", () => {
    it("false refuses, within manager.allowSync too for all but its function", async () => {
      const objects = new Manager(holder.db);
      holder.db.allowSync = false;
      expect(() => Shelf.objects.sync.all()).toThrow(SyncNotAllowedError);
      expect(() => Shelf.objects.sync.create({ name: "x" })).toThrow(/Shelf: sync\.create\(\) is not allowed/);
      expect(objects.allowSync(() => Shelf.objects.sync.count())).toBe(0);
      const inside = objects.allowSync(async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return Shelf.objects.sync.count();
      });
      expect(() => Shelf.objects.sync.all()).toThrow(SyncNotAllowedError);
      expect(await inside).toBe(0);
      expect(() => objects.allowSync(() => Shelf.objects.sync.get({ name: "x" }))).toThrow(Shelf.DoesNotExist);
      expect(() => Shelf.objects.sync.all()).toThrow(SyncNotAllowedError);
      expect(() => objects.allowSync(1 as never)).toThrow(ConfigurationError);
    });

    it('"warn" warns of each use, with the line, and does it', () => {
      const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
      holder.db.allowSync = "warn";
      expect(Shelf.objects.sync.count()).toBe(0);
      expect(warned).toHaveBeenCalledOnce();
      expect(warned.mock.calls[0]?.[0]).toMatch(/Shelf: sync\.count\(\) was used/);
      expect((warned.mock.calls[0]?.[1] as { detail?: string }).detail).toContain("sync.spec.ts");
      warned.mockRestore();
    });

    it("takes nothing else", () => {
      expect(() => (holder.db.allowSync = "error" as never)).toThrow(ConfigurationError);
    });
  });

  it("need a database that is connected", async () => {
    const fresh = new Database(await engine.url());
    expect(() => Shelf.objects.using(fresh).sync.all()).toThrow(ConnectionError);
    await fresh.connect();
    await fresh.createTables(MODELS);
    expect(Shelf.objects.using(fresh).sync.all()).toEqual([]);
    await fresh.close();
    expect(() => Shelf.objects.using(fresh).sync.all()).toThrow(/await db\.connect\(\)/);
  });
});
