import { Avg, Count, Database, Max, Prefetch, Q, Sum } from "dunder-orm";
import { Album, Artist, BigTrack, Track } from "../models.js";
import {
  type BulkWrites,
  bulkWorks,
  type Contestant,
  POOL,
  type Questions,
  questionWorks,
  type Related,
  relatedWorks,
  type Runs,
  TRACKS,
  worksOf,
} from "../works.js";
import { growShapes } from "./dunder-shapes.js";
import type { Row } from "./rows.js";

export function dunderContestant(url: string): Contestant {
  const db = new Database(url, { pool: { max: POOL } });
  for (const model of [Artist, Album, Track, BigTrack]) model.bind(db);
  return {
    works: {
      ...worksOf({ ...read, ...ask, ...write }, shapes),
      ...relatedWorks(related, shapes),
      ...bulkWorks(bulk, shapes),
      ...questionWorks(questions, shapes),
    },
    stream: () => BigTrack.objects.iterator({ chunkSize: 1000 }),
    growShapes,
    clean: async () => (await Track.objects.filter({ id__gt: TRACKS }).delete()).total,
    close: () => db.close(),
  };
}

const listed = (first: number, last: number) => Track.objects.filter({ id__range: [first, last] }).orderBy("id");

const read: Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> = {
  get: (id) => Track.objects.get({ id }),
  filter3: (composer, milliseconds, position) =>
    Track.objects
      .filter({ composer, milliseconds__gte: milliseconds, position__lte: position })
      .orderBy("-milliseconds", "id")
      .limit(20)
      .all(),
  across: (name) => Track.objects.filter({ album__name: name }).orderBy("id").all(),
  iexact: (name) => Track.objects.filter({ album__name__iexact: name }).orderBy("id").all(),
  list: (first, last) => listed(first, last).all(),
  join: (first, last) => listed(first, last).selectRelated("album").all(),
};

const related: Related = {
  prefetch: (first, last) =>
    Album.objects
      .filter({ id__range: [first, last] })
      .orderBy("id")
      .prefetchRelated(Prefetch("tracks", Track.objects.orderBy("id")))
      .all(),
  lazy: async (first, last) => {
    const tracks = await listed(first, last).all();
    await Promise.all(tracks.map((track) => track.album.load()));
    return tracks;
  },
};

const ask: Pick<Runs, "count" | "exists"> = {
  count: (composer, milliseconds) => Track.objects.filter({ composer, milliseconds__gte: milliseconds }).count(),
  exists: (composer, milliseconds) => Track.objects.filter({ composer, milliseconds__gte: milliseconds }).exists(),
};

const write: Pick<Runs, "create" | "bulkCreate" | "update"> = {
  create: (track) => Track.objects.create(track),
  bulkCreate: (tracks) => Track.objects.bulkCreate(tracks),
  update: (id, bytes) => Track.objects.filter({ id }).update({ bytes }),
};

/** Rows by the key of the first, as a program has them that changes some of their values. */
const kept = new Map<number, Track[]>();

const bulk: BulkWrites = {
  upsert: (tracks) => Track.objects.bulkCreate(tracks, { updateConflicts: true, uniqueFields: ["id"] }),
  bulkUpdate: async (changes) => {
    const [first, last] = [changes[0]?.id ?? 0, changes.at(-1)?.id ?? 0];
    const rows = kept.get(first) ?? (await listed(first, last).all());
    kept.set(first, rows);
    changes.forEach(({ bytes, rating }, at) => {
      const row = rows[at] as Track;
      row.bytes = bytes;
      row.rating = rating;
    });
    return Track.objects.bulkUpdate(rows, ["bytes", "rating"]);
  },
};

const questions: Questions = {
  totals: (composer, milliseconds) =>
    Track.objects.filter({ composer, milliseconds__gte: milliseconds }).aggregate({
      number: Count("*"),
      total: Sum("milliseconds"),
      rating: Avg("rating"),
      position: Max("position"),
    }),
  byGenre: (position) =>
    Track.objects
      .filter({ position__gte: position })
      .values("genre")
      .annotate({ number: Count("*"), total: Sum("milliseconds") })
      .orderBy("genre")
      .all(),
  ofYear: (composer, year) =>
    Track.objects
      .filter({ composer, album__in: Album.objects.filter({ year__gte: year }) })
      .orderBy("id")
      .all(),
  either10: (values) =>
    Track.objects
      .filter(Q.or(...values.map((composer) => Q({ composer }))))
      .orderBy("id")
      .limit(20)
      .all(),
};

/** A row with the columns' names. */
function byColumn(row: Track): Row {
  const { id, title, composer, milliseconds, bytes, rating, position, genre } = row;
  return { id, title, album_id: row.album.pk, composer, milliseconds, bytes, rating, position, genre };
}

function albumByColumn({ id, name, artist, year }: Album): Row {
  return { id, name, artist_id: artist.pk, year };
}

function withAlbum(row: Track): Row {
  return { ...byColumn(row), album: albumByColumn(row.album as Album) };
}

/** An album whose tracks were fetched along: a list, beside what can be asked of them. */
function withTracks(row: Album & { readonly tracks: Iterable<Track> }): Row {
  return { ...albumByColumn(row), tracks: Array.from(row.tracks, byColumn) };
}

const shapes = { track: byColumn, joined: withAlbum, withTracks };
