import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import {
  Count,
  Database,
  F,
  FieldError,
  fields,
  ForeignKeyViolation,
  IntegrityError,
  manager,
  Model,
  type OnDelete,
  ProtectedError,
  type QueryEvent,
  set,
  ValidationError,
} from "dunder-orm";
import { bindsLists } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Shelf extends Model("shelf", {
  name: fields.string({ maxLength: 20 }),
  books: () => fields.hasMany(Book, "shelf"),
}) {
  static objects = manager(this);
}

/** A proxy. */
class TopShelf extends Shelf {
  static override objects = manager(this);
}

class Book extends Model("book", {
  title: fields.string({ maxLength: 20 }),
  shelf: () => fields.foreignKey(Shelf, { onDelete: "cascade" }),
  copies: () => fields.hasMany(Copy, "book"),
}) {
  static objects = manager(this);
}

/** A proxy whose foreign key is that of its model. */
class LoudBook extends Book {
  static override objects = manager(this);
}

/** Nothing but the key of its book. */
class Copy extends Model("copy", {
  book: () => fields.oneToOne(Book, { primaryKey: true, onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

class Loan extends Model("loan", {
  copy: () => fields.foreignKey(Copy, { onDelete: "protect" }),
}) {
  static objects = manager(this);
}

class Sign extends Model("sign", {
  shelf: () => fields.foreignKey(Shelf, { null: true, onDelete: set(wrong) }),
}) {
  static objects = manager(this);
}

let next: unknown = null;
function wrong(): unknown {
  return next;
}

/** Of another database, where it has no table. */
class Elsewhere extends Model("elsewhere", { shelf: () => fields.foreignKey(Shelf, { onDelete: "cascade" }) }) {
  static objects = manager(this);
}

/** Never usable: deletes of others do not stumble over it. */
class Broken extends Model("broken", {
  shelf: () => fields.foreignKey(Shelf, { onDelete: "set null" }),
}) {
  static objects = manager(this);
}

/** A tenant's customers, and orders that share the tenant with them: it stays when a customer goes. */
class Customer extends Model(
  "customer",
  { tenant: fields.integer(), code: fields.string({ maxLength: 10 }) },
  { primaryKey: ["tenant", "code"] },
) {
  static objects = manager(this);
}

class Order extends Model("order", {
  tenant: fields.integer({ default: 9 }),
  customer: () => shared(set(null), "customer"),
  payer: () => shared("set default", "payer"),
}) {
  static objects = manager(this);
}

function shared(onDelete: OnDelete, name: string) {
  return fields.foreignKey(Customer, { null: true, columns: ["tenant", `${name}_code`], onDelete });
}

/** Known to the database only. */
function unknownModel() {
  return class Hidden extends Model("hidden", { shelf: () => fields.foreignKey(Shelf, { onDelete: "cascade" }) }) {};
}

const createHidden = sql`create table hidden (id integer primary key, shelf_id integer not null,
  foreign key (shelf_id) references shelf (id) on delete cascade)`;
const insertHidden = (shelf: number) => sql`insert into hidden (id, shelf_id) values (1, ${shelf})`;

onEngines("Deleting, in its fine points:", (engine) => {
  const events: QueryEvent[] = [];
  const held = useDatabase(engine, [Shelf, Book, Copy, Loan, Sign, Customer, Order], {
    onQuery: (event) => events.push(event),
  });
  Elsewhere.bind(new Database("sqlite::memory:"));

  beforeEach(async () => {
    next = null;
    for (const model of [Sign, Loan, Copy, Book, Shelf]) await model.objects.delete({ all: true });
    events.length = 0;
  });
  const verbs = (): string[] => events.map(({ sql }) => sql.slice(0, 6));

  async function shelf(name: string, books = 2): Promise<Shelf> {
    const made = await Shelf.objects.create({ name });
    const rows = Array.from({ length: books }, (_, index) => ({ title: `${name}-${index}`, shelf: made }));
    await Book.objects.bulkCreate(rows);
    for (const book of await Book.objects.filter({ shelf: made }).all()) await Copy.objects.create({ book });
    events.length = 0;
    return made;
  }

  it("a row that nothing points at takes one statement, and one that leaves point at two", async () => {
    const { pk } = await shelf("a", 1);
    const sign = await Sign.objects.create({ shelf: pk });
    events.length = 0;
    expect(await sign.delete()).toEqual({ total: 1, byModel: { Sign: 1 } });
    expect(verbs()).toEqual(["delete"]);
    expect(await Copy.objects.delete({ all: true })).toEqual({ total: 1, byModel: { Copy: 1 } });
    expect(verbs()).toEqual(["delete", "select", "select", "delete"]);
  });

  it.skipIf(without.has("plans"))("plans are made once for a shape", async () => {
    const [first, second] = [await shelf("a"), await shelf("b")];
    await first.delete();
    const { compiled } = held.db.stats.plans;
    await second.delete();
    expect(held.db.stats.plans.compiled).toBe(compiled);
  });

  it("a queryset may ask about the very rows that go first", async () => {
    await shelf("a");
    await shelf("b", 3);
    await shelf("c", 0);
    const asked = Shelf.objects.filter({ books__title__startswith: "a" });
    expect((await asked.delete({ dryRun: true })).byModel).toEqual({ Shelf: 1, Book: 2, Copy: 2 });
    expect(await asked.delete()).toEqual({ total: 5, byModel: { Copy: 2, Book: 2, Shelf: 1 } });
    const counted = Shelf.objects.annotate({ n: Count("books") }).filter({ n__gte: 3 });
    expect(await counted.delete()).toEqual({ total: 7, byModel: { Copy: 3, Book: 3, Shelf: 1 } });
    const none = Shelf.objects.exclude({ books__isnull: false }).orderBy("-name").distinct().selectForUpdate();
    expect(await none.delete()).toEqual({ total: 1, byModel: { Shelf: 1 } });
    expect(await Shelf.objects.none().delete({ dryRun: true })).toEqual({
      total: 0,
      byModel: {},
      updates: {},
      blockers: [],
    });
  });

  it("names no one else's rows: a related manager deletes its own", async () => {
    const [first] = [await shelf("é"), await shelf("b")];
    expect(await first.books.filter({ title__endswith: "1" }).delete()).toEqual({
      total: 2,
      byModel: { Copy: 1, Book: 1 },
    });
    expect(await Book.objects.count()).toBe(3);
  });

  it("many rows go in batches", async () => {
    const big = await Shelf.objects.create({ name: "big" });
    const books = await Book.objects.bulkCreate(
      Array.from({ length: 2300 }, (_, index) => ({ title: `t${index}`, shelf: big })),
    );
    expect(books).toHaveLength(2300);
    const rows = await Book.objects.valuesList("pk", { flat: true }).all();
    await Copy.objects.bulkCreate(rows.map((book) => ({ book })));
    events.length = 0;
    expect(await big.delete()).toEqual({ total: 4601, byModel: { Copy: 2300, Book: 2300, Shelf: 1 } });
    const batches = Math.ceil(2300 / (bindsLists ? 1000 : 512));
    // Signs and books of one shelf; copies of many books, loans of many copies.
    expect(verbs().filter((verb) => verb === "select")).toHaveLength(2 + batches + batches);
    expect(verbs().filter((verb) => verb === "delete")).toHaveLength(batches + batches + 1);
  });

  it("protection is found at any depth, before anything goes", async () => {
    const top = await shelf("a");
    const copy = await Copy.objects.filter({ book__title: "a-1" }).get();
    const loans = await Loan.objects.bulkCreate(Array.from({ length: 12 }, () => ({ copy })));
    events.length = 0;
    const error: unknown = await top.delete().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProtectedError);
    expect(error).toBeInstanceOf(ForeignKeyViolation);
    expect(error).toBeInstanceOf(IntegrityError);
    const { blockers, message } = error as ProtectedError;
    expect(blockers).toMatchObject([{ model: "Loan", field: "copy", rule: "protect", count: 12 }]);
    expect(blockers[0]?.keys).toHaveLength(10);
    expect(message).toMatch(/12 rows of Loan by Loan\.copy \(onDelete: "protect"\)/);
    expect((error as Error).stack).toContain("on-delete-fine-points");
    expect(verbs()).not.toContain("delete");
    expect(top.pk).not.toBeNull();
    expect((await top.delete({ dryRun: true })).blockers).toEqual(blockers);
    expect(await Book.objects.count()).toBe(2);
    expect(loans).toHaveLength(12);
  });

  it("what an atomic block undoes is as it was, and a refused delete leaves the block usable", async () => {
    const [first, second] = [await shelf("a"), await shelf("b")];
    await Loan.objects.create({
      copy: await Copy.objects.filter({ book__shelf: second }).orderBy("pk").earliest("pk"),
    });
    const { pk } = first;
    const undone = held.db.atomic(async () => {
      expect(await first.delete()).toMatchObject({ total: 5 });
      expect([first.pk, await Shelf.objects.count()]).toEqual([null, 1]);
      await expect(second.delete()).rejects.toBeInstanceOf(ProtectedError);
      expect(await Book.objects.count()).toBe(2);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect([first.pk, first.isDirty(), await Book.objects.count()]).toEqual([pk, false, 4]);
    expect(await first.delete()).toMatchObject({ total: 5 });
  });

  it("a row that is gone, or never was, counts nothing", async () => {
    const made = await shelf("a", 0);
    const again = await Shelf.objects.get({ pk: made.pk });
    await made.delete();
    expect(await again.delete()).toEqual({ total: 0, byModel: {} });
    await expect(made.delete()).rejects.toBeInstanceOf(FieldError);
    await made.save();
    expect(await made.delete()).toEqual({ total: 1, byModel: { Shelf: 1 } });
    await expect(new Shelf({ name: "x" }).delete({ dryRun: true })).rejects.toBeInstanceOf(FieldError);
  });

  it("proxies are of the same table, and counted once", async () => {
    const made = await shelf("a");
    const top = await TopShelf.objects.get({ pk: made.pk });
    expect(await top.delete()).toEqual({ total: 5, byModel: { Copy: 2, Book: 2, TopShelf: 1 } });
    await shelf("b", 1);
    expect(await LoudBook.objects.filter({ title: F("title") }).delete()).toEqual({
      total: 2,
      byModel: { Copy: 1, LoudBook: 1 },
    });
  });

  it("a function gives a key, a row or null, is called for rows only, and its value is checked", async () => {
    const [first, second] = [await shelf("a", 0), await shelf("b", 0)];
    const sign = await Sign.objects.create({ shelf: first });
    next = { toString: () => "x" };
    await expect(first.delete()).rejects.toBeInstanceOf(ValidationError);
    next = 424_242;
    await expect(first.delete()).rejects.toBeInstanceOf(ForeignKeyViolation);
    next = Promise.resolve(second);
    expect(await first.delete({ dryRun: true })).toEqual({
      total: 1,
      byModel: { Shelf: 1 },
      updates: { "Sign.shelf": 1 },
      blockers: [],
    });
    expect(await first.delete()).toEqual({ total: 1, byModel: { Shelf: 1 } });
    await sign.refresh();
    expect(sign.shelf?.pk).toBe(second.pk);
    next = null;
    await second.delete();
    await sign.refresh();
    expect(sign.shelf).toBeNull();
  });

  it("a column that a foreign key shares keeps its value", async () => {
    const [ann, bo] = await Customer.objects.bulkCreate([
      { tenant: 1, code: "ann" },
      { tenant: 1, code: "bo" },
    ]);
    const order = await Order.objects.create({ tenant: 1, customer: ann!, payer: bo! });
    expect(await Customer.objects.filter({ code__in: ["ann", "bo"] }).delete({ dryRun: true })).toMatchObject({
      updates: { "Order.customer": 1, "Order.payer": 1 },
    });
    expect(await ann!.delete()).toEqual({ total: 1, byModel: { Customer: 1 } });
    await order.refresh();
    expect([order.tenant, order.customer, order.payer?.pk]).toEqual([1, null, [1, "bo"]]);
    expect(await bo!.delete()).toEqual({ total: 1, byModel: { Customer: 1 } });
    await order.refresh();
    expect([order.tenant, order.payer]).toEqual([1, null]);
  });

  it("a model that no one knows is the database's own affair", async () => {
    const Hidden = unknownModel();
    const made = await shelf("a", 0);
    await held.db.execute(createHidden);
    await held.db.execute(insertHidden(made.pk));
    expect(await made.delete()).toEqual({ total: 1, byModel: { Shelf: 1 } });
    expect(await held.db.execute(sql`select * from hidden`)).toEqual([]);
    const other = await shelf("b", 0);
    Hidden.bind(held.db);
    await held.db.execute(insertHidden(other.pk));
    // From its first use on it is known.
    expect(Hidden.meta.table).toBe("hidden");
    expect(await other.delete()).toEqual({ total: 2, byModel: { Hidden: 1, Shelf: 1 } });
    Hidden.bind(new Database("sqlite::memory:"));
    await held.db.dropTables([Hidden]);
  });

  it("another database is emptied by its own rows", async () => {
    const other = await engine.database();
    await other.createTables([Shelf, Book, Copy, Loan, Sign]);
    await shelf("here");
    const there = await Shelf.objects.using(other).create({ name: "there" });
    const book = await Book.objects.using(other).create({ title: "t", shelf: there.pk });
    await Copy.objects.using(other).create({ book: book.pk });
    const all = { Copy: 1, Book: 1, Shelf: 1 };
    expect(await Shelf.objects.using(other).delete({ all: true, dryRun: true })).toMatchObject({ byModel: all });
    expect(await there.delete()).toEqual({ total: 3, byModel: all });
    expect([await Book.objects.count(), await Book.objects.using(other).count()]).toEqual([2, 0]);
  });

  it("two deletes of one row count its rows once", async () => {
    const made = await shelf("a", 5);
    const again = await Shelf.objects.get({ pk: made.pk });
    const results = await Promise.all([made.delete(), again.delete(), Shelf.objects.filter({ name: "a" }).delete()]);
    expect(results.reduce((sum, { total }) => sum + total, 0)).toBe(11);
  });

  it("comments are behind every statement", async () => {
    await shelf("a");
    await Shelf.objects.comment("tidy").filter({ name: "a" }).delete();
    expect(events.every(({ sql }) => sql.endsWith("/* tidy */"))).toBe(true);
    expect(events.length).toBeGreaterThan(4);
  });

  it("refuses what makes no sense", async () => {
    const objects = Shelf.objects as unknown as { delete(options?: unknown): Promise<unknown> };
    const made = await shelf("a", 0);
    for (const options of [{ dryrun: true }, { all: "true" }, { dryRun: 1 }, null, true, "all"]) {
      await expect(objects.delete(options)).rejects.toBeInstanceOf(FieldError);
      await expect(made.delete(options as never)).rejects.toBeInstanceOf(FieldError);
    }
    await expect(made.delete({ all: true } as never)).rejects.toThrow(/no option "all"/);
    await expect(objects.delete({ dryRun: true })).rejects.toThrow(/every row/);
    await expect(Shelf.objects.limit(1).delete({ dryRun: true })).rejects.toBeInstanceOf(FieldError);
    await expect(Shelf.objects.values("name").delete({ all: true })).rejects.toBeInstanceOf(FieldError);
    expect(await Shelf.objects.delete({ all: true, dryRun: false })).toEqual({ total: 1, byModel: { Shelf: 1 } });
    expect(() => Broken.meta).toThrow(/set null/);
  });
});
