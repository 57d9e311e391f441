import { sql } from "kysely";
import { beforeAll, expect, it } from "vitest";
import { ConfigurationError, type Database, fields, manager, Model, ProtectedError } from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Artist extends Model("wf_artist", {
  name: fields.string({ maxLength: 20 }),
  best: () => fields.foreignKey(Album, { null: true, onDelete: "set null" }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

class Album extends Model("wf_album", {
  artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}

class Review extends Model("wf_review", { album: () => fields.foreignKey(Album, { onDelete: "protect" }) }) {
  static objects = manager(this);
}

class Tag extends Model("wf_tag", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

const MODELS = [Artist, Album, Review, Tag];

onEngines("Tables without foreign keys", (engine) => {
  let db: Database;

  beforeAll(async () => {
    db = await engine.database();
    for (const model of MODELS) model.bind(db);
    await db.createTables(MODELS, { foreignKeys: false });
  });

  it("take rows that point nowhere", async () => {
    const insert = sql`insert into wf_album (artist_id) values (4711)`;
    await db.execute(insert);
    expect(await Album.objects.filter({ artist__isnull: true }).count()).toBe(0);
    expect(await Album.objects.filter({ artist__name: "x" }).count()).toBe(0);
    await Album.objects.delete({ all: true });
  });

  it("keep what onDelete says where rows are deleted here", async () => {
    const artist = await Artist.objects.create({ name: "é" });
    const [album, other] = await Album.objects.bulkCreate([{ artist }, { artist }]);
    await artist.update({ best: album! });
    await album!.tags.add(await Tag.objects.create({ name: "t" }));
    const review = await Review.objects.create({ album: other! });
    await expect(other!.delete()).rejects.toThrow(ProtectedError);
    await album!.delete();
    await artist.refresh();
    expect(artist.best).toBeNull();
    expect(await Album.tags.through.objects.count()).toBe(0);
    await review.delete();
    expect(await artist.delete()).toMatchObject({ total: 2 });
    expect(await Album.objects.count()).toBe(0);
  });

  it("are dropped, and may have been there", async () => {
    await db.createTables(MODELS, { foreignKeys: false });
    await db.dropTables(MODELS, { foreignKeys: false });
    await db.createTables(MODELS);
    await expect(db.execute(sql`insert into wf_album (artist_id) values (4711)`)).rejects.toThrow();
    await expect(db.createTables(MODELS, { foreignKey: false } as never)).rejects.toThrow(ConfigurationError);
  });
});
