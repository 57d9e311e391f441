import { fields, manager, Model } from "dunder-orm";

export class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

export class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100, index: true }),
  artist: () => fields.foreignKey(Artist, { index: true }),
  year: fields.integer(),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

const columns = {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  album: () => fields.foreignKey(Album, { index: true }),
  composer: fields.string({ maxLength: 100, null: true, index: true }),
  milliseconds: fields.integer(),
  bytes: fields.integer(),
  rating: fields.float(),
  position: fields.integer(),
  genre: fields.string({ maxLength: 50 }),
};

export class Track extends Model("track", columns) {
  static objects = manager(this);
}

/** The same columns in a table of a million rows, which is filled only to be streamed. */
export class BigTrack extends Model("big_track", columns) {
  static objects = manager(this);
}
