/** The models that the pages under docs/ talk about, and the rows they find. The tour declares them. */
import { Database, fields, manager, Model } from "dunder-orm";

export const db = new Database("sqlite::memory:");

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
}) {
  static objects = manager(this);
}

export class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100, unique: true }),
  artist: () => fields.foreignKey(Artist, { null: true, onDelete: "set null" }),
  released: fields.date({ null: true }),
  price: fields.decimal({ precision: 6, scale: 2, default: "9.90" }),
  added: fields.datetime({ autoNowAdd: true }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

export class Track extends Model(
  "track",
  {
    id: fields.integer({ primaryKey: true }),
    album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
    title: fields.string({ maxLength: 100 }),
    position: fields.integer(),
  },
  { ordering: ["position"] },
) {
  static objects = manager(this);

  get loud(): string {
    return this.title.toUpperCase();
  }
}

const models = [Artist, Biography, Album, Track];

/** Points the models at a database and fills it with the rows of the tour. */
export async function fill(database: Database): Promise<void> {
  for (const model of models) model.bind(database);
  await database.dropTables(models);
  await database.createTables(models);
  const paak = await Artist.objects.create({ name: "Anderson .Paak", born: "1986-02-08" });
  const metric = await Artist.objects.create({ name: "Metric" });
  await Biography.objects.create({ artist: paak, text: "Born in Oxnard." });
  const malibu = await Album.objects.create({ name: "Malibu", artist: paak, released: "2016-01-15" });
  const fantasies = await Album.objects.create({ name: "Fantasies", artist: metric, released: "2009-04-07" });
  await Album.objects.create({ name: "Demos" });
  await Track.objects.bulkCreate([
    { album: malibu, title: "The Bird", position: 1 },
    { album: malibu, title: "Heart Don't Stand a Chance", position: 2 },
    { album: malibu, title: "The Waters", position: 3 },
    { album: fantasies, title: "Help I'm Alive", position: 1 },
    { album: fantasies, title: "Sick Muse", position: 2 },
  ]);
}
