import { type Generated, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import {
  ALBUM_COLUMNS,
  conditionsAt,
  type Contestant,
  type EngineName,
  firstOfListAt,
  keyAt,
  newTracks,
  type NewTrack,
  trackAt,
  TRACK_COLUMNS,
  TRACKS,
  updateAt,
} from "../works.js";
import { worksOf } from "./plain.js";
import { created, nested } from "./rows.js";
import { openSqlite } from "./sqlite.js";

interface Tables {
  track: Omit<NewTrack, "album"> & { readonly id: Generated<number>; readonly album_id: number };
  album: { readonly id: number; readonly name: string; readonly artist_id: number; readonly year: number };
}

function connect(engine: EngineName, url: string): Kysely<Tables> {
  if (engine === "sqlite") return new Kysely({ dialect: new SqliteDialect({ database: openSqlite(url) }) });
  if (engine === "postgres") {
    return new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) });
  }
  return new Kysely({ dialect: new MysqlDialect({ pool: createPool(url.replace("mariadb:", "mysql:")) }) });
}

export function kyselyContestant(engine: EngineName, url: string): Contestant {
  const db = connect(engine, url);
  return {
    works: worksOf({ ...read(db), ...write(db, engine) }),
    clean: async () => {
      const { numDeletedRows } = await db.deleteFrom("track").where("id", ">", TRACKS).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
    close: () => db.destroy(),
  };
}

function read(db: Kysely<Tables>) {
  const tracks = TRACK_COLUMNS.map((column) => `track.${column}` as const);
  const albums = ALBUM_COLUMNS.map((column) => `album.${column} as album_${column}` as const);
  return {
    get: (index: number) => db.selectFrom("track").select(tracks).where("id", "=", keyAt(index)).executeTakeFirst(),
    filter3: (index: number) => {
      const [composer, milliseconds, position] = conditionsAt(index);
      return db
        .selectFrom("track")
        .select(tracks)
        .where("composer", "=", composer)
        .where("milliseconds", ">=", milliseconds)
        .where("position", "<=", position)
        .orderBy("milliseconds", "desc")
        .orderBy("id")
        .limit(20)
        .execute();
    },
    list1000: (index: number) =>
      db
        .selectFrom("track")
        .select(tracks)
        .where("id", ">=", firstOfListAt(index))
        .where("id", "<=", firstOfListAt(index) + 999)
        .orderBy("id")
        .execute(),
    join1000: async (index: number) => {
      const rows = await db
        .selectFrom("track")
        .innerJoin("album", "album.id", "track.album_id")
        .select(tracks)
        .select(albums)
        .where("track.id", ">=", firstOfListAt(index))
        .where("track.id", "<=", firstOfListAt(index) + 999)
        .orderBy("track.id")
        .execute();
      return rows.map(nested);
    },
  };
}

function columnsOf({ album, ...track }: NewTrack) {
  return { ...track, album_id: album };
}

function write(db: Kysely<Tables>, engine: EngineName) {
  return {
    create: async (index: number) => {
      const track = trackAt(index);
      const insert = db.insertInto("track").values(columnsOf(track));
      if (engine === "postgres") return created((await insert.returning("id").executeTakeFirstOrThrow()).id, track);
      return created((await insert.executeTakeFirstOrThrow()).insertId, track);
    },
    bulkCreate1000: async (index: number) => {
      const tracks = newTracks(index);
      const insert = db.insertInto("track").values(tracks.map(columnsOf));
      const rows = engine === "mysql" ? (await insert.execute(), []) : await insert.returning("id").execute();
      return tracks.map((track, at) => created(rows[at]?.id, track));
    },
    update: async (index: number) => {
      const [bytes, id] = updateAt(index);
      return (await db.updateTable("track").set({ bytes }).where("id", "=", id).executeTakeFirstOrThrow())
        .numUpdatedRows;
    },
  };
}
