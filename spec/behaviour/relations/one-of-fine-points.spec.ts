import { expect, it } from "vitest";
import { Count, fields, manager, Model, UniqueViolation } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { bindsLists } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

class Order extends Model(
  "arc_order",
  {
    tenant: fields.integer(),
    number: fields.integer(),
    title: fields.string({ maxLength: 20 }),
    remarks: () => fields.hasMany(Remark, "on"),
  },
  { primaryKey: ["tenant", "number"] },
) {
  static objects = manager(this);
}

class Paper extends Model("arc_paper", {
  code: fields.string({ maxLength: 20, primaryKey: true }),
  remarks: () => fields.hasMany(Remark, "on"),
  stamp: () => fields.hasOne(Stamp, "on"),
  labels: () => fields.hasMany(Label, "on"),
  tags: () => fields.manyToMany(Tag, { through: () => Label, throughFields: ["on__paper", "tag"] }),
}) {
  static objects = manager(this);
}

class Folder extends Model(
  "arc_folder",
  {
    code: fields.string({ maxLength: 30, primaryKey: true }),
    kind: fields.string({ maxLength: 10, default: "plain" }),
  },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Binder extends Folder.variant("binder", { rings: fields.integer({ null: true }) }) {
  static objects = manager(this);
}

class RedPaper extends Paper {
  static override objects = manager(this);
}

class Remark extends Model("arc_remark", {
  text: fields.string({ maxLength: 20 }),
  on: () => fields.oneOf({ order: Order, paper: Paper, remark: Remark }, { columns: { paper: "paper_code" } }),
  remarks: () => fields.hasMany(Remark, "on"),
}) {
  static objects = manager(this);
}

class Stamp extends Model("arc_stamp", {
  on: () => fields.oneOf({ paper: Paper, folder: Folder }, { unique: true }),
}) {
  static objects = manager(this);
}

class Tag extends Model("arc_tag", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

class Label extends Model("arc_label", {
  tag: () => fields.foreignKey(Tag),
  on: () => fields.generic({ paper: Paper, folder: Folder }, { unique: false }),
}) {
  static objects = manager(this);
}

onEngines("Fine points of relations to a row of one of several models", (engine) => {
  useDatabase(engine, [Order, Paper, Folder, Binder, Remark, Stamp, Tag, Label]);

  it("is of keys of all kinds, where it has columns for each", async () => {
    const order = await Order.objects.create({ tenant: 1, number: 7, title: "ö" });
    const paper = await Paper.objects.create({ code: "ä1" });
    const first = await Remark.objects.create({ id: 1, text: "a", on: order });
    await Remark.objects.create({ id: 2, text: "b", on: { paper: "ä1" } });
    await first.remarks.create({ id: 3, text: "c" });
    expect((await Remark.objects.orderBy("id").all()).map(({ on }) => String(on))).toEqual([
      "Order(tenant=1, number=7) [sparse]",
      "Paper(code=ä1) [sparse]",
      "Remark(id=1) [sparse]",
    ]);
    expect(await Remark.objects.filter({ on: order }).count()).toBe(1);
    expect(await Remark.objects.filter({ on: { order: [1, 7] } }).count()).toBe(1);
    expect(await Remark.objects.filter({ on__order__title: "ö" }).count()).toBe(1);
    expect(await Remark.objects.filter({ on__remark__on__order: order }).count()).toBe(1);
    expect(await Remark.objects.exclude({ on: paper }).count()).toBe(2);
    const rows = await expectQueries(4, () => Remark.objects.orderBy("id").prefetchRelated("on").all());
    expect(rows.map(({ on }) => on.isSparse)).toEqual([false, false, false]);
    const orders = await expectQueries(2, () => Order.objects.prefetchRelated("remarks").all());
    expect(orders[0]!.remarks.length).toBe(1);
    expect(await order.delete()).toEqual({ total: 3, byModel: { Order: 1, Remark: 2 } });
  });

  it("takes rows of variants and proxies of its models", async () => {
    await Folder.objects.bulkCreate([{ code: "f" }]);
    const binder = await Binder.objects.create({ code: "b", rings: 2 });
    const red = await RedPaper.objects.create({ code: "red" });
    const tag = await Tag.objects.create({ name: "x" });
    await Label.objects.bulkCreate([
      { tag, on: binder },
      { tag, on: red },
      { tag, on: { folder: "f" } },
    ]);
    const rows = await Label.objects.orderBy("id").prefetchRelated("on").all();
    expect(rows.map(({ on }) => on.constructor.name)).toEqual(["Binder", "Paper", "Folder"]);
    expect(await Label.objects.filter({ on: binder }).count()).toBe(1);
    expect(await Label.objects.filter({ on__paper: red }).count()).toBe(1);
    expect(await Binder.objects.filter({ code: "b" }).delete()).toEqual({ total: 2, byModel: { Binder: 1, Label: 1 } });
    expect(await Label.objects.count()).toBe(2);
    await Label.objects.delete({ all: true });
  });

  it("has one row at the other side where no two may point at the same", async () => {
    const paper = await Paper.objects.create({ code: "one" });
    const stamp = await Stamp.objects.create({ on: paper });
    expect(await paper.stamp.load()).toMatchObject({ pk: stamp.pk });
    const [joined] = await Paper.objects.filter({ code: "one" }).selectRelated("stamp").all();
    expect(joined!.stamp?.pk).toBe(stamp.pk);
    await expect(Stamp.objects.create({ on: paper })).rejects.toThrow(UniqueViolation);
    await Stamp.objects.create({ on: { folder: "f" } });
    await paper.delete();
    expect(await Stamp.objects.count()).toBe(1);
  });

  it("ties rows through a model with a generic relation", async () => {
    const paper = await Paper.objects.create({ code: "tied" });
    const [x, y] = await Tag.objects.bulkCreate([{ name: "x1" }, { name: "y1" }]);
    await paper.tags.add(x!, y!);
    await paper.tags.add(x!);
    await Label.objects.create({ tag: x!, on: { folder: "tied" } });
    expect((await paper.tags.orderBy("name").all()).map(({ name }) => name)).toEqual(["x1", "y1"]);
    expect(await Paper.objects.filter({ tags__name: "x1" }).count()).toBe(1);
    const [counted] = await Paper.objects
      .filter({ code: "tied" })
      .annotate({ n: Count("tags") })
      .prefetchRelated("tags")
      .all();
    expect([counted!.n, counted!.tags.length]).toEqual([2, 2]);
    await paper.tags.set([y!]);
    expect(await Label.objects.filter({ on: paper }).count()).toBe(1);
    expect(await Label.objects.filter({ on: { folder: "tied" } }).count()).toBe(1);
  });

  it("fetches one query for each level, however many rows there are", async () => {
    const papers = await Paper.objects.bulkCreate(Array.from({ length: 700 }, (_, at) => ({ code: `p${at}` })));
    const tag = await Tag.objects.create({ name: "many" });
    await Label.objects.bulkCreate(papers.map((on) => ({ tag, on })));
    // Each key a parameter, and no more than 999 of them, where a list is none.
    const queries = bindsLists ? 2 : 3;
    const found = await expectQueries(queries, () =>
      Paper.objects.filter({ code__startswith: "p" }).prefetchRelated("labels").all(),
    );
    expect(found.every(({ labels }) => labels.length === 1)).toBe(true);
    await expectQueries(queries, () => Label.objects.filter({ tag }).prefetchRelated("on").all());
    expect(await Paper.objects.filter({ code__startswith: "p" }).delete()).toMatchObject({ total: 1400 });
  });
});

it("is refused where it cannot be kept", () => {
  const check = (declare: () => unknown, message: string) => {
    class Wrong extends Model("wrong", { relation: declare as () => ReturnType<typeof fields.foreignKey> }) {
      static objects = manager(this);
    }
    expect(() => Wrong.meta).toThrow(message);
  };
  const any = (value: unknown) => value as never;
  check(() => fields.generic({ order: Order, paper: Paper }), "Order has a key of several columns");
  check(() => fields.generic({ paper: Paper, tag: Tag }), "the key of Paper is a string, and that of Tag a integer");
  check(() => fields.generic({ type: Paper }), 'no kind can be called "type"');
  check(() => fields.oneOf({ folder: Folder, binder: Binder }), "rows of Binder are rows of Folder, too");
  check(() => fields.oneOf(any({})), "expected models by the names of their kinds");
  check(() => fields.oneOf(any(Paper)), "expected models by the names of their kinds");
  check(() => fields.oneOf({ paper: Paper }, any({ to: "code" })), 'takes no option "to"');
  check(() => fields.oneOf({ paper: Paper }, { onDelete: "set null" }), "needs { null: true }");
  check(() => fields.generic({ paper: Paper }, { onDelete: any("set default") }), "onDelete is one of");
  check(() => fields.oneOf({ a_b: any(3) }), "expected a class made with Model(…)");
  check(() => fields.oneOf({ a__b: Paper }), "a field's name starts with a letter");
  check(() => fields.oneOf({ paper: Paper }, { columns: any({ papr: "x" }) }), 'Did you mean "paper"?');
  check(() => fields.hasMany(Stamp, "onn"), 'has no foreign key "onn". Did you mean "on"?');
  check(() => fields.hasMany(Stamp, "on"), "Stamp.on points at Paper, Folder, not at Wrong. Add Wrong to its models.");
});

it("is given by kind and key from outside", () => {
  const schema = Label.inputSchema()["~standard"];
  expect(schema.validate({ tag: 1, on: { paper: "x" } })).toEqual({ value: { tag: 1, on: { paper: "x" } } });
  expect(schema.validate({ tag: 1 })).toEqual({ issues: [{ message: "is required.", path: ["on"] }] });
  for (const on of [{ papr: "x" }, { paper: { code: "x" } }, "x", null, { paper: 3 }]) {
    expect(schema.validate({ tag: 1, on }).issues?.[0]?.path).toEqual(["on"]);
  }
});
