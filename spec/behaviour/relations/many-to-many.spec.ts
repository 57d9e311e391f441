import { beforeEach, expect, it } from "vitest";
import {
  Count,
  FieldError,
  ForeignKeyViolation,
  IntegrityError,
  Max,
  type QueryEvent,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Group, Membership, models, Person, Post, Tag } from "./many-to-many-models.js";

const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);
const any = (value: unknown) => value as never;

onEngines("A many-to-many relation", (engine) => {
  let events: QueryEvent[] = [];
  const suite = useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  const statements = () => events.map(({ sql }) => sql.split(" ", 1)[0]!.toUpperCase());
  let post: Post;
  let red: Tag;
  let blue: Tag;
  let grün: Tag;
  const tied = async () => names(await post.tags.all());

  beforeEach(async () => {
    for (const model of [Post, Tag, Person, Group]) await model.objects.delete({ all: true });
    post = await Post.objects.create({ title: "a" });
    [red, blue, grün] = (await Tag.objects.bulkCreate([{ name: "red" }, { name: "blue" }, { name: "grün" }])) as [
      Tag,
      Tag,
      Tag,
    ];
    events = [];
  });

  it("trap 42: takes rows and keys in with one statement, each once however often", async () => {
    await post.tags.add(red, blue.pk, red, red.pk);
    expect(statements()).toEqual(["INSERT"]);
    await post.tags.add(red);
    expect(statements()).toEqual(["INSERT", "INSERT"]);
    expect(await tied()).toEqual(["blue", "red"]);
    expect(names(await Tag.objects.filter({ posts: post }).all())).toEqual(["blue", "red"]);
    await post.tags.add();
    await post.tags.add(any(String(grün.pk)));
    expect(await tied()).toEqual(["blue", "grün", "red"]);
    expect(await Post.tags.through.objects.count()).toBe(3);
  });

  it("takes in what a queryset finds, and many rows at once", async () => {
    await Tag.objects.bulkCreate(Array.from({ length: 700 }, (_, index) => ({ name: `t${index}` })));
    events = [];
    await post.tags.add(Tag.objects.filter({ name__startswith: "t" }).exclude({ name: "t0" }), red);
    expect(await post.tags.count()).toBe(700);
    await post.tags.remove(Tag.objects.filter({ name__startswith: "t" }));
    expect(await tied()).toEqual(["red"]);
    await post.tags.add(Tag.objects.none());
    await post.tags.set(Tag.objects.filter({ name__in: ["blue", "grün"] }).limit(1));
    expect(await tied()).toEqual(["blue"]);
  });

  it("trap 42: takes rows out, silently those that are not in it", async () => {
    await post.tags.add(red, blue);
    events = [];
    await post.tags.remove(red, grün, 999_999);
    expect(statements()).toEqual(["DELETE"]);
    expect(await tied()).toEqual(["blue"]);
    await post.tags.remove();
    await post.tags.clear();
    await post.tags.clear();
    expect(await tied()).toEqual([]);
    expect(await Tag.objects.count()).toBe(3);
  });

  it("trap 42: is set to a list by what differs", async () => {
    const other = await Post.objects.create({ title: "b" });
    await other.tags.add(red, blue, grün);
    await post.tags.add(red, blue);
    const kept = await Post.tags.through.objects.get({ post, tag: blue });
    events = [];
    await post.tags.set([blue, grün.pk]);
    expect(statements().filter((word) => ["SELECT", "DELETE", "INSERT", "UPDATE"].includes(word))).toEqual([
      "SELECT",
      "DELETE",
      "INSERT",
    ]);
    expect(await tied()).toEqual(["blue", "grün"]);
    expect(await Post.tags.through.objects.filter({ pk: kept.pk }).exists()).toBe(true);
    events = [];
    await post.tags.set(new Set([blue, grün]));
    expect(statements().filter((word) => ["DELETE", "INSERT"].includes(word))).toEqual([]);
    await post.tags.set([red], { clear: true });
    expect(await tied()).toEqual(["red"]);
    await post.tags.set([]);
    expect(await tied()).toEqual([]);
    expect(await other.tags.count()).toBe(3);
  });

  it("works from the other side in the same way", async () => {
    const other = await Post.objects.create({ title: "b" });
    await red.posts.add(post, other);
    expect(await tied()).toEqual(["red"]);
    await red.posts.set([other]);
    expect(await tied()).toEqual([]);
    const made = await red.posts.create({ title: "c" });
    expect(names(await made.tags.all())).toEqual(["red"]);
    await red.posts.clear();
    expect(await red.posts.exists()).toBe(false);
  });

  it("makes rows that belong to it, in one transaction", async () => {
    const made = await post.tags.create({ name: "new", weight: 3 });
    expect(made).toBeInstanceOf(Tag);
    expect(await tied()).toEqual(["new"]);
    const many = await post.tags.bulkCreate([{ name: "x" }, { name: "y" }]);
    expect(many.map(({ name }) => name)).toEqual(["x", "y"]);
    expect(await tied()).toEqual(["new", "x", "y"]);
    const [found, again] = await post.tags.getOrCreate({ name: "x" });
    expect([found.pk, again]).toEqual([many[0]!.pk, false]);
    const [fresh, created] = await post.tags.getOrCreate({ name: "z" }, { defaults: { weight: 9 } });
    expect([fresh.weight, created]).toEqual([9, true]);
    const [changed, isNew] = await post.tags.updateOrCreate({ name: "z" }, { defaults: { weight: 1 } });
    expect([changed.pk, changed.weight, isNew]).toEqual([fresh.pk, 1, false]);
    const [, third] = await post.tags.updateOrCreate({ name: "ü" }, { defaults: { weight: 1 } });
    expect(third).toBe(true);
    expect(await tied()).toEqual(["new", "x", "y", "z", "ü"]);
  });

  it("leaves nothing behind where one step fails", async () => {
    // There is such a tag, but it does not belong to the post: as in Django it cannot be made again.
    await expect(post.tags.getOrCreate({ name: "red" })).rejects.toBeInstanceOf(UniqueViolation);
    await expect(post.tags.bulkCreate([{ name: "one" }, { name: "red" }])).rejects.toBeInstanceOf(IntegrityError);
    await expect(post.tags.set([red, 999_999])).rejects.toBeInstanceOf(ForeignKeyViolation);
    await expect(post.tags.add(999_999)).rejects.toBeInstanceOf(ForeignKeyViolation);
    expect(await tied()).toEqual([]);
    expect(await Tag.objects.count()).toBe(3);
    const gone = suite.db.atomic(async () => {
      await post.tags.add(red);
      expect(await tied()).toEqual(["red"]);
      throw new Error("undone");
    });
    await expect(gone).rejects.toThrow("undone");
    expect(await tied()).toEqual([]);
  });

  it("trap 42: refuses what is no row of the model and no key, before any SQL", async () => {
    const refused: [() => Promise<unknown>, RegExp][] = [
      [() => post.tags.add(any(post)), /Post.*tags.*add.*expected a row of Tag, got one of Post/],
      [() => post.tags.add(any("x")), /tags/],
      [() => post.tags.add(any(null)), /expected a row of Tag or its key, got null/],
      [() => post.tags.add(any(undefined)), /expected a row of Tag or its key, got undefined/],
      [() => post.tags.add(any([red, blue])), /one by one, not in a list/],
      [() => post.tags.remove(any({ pk: 1 })), /got a plain object/],
      [() => post.tags.set([any(new Date())]), /tags/],
      [() => post.tags.add(new Tag({ name: "unsaved" })), /without a key.*Save it first/],
    ];
    for (const [call, message] of refused) {
      const error = await call().then(
        () => null,
        (reason: unknown) => reason as Error,
      );
      expect(error).toBeInstanceOf(ValidationError);
      expect(error!.message).toMatch(message);
    }
    const misused: [() => Promise<unknown>, RegExp][] = [
      [() => post.tags.set(any(red)), /set\(list\) takes a list/],
      [() => post.tags.set(any("ab")), /set\(list\) takes a list/],
      [() => post.tags.add(any(Post.objects.filter({ title: "a" }))), /queryset of rows of Tag, got one of Post/],
      [() => post.tags.add(any(Tag.objects.values("name"))), /got one of values/],
      [
        () => post.tags.add(red, any({ throughDefault: {} })),
        /no option "throughDefault".*Did you mean "throughDefaults"/,
      ],
      [() => post.tags.filter({ name: "red" }).clear(), /about all of row.tags.*row.tags.remove/],
      [() => post.tags.orderBy("name").add(red), /about all of row.tags/],
      [() => post.tags.create({ name: "x" }, any({ defaults: {} })), /no option "defaults"/],
    ];
    for (const [call, message] of misused) await expect(call()).rejects.toThrow(message);
    expect(events).toEqual([]);
    expect(() => new Post({ title: "unsaved" }).tags.all()).toThrow(/has no key.*Save it first: await row.save\(\)/);
    expect(() => ((post as { tags: unknown }).tags = [red])).toThrow(/row.tags.set|await row/);
    await expect(Post.objects.filter({ title: "a" }).update(any({ tags: [red] }))).rejects.toThrow(FieldError);
  });

  it("goes through a model of one's own, with values for its rows", async () => {
    const [eve, kim] = await Person.objects.bulkCreate([{ name: "Eve" }, { name: "Kim" }]);
    const chess = await Group.objects.create({ name: "Chess" });
    expect(Group.people.through).toBe(Membership);
    expect(Person.groups.through).toBe(Membership);
    await chess.people.add(eve!, { throughDefaults: { role: "chair" } });
    events = [];
    await chess.people.add(eve!, kim!, { throughDefaults: { role: "guest" } });
    expect(statements().filter((word) => ["SELECT", "INSERT"].includes(word))).toEqual(["SELECT", "INSERT"]);
    const roles = () => Membership.objects.orderBy("person__name", "pk").valuesList("person__name", "role").all();
    expect(await roles()).toEqual([
      ["Eve", "chair"],
      ["Kim", "guest"],
    ]);
    const lee = await chess.people.create({ name: "Lee" }, { throughDefaults: { role: "new" } });
    await lee.groups.set([], { throughDefaults: {} });
    await lee.groups.getOrCreate({ name: "Go" }, { throughDefaults: { role: "founder" } });
    expect(await lee.memberships.values("group__name", "role").all()).toEqual([{ group__name: "Go", role: "founder" }]);
    await chess.people.set([kim!, lee], { throughDefaults: { role: () => "again" } as never });
    expect(await roles()).toEqual([
      ["Kim", "guest"],
      ["Lee", "founder"],
      ["Lee", "again"],
    ]);
    // Nothing keeps several rows between from being made for one pair: they all go.
    await Membership.objects.create({ group: chess, person: kim! });
    expect(await chess.people.count()).toBe(3);
    await chess.people.remove(kim!);
    expect(names(await chess.people.all())).toEqual(["Lee"]);
    await expect(chess.people.add(eve!, { throughDefaults: any({ rôle: "x" }) })).rejects.toThrow(/rôle/);
    await expect(chess.people.add(eve!, { throughDefaults: any("chair") })).rejects.toThrow(/object of values/);
  });

  it("of a model to itself is kept in both directions, unless it is told otherwise", async () => {
    const [eve, kim, lee] = (await Person.objects.bulkCreate([{ name: "Eve" }, { name: "Kim" }, { name: "Lee" }])) as [
      Person,
      Person,
      Person,
    ];
    events = [];
    await eve.friends.add(kim, lee, eve);
    expect(statements()).toEqual(["INSERT"]);
    expect(names(await kim.friends.all())).toEqual(["Eve"]);
    expect(names(await eve.friends.all())).toEqual(["Eve", "Kim", "Lee"]);
    expect(await Person.friends.through.objects.count()).toBe(5);
    events = [];
    await kim.friends.remove(eve);
    expect(statements()).toEqual(["DELETE"]);
    expect(names(await eve.friends.all())).toEqual(["Eve", "Lee"]);
    await lee.friends.set([kim]);
    expect(names(await kim.friends.all())).toEqual(["Lee"]);
    expect(names(await eve.friends.all())).toEqual(["Eve"]);
    await eve.friends.clear();
    expect(await Person.friends.through.objects.count()).toBe(2);

    await eve.following.add(kim);
    expect(await kim.following.exists()).toBe(false);
    expect(names(await kim.followers.all())).toEqual(["Eve"]);
    await kim.followers.add(lee, kim);
    expect(names(await lee.following.all())).toEqual(["Kim"]);
    expect(names(await kim.following.all())).toEqual(["Kim"]);
    expect(Person.following.through.meta.table).toBe("follow");
    expect(names(await Person.objects.filter({ name: "Eve" }).recursive("following").all())).toEqual(["Eve", "Kim"]);
  });

  it("loses its pairs with either row", async () => {
    await post.tags.add(red, blue);
    await red.delete();
    expect(await Post.tags.through.objects.count()).toBe(1);
    await post.delete();
    expect(await Post.tags.through.objects.count()).toBe(0);
  });

  it("is a queryset: filtered, sliced, counted, updated, deleted and part of others", async () => {
    await post.tags.add(red, blue, grün);
    expect(
      names(
        await post.tags
          .filter({ name__in: ["red", "blue"] })
          .orderBy("-name")
          .all(),
      ),
    ).toEqual(["red", "blue"]);
    expect(await post.tags.exclude({ name: "red" }).valuesList("name", { flat: true }).all()).toEqual(["blue", "grün"]);
    expect(names(await post.tags.limit(1).all())).toEqual(["blue"]);
    expect((await post.tags.first())?.name).toBe("blue");
    expect(await post.tags.contains(red)).toBe(true);
    expect(await post.tags.none().count()).toBe(0);
    expect(await post.tags.filter({ name: "red" }).update({ weight: 5 })).toBe(1);
    expect(await post.tags.aggregate({ most: Max("weight"), n: Count("*") })).toEqual({ most: 5, n: 3 });
    const seen: string[] = [];
    for await (const tag of post.tags) seen.push(tag.name);
    expect(seen).toEqual(["blue", "grün", "red"]);
    const other = await Post.objects.create({ title: "b" });
    await other.tags.add(red);
    expect(names(await post.tags.and(other.tags).all())).toEqual(["red"]);
    expect(names(await post.tags.filter({ name: "blue" }).or(other.tags).distinct().all())).toEqual(["blue", "red"]);
    expect(await post.tags.filter({ name: "blue" }).delete()).toEqual({
      total: 2,
      byModel: { Tag: 1, Post_tags: 1 },
    });
    expect(await tied()).toEqual(["grün", "red"]);
    expect(post.tags.sql().sql).toMatch(/join/i);
  });

  it("of a row that is known by its key alone needs no more", async () => {
    await post.tags.add(red);
    const tie = await Post.tags.through.objects.get({ tag: red });
    const sparse = tie["post"] as Post;
    expect(sparse.isSparse).toBe(true);
    expect(names(await sparse.tags.all())).toEqual(["red"]);
    await sparse.tags.clear();
    expect(await tied()).toEqual([]);
  });
});
