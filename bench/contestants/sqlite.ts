import SQLite from "better-sqlite3";
import { statementsFor } from "../statements.js";
import {
  conditionsAt,
  type Contestant,
  firstOfListAt,
  keyAt,
  newTracks,
  trackAt,
  TRACKS,
  updateAt,
  valuesOf,
} from "../works.js";
import { worksOf } from "./plain.js";
import { created, joinedRows, nested, type Row, TrackRow, trackRows } from "./rows.js";

export function openSqlite(url: string): SQLite.Database {
  const db = new SQLite(url.replace("sqlite:", ""));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("foreign_keys = ON");
  return db;
}

const sql = statementsFor(() => "?");

/** Statements prepared once, as better-sqlite3's manual shows. `raw`: rows as arrays, made into instances by hand. */
export function sqliteContestant(url: string, raw: boolean): Contestant {
  const db = openSqlite(url);
  const clean = db.prepare(`delete from track where id > ${TRACKS}`);
  return {
    works: worksOf({ ...(raw ? readArrays(db) : readObjects(db)), ...write(db) }),
    clean: () => Promise.resolve(clean.run().changes),
    close: () => Promise.resolve(void db.close()),
  };
}

function readObjects(db: SQLite.Database) {
  const get = db.prepare(sql.get);
  const filter3 = db.prepare(sql.filter3);
  const list = db.prepare(sql.list1000);
  const join = db.prepare(sql.join1000);
  return {
    get: (index: number) => get.get(keyAt(index)),
    filter3: (index: number) => filter3.all(...conditionsAt(index)),
    list1000: (index: number) => list.all(firstOfListAt(index), firstOfListAt(index) + 999),
    join1000: (index: number) => (join.all(firstOfListAt(index), firstOfListAt(index) + 999) as Row[]).map(nested),
  };
}

function readArrays(db: SQLite.Database) {
  const get = db.prepare(sql.get).raw();
  const filter3 = db.prepare(sql.filter3).raw();
  const list = db.prepare(sql.list1000).raw();
  const join = db.prepare(sql.join1000).raw();
  return {
    get: (index: number) => new TrackRow(get.get(keyAt(index)) as unknown[]),
    filter3: (index: number) => trackRows(filter3.all(...conditionsAt(index)) as unknown[][]),
    list1000: (index: number) => trackRows(list.all(firstOfListAt(index), firstOfListAt(index) + 999) as unknown[][]),
    join1000: (index: number) => joinedRows(join.all(firstOfListAt(index), firstOfListAt(index) + 999) as unknown[][]),
  };
}

function write(db: SQLite.Database) {
  const insert = db.prepare(sql.create);
  const update = db.prepare(sql.update);
  const insertOne = (track: ReturnType<typeof trackAt>) =>
    created(insert.run(...valuesOf(track)).lastInsertRowid, track);
  const insertMany = db.transaction((tracks: ReturnType<typeof newTracks>) => tracks.map(insertOne));
  return {
    create: (index: number) => insertOne(trackAt(index)),
    bulkCreate1000: (index: number) => insertMany(newTracks(index)),
    update: (index: number) => update.run(...updateAt(index)).changes,
  };
}
