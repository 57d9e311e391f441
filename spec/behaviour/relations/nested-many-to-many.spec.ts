import { beforeEach, expect, it } from "vitest";
import {
  FieldError,
  fields,
  ForeignKeyViolation,
  manager,
  Model,
  type QueryEvent,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, Group, Membership, models, Person, Post, Tag } from "./many-to-many-models.js";

class Order extends Model(
  "nested_order",
  {
    shop: fields.string({ maxLength: 10 }),
    number: fields.integer(),
    items: () => fields.manyToMany(Item, { through: () => OrderLine }),
    lines: () => fields.hasMany(OrderLine, "order"),
    labels: () => fields.manyToMany(Item, { table: "order_labels" }),
  },
  { primaryKey: ["shop", "number"] },
) {
  static objects = manager(this);
}

class Item extends Model("nested_item", {
  code: fields.string({ maxLength: 10, primaryKey: true }),
  orders: () => fields.manyToMany(Order, { reverse: "items" }),
  labelled: () => fields.manyToMany(Order, { reverse: "labels" }),
}) {
  static objects = manager(this);
}

class OrderLine extends Model("order_line", {
  order: () => fields.foreignKey(Order, { onDelete: "cascade" }),
  item: () => fields.foreignKey(Item),
  quantity: fields.integer(),
  price: fields.decimal({ precision: 8, scale: 2 }),
}) {
  static objects = manager(this);
}

const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);
const any = (value: unknown) => value as never;

onEngines("Rows made along a many-to-many relation", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, [...models, Order, Item, OrderLine], { onQuery: (event) => events.push(event) });
  const inserts = () => events.filter(({ sql }) => /^insert/i.test(sql)).map(({ model }) => model);
  let red: Tag;
  let blue: Tag;

  beforeEach(async () => {
    for (const model of [OrderLine, Order, Item, Membership, Post, Tag, Person, Group, Author]) {
      await (model as typeof Item).objects.delete({ all: true });
    }
    [red, blue] = (await Tag.objects.bulkCreate([{ name: "red" }, { name: "blue" }])) as [Tag, Tag];
    events = [];
  });

  it("are new ones, rows that are there, and keys, mixed as they like", async () => {
    const post = await Post.objects.create({
      title: "Ä",
      author: { name: "Ann" },
      tags: [{ name: "grün", weight: 3 }, red, blue.pk, { name: "🎺" }],
    });
    expect(names(await post.tags.all())).toEqual(["blue", "grün", "red", "🎺"]);
    expect(names(await Tag.objects.filter({ posts__author__name: "Ann" }).all())).toEqual([
      "blue",
      "grün",
      "red",
      "🎺",
    ]);
    expect(await Post.tags.through.objects.count()).toBe(4);
    expect(post.isDirty()).toBe(false);
  });

  it("are one statement for all of the same place, in one transaction", async () => {
    await Post.objects.create({ title: "x", tags: [red, { name: "a" }, blue] });
    const [tag] = inserts().slice(1);
    expect(new Set(inserts())).toEqual(new Set(["Post", "Tag", "Post_tags"]));
    expect(inserts()).toHaveLength(3);
    expect(tag).toBe("Tag");
    events = [];
    await Post.objects.create({ title: "y", tags: [] });
    expect(inserts()).toEqual(["Post"]);
  });

  it("come once each, however often they are given", async () => {
    const post = await Post.objects.create({ title: "x", tags: [red.pk, red, red, any(String(red.pk))] });
    expect(names(await post.tags.all())).toEqual(["red"]);
    expect(await Post.tags.through.objects.count()).toBe(1);
  });

  it("are known to the row afterwards, unless one was a key", async () => {
    const post = await Post.objects.create({ title: "x", tags: [{ name: "a" }, red] });
    const empty = await Post.objects.create({ title: "y", tags: [] });
    const byKey = await Post.objects.create({ title: "z", tags: [{ name: "b" }, red.pk] });
    events = [];
    expect(names(await post.tags.all())).toEqual(["a", "red"]);
    expect(await post.tags.count()).toBe(2);
    expect(await empty.tags.all()).toEqual([]);
    expect(events).toEqual([]);
    expect(names(await byKey.tags.all())).toEqual(["b", "red"]);
    expect(events).toHaveLength(1);
  });

  it("go on at any depth, and along the other side", async () => {
    const tag = await Tag.objects.create({
      name: "deep",
      posts: [{ title: "a", tags: [{ name: "deeper", posts: [{ title: "b", author: { name: "Bo" } }] }, red] }],
    });
    expect((await Post.objects.filter({ tags: tag }).all()).map(({ title }) => title)).toEqual(["a"]);
    expect(names(await Tag.objects.filter({ posts__title: "a" }).all())).toEqual(["deep", "deeper", "red"]);
    expect(await Post.objects.filter({ tags__name: "deeper" }).valuesList("title", "author__name").all()).toEqual([
      ["a", null],
      ["b", "Bo"],
    ]);
    const author = await Author.objects.create({ name: "C", posts: [{ title: "c", tags: [red, { name: "new" }] }] });
    expect(names(await Tag.objects.filter({ posts__author: author }).all())).toEqual(["new", "red"]);
  });

  it("are made by bulkCreate, and through managers of related rows", async () => {
    await Post.objects.bulkCreate([
      { title: "a", tags: [red, { name: "one" }] },
      { title: "b", tags: [{ name: "two" }, red, blue] },
      { title: "c" },
      new Post({ title: "d" }),
    ]);
    expect(inserts().filter((model) => model === "Post_tags")).toHaveLength(1);
    expect(await Post.objects.filter({ tags: red }).count()).toBe(2);
    expect(await Post.tags.through.objects.count()).toBe(5);
    const made = await red.posts.create({ title: "e", tags: [blue, red, { name: "three" }] });
    expect(names(await Tag.objects.filter({ posts: made }).all())).toEqual(["blue", "red", "three"]);
    const author = await Author.objects.create({ name: "x" });
    const own = await author.posts.create({ title: "f", tags: [{ name: "four" }] });
    expect(names(await own.tags.all())).toEqual(["four"]);
  });

  it("are tied both ways where the relation is symmetrical, and one way where it is not", async () => {
    const bo = await Person.objects.create({ name: "Bo" });
    const ann = await Person.objects.create({
      name: "Ann",
      friends: [bo, { name: "Cy", friends: [{ name: "Di" }] }],
      following: [bo, { name: "Ed" }],
    });
    expect(names(await ann.friends.filter().all())).toEqual(["Bo", "Cy"]);
    expect(names(await Person.objects.filter({ friends: ann }).all())).toEqual(["Bo", "Cy"]);
    expect(names(await Person.objects.filter({ friends__name: "Cy" }).all())).toEqual(["Ann", "Di"]);
    expect(
      names(
        await Person.objects
          .filter({ following__name__in: ["Bo", "Ed"] })
          .distinct()
          .all(),
      ),
    ).toEqual(["Ann"]);
    expect(await bo.following.count()).toBe(0);
    const fan = await Person.objects.create({ name: "Fan", followers: [bo] });
    expect(names(await bo.following.all())).toEqual(["Fan"]);
    expect(names(await fan.followers.all())).toEqual(["Bo"]);
  });

  it("take what rows of a model of one's own between them have by default", async () => {
    const eve = await Person.objects.create({ name: "Eve" });
    const group = await Group.objects.create({ name: "g", people: [eve, { name: "Fay" }] });
    expect(await group.memberships.orderBy("person__name").valuesList("person__name", "role", "inviter").all()).toEqual(
      [
        ["Eve", "member", null],
        ["Fay", "member", null],
      ],
    );
    const other = await Group.objects.create({
      name: "h",
      people: [{ name: "Gil" }],
      memberships: [{ person: eve, role: "chair" }],
    });
    expect(await other.memberships.filter().orderBy("role").valuesList("role", { flat: true }).all()).toEqual([
      "chair",
      "member",
    ]);
  });

  it("are refused where rows between them need more, with a word on how", async () => {
    const item = await Item.objects.create({ code: "i" });
    events = [];
    const making = Order.objects.create({ shop: "s", number: 1, items: [item] });
    await expect(making).rejects.toThrow(FieldError);
    await expect(making).rejects.toThrow(
      'Order.items in create({ items }): rows of OrderLine need "quantity", "price", too. Create the Order without ' +
        "items, then await row.items.add(…, { throughDefaults: { quantity: … } }), or give " +
        "{ lines: [{ item: …, quantity: … }] }.",
    );
    await expect(Item.objects.create({ code: "j", orders: [{ shop: "s", number: 1 }] })).rejects.toThrow(
      /Item\.orders in create.*throughDefaults: \{ quantity: … \} \}\)\.$/s,
    );
    expect(events).toEqual([]);
    // What the message says works.
    const order = await Order.objects.create({ shop: "s", number: 1, items: [], labels: [item, { code: "new" }] });
    await order.items.add(item, { throughDefaults: { quantity: 2, price: "1.50" } });
    await Order.objects.create({ shop: "s", number: 2, lines: [{ item, quantity: 3, price: "2" }] });
    expect(await Order.objects.filter({ items: item }).count()).toBe(2);
    expect((await order.labels.filter().orderBy("code").all()).map(({ code }) => code)).toEqual(["i", "new"]);
    expect(await Order.objects.filter({ labels__in: ["new"], pk: ["s", 1] }).count()).toBe(1);
    const byKey = await Item.objects.create({ code: "k", labelled: [["s", 1], order, ["s", 2]] });
    expect(await byKey.labelled.count()).toBe(2);
  });

  it("leave nothing behind where one of them fails", async () => {
    await expect(Post.objects.create({ title: "x", tags: [{ name: "new" }, { name: "red" }] })).rejects.toThrow(
      UniqueViolation,
    );
    await expect(Post.objects.create({ title: "x", tags: [{ name: "new" }, 123_456] })).rejects.toThrow(
      ForeignKeyViolation,
    );
    expect(await Post.objects.count()).toBe(0);
    expect(await Tag.objects.count()).toBe(2);
    expect(await Post.tags.through.objects.count()).toBe(0);
  });

  it.each([
    [
      "no list",
      { tags: 5 },
      /Post\.tags: expected a list of rows of Tag, their keys and objects of values, got number 5/,
    ],
    ["null", { tags: null }, /Post\.tags: expected a list/],
    ["a row in place of a list", { tags: new Tag({ name: "x" }) }, /Post\.tags: expected a list/],
    [
      "a row that is not saved",
      { tags: [new Tag({ name: "x" })] },
      /Post\.tags\[0\]: got a Tag without a key: it was never saved/,
    ],
    ["a row of another model", { tags: [new Post({ title: "x" })] }, /Post\.tags\[0\]: expected a row of Tag/],
    ["a key of another type", { tags: [1, "x"] }, /Post\.tags\[1\]/],
    ["null in a list", { tags: [null] }, /Post\.tags\[0\]: expected a row of Tag or its key, got null/],
    ["undefined in a list", { tags: [undefined] }, /Post\.tags\[0\]: expected a row of Tag or its key, got undefined/],
    ["a list in a list", { tags: [[1]] }, /Post\.tags\[0\]: takes rows of Tag/],
    ["a queryset", { tags: [Tag.objects] }, /Post\.tags\[0\]: expected rows of Tag, got a queryset/],
    ["values that are wrong", { tags: [1, { name: "x".repeat(51) }] }, /Post\.tags\[1\]\.name: has 51 characters/],
    ["values that are missing", { tags: [{}] }, /Post\.tags\[0\]\.name: is required/],
    [
      "wrong values further in",
      { tags: [{ name: "x", posts: [{}] }] },
      /Post\.tags\[0\]\.posts\[0\]\.title: is required/,
    ],
  ])("refuse %s before any statement", async (_, values, message) => {
    const making = Post.objects.create(any({ title: "x", ...values }));
    await expect(making).rejects.toThrow(ValidationError);
    await expect(making).rejects.toThrow(message);
    await expect(Post.objects.bulkCreate([any({ title: "x", ...values })])).rejects.toThrow(ValidationError);
    expect(events).toEqual([]);
  });

  it("tell all that is wrong at once, each with its place", async () => {
    const values = any({ tags: [{}, null, red, { name: "x", posts: [{ title: 1 }] }], author: {} });
    const error = (await Post.objects.create(values).catch((thrown: unknown) => thrown)) as ValidationError;
    expect(error.problems.map(({ field }) => field)).toEqual([
      "author",
      "author.name",
      "title",
      "tags[0].name",
      "tags[1]",
      "tags[3].posts[0].title",
    ]);
  });

  it("refuse names that are none, and what is not asked to make rows", async () => {
    await expect(Post.objects.create(any({ title: "x", tags: [{ nmae: "y" }] }))).rejects.toThrow(
      /Tag has no field "nmae".*Did you mean "name"/s,
    );
    await expect(
      Post.objects.create(any({ title: "x", tags: [{ __proto__: null, name: "y", pks: 1 }] })),
    ).rejects.toThrow(FieldError);
    expect(() => new Post(any({ title: "x", tags: [] }))).toThrow(/rows of Post_tags hold this relation/);
    await expect(Post.objects.filter({ title: "x" }).update(any({ tags: [] }))).rejects.toThrow(
      /rows of Post_tags hold this relation/,
    );
    expect(await Post.objects.create(any({ title: "x", tags: undefined }))).toBeInstanceOf(Post);
  });
});
