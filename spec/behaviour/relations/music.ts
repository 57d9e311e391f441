import { type Database, fields, manager, Model } from "dunder-orm";

export class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

export class Album extends Model(
  "album",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 50 }),
    artist: () => fields.foreignKey(Artist, { null: true, onDelete: "set null" }),
    tracks: () => fields.hasMany(Track, "album"),
    cover: () => fields.hasOne(Cover, "album"),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
  get loud(): string {
    return this.name.toUpperCase();
  }
}

export class Track extends Model(
  "track",
  {
    id: fields.integer({ primaryKey: true }),
    album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
    title: fields.string({ maxLength: 50 }),
    position: fields.integer(),
    reviews: () => fields.hasMany(Review, "track"),
  },
  { ordering: ["position"] },
) {
  static objects = manager(this);
}

export class Review extends Model("review", {
  id: fields.integer({ primaryKey: true }),
  track: () => fields.foreignKey(Track, { onDelete: "cascade" }),
  album: () => fields.foreignKey(Album, { null: true, onDelete: "set null" }),
  stars: fields.integer(),
}) {
  static objects = manager(this);
}

export class Cover extends Model("cover", {
  album: () => fields.oneToOne(Album, { primaryKey: true, onDelete: "cascade" }),
  colour: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

export const music = [Artist, Album, Track, Review, Cover];

/**
 * Two artists, one of them without albums; four albums, one of nobody's and one without tracks; each other one has three
 * tracks, of which the first has two reviews, of 5 and 3 stars. Two albums have a cover.
 */
export async function fillMusic(db: Database): Promise<void> {
  await db.atomic(async () => {
    for (const model of [Review, Cover, Track, Album, Artist]) await model.objects.delete({ all: true });
    await Artist.objects.bulkCreate([
      { id: 1, name: "Anderson .Paak" },
      { id: 2, name: "Sólstafir" },
    ]);
    await Album.objects.bulkCreate([
      { id: 1, name: "Malibu", artist: 1 },
      { id: 2, name: "Ótta", artist: 1 },
      { id: 3, name: "Demos", artist: null },
      { id: 4, name: "Empty", artist: 1 },
    ]);
    await Track.objects.bulkCreate(
      [1, 2, 3].flatMap((album) =>
        [3, 1, 2].map((position) => ({ id: album * 10 + position, album, title: `T${album}.${position}`, position })),
      ),
    );
    await Review.objects.bulkCreate(
      [1, 2, 3].flatMap((album) => [
        { id: album * 10 + 1, track: album * 10 + 1, album, stars: 5 },
        { id: album * 10 + 2, track: album * 10 + 1, album: null, stars: 3 },
      ]),
    );
    await Cover.objects.bulkCreate([
      { album: 1, colour: "blue" },
      { album: 3, colour: "grün" },
    ]);
  });
}
