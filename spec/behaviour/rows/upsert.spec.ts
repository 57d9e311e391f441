import { beforeEach, expect, it } from "vitest";
import {
  Coalesce,
  Excluded,
  F,
  FieldError,
  fields,
  ForeignKeyViolation,
  Greatest,
  manager,
  Model,
  NotNullViolation,
  NullIf,
  NotSupportedError,
  type QueryEvent,
  UniqueViolation,
  Upper,
  ValidationError,
  Value,
} from "dunder-orm";
import { namesConflicts } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shelf extends Model("shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
  pages: () => fields.hasMany(Page, "shelf"),
}) {
  static objects = manager(this);
}

class Page extends Model("page", {
  id: fields.integer({ primaryKey: true }),
  path: fields.string({ maxLength: 40, unique: true }),
  title: fields.string({ maxLength: 40, default: "untitled" }),
  hits: fields.integer({ default: 1 }),
  note: fields.text({ null: true }),
  state: fields.string({ maxLength: 10, dbDefault: "new" }),
  shelf: () => fields.foreignKey(Shelf, { null: true }),
  seen: fields.datetime({ autoNow: true }),
  made: fields.datetime({ autoNowAdd: true }),
}) {
  static objects = manager(this);
}

class Seat extends Model(
  "seat",
  {
    hall: () => fields.foreignKey(Shelf),
    place: fields.integer(),
    guest: fields.string({ maxLength: 40 }),
    data: fields.json<unknown>({ null: true }),
    price: fields.decimal({ precision: 12, scale: 2, null: true }),
  },
  { primaryKey: ["hall", "place"] },
) {
  static objects = manager(this);
}

class User extends Model(
  "user_of_bulk",
  {
    id: fields.integer({ primaryKey: true }),
    email: fields.string({ maxLength: 40, unique: true, null: true }),
    login: fields.string({ maxLength: 40, unique: true }),
    first: fields.string({ maxLength: 40 }),
    last: fields.string({ maxLength: 40 }),
    logins: fields.integer({ default: 0 }),
  },
  { constraints: [{ unique: ["first", "last"] }] },
) {
  static objects = manager(this);
}

const MODELS = [Shelf, Page, Seat, User];

onEngines("Rows that are there already", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, MODELS, { onQuery: (event) => events.push(event) });
  beforeEach(async () => {
    for (const model of [Page, Seat, User, Shelf]) await model.objects.delete({ all: true });
    events.length = 0;
  });
  const pages = () => Page.objects.orderBy("id").valuesList("path", "title", "hits", "state").all();

  it("are set to what the row gives, and told as they are stored", async () => {
    const first = await Page.objects.upsert({ path: "/a", title: "A", hits: 5, note: "kept" });
    const again = await Page.objects.upsert({ path: "/a", title: "Ä 😀" });
    expect([again.pk, again.title, again.hits, again.note, again.state]).toEqual([first.pk, "Ä 😀", 5, "kept", "new"]);
    expect([again.isDirty(), again.made]).toEqual([false, first.made]);
    again.hits = 6;
    await again.save();
    expect(await pages()).toEqual([["/a", "Ä 😀", 6, "new"]]);
  });

  it("are one statement where the engine tells rows", async () => {
    await Page.objects.upsert({ path: "/a" });
    events.length = 0;
    await Page.objects.upsert({ path: "/a", hits: 2 });
    expect(events).toHaveLength(engine.label === "MySQL" ? 2 : 1);
  });

  it("are not asked for what their rows know: those that give all that is stored", async () => {
    const hall = await Shelf.objects.create({ name: "hall" });
    const seats = (guest: string) =>
      Array.from({ length: 40 }, (_, place) => ({ hall, place, guest, data: { a: [place, "é"] }, price: "1.50" }));
    for (const guest of ["x", "ü😀"]) {
      events.length = 0;
      const made = await Seat.objects.bulkCreate(seats(guest), { updateConflicts: true });
      // What types a table has, PostgreSQL is asked once.
      const sent = events.map(({ sql }) => sql).filter((text) => !text.includes("pg_attribute"));
      expect(sent).toEqual([expect.stringMatching(/^insert (?!.*returning)/i)]);
      const stored = new Map((await Seat.objects.all()).map((seat) => [seat.place, seat]));
      expect(made.map((seat) => [seat.toJSON(), seat.isDirty()])).toEqual(
        made.map(({ place }) => [stored.get(place)!.toJSON(), false]),
      );
    }
    const kept = await Seat.objects.upsert({ hall, place: 1, guest: "y" });
    expect([kept.guest, kept.data, kept.price]).toEqual(["y", { a: [1, "é"] }, "1.50"]);
  });

  it("are told by the letters that are stored, where the database takes others for the same", async () => {
    const { db } = holder;
    const collation = { sqlite: "nocase", mysql: "utf8mb4_general_ci", postgres: null }[engine.name];
    // PostgreSQL knows such collations, but not as the default ones of a database.
    if (collation === null) return;
    class Loose extends Model(
      "loose_of_pages",
      { name: fields.string({ maxLength: 40, unique: true, collation }), hits: fields.integer() },
      { database: db },
    ) {
      static objects = manager(this);
    }
    await db.createTables([Loose]);
    try {
      const ann = await Loose.objects.create({ name: "Ann", hits: 1 });
      const again = await Loose.objects.upsert({ name: "ANN", hits: 2 }, { uniqueFields: ["name"] });
      expect([again.pk, again.name, again.hits, again.isDirty()]).toEqual([ann.pk, "Ann", 2, false]);
    } finally {
      await db.dropTables([Loose]);
    }
  });

  it("are found by the fields named, under any name that they have", async () => {
    const { pk } = await Page.objects.upsert({ path: "/a" });
    await Page.objects.upsert({ id: pk, path: "/b" }, { uniqueFields: ["pk"] }).catch((error: unknown) => {
      if (!(error instanceof NotSupportedError)) throw error;
      return Page.objects.filter({ pk }).update({ path: "/b" });
    });
    await Page.objects.upsert({ path: "/b", title: "by path" }, { uniqueFields: ["path"] });
    expect(await pages()).toEqual([["/b", "by path", 1, "new"]]);
  });

  it("are told apart by composite keys, foreign keys among them", async () => {
    const hall = await Shelf.objects.create({ name: "hall" });
    await Seat.objects.upsert({ hall, place: 1, guest: "Ann", price: "1.50" });
    const seat = await Seat.objects.upsert({ hall: hall.pk, place: 1, guest: "Bob", data: { a: [1, null] } });
    expect([seat.pk, seat.guest, seat.price, seat.data]).toEqual([[hall.pk, 1], "Bob", "1.50", { a: [1, null] }]);
    await Seat.objects.upsert({ pk: [hall.pk, 2], guest: "Eve" }, { uniqueFields: ["hall", "place"] });
    const guests = await Seat.objects.orderBy("place").valuesList("guest", { flat: true }).all();
    expect(guests).toEqual(["Bob", "Eve"]);
  });

  it("take what is worked out from them, and from the new row", async () => {
    await Page.objects.upsert({ path: "/a", hits: 7, title: "old" });
    const updateFields = {
      hits: F("hits").add(Excluded("hits")).mul(2),
      title: Upper(Excluded("title")),
      note: Coalesce(F("note"), Value("none")),
      state: "seen",
    };
    const page = await Page.objects.upsert({ path: "/a", hits: 3, title: "new" }, { updateFields });
    expect([page.hits, page.title, page.note, page.state]).toEqual([20, "NEW", "none", "seen"]);
    const fresh = await Page.objects.upsert({ path: "/b", hits: 3, title: "new" }, { updateFields });
    expect([fresh.hits, fresh.title, fresh.note, fresh.state]).toEqual([3, "new", null, "new"]);
  });

  it("take values of both even where one stands on what another sets", async () => {
    await Page.objects.upsert({ path: "/a", hits: 7, note: "n" });
    const updateFields = { hits: Excluded("hits"), note: null, title: Coalesce(F("note"), Value("?")) };
    const page = await Page.objects.upsert({ path: "/a", hits: 3 }, { updateFields });
    expect([page.hits, page.note, page.title]).toEqual([3, null, "n"]);
  });

  it("stay as they are where nothing is to be set", async () => {
    const first = await Page.objects.upsert({ path: "/a", title: "first" });
    const again = await Page.objects.upsert({ path: "/a", title: "second" }, { updateFields: [] });
    expect([again.pk, again.title]).toEqual([first.pk, "first"]);
    expect((await Page.objects.upsert({ path: "/a" })).title).toBe("first");
  });

  it("may hold expressions themselves", async () => {
    const row = { path: "/a", title: Upper(Value("x")) };
    await Page.objects.upsert(row);
    const page = await Page.objects.upsert(
      { ...row, hits: 9 },
      { updateFields: { hits: Greatest(F("hits"), Excluded("hits")) } },
    );
    expect([page.title, page.hits]).toEqual(["X", 9]);
  });

  it("may be rows made before", async () => {
    const stored = await Page.objects.upsert({ path: "/a", title: "stored", hits: 4 });
    const row = new Page({ path: "/a", hits: 8 });
    expect(await Page.objects.upsert(row, { updateFields: ["hits"] })).toBe(row);
    expect([row.pk, row.title, row.hits, row.isDirty()]).toEqual([stored.pk, "stored", 8, false]);
  });

  it("a row kept for a foreign key is forgotten where another one is stored", async () => {
    const [one, two] = await Shelf.objects.bulkCreate([{ name: "one" }, { name: "two" }]);
    await Page.objects.upsert({ path: "/a", shelf: one! });
    const page = await Page.objects.upsert({ path: "/a", shelf: two! }, { updateFields: ["hits"] });
    expect(page.shelf?.pk).toBe(one!.pk);
    expect((await page.shelf!.load()).name).toBe("one");
  });

  it("belong to the row of a related manager", async () => {
    const shelf = await Shelf.objects.create({ name: "s" });
    const other = await Page.objects.create({ path: "/b" });
    await shelf.pages.upsert({ path: "/a" });
    await shelf.pages.upsert({ path: "/b", title: "moved" });
    expect(await shelf.pages.orderBy("path").valuesList("path", "title").all()).toEqual([
      ["/a", "untitled"],
      ["/b", "moved"],
    ]);
    await other.refresh();
    expect(other.shelf?.pk).toBe(shelf.pk);
  });

  it("are set many at once, in the order given, alike ones in turn", async () => {
    await Page.objects.bulkCreate([
      { path: "/0", hits: 10 },
      { path: "/1", hits: 10, note: "kept" },
    ]);
    const rows = [
      { path: "/1", hits: 1 },
      { path: "/2", hits: 1, title: "two" },
      { path: "/1", title: "one" },
      { path: "/3" },
      { path: "/1", hits: 3 },
      { path: "/2", note: "n", hits: 9 },
    ];
    const made = await Page.objects.bulkCreate(rows, { updateConflicts: true, uniqueFields: ["path"] });
    expect(await pages()).toHaveLength(4);
    const read = await Page.objects.inBulk(["/0", "/1", "/2", "/3"], { field: "path" });
    const of = (path: string) => {
      const page = read.get(path)!;
      return [page.title, page.hits, page.note];
    };
    expect(of("/0")).toEqual(["untitled", 10, null]);
    expect(of("/1")).toEqual(["one", 3, "kept"]);
    expect(of("/2")).toEqual(["two", 9, "n"]);
    expect(of("/3")).toEqual(["untitled", 1, null]);
    expect(made.map(({ path }) => path)).toEqual(rows.map(({ path }) => path));
    expect(made.map(({ pk, path }) => pk === read.get(path)?.pk)).toEqual(made.map(() => true));
    expect(made.map((row) => row.isDirty())).toEqual(made.map(() => false));
  });

  it("count each time that they come", async () => {
    const rows = Array.from({ length: 7 }, () => ({ path: "/a", hits: 1 }));
    const updateFields = { hits: F("hits").add(Excluded("hits")) };
    await Page.objects.bulkCreate(rows, { updateConflicts: true, uniqueFields: ["path"], updateFields });
    expect((await Page.objects.get({ path: "/a" })).hits).toBe(7);
  });

  it.each([1, 16, 17, 64, 1001, 2100])("keep their places among many: %i", async (length) => {
    const rows = Array.from({ length }, (_, at) => ({ path: `/${at}`, hits: at }));
    await Page.objects.bulkCreate(rows.filter((_, at) => at % 3 === 0));
    const made = await Page.objects.bulkCreate(
      rows.map(({ path, hits }) => ({ path, hits: hits + 1, title: "t" })),
      { updateConflicts: true, updateFields: ["hits"], batchSize: 700 },
    );
    const read = await Page.objects.inBulk(
      rows.map(({ path }) => path),
      { field: "path" },
    );
    expect(read.size).toBe(length);
    expect(made.map((row) => [row.pk, row.path, row.hits, row.title])).toEqual(
      rows.map(({ path, hits }, at) => [read.get(path)?.pk, path, hits + 1, at % 3 === 0 ? "untitled" : "t"]),
    );
  });

  it("are left out, and nobody is told which", async () => {
    await Page.objects.create({ path: "/a", title: "first" });
    const own = new Page({ path: "/own" });
    const made = await Page.objects.bulkCreate(
      [{ path: "/a", title: "x" }, { path: "/b" }, { path: "/b", hits: 3 }, own],
      {
        ignoreConflicts: true,
      },
    );
    expect(await pages()).toEqual([
      ["/a", "first", 1, "new"],
      ["/b", "untitled", 1, "new"],
      ["/own", "untitled", 1, "new"],
    ]);
    expect(made.map((row) => [row.path, row.pk, row.isDirty()])).toEqual([
      ["/a", null, true],
      ["/b", null, true],
      ["/b", null, true],
      ["/own", null, true],
    ]);
    expect(made[3]).toBe(own);
    await expect(made[1]!.save()).rejects.toBeInstanceOf(UniqueViolation);
  });

  it("are left out by any key, in whichever order rows come, where none is named", async () => {
    const user = { email: "a@x", login: "a", first: "A", last: "Z" };
    await User.objects.create(user);
    const rows = [
      { ...user, login: "b", email: "b@x" },
      { ...user, login: "b2", email: null, first: "B" },
      { ...user, login: "c", last: "C", first: "C", email: "c@x" },
      { ...user, login: "c", last: "D", first: "D", logins: 4 },
      { login: "b2", first: "F", last: "F" },
    ];
    await User.objects.bulkCreate(rows, { ignoreConflicts: true });
    expect(await User.objects.orderBy("login").valuesList("login", { flat: true }).all()).toEqual(["a", "b2", "c"]);
  });

  it("are the only thing ignored", async () => {
    const bad = { path: "/z", shelf: 12_345 };
    const ignoring = { ignoreConflicts: true };
    await expect(Page.objects.bulkCreate([{ path: "/y" }, bad], ignoring)).rejects.toBeInstanceOf(ForeignKeyViolation);
    await expect(Page.objects.bulkCreate([{ path: "x".repeat(41) }], ignoring)).rejects.toBeInstanceOf(ValidationError);
    const nothing = { path: "/n", hits: NullIf(Value(1), Value(1)) };
    await expect(Page.objects.bulkCreate([nothing], ignoring)).rejects.toBeInstanceOf(NotNullViolation);
    expect(await Page.objects.count()).toBe(0);
  });

  it("by another key than was named are errors, or the engine says that it cannot tell", async () => {
    await User.objects.create({ email: "a@x", login: "a", first: "A", last: "Z" });
    const clash = { email: "b@x", login: "a", first: "B", last: "Z" };
    const asked = User.objects.upsert(clash, { uniqueFields: ["email"] });
    const error = namesConflicts(engine.label) ? UniqueViolation : NotSupportedError;
    await expect(asked).rejects.toBeInstanceOf(error);
    const ignored = User.objects.bulkCreate([clash], { ignoreConflicts: true, uniqueFields: ["email"] });
    await expect(ignored).rejects.toBeInstanceOf(error);
    expect(await User.objects.valuesList("login", "logins").all()).toEqual([["a", 0]]);
  });

  it("are none where a unique value is NULL", async () => {
    if (!namesConflicts(engine.label)) return;
    const user = { email: null, login: "a", first: "A", last: "Z" };
    const options = { uniqueFields: ["email"], updateConflicts: true } as const;
    await User.objects.bulkCreate([user, { ...user, login: "b", first: "B" }], options);
    expect(await User.objects.count()).toBe(2);
  });

  it("tell how far they are, and what that throws undoes all", async () => {
    const rows = Array.from({ length: 25 }, (_, at) => ({ path: `/${at}` }));
    const told: unknown[] = [];
    await holder.db.atomic(() => Page.objects.bulkCreate(rows, { batchSize: 10, onProgress: (to) => told.push(to) }));
    expect(told).toEqual([10, 20, 25].map((done) => ({ done, total: 25 })));
    const stopping = Page.objects.bulkCreate([{ path: "/x" }, { path: "/y" }], {
      onProgress: () => Promise.reject(new RangeError("stop")),
    });
    await expect(stopping).rejects.toBeInstanceOf(RangeError);
    expect(await Page.objects.count()).toBe(25);
  });

  it("are as they were once their block is undone", async () => {
    const stored = await Page.objects.create({ path: "/a", hits: 4 });
    const made: Page[] = [];
    const undone = holder.db.atomic(async () => {
      made.push(await Page.objects.upsert({ path: "/a", hits: 5 }), await Page.objects.upsert({ path: "/b" }));
      throw new RangeError("undo");
    });
    await expect(undone).rejects.toBeInstanceOf(RangeError);
    expect(await Page.objects.valuesList("path", "hits").all()).toEqual([["/a", 4]]);
    expect(made.map((row) => row.isDirty())).toEqual([true, true]);
    expect(stored.isDirty()).toBe(false);
  });

  it("many at the same time make one row", async () => {
    const updateFields = { hits: F("hits").add(1) };
    const rows = await Promise.all(
      Array.from({ length: 100 }, () => Page.objects.upsert({ path: "/same" }, { updateFields })),
    );
    expect(new Set(rows.map((row) => row.pk)).size).toBe(1);
    expect(await Page.objects.valuesList("path", "hits").all()).toEqual([["/same", 100]]);
  });

  it("are refused where it is not said, or wrongly, what is meant", async () => {
    const refused = async (work: () => Promise<unknown>, message: RegExp): Promise<void> => {
      const error = await work().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(FieldError);
      expect((error as Error).message).toMatch(message);
    };
    const user = { email: "a@x", login: "a", first: "A", last: "Z" };
    await refused(
      () => User.objects.upsert(user),
      /^User: upsert\(…\) tells rows apart .* several.*uniqueFields.*Unique: \[id\], \[email\]/,
    );
    const named = { uniqueFields: ["pk"] } as const;
    await refused(() => Seat.objects.bulkCreate([], named), /uniqueFields goes with/);
    const page = { path: "/a" };
    const { objects } = Page;
    const upsert = (options: object) => () => objects.upsert(page, options);
    await refused(
      upsert({ uniqueFields: ["title"] }),
      /uniqueFields \[title\] are not unique together.*Unique: \[id\], \[path\]/,
    );
    await refused(upsert({ uniqueFields: ["pth"] }), /no field "pth".*Did you mean "path"/);
    await refused(upsert({ uniqueFields: [] }), /uniqueFields names no field/);
    await refused(upsert({ uniqueFields: "path" }), /uniqueFields is a list of field names, got string "path"/);
    await refused(upsert({ updateFields: ["pk"] }), /updateFields names "id", which is part of the primary key/);
    await refused(upsert({ updateFields: ["hist"] }), /no field "hist"/);
    await refused(upsert({ updateFields: { hist: 1 } }), /no field "hist"/);
    await refused(upsert({ updateFields: { hits: F("hist") } }), /"hist"/);
    await refused(upsert({ updateFields: { hits: Excluded("shelf__name") } }), /Excluded/);
    await refused(upsert({ updateFields: { title: F("shelf__name") } }), /own fields/);
    await refused(upsert({ updateFields: 5 }), /updateFields is a list of field names, or an object/);
    await refused(upsert({ updatefields: [] }), /no option "updatefields".*Did you mean "updateFields"/);
    await refused(() => objects.limit(1).upsert(page), /upsert/);
    await refused(() => objects.values("path").upsert(page), /values/);
    await refused(
      () => objects.bulkCreate([page], { ignoreConflicts: true, updateConflicts: true }),
      /exclude each other/,
    );
    await refused(() => objects.bulkCreate([page], { updateFields: ["hits"] }), /goes with updateConflicts/);
    await refused(() => objects.bulkCreate([page], { onProgres: 1 } as never), /Did you mean "onProgress"/);
    await refused(() => objects.bulkCreate([page], { onProgress: 1 } as never), /onProgress is a function/);
    await refused(
      () => objects.upsert({ path: "/a", shelf: { name: "new" } }),
      /rows\[0\] holds rows to be made along with it/,
    );
    await refused(
      async () => objects.filter({ hits: Excluded("hits") as never }).all(),
      /Excluded\(…\) names the new row/,
    );
    await refused(() => objects.update({ hits: Excluded("hits") }, { all: true }), /Excluded\(…\) names the new row/);
    await expect(objects.upsert(page, { updateFields: { hits: "x" as never } })).rejects.toBeInstanceOf(
      ValidationError,
    );
    await expect(objects.upsert(null as never)).rejects.toBeInstanceOf(FieldError);
    expect(await objects.count()).toBe(0);
    expect(await objects.bulkCreate([], { updateConflicts: true })).toEqual([]);
  });
});
