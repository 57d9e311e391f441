import { beforeEach, expect, it } from "vitest";
import { sql } from "kysely";
import { CheckViolation, FieldError, ForeignKeyViolation, prefetch, ProtectedError, ValidationError } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Comment, Note, oneOfModels, Photo, Post, Review, Tagged, Writer } from "./one-of-models.js";

const any = (value: unknown) => value as never;
const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id);

onEngines("Writing a relation to a row of one of several models", (engine) => {
  const suite = useDatabase(engine, oneOfModels);
  let post: Post;
  let other: Post;
  let photo: Photo;

  beforeEach(async () => {
    for (const model of [Review, Comment, Note, Tagged, Post, Photo, Writer]) {
      await (model as typeof Writer).objects.delete({ all: true });
    }
    post = await Post.objects.create({ id: 1, title: "Pöst" });
    other = await Post.objects.create({ id: 2, title: "Other" });
    photo = await Photo.objects.create({ id: 1, path: "/1.png" });
  });

  const stored = async () => ({
    comments: await Comment.objects.orderBy("text").valuesList("text", "target__post", "target__photo").all(),
    tagged: await Tagged.objects.orderBy("tag").valuesList("tag", "item__type", "item__id").all(),
  });

  it("takes a row, or a key by its kind, and keeps the row", async () => {
    const comment = await Comment.objects.create({ text: "a", target: post });
    expect(comment.target).toBe(post);
    await new Comment({ text: "b", target: { photo: 1 } }).save();
    const tagged = await Tagged.objects.create({ tag: "a", item: photo });
    expect(tagged.item).toBe(photo);
    await new Tagged({ tag: "b", item: { post: 2 } }).save();
    await Tagged.objects.bulkCreate([{ tag: "c" }, { tag: "d", item: null }, { tag: "e", item: post }]);
    expect(await stored()).toEqual({
      comments: [
        ["a", 1, null],
        ["b", null, 1],
      ],
      tagged: [
        ["a", "photo", 1],
        ["b", "post", 2],
        ["c", null, null],
        ["d", null, null],
        ["e", "post", 1],
      ],
    });
  });

  it("is assigned, and what it was before is forgotten", async () => {
    const comment = await Comment.objects.create({ text: "a", target: post });
    comment.target = photo;
    expect([comment.target, comment.dirtyFields()]).toEqual([photo, ["target"]]);
    await comment.save();
    const tagged = await Tagged.objects.create({ tag: "a", item: post });
    tagged.item = photo;
    expect([tagged.item, tagged.dirtyFields()]).toEqual([photo, ["item"]]);
    await tagged.save();
    expect(await stored()).toEqual({ comments: [["a", null, 1]], tagged: [["a", "photo", 1]] });
    tagged.item = null;
    await tagged.save();
    expect((await Tagged.objects.get()).item).toBeNull();
    await comment.update({ target: { post: 2 } });
    await tagged.update({ item: other });
    expect(await stored()).toEqual({ comments: [["a", 2, null]], tagged: [["a", "post", 2]] });
    expect([comment.target.pk, tagged.item]).toEqual([2, other]);
    comment.target = any({ photo: 1 });
    tagged.item = any({ photo: 1 });
    expect([String(comment.target), String(tagged.item)]).toEqual(["Photo(id=1) [sparse]", "Photo(id=1) [sparse]"]);
    const again = await comment.refresh();
    expect(again.target.pk).toBe(2);
  });

  it("is given a row that is saved later", async () => {
    await Post.objects.delete({ all: true });
    const late = new Post({ title: "late" });
    const comment = new Comment({ text: "a", target: late });
    const tagged = new Tagged({ tag: "a", item: late });
    await expect(comment.save()).rejects.toThrow("Comment.target: is a Post that is not saved yet. Save it first.");
    await expect(tagged.save()).rejects.toThrow("Tagged.item: is a Post that is not saved yet");
    await late.save();
    await comment.save();
    await tagged.save();
    expect(await Comment.objects.filter({ target: late }).count()).toBe(1);
    expect(await Tagged.objects.filter({ item: late }).count()).toBe(1);
  });

  it("is updated in many rows at once", async () => {
    await Comment.objects.bulkCreate([
      { text: "a", target: post },
      { text: "b", target: photo },
    ]);
    await Tagged.objects.bulkCreate([
      { tag: "a", item: post },
      { tag: "b", item: photo },
    ]);
    expect(await Comment.objects.filter({ target: post }).update({ target: photo })).toBe(1);
    expect(await Tagged.objects.filter({ item__type: "photo" }).update({ item: { post: 2 } })).toBe(1);
    expect(await stored()).toEqual({
      comments: [
        ["a", null, 1],
        ["b", null, 1],
      ],
      tagged: [
        ["a", "post", 1],
        ["b", "post", 2],
      ],
    });
    expect(await Tagged.objects.update({ item: null }, { all: true })).toBe(2);
    expect((await stored()).tagged).toEqual([
      ["a", null, null],
      ["b", null, null],
    ]);
  });

  it("is filled in by the managers of the other side", async () => {
    const first = await post.comments.create({ text: "a" });
    expect(first.target).toBe(post);
    await photo.tagged.create({ tag: "a" });
    await post.tagged.bulkCreate([{ tag: "b" }, { tag: "c" }]);
    const [found, made] = await post.tagged.getOrCreate({ tag: "b" });
    expect([found.tag, made]).toEqual(["b", false]);
    expect((await other.tagged.getOrCreate({ tag: "b" }))[1]).toBe(true);
    expect((await photo.comments.updateOrCreate({ text: "a" }))[1]).toBe(true);
    const [b, c] = await post.tagged.orderBy("tag").all();
    await photo.tagged.add(b!, c!.pk);
    expect(b!.item).toBe(photo);
    await other.comments.add(first);
    expect(first.target).toBe(other);
    expect((await photo.tagged.all()).map(({ tag }) => tag)).toEqual(["a", "b", "c"]);
    await photo.tagged.remove(b!);
    expect(b!.item).toBeNull();
    await photo.tagged.set([b!]);
    expect((await photo.tagged.all()).map(({ tag }) => tag)).toEqual(["b"]);
    await photo.tagged.clear();
    expect(await Tagged.objects.filter({ item__isnull: true }).count()).toBe(3);
    await expect((post.comments as unknown as { clear(): Promise<void> }).clear()).rejects.toThrow(FieldError);
  });

  it("makes rows along with others", async () => {
    await Post.objects.delete({ all: true });
    const album = await Post.objects.create({
      title: "x",
      comments: [{ text: "a" }, { text: "b" }],
      tagged: [{ tag: "t" }],
    });
    expect(await Comment.objects.filter({ target: album }).count()).toBe(2);
    expect(await Tagged.objects.filter({ item: album }).count()).toBe(1);
  });

  it("finds or makes a row by it", async () => {
    const [row, made] = await Comment.objects.getOrCreate({ target: post, text: "a" });
    expect([row.target.pk, made]).toEqual([1, true]);
    expect((await Comment.objects.getOrCreate({ target: post, text: "a" }))[1]).toBe(false);
    expect((await Tagged.objects.getOrCreate({ item: photo, tag: "a" }))[1]).toBe(true);
    expect((await Tagged.objects.getOrCreate({ item: photo, tag: "a" }))[1]).toBe(false);
    expect((await Tagged.objects.getOrCreate({ item: post, tag: "a" }))[1]).toBe(true);
  });

  it("goes along when what it leads to is deleted, or stays behind, as it was declared", async () => {
    await post.comments.create({ text: "a" });
    await photo.comments.create({ text: "b" });
    await post.tagged.create({ tag: "a" });
    await photo.tagged.create({ tag: "b" });
    await post.notes.create({ text: "a" });
    const preview = await post.delete({ dryRun: true });
    expect(preview).toMatchObject({
      total: 3,
      byModel: { Post: 1, Comment: 1, Tagged: 1 },
      updates: { "Note.about__post": 1 },
    });
    expect(await post.delete()).toEqual({ total: 3, byModel: { Post: 1, Comment: 1, Tagged: 1 } });
    expect(await stored()).toEqual({ comments: [["b", null, 1]], tagged: [["b", "photo", 1]] });
    expect((await Note.objects.get()).about).toBeNull();
    await Review.objects.create({ about: photo });
    await expect(photo.delete()).rejects.toThrow(ProtectedError);
    await Review.objects.filter({ about: photo }).delete();
    expect(await Photo.objects.filter({ path: "/1.png" }).delete()).toEqual({
      total: 3,
      byModel: { Photo: 1, Comment: 1, Tagged: 1 },
    });
  });

  it("is checked by the database, where it has a column for each model", async () => {
    const insert = (keys: string) =>
      suite.db.execute(sql`insert into comment (text, target_post_id, target_photo_id) values ('a', ${sql.raw(keys)})`);
    await expect(insert("1, 1")).rejects.toThrow(CheckViolation);
    await expect(insert("null, null")).rejects.toThrow(CheckViolation);
    await expect(insert("7, null")).rejects.toThrow(ForeignKeyViolation);
    const note = (keys: string) =>
      suite.db.execute(sql`insert into note (text, about_post_id, about_photo_id) values ('a', ${sql.raw(keys)})`);
    await expect(note("1, 1")).rejects.toThrow(CheckViolation);
    await note("null, null");
    expect(await Note.objects.filter({ about__isnull: true }).count()).toBe(1);
  });

  it("refuses what is no row of its models", async () => {
    const writer = await Writer.objects.create({ name: "Ann" });
    const wrong = [writer, 3, "post", { post: null }, { post: 1, photo: 1 }, { writer: 1 }, [post], new Date(0), {}];
    for (const value of wrong) {
      for (const call of [
        () => Comment.objects.create({ text: "a", target: any(value) }),
        () => Tagged.objects.create({ tag: "a", item: any(value) }),
        () => Comment.objects.filter({ pk: 1 }).update({ target: any(value) }),
        () => Promise.resolve(new Tagged({ tag: "a" })).then((row) => void (row.item = any(value))),
        () => Promise.resolve(new Comment({ text: "a", target: post })).then((row) => void (row.target = any(value))),
      ]) {
        await expect(call()).rejects.toThrow(ValidationError);
      }
      await expect(async () => Comment.objects.filter({ target: any(value) }).all()).rejects.toThrow(FieldError);
      await expect(async () => Tagged.objects.filter({ item__in: any([value]) }).all()).rejects.toThrow(FieldError);
    }
    await expect(Comment.objects.create({ text: "a", target: any(writer) })).rejects.toThrow(
      "Comment.target: expected a row of Post or Photo, got one of Writer.",
    );
    await expect(Comment.objects.create(any({ text: "a" }))).rejects.toThrow("Comment.target: is required");
    await expect(Comment.objects.create({ text: "a", target: any(null) })).rejects.toThrow(
      "Comment.target: cannot be null",
    );
    await expect(Comment.objects.create({ text: "a", target: any(undefined) })).rejects.toThrow(
      "Comment.target: is required",
    );
    await expect(async () => Tagged.objects.filter({ item__type: any("psot") }).all()).rejects.toThrow(
      "is no kind of row here. Kinds: post, photo.",
    );
    await expect(async () => Comment.objects.filter(any({ target__psot: 1 })).all()).rejects.toThrow(
      'Did you mean "post"?',
    );
    await expect(async () => Comment.objects.orderBy(any("target")).all()).rejects.toThrow(
      "target__post, target__photo",
    );
    await expect(async () => Comment.objects.selectRelated(any("target")).all()).rejects.toThrow("prefetchRelated");
  });

  it("is left out by only and defer, and joined kind by kind", async () => {
    await post.comments.create({ text: "a" });
    await photo.comments.create({ text: "b" });
    await post.tagged.create({ tag: "a" });
    const [row] = await Comment.objects.only("text").all();
    expect(() => row!.target).toThrow("Comment.target was not loaded");
    await row!.load("target");
    expect(row!.target.pk).toBe(1);
    const [named] = await Comment.objects.only("target").all();
    expect(named!.target.pk).toBe(1);
    const [deferred] = await Tagged.objects.defer("item").all();
    expect(() => deferred!.item).toThrow("Tagged.item was not loaded");
    const joined = await expectQueries(1, () => Comment.objects.selectRelated("target__post").all());
    expect(joined.map(({ target }) => (target instanceof Post ? target.title : target.isSparse))).toEqual([
      "Pöst",
      true,
    ]);
    const tagged = await expectQueries(1, () => Tagged.objects.selectRelated("item__post", "item__photo").all());
    expect(tagged.map(({ item }) => (item instanceof Post ? item.title : null))).toEqual(["Pöst"]);
    const rows = await Tagged.objects.defer("item").prefetchRelated("item").all();
    expect(rows[0]!.item!.isSparse).toBe(false);
    await expectQueries(1, () => prefetch([...joined], "target"));
    expect(joined[1]!.target.isSparse).toBe(false);
    expect(ids(await Comment.objects.filter({ target: post }).none().all())).toEqual([]);
  });
});
