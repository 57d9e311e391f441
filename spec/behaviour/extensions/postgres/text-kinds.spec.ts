import { sql } from "kysely";
import { beforeAll, expect, it } from "vitest";
import { fields, manager, Model, UniqueViolation } from "dunder-orm";
import {
  addEnumValue,
  cidrField,
  citextField,
  createEnum,
  createExtension,
  dropEnum,
  dropExtension,
  enumField,
  hstoreField,
  inetField,
  macaddrField,
  uuidv7,
} from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, idsOf, onOthers, onPostgres } from "./only.js";

class Host extends Model("host", {
  email: citextField({ null: true, unique: true }),
  address: inetField({ null: true }),
  network: cidrField({ null: true }),
  card: macaddrField({ null: true }),
  urgency: enumField("urgency", ["low", "high", "now"], { default: "low" }),
  data: hstoreField({ default: () => ({}) }),
}) {
  static objects = manager(this);
}

class Mail extends Model("citext_mail", { email: citextField() }) {}

class Event extends Model("event", { id: fields.uuid({ primaryKey: true, default: uuidv7 }), name: fields.string() }) {
  static objects = manager(this);
}

const nasty = {
  "": "",
  'quo"ted': 'va"lue',
  "back\\slash": "\\",
  "=>": ",",
  NULL: "NULL",
  nothing: null,
  "é👍": "ü",
  " a ": " ",
};

onPostgres("Kinds of text of PostgreSQL's", (engine) => {
  const use = useDatabase(engine, [Event]);

  beforeAll(async () => {
    await createExtension(use.db, "citext");
    await createExtension(use.db, "hstore");
    await createEnum(use.db, "urgency", ["low", "high", "now"]);
    await createEnum(use.db, "urgency", ["low", "high", "now"]);
    Host.bind(use.db);
    await use.db.createTables([Host]);
    await Host.objects.create({
      email: "Ann@Example.com",
      address: "10.0.0.1",
      network: "10.0.0.0/8",
      data: { a: "1", b: "x" },
    });
    await Host.objects.create({ email: "bob@x.org", address: "10.1.2.3/16", urgency: "high", data: nasty });
    await Host.objects.create({
      address: "2001:DB8:0:0::1",
      card: "08-00-2B-01-02-03",
      urgency: "now",
      data: { a: null },
    });
  });

  it("compare citext without regard to case, unique keys included", async () => {
    expect(await idsOf(Host.objects.filter({ email: "ANN@example.COM" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ email__in: ["BOB@X.ORG"] }))).toEqual([2]);
    expect(await idsOf(Host.objects.filter({ email__endswith: ".ORG" }))).toEqual([2]);
    expect((await Host.objects.get({ id: 1 })).email).toBe("Ann@Example.com");
    await expect(Host.objects.create({ email: "ann@example.com" })).rejects.toThrow(UniqueViolation);
  });

  it("keep addresses as they are written, and ask what is within what", async () => {
    const rows = await Host.objects.orderBy("id").values("address", "network", "card").all();
    expect(rows).toEqual([
      { address: "10.0.0.1", network: "10.0.0.0/8", card: null },
      { address: "10.1.2.3/16", network: null, card: null },
      { address: "2001:db8::1", network: null, card: "08:00:2b:01:02:03" },
    ]);
    expect(await idsOf(Host.objects.filter({ address: "2001:db8::0001" }))).toEqual([3]);
    expect(await idsOf(Host.objects.filter({ address__net_contained: "10.0.0.0/8" }))).toEqual([1, 2]);
    expect(await idsOf(Host.objects.filter({ address__net_contained_or_equal: "10.0.0.1" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ network__net_contains: "10.200.0.1" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ network__net_contains_or_equals: "10.0.0.0/8" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ address__net_overlaps: "10.1.0.0/16" }))).toEqual([2]);
    expect(await idsOf(Host.objects.filter({ address__family: 6 }))).toEqual([3]);
    expect(await idsOf(Host.objects.filter({ address__prefixlen__lt: 32 }))).toEqual([2]);
    expect(await idsOf(Host.objects.filter({ address__host__startswith: "10." }))).toEqual([1, 2]);
    expect(await idsOf(Host.objects.filter({ address__lt: "10.0.0.5" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ card: "08002b010203" }))).toEqual([3]);
    for (const wrong of ["x", "10.0.0.1/33", "10.0.0.1/8/8", "10.0.0.256", 7, "::1/129"]) {
      expect(() => new Host({ address: wrong } as never)).toThrow(/address/);
    }
    expect(() => new Host({ card: "08:00" })).toThrow(/08:00:2b/);
  });

  it("are one of several values, in the order in which they were listed", async () => {
    expect(await idsOf(Host.objects.filter({ urgency__gte: "high" }))).toEqual([2, 3]);
    expect((await Host.objects.orderBy("-urgency").first())?.urgency).toBe("now");
    expect(await idsOf(Host.objects.filter({ urgency__in: ["low", "now"] }))).toEqual([1, 3]);
    expect(() => new Host({ urgency: "soon" as never })).toThrow(/not one of/);
    expect(() => Host.objects.filter({ urgency: "soon" as never })).toThrow(/not one of low, high, now/);
    await addEnumValue(use.db, "urgency", "soon", { before: "now" });
    const [row] = await use.db.execute(sql<{ all: string }>`select enum_range(null::urgency)::text as all`);
    expect(row?.all).toBe("{low,high,soon,now}");
    await expect(createEnum(use.db, "urgency", ["x"], { safe: false })).rejects.toThrow(/already exists/);
    await createEnum(use.db, "mood", ["it's", 'a "b"']);
    await dropEnum(use.db, "mood");
    await dropEnum(use.db, "mood");
    await expect(createEnum(use.db, "x; drop table host", ["a"])).rejects.toThrow(/letters, digits and underscores/);
  });

  it("are texts by names", async () => {
    expect((await Host.objects.get({ id: 2 })).data).toEqual(nasty);
    expect(await idsOf(Host.objects.filter({ data__a: "1" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ data__a__isnull: true }))).toEqual([2, 3]);
    expect(await idsOf(Host.objects.filter({ data__b__icontains: "X" }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ data__contains: { a: "1" } }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ data__contained_by: { a: "1", b: "x", c: "y" } }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ data__has_key: "a" }))).toEqual([1, 3]);
    expect(await idsOf(Host.objects.filter({ data__has_keys: ["a", "b"] }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ data__has_any_keys: ["b", "NULL"] }))).toEqual([1, 2]);
    expect(await idsOf(Host.objects.filter({ data__keys__contains: ["nothing", "="] }))).toEqual([]);
    expect(await idsOf(Host.objects.filter({ data__keys__overlap: ["nothing", "b"] }))).toEqual([1, 2]);
    expect(await idsOf(Host.objects.filter({ data__values__contains: ["1"] }))).toEqual([1]);
    expect(await idsOf(Host.objects.filter({ data: { b: "x", a: "1" } }))).toEqual([1]);
    const row = await Host.objects.get({ id: 1 });
    row.data.a = "2";
    await row.save();
    expect(await idsOf(Host.objects.filter({ data__a: "2" }))).toEqual([1]);
    expect(() => new Host({ data: { a: 7 } as never })).toThrow(/the value of "a": expected a string/);
    expect(() => new Host({ data: [] as never })).toThrow(/expected an object/);
  });

  it("are keys that come in the order in which they were made", async () => {
    const ids = Array.from({ length: 5000 }, uuidv7);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(5000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Math.abs(Number.parseInt((ids[0] ?? "").replace("-", "").slice(0, 12), 16) - Date.now())).toBeLessThan(
      60_000,
    );
    const made = await Event.objects.bulkCreate([{ name: "a" }, { name: "b" }]);
    expect((await Event.objects.orderBy("id").all()).map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  });

  it("come with extensions, which can be taken away", async () => {
    await createExtension(use.db, "ltree");
    await dropExtension(use.db, "ltree", { cascade: true });
    await dropExtension(use.db, "ltree");
    await expect(createExtension(use.db, "no_such_thing")).rejects.toThrow(
      /does not have the extension "no_such_thing"/,
    );
  });
});

onOthers("Kinds of text of PostgreSQL's", (engine) => {
  const use = useDatabase(engine, [Event]);

  it("are refused by name", async () => {
    await expectRefusal(() => use.db.createTables([Host]), /enumField/);
    await expectRefusal(() => use.db.createTables([Mail]), /citext/);
    await expectRefusal(
      () => Host.objects.using(use.db).filter({ address__net_contained: "10.0.0.0/8" }).all(),
      /net_contained/,
    );
    await expectRefusal(() => Host.objects.using(use.db).filter({ data__a: "1" }).all(), /"a" into an hstore/);
    await expectRefusal(() => createEnum(use.db, "x", ["a"]), /createEnum/);
  });

  it("but keys in the order in which they were made are the same on every engine", async () => {
    const made = await Event.objects.bulkCreate([{ name: "a" }, { name: "b" }]);
    expect((await Event.objects.orderBy("id").all()).map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  });
});
