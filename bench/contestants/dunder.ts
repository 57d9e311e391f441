import { Database } from "dunder-orm";
import { Album, Artist, Track } from "../models.js";
import { conditionsAt, type Contestant, firstOfListAt, keyAt, newTracks, trackAt, TRACKS, updateAt } from "../works.js";
import { worksOf } from "./plain.js";
import type { Row } from "./rows.js";

export function dunderContestant(url: string): Contestant {
  const db = new Database(url);
  for (const model of [Artist, Album, Track]) model.bind(db);
  const works = worksOf({ ...read(), ...write() });
  const { get, filter3, list1000, join1000, create, bulkCreate1000 } = works;
  return {
    works: {
      ...works,
      get: { ...get, plain: (row: Track) => get.plain(byColumn(row) as never) },
      filter3: { ...filter3, plain: (rows: Track[]) => filter3.plain(rows.map(byColumn) as never) },
      list1000: { ...list1000, plain: (rows: Track[]) => list1000.plain(rows.map(byColumn) as never) },
      join1000: { ...join1000, plain: (rows: Track[]) => join1000.plain(rows.map(withAlbum) as never) },
      create: { ...create, plain: (row: Track) => create.plain(byColumn(row) as never) },
      bulkCreate1000: {
        ...bulkCreate1000,
        plain: (rows: Track[]) => bulkCreate1000.plain(rows.map(byColumn) as never),
      },
    },
    clean: async () => (await Track.objects.filter({ id__gt: TRACKS }).delete()).total,
    close: async () => void (await db.close()),
  };
}

function read() {
  return {
    get: (index: number) => Track.objects.get({ id: keyAt(index) }),
    filter3: (index: number) => {
      const [composer, milliseconds, position] = conditionsAt(index);
      return Track.objects
        .filter({ composer, milliseconds__gte: milliseconds, position__lte: position })
        .orderBy("-milliseconds", "id")
        .limit(20)
        .all();
    },
    list1000: (index: number) => listed(index).all(),
    join1000: (index: number) => listed(index).selectRelated("album").all(),
  };
}

function listed(index: number) {
  return Track.objects.filter({ id__range: [firstOfListAt(index), firstOfListAt(index) + 999] }).orderBy("id");
}

function write() {
  return {
    create: (index: number) => Track.objects.create(trackAt(index)),
    bulkCreate1000: (index: number) => Track.objects.bulkCreate(newTracks(index)),
    update: (index: number) => {
      const [bytes, id] = updateAt(index);
      return Track.objects.filter({ id }).update({ bytes });
    },
  };
}

/** A row with the columns' names. */
function byColumn(row: Track): Row {
  const { id, title, composer, milliseconds, bytes, rating, position, genre } = row;
  return { id, title, album_id: row.album.pk, composer, milliseconds, bytes, rating, position, genre };
}

function withAlbum(row: Track): Row {
  const { id, name, artist, year } = row.album as Album;
  return { ...byColumn(row), album: { id, name, artist_id: artist.pk, year } };
}
