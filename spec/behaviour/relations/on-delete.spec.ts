import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { ForeignKeyViolation, ProtectedError, type QueryEvent, RestrictedError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import {
  Album,
  Artist,
  Blog,
  Bond,
  City,
  Comment,
  Country,
  Entry,
  models,
  Node,
  Note,
  Person,
  Song,
  timesAsked,
} from "./on-delete-models.js";

onEngines("delete and onDelete", (engine) => {
  const events: QueryEvent[] = [];
  const held = useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeEach(async () => {
    await Country.objects.update({ capital: null }, { all: true });
    for (const model of [Comment, Entry, Blog, Note, Bond, Person, Song, Album, Artist, Node, City, Country]) {
      await model.objects.delete({ all: true });
    }
    events.length = 0;
  });
  const sent = (): string[] => events.map(({ sql }) => sql.replaceAll("`", '"').replace(/\s(?:in|=) .*/is, " …"));

  async function blogs(): Promise<Blog> {
    const blog = await Blog.objects.create({ name: "b1" });
    const other = await Blog.objects.create({ name: "b2" });
    for (const [owner, headline] of [
      [blog, "Lennon"],
      [blog, "McC"],
      [other, "Ringo"],
    ] as const) {
      const entry = await Entry.objects.create({ blog: owner, headline });
      for (const text of ["a", "b"]) await Comment.objects.create({ entry, text });
    }
    events.length = 0;
    return blog;
  }

  it("counts rows that go along with a row", async () => {
    const blog = await blogs();
    expect(await blog.delete()).toEqual({ total: 7, byModel: { Comment: 4, Entry: 2, Blog: 1 } });
    expect(sent()).toEqual([
      'select "entry"."id" as "c0" from "entry" where "entry"."blog_id" …',
      'delete from "comment" where "comment"."entry_id" …',
      'delete from "entry" where "entry"."id" …',
      'delete from "blog" where "blog"."id" …',
    ]);
    expect([blog.pk, await Comment.objects.count()]).toEqual([null, 2]);
  });

  it("deletes all levels", async () => {
    await blogs();
    expect(await Blog.objects.filter({ name__startswith: "b" }).delete()).toEqual({
      total: 11,
      byModel: { Comment: 6, Entry: 3, Blog: 2 },
    });
    expect(await Blog.objects.delete({ all: true })).toEqual({ total: 0, byModel: {} });
  });

  it("protects", async () => {
    const owner = await Person.objects.create({ name: "Anna" });
    const bond = await Bond.objects.create({ owner });
    const error = await owner.delete().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProtectedError);
    expect((error as ProtectedError).blockers).toEqual([
      { model: "Bond", field: "owner", rule: "protect", count: 1, keys: [bond.pk] },
    ]);
    expect(await Person.objects.count()).toBe(1);
    await bond.delete();
    expect(await owner.delete()).toEqual({ total: 1, byModel: { Person: 1 } });
  });

  it("restricts but for what goes, too", async () => {
    const artist = await Artist.objects.create({ name: "A" });
    const album = await Album.objects.create({ artist });
    await Song.objects.create({ artist, album });
    await expect(album.delete()).rejects.toThrow(RestrictedError);
    expect(await artist.delete()).toEqual({ total: 3, byModel: { Song: 1, Album: 1, Artist: 1 } });
  });

  it("sets something else", async () => {
    const first = await Person.objects.create({ id: 1, name: "first" });
    const nobody = await Person.objects.create({ name: "nobody" });
    const other = await Person.objects.create({ name: "other" });
    const values = { author: other, editor: other, reader: other, keeper: other };
    const note = await Note.objects.create({ text: "x", ...values });
    const before = timesAsked();
    expect(await other.delete()).toEqual({ total: 1, byModel: { Person: 1 } });
    await note.refresh();
    expect([note.author, note.editor.pk, note.reader?.pk, note.keeper?.pk]).toEqual([
      null,
      first.pk,
      first.pk,
      nobody.pk,
    ]);
    expect(timesAsked()).toBe(before + 1);
  });

  it("follows a chain and a circle", async () => {
    let parent: Node | null = null;
    for (let depth = 0; depth < 30; depth += 1) parent = await Node.objects.create({ name: `n${depth}`, parent });
    expect(await Node.objects.filter({ name: "n0" }).delete()).toEqual({ total: 30, byModel: { Node: 30 } });
    const country = await Country.objects.create({ name: "F" });
    const city = await City.objects.create({ country });
    await City.objects.create({ country });
    await country.update({ capital: city });
    expect(await city.delete()).toEqual({ total: 3, byModel: { City: 2, Country: 1 } });
  });

  it("leaves the database with the same rules, as far as it can keep them", async () => {
    const [first, other] = [
      await Person.objects.create({ id: 1, name: "first" }),
      await Person.objects.create({ id: 2, name: "other" }),
    ];
    const note = await Note.objects.create({ text: "x", author: other, editor: other });
    const remove = held.db.execute(sql`delete from person where id = ${other.pk}`);
    if (engine.name === "mysql") await expect(remove).rejects.toBeInstanceOf(ForeignKeyViolation);
    else {
      await remove;
      await note.refresh();
      expect([note.author, note.editor.pk]).toEqual([null, first.pk]);
    }
    const third = await Person.objects.create({ id: 3, name: "third" });
    await Note.objects.create({ text: "x", reader: third, editor: 1 });
    await expect(held.db.execute(sql`delete from person where id = 3`)).rejects.toBeInstanceOf(ForeignKeyViolation);
    expect(await third.delete()).toEqual({ total: 1, byModel: { Person: 1 } });
  });
});
