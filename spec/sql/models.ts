import { fields, manager, Model } from "dunder-orm";

/** One column of each family that lookups tell apart. */
export class Thing extends Model("thing", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  note: fields.text({ null: true }),
  size: fields.integer({ null: true }),
  serial: fields.bigInteger(),
  price: fields.decimal({ precision: 8, scale: 2 }),
  ratio: fields.float(),
  done: fields.boolean(),
  day: fields.date(),
  at: fields.time(),
  made: fields.datetime(),
  span: fields.duration(),
  code: fields.uuid(),
  data: fields.json({ null: true }),
  bytes: fields.binary(),
}) {
  static objects = manager(this);
}

export class Label extends Model("label", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

export class Artist extends Model(
  "artist",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 100 }),
    label: () => fields.foreignKey(Label, { null: true }),
    mentor: () => fields.foreignKey(Artist, { null: true }),
    albums: () => fields.hasMany(Album, "artist"),
  },
  { ordering: ["name", "-id"] },
) {
  static objects = manager(this);
}

export class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
  artist: () => fields.foreignKey(Artist),
  producer: () => fields.foreignKey(Artist, { null: true }),
  tracks: () => fields.hasMany(Track, "album"),
  cover: () => fields.hasOne(Cover, "album"),
}) {
  static objects = manager(this);
}

export class Cover extends Model("cover", {
  album: () => fields.oneToOne(Album, { primaryKey: true }),
  painter: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

export class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  note: fields.text({ null: true }),
  position: fields.integer(),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
}

/** A row of two columns' key, in a schema of its own. */
export class Seat extends Model(
  "seat",
  {
    line: fields.integer(),
    place: fields.integer(),
    guest: fields.string({ maxLength: 100 }),
  },
  { primaryKey: ["line", "place"], schema: "hall" },
) {
  static objects = manager(this);
}
