import { beforeEach, expect, it } from "vitest";
import { Count, Exists, F, OuterRef, Q } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Comment, Note, oneOfModels, Photo, Post, Tagged, Writer } from "./one-of-models.js";

const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id);

onEngines("A relation to a row of one of several models", (engine) => {
  useDatabase(engine, oneOfModels);
  let ann: Writer;
  let post: Post;
  let other: Post;
  let photo: Photo;

  beforeEach(async () => {
    for (const model of [Comment, Note, Tagged, Post, Photo, Writer]) {
      await (model as typeof Writer).objects.delete({ all: true });
    }
    ann = await Writer.objects.create({ name: "Ann" });
    post = await Post.objects.create({ id: 1, title: "Pöst", writer: ann });
    other = await Post.objects.create({ id: 2, title: "Other" });
    photo = await Photo.objects.create({ id: 1, path: "/1.png" });
    await Comment.objects.bulkCreate([
      { id: 1, text: "a", target: post },
      { id: 2, text: "b", target: photo },
      { id: 3, text: "c", target: { post: 2 } },
      { id: 4, text: "d", target: post },
    ]);
    await Note.objects.bulkCreate([
      { id: 1, text: "a", about: post },
      { id: 2, text: "b", about: photo },
      { id: 3, text: "c", about: null },
      { id: 4, text: "d" },
    ]);
    await Tagged.objects.bulkCreate([
      { id: 1, tag: "a", item: post },
      { id: 2, tag: "b", item: photo },
      { id: 3, tag: "c", item: { post: 2 } },
      { id: 4, tag: "d", item: null },
      { id: 5, tag: "e", item: post },
    ]);
  });

  it("is read as a row of which the kind and the key are known", async () => {
    const [first, second, third] = await Comment.objects.all();
    expect(first!.target).toBeInstanceOf(Post);
    expect([first!.target.pk, first!.target.isSparse]).toEqual([1, true]);
    expect(second!.target).toBeInstanceOf(Photo);
    expect(String(third!.target)).toBe("Post(id=2) [sparse]");
    const tagged = await Tagged.objects.all();
    expect(tagged.map(({ item }) => (item === null ? null : String(item)))).toEqual([
      "Post(id=1) [sparse]",
      "Photo(id=1) [sparse]",
      "Post(id=2) [sparse]",
      null,
      "Post(id=1) [sparse]",
    ]);
    expect(() => (first!.target as Post).title).toThrow("await row.target.load()");
    expect(first!.toJSON()).toEqual({ id: 1, text: "a", target: { post: 1 } });
    expect(tagged[1]!.toJSON()).toEqual({ id: 2, tag: "b", item: { photo: 1 } });
    expect(tagged[3]!.toJSON()).toEqual({ id: 4, tag: "d", item: null });
  });

  it("is loaded with a query for each model, whichever relation leads there", async () => {
    const comments = await Comment.objects.all();
    const tagged = await Tagged.objects.all();
    const loaded = await expectQueries(2, () =>
      Promise.all([...comments.map(({ target }) => target.load()), ...tagged.map(({ item }) => item?.load() ?? null)]),
    );
    expect(loaded.map((row) => (row instanceof Post ? row.title : row instanceof Photo ? row.path : null))).toEqual([
      ...["Pöst", "/1.png", "Other", "Pöst"],
      ...["Pöst", "/1.png", "Other", null, "Pöst"],
    ]);
    expect((comments[0]!.target as Post).title).toBe("Pöst");
  });

  it("is fetched along with one query for each model", async () => {
    const comments = await expectQueries(3, () => Comment.objects.prefetchRelated("target").all());
    expect(comments.map(({ target }) => (target instanceof Post ? target.title : target.path))).toEqual([
      "Pöst",
      "/1.png",
      "Other",
      "Pöst",
    ]);
    const tagged = await expectQueries(3, () => Tagged.objects.prefetchRelated("item").all());
    expect(tagged.map(({ item }) => item?.isSparse ?? null)).toEqual([false, false, false, null, false]);
    await expectQueries(2, () => Tagged.objects.filter({ item: post }).prefetchRelated("item").all());
    const writers = await expectQueries(3, () => Comment.objects.prefetchRelated("target__post__writer").all());
    expect((writers[0]!.target as Post).writer).toMatchObject({ name: "Ann" });
    expect(writers[1]!.target.isSparse).toBe(true);
  });

  it("leads back, fetched along or not", async () => {
    const posts = await expectQueries(3, () => Post.objects.orderBy("id").prefetchRelated("comments", "tagged").all());
    expect(posts.map((row) => ids([...row.comments]))).toEqual([[1, 4], [3]]);
    expect(posts.map((row) => ids([...row.tagged]))).toEqual([[1, 5], [3]]);
    expect([...posts[0]!.tagged][0]!.item).toBe(posts[0]);
    expect(ids(await photo.comments.all())).toEqual([2]);
    expect(ids(await photo.tagged.all())).toEqual([2]);
    const both = await Post.objects.orderBy("id").all();
    const lists = await expectQueries(1, () => Promise.all(both.map((row) => row.tagged.all())));
    expect(lists.map(ids)).toEqual([[1, 5], [3]]);
  });

  it("is asked about by row, by key and by kind", async () => {
    expect(ids(await Comment.objects.filter({ target: post }).all())).toEqual([1, 4]);
    expect(ids(await Comment.objects.filter({ target: { photo: 1 } }).all())).toEqual([2]);
    expect(ids(await Comment.objects.filter({ target__in: [other, photo] }).all())).toEqual([2, 3]);
    expect(ids(await Comment.objects.filter({ target__in: [] }).all())).toEqual([]);
    expect(ids(await Comment.objects.exclude({ target: post }).all())).toEqual([2, 3]);
    expect(ids(await Comment.objects.filter({ target__ne: post }).all())).toEqual([2, 3]);
    expect(ids(await Comment.objects.filter({ target__post: 1 }).all())).toEqual([1, 4]);
    expect(ids(await Comment.objects.filter({ target__post__title: "Pöst" }).all())).toEqual([1, 4]);
    expect(ids(await Comment.objects.filter({ target__photo__isnull: true }).all())).toEqual([1, 3, 4]);
    expect(ids(await Comment.objects.exclude({ target__post__title: "Pöst" }).all())).toEqual([2, 3]);
    expect(ids(await Note.objects.filter({ about__isnull: true }).all())).toEqual([3, 4]);
    expect(ids(await Note.objects.filter({ about: null }).all())).toEqual([3, 4]);
    expect(ids(await Note.objects.filter({ about__isnull: false }).all())).toEqual([1, 2]);
    expect(ids(await Note.objects.exclude({ about: post }).all())).toEqual([2, 3, 4]);
    expect(ids(await Note.objects.filter({ about__ne: null }).all())).toEqual([1, 2]);
  });

  it("is asked about in the same ways where it is generic", async () => {
    expect(ids(await Tagged.objects.filter({ item: post }).all())).toEqual([1, 5]);
    expect(ids(await Tagged.objects.filter({ item: { photo: 1 } }).all())).toEqual([2]);
    expect(ids(await Tagged.objects.filter({ item__in: [other, photo] }).all())).toEqual([2, 3]);
    expect(ids(await Tagged.objects.filter({ item__in: [] }).all())).toEqual([]);
    expect(ids(await Tagged.objects.exclude({ item: post }).all())).toEqual([2, 3, 4]);
    expect(ids(await Tagged.objects.filter({ item__ne: post }).all())).toEqual([2, 3, 4]);
    expect(ids(await Tagged.objects.filter({ item__isnull: true }).all())).toEqual([4]);
    expect(ids(await Tagged.objects.filter({ item: null }).all())).toEqual([4]);
    expect(ids(await Tagged.objects.filter({ item__post: 1 }).all())).toEqual([1, 5]);
    expect(ids(await Tagged.objects.filter({ item__post: post }).all())).toEqual([1, 5]);
    expect(ids(await Tagged.objects.filter({ item__post__in: [1, 2] }).all())).toEqual([1, 3, 5]);
    expect(ids(await Tagged.objects.filter({ item__post__in: Post.objects.filter({ title: "Other" }) }).all())).toEqual(
      [3],
    );
    expect(ids(await Tagged.objects.filter({ item__post__isnull: true }).all())).toEqual([2, 4]);
    expect(ids(await Tagged.objects.filter({ item__post__isnull: false }).all())).toEqual([1, 3, 5]);
    expect(ids(await Tagged.objects.exclude({ item__post: 1 }).all())).toEqual([2, 3, 4]);
    expect(ids(await Tagged.objects.filter({ item__post__title: "Pöst" }).all())).toEqual([1, 5]);
    expect(ids(await Tagged.objects.exclude({ item__post__title: "Pöst" }).all())).toEqual([2, 3, 4]);
    expect(ids(await Tagged.objects.filter({ item__post__writer__name: "Ann" }).all())).toEqual([1, 5]);
    expect(ids(await Tagged.objects.filter({ item__type: "photo" }).all())).toEqual([2]);
    expect(ids(await Tagged.objects.filter({ item__type__in: ["photo", "post"], item__id: 1 }).all())).toEqual([
      1, 2, 5,
    ]);
    expect(ids(await Tagged.objects.filter(Q({ item: photo }).or(Q({ item__isnull: true }))).all())).toEqual([2, 4]);
  });

  it("is asked about from the other side, at any depth", async () => {
    expect(ids(await Post.objects.filter({ comments__text__icontains: "C" }).all())).toEqual([2]);
    expect(ids(await Post.objects.filter({ tagged__tag: "e" }).all())).toEqual([1]);
    expect(ids(await Photo.objects.filter({ tagged__tag: "a" }).all())).toEqual([]);
    expect(ids(await Post.objects.exclude({ tagged__tag: "e" }).all())).toEqual([2]);
    expect(ids(await Photo.objects.exclude({ tagged__tag: "a" }).all())).toEqual([1]);
    expect(ids(await Post.objects.exclude({ tagged__item: post }).all())).toEqual([2]);
    expect(ids(await Post.objects.filter({ notes__isnull: true }).all())).toEqual([2]);
    const counted = await Post.objects
      .orderBy("id")
      .annotate({ comments_n: Count("comments"), tags_n: Count("tagged") })
      .all();
    expect(counted.map((row) => [row.comments_n, row.tags_n])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    const named = await Comment.objects.values("id", "target__post__title", "target__photo").all();
    expect(named[1]).toEqual({ id: 2, target__post__title: null, target__photo: 1 });
    const tags = await Tagged.objects
      .orderBy("item__type", "-item__id", "id")
      .values("id", "item__type", "item__post")
      .all();
    expect(tags.filter((row) => row.item__type !== null)).toEqual([
      { id: 2, item__type: "photo", item__post: null },
      { id: 3, item__type: "post", item__post: 2 },
      { id: 1, item__type: "post", item__post: 1 },
      { id: 5, item__type: "post", item__post: 1 },
    ]);
    const tagged = Tagged.objects.filter({ item__post: OuterRef("pk"), tag: "c" });
    expect(ids(await Post.objects.filter(Exists(tagged)).all())).toEqual([2]);
    expect(ids(await Tagged.objects.filter({ item__post: F("id") }).all())).toEqual([1]);
    expect(ids(await Writer.objects.filter({ pk: ann.pk }).all())).toEqual([ann.id]);
  });
});
