import { beforeEach, describe, expect, it } from "vitest";
import { Count, Database, FieldError, fields, manager, Model, prefetch, Prefetch } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { bindsLists } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Album, Artist, Cover, fillMusic, music, Track } from "./music.js";

class Post extends Model("post", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 50 }),
  tags: () => fields.manyToMany(Tag),
  friends: () => fields.manyToMany(Post),
}) {
  static objects = manager(this);
}

class Tag extends Model(
  "tag",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 50 }),
    weight: fields.integer(),
    posts: () => fields.manyToMany(Post, { reverse: "tags" }),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

class Section extends Model(
  "section",
  {
    book: fields.string({ maxLength: 20 }),
    number: fields.integer(),
    title: fields.string({ maxLength: 20 }),
    pages: () => fields.hasMany(Page, "section"),
  },
  { primaryKey: ["book", "number"] },
) {
  static objects = manager(this);
}

class Page extends Model("page", {
  id: fields.integer({ primaryKey: true }),
  section: () => fields.foreignKey(Section, { null: true, onDelete: "set null" }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Photo extends Model("photo", {
  taken: fields.float({ primaryKey: true }),
  prints: () => fields.hasMany(Print, "photo"),
}) {
  static objects = manager(this);
}

class Print extends Model("print", {
  id: fields.integer({ primaryKey: true }),
  photo: () => fields.foreignKey(Photo, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

const pairs = Post.tags.through as unknown as { objects: { bulkCreate(rows: object[]): Promise<unknown> } };

onEngines("Many-to-many relations that are fetched along", (engine) => {
  const holder = useDatabase(engine, [Post, Tag]);
  const names = (tags: Iterable<Tag>) => [...tags].map(({ name }) => name);
  beforeEach(async () => {
    await Post.objects.delete({ all: true });
    await Tag.objects.delete({ all: true });
    await Post.objects.bulkCreate([1, 2, 3].map((id) => ({ id, title: `P${id}` })));
    await Tag.objects.bulkCreate(["été", "b", "a"].map((name, at) => ({ id: at + 1, name, weight: at })));
    await pairs.objects.bulkCreate([
      { post: 1, tag: 1 },
      { post: 1, tag: 2 },
      { post: 2, tag: 2 },
      { post: 2, tag: 3 },
    ]);
  });

  it("are one query a level, from either side", async () => {
    const posts = await expectQueries(2, () => Post.objects.orderBy("id").prefetchRelated("tags").all());
    expect(posts.map((post) => names(post.tags))).toEqual([["b", "été"], ["a", "b"], []]);
    await expectQueries(0, async () => expect(await posts[0]!.tags.count()).toBe(2));
    expect(Object.keys([...posts[0]!.tags][0]!)).toEqual(["id", "name", "weight"]);
    const tags = await expectQueries(3, () => Tag.objects.prefetchRelated("posts__tags").all());
    expect(tags.map((tag) => [...tag.posts].map((post) => post.tags.length))).toEqual([[2], [2, 2], [2]]);
  });

  it("take querysets of their own: filtered, sliced for each, annotated", async () => {
    const fetched = async (queryset: typeof Tag.objects, queries: number) => {
      const posts = await expectQueries(queries, () =>
        Post.objects.orderBy("id").prefetchRelated(Prefetch("tags", queryset)).all(),
      );
      return posts.map((post) => names(post.tags));
    };
    expect(await fetched(Tag.objects.filter({ weight__gt: 0 }), 2)).toEqual([["b"], ["a", "b"], []]);
    expect(await fetched(Tag.objects.orderBy("-name"), 2).then((all) => all[1])).toEqual(["b", "a"]);
    expect(await fetched(Tag.objects.limit(1), 3)).toEqual([["b"], ["a"], []]);
    expect(await fetched(Tag.objects.orderBy("-weight").slice(1, 2), 3)).toEqual([["été"], ["b"], []]);
    expect(await fetched(Tag.objects.filter({ posts__title: "P2" }), 2)).toEqual([["b"], ["a", "b"], []]);
    expect(await fetched(Tag.objects.distinct(), 2)).toEqual([["b", "été"], ["a", "b"], []]);
    expect(await fetched(Tag.objects.none(), 1)).toEqual([[], [], []]);
    const counted = await Post.objects
      .orderBy("id")
      .prefetchRelated(Prefetch("tags", Tag.objects.annotate({ uses: Count("posts") })))
      .all();
    expect([...counted[0]!.tags].map((tag) => [tag.name, tag.uses])).toEqual([
      ["b", 2],
      ["été", 1],
    ]);
  });

  it("are one query for all who ask in one tick, and for peers", async () => {
    const posts = await Post.objects.orderBy("id").all();
    const tags = await expectQueries(1, () => Promise.all(posts.map((post) => post.tags.all())));
    expect(tags.map(names)).toEqual([["b", "été"], ["a", "b"], []]);
    await expectQueries(2, async () => {
      for (const post of await Post.objects.fetchMode("peers").all()) await post.tags.all();
    });
    expect(names((await prefetch([posts[1]!], "tags"))[0]!.tags)).toEqual(["a", "b"]);
    expect(holder.db.isConnected).toBe(true);
  });
});

onEngines("Keys of several columns that are fetched along", (engine) => {
  useDatabase(engine, [Page, Section]);
  beforeEach(async () => {
    await Page.objects.delete({ all: true });
    await Section.objects.delete({ all: true });
    await Section.objects.bulkCreate(
      ["a", "b"].flatMap((book) => [1, 2].map((number) => ({ book, number, title: `${book}${number}` }))),
    );
    const [a1, , b1] = await Section.objects.orderBy("book", "number").all();
    await Page.objects.bulkCreate([
      { id: 1, section: a1!, text: "x" },
      { id: 2, section: b1!, text: "y" },
      { id: 3, section: null, text: "z" },
      { id: 4, section: a1!, text: "w" },
    ]);
  });

  it("lead both ways, by one query a level", async () => {
    const sections = await expectQueries(2, () =>
      Section.objects
        .orderBy("book", "number")
        .prefetchRelated(Prefetch("pages", Page.objects.orderBy("id")))
        .all(),
    );
    expect(sections.map((section) => [...section.pages].map(({ id }) => id))).toEqual([[1, 4], [], [2], []]);
    const pages = await expectQueries(2, () => Page.objects.orderBy("id").prefetchRelated("section").all());
    expect(pages.map((page) => page.section?.title ?? null)).toEqual(["a1", "b1", null, "a1"]);
    const sliced = await Section.objects
      .orderBy("book", "number")
      .prefetchRelated(Prefetch("pages", Page.objects.orderBy("-id").limit(1)))
      .all();
    expect(sliced.map((section) => [...section.pages].map(({ id }) => id))).toEqual([[4], [], [2], []]);
  });

  it("are loaded together, too", async () => {
    const pages = await Page.objects.filter({ text__ne: "z" }).orderBy("id").all();
    const sections = await expectQueries(1, () => Promise.all(pages.map((page) => page.section!.load())));
    expect(sections.map(({ title }) => title)).toEqual(["a1", "b1", "a1"]);
    const [again] = await Page.objects.filter({ id: 2 }).all();
    expect((await again!.section!.load()).title).toBe("b1");
    await expectQueries(1, () => Promise.all(sections.map((section) => section.pages.all())));
  });
});

onEngines("fetchRelated", (engine) => {
  const holder = useDatabase(engine, music);
  beforeEach(() => fillMusic(holder.db));

  it("joins relations to one row, and asks for many by queries of their own", async () => {
    const albums = await expectQueries(2, () => Album.objects.fetchRelated("artist", "cover", "tracks").all());
    expect(
      albums.map((album) => [album.artist?.name ?? null, album.cover?.colour ?? null, album.tracks.length]),
    ).toEqual([
      ["Anderson .Paak", "blue", 3],
      ["Anderson .Paak", null, 3],
      [null, "grün", 3],
      ["Anderson .Paak", null, 0],
    ]);
    const artists = await expectQueries(3, () =>
      Artist.objects.fetchRelated("albums__cover", "albums__tracks__album__artist", "albums").all(),
    );
    await expectQueries(0, () => {
      const [album] = artists[0]!.albums;
      expect(album!.cover?.colour).toBe("blue");
      expect([...album!.tracks][0]!.album.artist?.name).toBe("Anderson .Paak");
    });
    const covers = await expectQueries(2, () => Cover.objects.orderBy("pk").fetchRelated("album__tracks").all());
    expect(covers.map((cover) => cover.album.tracks.length)).toEqual([3, 3]);
    await expectQueries(1, () => Track.objects.fetchRelated("album__artist").all());
  });

  it("refuses what is no relation", () => {
    expect(() => Album.objects.fetchRelated("artsit" as never)).toThrow(/fetchRelated\("artsit"\).*"artist"/);
    expect(() => Album.objects.fetchRelated()).toThrow(FieldError);
    expect(() => Album.objects.selectRelated("tracks" as never)).toThrow(/prefetchRelated\("tracks"\)/);
  });
});

onEngines("Very many keys", (engine) => {
  useDatabase(engine, [...music, Print, Photo]);

  it("trap 37: are one query where a list is one parameter, and else as few as there can be", async () => {
    const albums = Array.from({ length: 70_000 }, (_, id) => new Album({ id: id + 1, name: "x" }));
    await Artist.objects.create({ id: 1, name: "x" });
    await Album.objects.create({ id: 70_000, name: "x" });
    await Track.objects.create({ id: 1, album: 70_000, title: "Last", position: 1 });
    // MySQL's statements have a length, and where each key is a parameter there are no more than 999 of them.
    const most = bindsLists ? (engine.name === "mysql" ? 2 ** 16 : Infinity) : 512;
    const queries = Math.max(1, Math.ceil(70_000 / most));
    const loaded = await expectQueries(queries, () => prefetch(albums, "tracks"));
    expect(loaded.at(-1)!.tracks.length).toBe(1);
    expect(loaded[0]!.tracks.length).toBe(0);
    const photos = Array.from({ length: 70_000 }, (_, at) => new Photo({ taken: at + 0.5 }));
    await Photo.objects.create({ taken: 69_999.5 });
    await Print.objects.create({ id: 1, photo: 69_999.5 });
    const printed = await prefetch(photos, "prints");
    expect(printed.at(-1)!.prints.length).toBe(1);
    expect(printed.filter((photo) => photo.prints.length > 0)).toHaveLength(1);
  });
});

describe("expectQueries", () => {
  it("counts what its function sends, of one database or of all, and lists it where it is wrong", async () => {
    const db = new Database("sqlite::memory:");
    const other = new Database("sqlite::memory:");
    for (const model of music) model.bind(db);
    await db.createTables(music);
    await other.createTables(music);
    expect(await expectQueries(1, () => Artist.objects.count())).toBe(0);
    await expect(expectQueries(0, () => Artist.objects.count())).rejects.toThrow(
      /^Expected 0 queries, got 1:\n {2}1\. select count/,
    );
    await expect(expectQueries(1, () => 7)).rejects.toThrow("Expected 1 query, got 0.");
    await expectQueries(1, () => Promise.all([Artist.objects.count(), Artist.objects.using(other).count()]), {
      database: other,
    });
    await Promise.all([
      expectQueries(2, async () => {
        await Artist.objects.count();
        await Artist.objects.exists();
      }),
      expectQueries(1, () => Artist.objects.count()),
    ]);
    await expectQueries(2, async () => {
      await expectQueries(0, () => undefined);
      await db.atomic(async () => {
        await Artist.objects.count();
        await Artist.objects.count();
      });
    });
    await expect(expectQueries(-1, () => 1)).rejects.toThrow(TypeError);
    await expect(expectQueries(0, () => Promise.reject(new Error("theirs")))).rejects.toThrow("theirs");
    await db.close();
    await other.close();
  });
});
