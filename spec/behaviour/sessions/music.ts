import { fields, manager, Model } from "dunder-orm";
import { relationship } from "dunder-orm/session";

export class Artist extends Model("session_artist", {
  name: fields.string({ maxLength: 100 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

export class Album extends Model(
  "session_album",
  {
    artist: () => fields.foreignKey(Artist, { null: true }),
    name: fields.string({ maxLength: 100 }),
    year: fields.integer({ null: true }),
    tracks: () => relationship(Track, { backPopulates: "album", cascade: "all, delete-orphan", orderBy: "position" }),
    cover: () => relationship(Cover, { backPopulates: "album", uselist: false }),
    genres: () => fields.manyToMany(Genre),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

export class Track extends Model("session_track", {
  album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 100 }),
  position: fields.integer({ default: 0 }),
}) {
  static objects = manager(this);
}

export class Cover extends Model("session_cover", {
  album: () => fields.oneToOne(Album, { null: true }),
  file: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

export class Genre extends Model("session_genre", {
  name: fields.string({ maxLength: 50 }),
  albums: () => fields.manyToMany(Album, { reverse: "genres" }),
}) {
  static objects = manager(this);
}

export const music = [Artist, Album, Track, Cover, Genre, Album.genres.through];
