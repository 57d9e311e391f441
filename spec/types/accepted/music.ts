import { fields, manager, Model } from "dunder-orm";

export class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  born: fields.date({ null: true }),
  albums: () => fields.hasMany(Album, "artist"),
  biography: () => fields.hasOne(Biography, "artist"),
}) {
  static objects = manager(this);
}

export class Biography extends Model("biography", {
  artist: () => fields.oneToOne(Artist, { onDelete: "cascade" }),
  text: fields.text(),
  editor: () => fields.foreignKey(Artist, { null: true }),
}) {
  static objects = manager(this);
}

export class Album extends Model(
  "album",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 100 }),
    artist: () => fields.foreignKey(Artist, { null: true, onDelete: "set null" }),
    released: fields.datetime({ null: true }),
    status: fields.string({ choices: ["draft", "out"], default: "draft" }),
    tracks: () => fields.hasMany(Track, "album"),
  },
  { ordering: ["-id"], indexes: [["name"], { fields: ["name", "artist"], unique: true }] },
) {
  static objects = manager(Album);
}

export class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 100 }),
  position: fields.integer(),
  next: () => fields.foreignKey(Track, { null: true }),
}) {
  static objects = manager(this);
  static early = manager(this).filter({ position__lt: 4 });
  get loud() {
    return this.title.toUpperCase();
  }
}

export class Seat extends Model(
  "seat",
  {
    row: fields.string(),
    number: fields.integer(),
    track: () => fields.foreignKey(Track),
  },
  { primaryKey: ["row", "number"] },
) {
  static objects = manager(this);
}
