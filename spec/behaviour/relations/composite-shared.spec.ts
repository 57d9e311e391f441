import { beforeEach, expect, it } from "vitest";
import { Count, F, fields, manager, Model, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Tenant extends Model("tenant", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

/** Its key begins with a foreign key of one column. */
class Account extends Model(
  "account",
  {
    tenant: () => fields.foreignKey(Tenant, { onDelete: "cascade" }),
    code: fields.string({ maxLength: 10 }),
    written: () => fields.hasMany(Text, "author"),
    reviewed: () => fields.hasMany(Text, "reviewer"),
  },
  { primaryKey: ["tenant", "code"] },
) {
  static objects = manager(this);
}

/** The column of its tenant is in all three foreign keys. */
class Text extends Model("text_", {
  id: fields.integer({ primaryKey: true }),
  reviewer: () =>
    fields.foreignKey(Account, { columns: ["tenant_id", "reviewer_code"], null: true, onDelete: "restrict" }),
  author: () => fields.foreignKey(Account, { columns: ["tenant_id", "author_code"], onDelete: "cascade" }),
  tenant: () => fields.foreignKey(Tenant, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 20, default: "" }),
}) {
  static objects = manager(this);
}

/** Its foreign key has no column of its own. */
class Entry extends Model("entry", {
  id: fields.integer({ primaryKey: true }),
  tenant: fields.integer({ null: true }),
  account: fields.string({ maxLength: 10, null: true }),
  who: () => fields.foreignKey(Account, { columns: ["tenant", "account"], null: true }),
}) {
  static objects = manager(this);
}

/** Rows of a tenant point at each other. */
class Folder extends Model(
  "folder",
  {
    tenant: fields.integer(),
    name: fields.string({ maxLength: 20 }),
    parent: () => fields.foreignKey(Folder, { columns: ["tenant", "parent_name"], null: true, onDelete: "restrict" }),
    children: () => fields.hasMany(Folder, "parent"),
  },
  { primaryKey: ["tenant", "name"] },
) {
  static objects = manager(this);
}

onEngines("A column that foreign keys share", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, [Tenant, Account, Text, Entry, Folder], { onQuery: (event) => events.push(event) });
  let one: Tenant;
  let two: Tenant;
  let ann: Account;
  let eve: Account;
  let zoe: Account;

  beforeEach(async () => {
    for (const model of [Entry, Text, Account, Tenant]) await model.objects.delete({ all: true });
    one = await Tenant.objects.create({ id: 1, name: "one" });
    two = await Tenant.objects.create({ id: 2, name: "two" });
    ann = await Account.objects.create({ tenant: one, code: "ann" });
    eve = await Account.objects.create({ tenant: 1, code: "eve" });
    zoe = await Account.objects.create({ tenant: two, code: "zoe" });
    events.length = 0;
  });

  it("is there once, and set by either", async () => {
    expect(Text.meta.columns.map(({ name }) => name)).toEqual([
      "id",
      "reviewer_code",
      "author_code",
      "tenant_id",
      "title",
    ]);
    const text = await Text.objects.create({ author: ann, tenant: one });
    expect(text.toJSON()).toEqual({ id: text.id, reviewer: null, author: [1, "ann"], tenant: 1, title: "" });
    const implied = await Text.objects.create({ author: zoe } as never);
    expect([implied.tenant.pk, implied.author.pk]).toEqual([2, [2, "zoe"]]);
    const made = await Text.objects.bulkCreate([{ tenant: 1, author: ann, reviewer: eve }]);
    expect(made[0]?.reviewer?.pk).toEqual([1, "eve"]);
    expect(await Text.objects.filter({ tenant: 1 }).count()).toBe(2);
  });

  it("says the same in all that is given", async () => {
    const says =
      /Text\.author: says that column "tenant_id" is number 2, and another value given here that it is number 1/;
    await expect(Text.objects.create({ reviewer: ann, author: zoe, tenant: one })).rejects.toThrow(says);
    await expect(Text.objects.create({ author: zoe, tenant: one })).rejects.toThrow(/Text\.tenant: is number 1, and a/);
    await expect(Text.objects.bulkCreate([{ author: [2, "zoe"], tenant: 1 }])).rejects.toThrow(/Text\.tenant/);
    const unsaved = new Account({ tenant: two, code: "new" });
    expect(() => new Text({ author: unsaved, tenant: one })).toThrow(/Text\.tenant/);
    const text = await Text.objects.create({ author: ann, tenant: 1 });
    await expect(text.update({ author: zoe, tenant: 1 })).rejects.toThrow(/Text\.tenant/);
    await expect(Text.objects.filter({ pk: text.pk }).update({ author: zoe, reviewer: ann })).rejects.toThrow(
      /Text\.reviewer: says/,
    );
    await expect(Text.objects.create({ tenant: 1, author: [2, "zoe"] })).rejects.toThrow(/Text\.author: says/);
  });

  it("is set along with a foreign key, and is part of what changed", async () => {
    const text = await Text.objects.create({ author: ann, tenant: 1, reviewer: eve });
    const read = await Text.objects.selectRelated("author", "reviewer", "tenant").get({ pk: text.pk });
    expect(read.author.code).toBe("ann");
    read.author = eve;
    expect(read.dirtyFields()).toEqual(["author"]);
    expect([read.tenant.name, read.reviewer?.code]).toEqual(["one", "eve"]);
    read.author = zoe;
    expect(read.dirtyFields()).toEqual(["reviewer", "author", "tenant"]);
    expect([read.tenant.pk, read.tenant.isSparse, read.reviewer?.pk]).toEqual([2, true, [2, "eve"]]);
    read.reviewer = null;
    await read.save();
    const again = await Text.objects.get({ pk: text.pk });
    expect(again.toJSON()).toMatchObject({ reviewer: null, author: [2, "zoe"], tenant: 2 });
  });

  it("set by itself, moves the foreign keys that share it", async () => {
    await Account.objects.create({ tenant: 2, code: "ann" });
    const text = await Text.objects
      .selectRelated("author")
      .get({ pk: (await Text.objects.create({ author: ann, tenant: 1 })).pk });
    text.tenant = two;
    expect(text.author.isSparse).toBe(true);
    expect(text.author.pk).toEqual([2, "ann"]);
    await text.save();
    expect((await text.author.load()).tenant.pk).toBe(2);
    expect(await Text.objects.filter({ author: [2, "ann"] }).count()).toBe(1);
  });

  it("stays where a reference is taken away", async () => {
    const text = await Text.objects.create({ author: ann, tenant: 1, reviewer: eve });
    text.reviewer = null;
    await text.save();
    expect((await Text.objects.get({ pk: text.pk })).tenant.pk).toBe(1);
    await Text.objects.filter({ pk: text.pk }).update({ reviewer: eve });
    expect(await Text.objects.filter({ reviewer: eve }).update({ reviewer: null })).toBe(1);
    expect((await Text.objects.get({ pk: text.pk })).toJSON()).toMatchObject({ reviewer: null, tenant: 1 });
  });

  it("is read without a join where it is the reference's alone", async () => {
    await Text.objects.create({ author: ann, tenant: 1 });
    await Text.objects.create({ author: zoe, tenant: 2, reviewer: zoe });
    events.length = 0;
    expect(await Text.objects.filter({ author__tenant: two }).count()).toBe(1);
    expect(await Text.objects.filter({ reviewer__code: "zoe" }).count()).toBe(1);
    for (const { sql } of events) expect(sql).not.toMatch(/join/i);
    // A text has a tenant without having a reviewer.
    expect(await Text.objects.filter({ reviewer__tenant: 1 }).count()).toBe(0);
    expect(await Text.objects.exclude({ reviewer__tenant: 1 }).count()).toBe(2);
    expect(await Text.objects.filter({ author__tenant__name: "two" }).count()).toBe(1);
    expect(await Text.objects.filter({ reviewer__isnull: true }).count()).toBe(1);
    expect(await Text.objects.filter({ reviewer__ne: F("reviewer") }).count()).toBe(0);
    expect(await Text.objects.filter({ reviewer: F("reviewer") }).count()).toBe(1);
    expect(await Text.objects.filter({ reviewer__ne: F("author") }).count()).toBe(1);
    expect(await Text.objects.filter({ reviewer: null }).values("reviewer", "author").all()).toEqual([
      { reviewer: null, author: [1, "ann"] },
    ]);
    const grouped = Text.objects
      .values("reviewer")
      .annotate({ n: Count("*") })
      .orderBy("n", "reviewer__code");
    expect(await grouped.all()).toHaveLength(2);
  });

  it("makes no group of rows without a reference for each of its values", async () => {
    await Text.objects.bulkCreate([
      { author: ann, tenant: 1 },
      { author: zoe, tenant: 2 },
      { author: zoe, tenant: 2, reviewer: zoe },
    ]);
    const grouped = await Text.objects
      .values("reviewer")
      .annotate({ n: Count("*") })
      .all();
    expect(grouped.toSorted((a, b) => b.n - a.n)).toEqual([
      { reviewer: null, n: 2 },
      { reviewer: [2, "zoe"], n: 1 },
    ]);
    expect(await Text.objects.aggregate({ n: Count("reviewer") })).toEqual({ n: 1 });
  });

  it("is filled in by a related manager", async () => {
    const text = await ann.written.create({ title: "ä" });
    expect([text.tenant.pk, text.author.pk]).toEqual([1, [1, "ann"]]);
    const other = await zoe.reviewed.create({ author: zoe });
    expect(other.toJSON()).toMatchObject({ tenant: 2, reviewer: [2, "zoe"], author: [2, "zoe"] });
    expect(await ann.written.count()).toBe(1);
    expect(
      await Account.objects
        .annotate({ n: Count("written") })
        .orderBy("pk")
        .valuesList("code", "n")
        .all(),
    ).toEqual([
      ["ann", 1],
      ["eve", 0],
      ["zoe", 1],
    ]);
  });

  it("may be all that a foreign key has", async () => {
    const entry = await Entry.objects.create({ who: ann });
    expect([entry.tenant, entry.account, entry.who?.pk]).toEqual([1, "ann", [1, "ann"]]);
    entry.account = "eve";
    expect(entry.dirtyFields()).toEqual(["account", "who"]);
    await entry.save();
    const read = await Entry.objects.selectRelated("who").get({ who: eve });
    expect(read.who?.code).toBe("eve");
    read.who = null;
    expect([read.tenant, read.account]).toEqual([null, null]);
    await read.save();
    expect(await Entry.objects.filter({ who__isnull: true }).count()).toBe(1);
    const half = await Entry.objects.create({ tenant: 7 });
    expect(half.who).toBeNull();
    expect(await Entry.objects.filter({ who: null }).count()).toBe(2);
    const some = await Entry.objects.only("who").get({ pk: half.pk });
    expect([some.who, some.tenant]).toEqual([null, 7]);
    const none = await Entry.objects.defer("tenant").get({ pk: half.pk });
    expect(() => none.who).toThrow(/was not loaded/);
    await zoe.delete();
    await Entry.objects.create({ who: ann });
    await ann.delete();
    expect(await Entry.objects.filter({ who__isnull: false }).count()).toBe(0);
  });

  it("ties rows of one model", async () => {
    const root = await Folder.objects.create({ tenant: 1, name: "root" });
    const leaf = await root.children.create({ name: "leaf" });
    expect(leaf.pk).toEqual([1, "leaf"]);
    expect((await Folder.objects.get({ parent: root })).parent?.pk).toEqual([1, "root"]);
    expect(await Folder.objects.filter({ children: leaf }).values("pk").all()).toEqual([{ pk: [1, "root"] }]);
    const tree = await Folder.objects.filter({ parent: null }).recursive("children").orderBy("name").all();
    expect(tree.map(({ name }) => name)).toEqual(["leaf", "root"]);
    const up = await Folder.objects.filter({ pk: leaf.pk }).recursive("parent").orderBy("name").all();
    expect(up.map(({ name }) => name)).toEqual(["leaf", "root"]);
  });
});
