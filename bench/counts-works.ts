import { type Database, fields, manager, Model } from "dunder-orm";

/** Models of their own, so that what is counted changes with the library only. */
class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  year: fields.integer(),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  album: () => fields.foreignKey(Album, { index: true }),
  composer: fields.string({ maxLength: 100, null: true, index: true }),
  milliseconds: fields.integer(),
  bytes: fields.integer(),
  rating: fields.float(),
  position: fields.integer(),
  genre: fields.string({ maxLength: 50 }),
}) {
  static objects = manager(this);
}

const COMPOSER = "Composer 7";

/** Does a work once; the same keys and values each time, so that every run counts the same. */
export type Run = () => unknown;

/** Makes the tables and the rows that are read, and gives the works that are counted. */
export async function openWorks(db: Database): Promise<Readonly<Record<string, Run>>> {
  for (const model of [Album, Track]) model.bind(db);
  await db.createTables([Album, Track]);
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  await Album.objects.bulkCreate(numbers.map((index) => ({ name: `Album ${index}`, year: 1950 + (index % 75) })));
  await Track.objects.bulkCreate(numbers.map(trackAt));
  return { ...reads(), ...writes(await Track.objects.get({ id: 2 })), ...blocks(db) };
}

function trackAt(index: number) {
  return {
    title: `Track number ${index}`,
    album: 1 + index,
    composer: index % 10 === 0 ? null : `Composer ${index % 20}`,
    milliseconds: 60_000 + index,
    bytes: index * 32,
    rating: (index % 50) / 10 + 0.25,
    position: 1 + (index % 20),
    genre: `Genre ${index % 25}`,
  };
}

function reads(): Record<string, Run> {
  const { objects } = Track;
  const hundred = () => objects.filter({ id__range: [1, 100] }).orderBy("id");
  return {
    get: () => objects.get({ id: 1 }),
    getOrNull: () => objects.getOrNull({ id: 0 }),
    filter3: () =>
      objects
        .filter({ composer: COMPOSER, milliseconds__gte: 60_000, position__lte: 15 })
        .orderBy("-milliseconds", "id")
        .limit(20)
        .all(),
    list100: () => hundred().all(),
    join100: () => hundred().selectRelated("album").all(),
    // Of albums that no write gives more tracks.
    prefetch100: () =>
      Album.objects
        .filter({ id__range: [101, 200] })
        .prefetchRelated("tracks")
        .all(),
    count: () => objects.filter({ composer: COMPOSER }).count(),
    exists: () => objects.filter({ composer: COMPOSER }).exists(),
    lazyLoad: async () => (await objects.get({ id: 1 })).album.load(),
    lazyLoad100: async () => Promise.all((await hundred().all()).map((track) => track.album.load())),
  };
}

function writes(kept: Track): Record<string, Run> {
  const { objects } = Track;
  const one = trackAt(1);
  const hundred = Array.from({ length: 100 }, (_, index) => trackAt(index));
  return {
    create: () => objects.create(one),
    bulkCreate100: () => objects.bulkCreate(hundred),
    saveOneColumn: () => {
      kept.bytes += 1;
      return kept.save();
    },
    filterUpdate: () => objects.filter({ id: 3 }).update({ bytes: 7 }),
  };
}

function blocks(db: Database): Record<string, Run> {
  const one = trackAt(1);
  return {
    atomicCreate: () => db.atomic(() => Track.objects.create(one)),
    // Where a block was ever opened, Node notes of every promise in which one it was made.
    getAfterAtomic: () => Track.objects.get({ id: 1 }),
  };
}
