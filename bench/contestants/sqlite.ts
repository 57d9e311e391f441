import SQLite from "better-sqlite3";
import { statementsFor } from "../statements.js";
import {
  type BulkWrites,
  bulkWorks,
  type Contestant,
  type NewTrack,
  type Questions,
  questionWorks,
  type Related,
  relatedWorks,
  type Runs,
  type TrackChange,
  TRACKS,
  valuesOf,
  worksOf,
} from "../works.js";
import {
  albumKeys,
  albumsWithTracks,
  created,
  joinedRows,
  nested,
  type Row,
  TrackRow,
  trackRows,
  tracksWithAlbums,
  withAlbums,
  withTracks,
} from "./rows.js";

/** A file as every contestant opens it. */
export function openSqlite(url: string): SQLite.Database {
  const db = new SQLite(url.replace("sqlite:", ""));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("foreign_keys = ON");
  return db;
}

const sql = statementsFor("sqlite");

/** Statements prepared once, as better-sqlite3's manual shows. `raw`: rows as arrays, made into instances by hand. */
export function sqliteContestant(url: string, raw: boolean): Contestant {
  const db = openSqlite(url);
  const clean = db.prepare(`delete from track where id > ${TRACKS}`);
  return {
    works: {
      ...worksOf({ ...(raw ? readArrays(db) : readObjects(db)), ...ask(db), ...write(db) }),
      ...relatedWorks(raw ? relatedArrays(db) : relatedObjects(db)),
      ...questionWorks(questionsFor(db)),
      ...bulkWorks(bulkWrites(db)),
    },
    stream: () => (raw ? mapped(db) : db.prepare(sql.stream).iterate()),
    clean: () => Promise.resolve(clean.run().changes),
    close: () => Promise.resolve(db.close()),
  };
}

function readObjects(db: SQLite.Database): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const get = db.prepare(sql.get);
  const filter3 = db.prepare(sql.filter3);
  const across = db.prepare(sql.across);
  const iexact = db.prepare(sql.iexact);
  const list = db.prepare(sql.list);
  const join = db.prepare<unknown[], Row>(sql.join);
  return {
    get: (id) => get.get(id),
    filter3: (...values) => filter3.all(...values),
    across: (name) => across.all(name),
    iexact: (name) => iexact.all(name),
    list: (first, last) => list.all(first, last),
    join: (first, last) => join.all(first, last).map(nested),
  };
}

function readArrays(db: SQLite.Database): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const prepare = (text: string) => db.prepare<unknown[], unknown[]>(text).raw();
  const get = prepare(sql.get);
  const filter3 = prepare(sql.filter3);
  const across = prepare(sql.across);
  const iexact = prepare(sql.iexact);
  const list = prepare(sql.list);
  const join = prepare(sql.join);
  return {
    get: (id) => new TrackRow(get.get(id) as unknown[]),
    filter3: (...values) => trackRows(filter3.all(...values)),
    across: (name) => trackRows(across.all(name)),
    iexact: (name) => trackRows(iexact.all(name)),
    list: (first, last) => trackRows(list.all(first, last)),
    join: (first, last) => joinedRows(join.all(first, last)),
  };
}

function relatedObjects(db: SQLite.Database): Related {
  const prepare = (text: string) => db.prepare<unknown[], Row>(text);
  const list = prepare(sql.list);
  const albums = prepare(sql.albums);
  const tracksOf = prepare(sql.tracksOf);
  const albumsOf = prepare(sql.albumsOf);
  return {
    prefetch: (first, last) => {
      const found = albums.all(first, last);
      return withTracks(found, tracksOf.all(JSON.stringify(found.map((album) => album["id"]))));
    },
    lazy: (first, last) => {
      const tracks = list.all(first, last);
      return withAlbums(tracks, albumsOf.all(JSON.stringify(albumKeys(tracks))));
    },
  };
}

function relatedArrays(db: SQLite.Database): Related {
  const prepare = (text: string) => db.prepare<unknown[], unknown[]>(text).raw();
  const list = prepare(sql.list);
  const albums = prepare(sql.albums);
  const tracksOf = prepare(sql.tracksOf);
  const albumsOf = prepare(sql.albumsOf);
  return {
    prefetch: (first, last) => {
      const found = albums.all(first, last);
      return albumsWithTracks(found, tracksOf.all(JSON.stringify(found.map((row) => row[0]))));
    },
    lazy: (first, last) => {
      const tracks = trackRows(list.all(first, last));
      return tracksWithAlbums(tracks, albumsOf.all(JSON.stringify(albumKeys(tracks))));
    },
  };
}

function* mapped(db: SQLite.Database): Iterable<TrackRow> {
  for (const row of db.prepare<[], unknown[]>(sql.stream).raw().iterate()) yield new TrackRow(row);
}

function ask(db: SQLite.Database): Pick<Runs, "count" | "exists"> {
  const count = db.prepare(sql.count).pluck();
  const exists = db.prepare(sql.exists).pluck();
  return {
    count: (...values) => count.get(...values),
    exists: (...values) => exists.get(...values) !== undefined,
  };
}

function questionsFor(db: SQLite.Database): Questions {
  const totals = db.prepare(sql.totals);
  const byGenre = db.prepare(sql.byGenre);
  const ofYear = db.prepare(sql.ofYear);
  const either10 = db.prepare(sql.either10);
  return {
    totals: (...values) => totals.get(...values),
    byGenre: (position) => byGenre.all(position),
    ofYear: (...values) => ofYear.all(...values),
    either10: (values) => either10.all(...values),
  };
}

function write(db: SQLite.Database): Pick<Runs, "create" | "bulkCreate" | "update"> {
  const insert = db.prepare(sql.create);
  const update = db.prepare(sql.update);
  const create = (track: NewTrack) => created(insert.run(...valuesOf(track)).lastInsertRowid, track);
  return {
    create,
    bulkCreate: db.transaction((tracks: readonly NewTrack[]) => tracks.map(create)),
    update: (id, bytes) => update.run(bytes, id).changes,
  };
}

function bulkWrites(db: SQLite.Database): BulkWrites {
  const upsert = db.prepare(sql.upsertOne);
  const update = db.prepare(sql.bulkUpdate);
  return {
    upsert: db.transaction((tracks: readonly (NewTrack & { readonly id: number })[]) =>
      tracks.map((track) => {
        upsert.run(track.id, ...valuesOf(track));
        return created(track.id, track);
      }),
    ),
    bulkUpdate: db.transaction((changes: readonly TrackChange[]) => {
      let found = 0;
      for (const { id, bytes, rating } of changes) found += update.run(bytes, rating, id).changes;
      return found;
    }),
  };
}
