import { beforeAll, beforeEach, expect, it } from "vitest";
import { Count, F, Max, Q, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, Group, Membership, models, Person, Post, Tag } from "./many-to-many-models.js";

const titles = (rows: readonly { readonly title: string }[]) => rows.map(({ title }) => title);
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

onEngines("A path along a many-to-many relation", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  const joinsOf = (sql: string) => sql.match(/ join /gi)?.length ?? 0;

  beforeAll(async () => {
    const [ann, bob] = await Author.objects.bulkCreate([{ name: "Ann" }, { name: "Bob" }]);
    const [a, b, c, d] = await Post.objects.bulkCreate([
      { title: "a", author: ann! },
      { title: "b", author: ann! },
      { title: "c", author: bob! },
      { title: "d" },
    ]);
    const [red, blue, grün] = await Tag.objects.bulkCreate([
      { name: "red", weight: 1 },
      { name: "blue", weight: 5 },
      { name: "grün" },
    ]);
    await Post.tags.through.objects.bulkCreate([
      { post: a!, tag: red! },
      { post: a!, tag: blue! },
      { post: b!, tag: blue! },
      { post: c!, tag: grün! },
    ]);
    expect(d!.pk).toBe(4);
    const [eve, kim, lee] = await Person.objects.bulkCreate([{ name: "Eve" }, { name: "Kim" }, { name: "Lee" }]);
    const [chess, rowing] = await Group.objects.bulkCreate([{ name: "Chess" }, { name: "Rowing" }]);
    await Membership.objects.bulkCreate([
      { group: chess!, person: eve!, role: "chair" },
      { group: chess!, person: kim! },
      { group: rowing!, person: eve! },
      { group: rowing!, person: lee!, role: "chair", inviter: eve! },
    ]);
    await Person.following.through.objects.bulkCreate([
      { fromPerson: eve!, toPerson: kim! },
      { fromPerson: kim!, toPerson: lee! },
      { fromPerson: lee!, toPerson: kim! },
    ]);
  });
  beforeEach(() => {
    events = [];
  });

  it("leads to the other rows and on from there, from both sides and at any depth", async () => {
    expect(titles(await Post.objects.filter({ tags__name: "blue" }).all())).toEqual(["a", "b"]);
    expect(titles(await Post.objects.filter({ tags__name__iexact: "GRÜN" }).all())).toEqual(["c"]);
    expect(names(await Tag.objects.filter({ posts__author__name: "Ann" }).distinct().all())).toEqual(["blue", "red"]);
    expect(names(await Author.objects.filter({ posts__tags__weight__gt: 4 }).distinct().all())).toEqual(["Ann"]);
    expect(names(await Tag.objects.filter({ posts__tags__name: "red" }).all())).toEqual(["blue", "red"]);
    expect(names(await Group.objects.filter({ people__name: "Lee" }).all())).toEqual(["Rowing"]);
    expect(names(await Person.objects.filter({ groups__name: "Chess" }).all())).toEqual(["Eve", "Kim"]);
    expect(names(await Person.objects.filter({ following__name: "Kim" }).all())).toEqual(["Eve", "Lee"]);
    expect(names(await Person.objects.filter({ followers__following__name: "Lee" }).all())).toEqual(["Lee"]);
  });

  it("stops at the rows between where it ends at the key, by any of its names", async () => {
    const blue = await Tag.objects.get({ name: "blue" });
    events = [];
    for (const where of [
      { tags: blue },
      { tags: blue.pk },
      { tags__pk: blue.pk },
      { tags__id: blue.pk },
      { tags__in: [blue] },
      { tags__in: Tag.objects.filter({ name: "blue" }) },
    ]) {
      expect(titles(await Post.objects.filter(where as { tags: number }).all())).toEqual(["a", "b"]);
    }
    expect(events.map(({ sql }) => joinsOf(sql))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(titles(await Post.objects.filter({ tags__isnull: true }).all())).toEqual(["d"]);
    expect(titles(await Post.objects.filter({ tags: null }).all())).toEqual(["d"]);
    expect(await Post.objects.filter({ title: "a" }).orderBy("tags__pk").values("tags").all()).toEqual([
      { tags: 1 },
      { tags: 2 },
    ]);
    expect(joinsOf(events.at(-1)!.sql)).toBe(1);
  });

  it("asks one filter's conditions of one row, and those of two filters of any", async () => {
    expect(await Post.objects.filter({ tags__name: "red", tags__weight: 5 }).count()).toBe(0);
    expect(titles(await Post.objects.filter({ tags__name: "red" }).filter({ tags__weight: 5 }).all())).toEqual(["a"]);
    expect(titles(await Post.objects.filter(Q({ tags__name: "red" }).or(Q({ title: "d" }))).all())).toEqual(["a", "d"]);
  });

  it("leaves out rows by NOT EXISTS, and keeps those that have none", async () => {
    expect(titles(await Post.objects.exclude({ tags__name: "blue" }).all())).toEqual(["c", "d"]);
    expect(titles(await Post.objects.exclude({ tags: 2 }).all())).toEqual(["c", "d"]);
    expect(joinsOf(events.at(-1)!.sql)).toBe(0);
    expect(titles(await Post.objects.exclude({ tags__weight__isnull: true }).all())).toEqual(["a", "b"]);
    expect(titles(await Post.objects.exclude({ tags__in: [] }).all())).toEqual(["a", "b", "c", "d"]);
  });

  it("is one row for the relation and for the rows between, where both are declared", async () => {
    const chairs = Group.objects.filter({ people__name: "Eve", memberships__role: "chair" });
    expect(names(await chairs.all())).toEqual(["Chess"]);
    expect(joinsOf(events.at(-1)!.sql)).toBe(2);
    expect(names(await Person.objects.filter({ memberships__role: "chair", groups__name: "Rowing" }).all())).toEqual([
      "Lee",
    ]);
    expect(
      await Group.objects
        .filter({ memberships__role: "chair" })
        .orderBy("name")
        .values("name", "people__name", "memberships__role")
        .all(),
    ).toEqual([
      { name: "Chess", people__name: "Eve", memberships__role: "chair" },
      { name: "Rowing", people__name: "Lee", memberships__role: "chair" },
    ]);
    expect(await Group.objects.exclude({ people__name: "Eve" }).count()).toBe(0);
  });

  it("is counted, ordered by, read and compared like any other", async () => {
    const posts = await Post.objects.annotate({ n: Count("tags"), most: Max("tags__weight") }).all();
    expect(posts.map(({ title, n, most }) => [title, n, most])).toEqual([
      ["a", 2, 5],
      ["b", 1, 5],
      ["c", 1, null],
      ["d", 0, null],
    ]);
    expect(titles(await Post.objects.orderBy("-tags__name", "title").distinct().all()).slice(0, 2)).toHaveLength(2);
    expect(
      await Post.objects
        .values("tags__name")
        .annotate({ n: Count("*") })
        .orderBy("tags__name")
        .all(),
    ).toHaveLength(4);
    expect(titles(await Post.objects.filter({ tags__weight: F("tags__id").add(3) }).all())).toEqual(["a", "b"]);
    expect(await Post.objects.aggregate({ n: Count("tags", { distinct: true }) })).toEqual({ n: 3 });
    expect(
      await Group.objects
        .values("name")
        .annotate({ n: Count("people") })
        .orderBy("name")
        .all(),
    ).toEqual([
      { name: "Chess", n: 2 },
      { name: "Rowing", n: 2 },
    ]);
  });

  it("leads from rows to rows of the same model, again and again", async () => {
    const eve = Person.objects.filter({ name: "Eve" });
    expect(names(await eve.recursive("following").all())).toEqual(["Eve", "Kim", "Lee"]);
    const steps = await Person.objects
      .filter({ name: "Lee" })
      .recursive("followers", { depth: "steps" })
      .orderBy("steps")
      .all();
    expect(steps.map(({ name, steps }) => [name, steps])).toEqual([
      ["Lee", 0],
      ["Kim", 1],
      ["Eve", 2],
    ]);
    expect(names(await eve.recursive("following", { maxDepth: 1 }).all())).toEqual(["Eve", "Kim"]);
  });

  it("is a manager of a row, whose first filter is about the same rows between", async () => {
    const rowing = await Group.objects.get({ name: "Rowing" });
    events = [];
    expect(names(await rowing.people.all())).toEqual(["Eve", "Lee"]);
    expect(joinsOf(events.at(-1)!.sql)).toBe(1);
    expect(names(await rowing.people.filter({ memberships__role: "chair" }).all())).toEqual(["Lee"]);
    expect(joinsOf(events.at(-1)!.sql)).toBe(1);
    const chairs = rowing.people.annotate({ n: Count("friends") }).filter({ memberships__role: "chair", n: 0 });
    expect(names(await chairs.all())).toEqual(["Lee"]);
    expect(names(await rowing.people.exclude({ memberships__role: "chair" }).all())).toEqual([]);
    expect(names(await rowing.people.filter({ name__gt: "A" }).filter({ memberships__role: "chair" }).all())).toEqual(
      // A second filter is about any group's rows.
      ["Eve", "Lee"],
    );
    expect(await rowing.people.values("name", "memberships__role").all()).toEqual([
      { name: "Eve", memberships__role: "member" },
      { name: "Lee", memberships__role: "chair" },
    ]);
    const eve = await Person.objects.get({ name: "Eve" });
    expect(names(await eve.groups.orderBy("-name").all())).toEqual(["Rowing", "Chess"]);
    expect(names(await eve.following.all())).toEqual(["Kim"]);
    expect(await eve.followers.exists()).toBe(false);
    expect(
      titles(
        await Post.objects
          .filter({ tags__in: (await Post.objects.get({ title: "a" })).tags })
          .distinct()
          .all(),
      ),
    ).toEqual(["a", "b"]);
  });

  it("is updated and deleted by", async () => {
    const post = await Post.objects.create({ title: "e" });
    const tag = await Tag.objects.create({ name: "new" });
    await Post.tags.through.objects.create({ post, tag });
    expect(await Post.objects.filter({ tags__name: "new" }).update({ title: "f" })).toBe(1);
    // The row that ties the two goes along, and is counted.
    expect((await Tag.objects.filter({ posts__title: "f" }).delete()).total).toBe(2);
    expect(await Post.tags.through.objects.filter({ post }).count()).toBe(0);
    await post.delete();
  });
});
