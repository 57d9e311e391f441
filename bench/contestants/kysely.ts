import { type Generated, Kysely, MysqlDialect, PostgresDialect, sql, SqliteDialect } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import Cursor from "pg-cursor";
import {
  ALBUM_COLUMNS,
  type BulkWrites,
  bulkWorks,
  columnsOf,
  type Contestant,
  type EngineName,
  NEW_COLUMNS,
  type NewTrack,
  POOL,
  type Questions,
  questionWorks,
  type Related,
  relatedWorks,
  type Runs,
  TRACK_COLUMNS,
  type TrackChange,
  TRACKS,
  worksOf,
} from "../works.js";
import { mysqlOptions } from "./mysql.js";
import { albumKeys, created, nested, withAlbums, withTracks } from "./rows.js";
import { openSqlite } from "./sqlite.js";

type Track = Omit<NewTrack, "album"> & { readonly id: Generated<number>; readonly album_id: number };

interface Tables {
  track: Track;
  big_track: Track;
  album: { readonly id: number; readonly name: string; readonly artist_id: number; readonly year: number };
}

function connect(engine: EngineName, url: string): Kysely<Tables> {
  if (engine === "sqlite") return new Kysely({ dialect: new SqliteDialect({ database: openSqlite(url) }) });
  if (engine === "postgres") {
    const pool = new pg.Pool({ connectionString: url, max: POOL });
    return new Kysely({ dialect: new PostgresDialect({ pool, cursor: Cursor }) });
  }
  return new Kysely({ dialect: new MysqlDialect({ pool: createPool(mysqlOptions(url)) }) });
}

export function kyselyContestant(engine: EngineName, url: string): Contestant {
  const db = connect(engine, url);
  return {
    works: {
      ...worksOf({ ...read(db), ...readAcross(db, engine), ...ask(db), ...write(db, engine) }),
      ...relatedWorks(relatedOn(db)),
      ...questionWorks(questionsFor(db)),
      ...bulkWorks(bulkWrites(db, engine)),
    },
    stream: () => db.selectFrom("big_track").select(TRACK_COLUMNS).stream(1000),
    clean: async () => {
      const { numDeletedRows } = await db.deleteFrom("track").where("id", ">", TRACKS).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
    close: () => db.destroy(),
  };
}

const tracks = TRACK_COLUMNS.map((column) => `track.${column}` as const);
const albums = ALBUM_COLUMNS.map((column) => `album.${column} as album_${column}` as const);

const listed = (db: Kysely<Tables>, first: number, last: number) =>
  db.selectFrom("track").select(tracks).where("id", ">=", first).where("id", "<=", last).orderBy("id");

function read(db: Kysely<Tables>): Pick<Runs, "get" | "filter3" | "list"> {
  return {
    get: (id) => db.selectFrom("track").select(tracks).where("id", "=", id).executeTakeFirst(),
    filter3: (composer, milliseconds, position) =>
      db
        .selectFrom("track")
        .select(tracks)
        .where("composer", "=", composer)
        .where("milliseconds", ">=", milliseconds)
        .where("position", "<=", position)
        .orderBy("milliseconds", "desc")
        .orderBy("id")
        .limit(20)
        .execute(),
    list: (first, last) => listed(db, first, last).execute(),
  };
}

function readAcross(db: Kysely<Tables>, engine: EngineName): Pick<Runs, "across" | "iexact" | "join"> {
  const joined = () => db.selectFrom("track").innerJoin("album", "album.id", "track.album_id").select(tracks);
  return {
    across: (name) => joined().where("album.name", "=", name).orderBy("track.id").execute(),
    iexact: (name) => {
      const nocase = () => sql<boolean>`${sql.ref("album.name")} = ${name} collate nocase`;
      const lower = () => sql<boolean>`lower(${sql.ref("album.name")}) = lower(${name})`;
      return joined()
        .where(engine === "sqlite" ? nocase() : lower())
        .orderBy("track.id")
        .execute();
    },
    join: async (first, last) => {
      const rows = joined().select(albums).where("track.id", ">=", first).where("track.id", "<=", last);
      return (await rows.orderBy("track.id").execute()).map(nested);
    },
  };
}

function relatedOn(db: Kysely<Tables>): Related {
  return {
    prefetch: async (first, last) => {
      const found = await db
        .selectFrom("album")
        .select(ALBUM_COLUMNS)
        .where("id", ">=", first)
        .where("id", "<=", last)
        .orderBy("id")
        .execute();
      const keys = found.map(({ id }) => id);
      const some = db.selectFrom("track").select(tracks).where("album_id", "in", keys);
      return withTracks(found, await some.orderBy("album_id").orderBy("id").execute());
    },
    lazy: async (first, last) => {
      const found = await listed(db, first, last).execute();
      const keys = albumKeys(found);
      return withAlbums(found, await db.selectFrom("album").select(ALBUM_COLUMNS).where("id", "in", keys).execute());
    },
  };
}

function ask(db: Kysely<Tables>): Pick<Runs, "count" | "exists"> {
  const found = (composer: string, milliseconds: number) =>
    db.selectFrom("track").where("composer", "=", composer).where("milliseconds", ">=", milliseconds);
  return {
    count: async (...values) =>
      (
        await found(...values)
          .select((of) => of.fn.countAll().as("number"))
          .executeTakeFirstOrThrow()
      ).number,
    exists: async (...values) =>
      (await found(...values)
        .select("id")
        .limit(1)
        .executeTakeFirst()) !== undefined,
  };
}

function questionsFor(db: Kysely<Tables>): Questions {
  return {
    totals: (composer, milliseconds) =>
      db
        .selectFrom("track")
        .select(({ fn }) => [
          fn.countAll().as("number"),
          fn.sum("milliseconds").as("total"),
          fn.avg("rating").as("rating"),
          fn.max("position").as("position"),
        ])
        .where("composer", "=", composer)
        .where("milliseconds", ">=", milliseconds)
        .executeTakeFirst(),
    byGenre: (position) =>
      db
        .selectFrom("track")
        .select(({ fn }) => ["genre", fn.countAll().as("number"), fn.sum("milliseconds").as("total")])
        .where("position", ">=", position)
        .groupBy("genre")
        .orderBy("genre")
        .execute(),
    ofYear: (composer, year) =>
      db
        .selectFrom("track")
        .select(tracks)
        .where("composer", "=", composer)
        .where("album_id", "in", (eb) => eb.selectFrom("album").select("id").where("year", ">=", year))
        .orderBy("id")
        .execute(),
    either10: (values) =>
      db
        .selectFrom("track")
        .select(tracks)
        .where((eb) => eb.or(values.map((composer) => eb("composer", "=", composer))))
        .orderBy("id")
        .limit(20)
        .execute(),
  };
}

function write(db: Kysely<Tables>, engine: EngineName): Pick<Runs, "create" | "bulkCreate" | "update"> {
  return {
    create: async (track) => {
      const insert = db.insertInto("track").values(columnsOf(track));
      if (engine === "postgres") return created((await insert.returning("id").executeTakeFirstOrThrow()).id, track);
      return created((await insert.executeTakeFirstOrThrow()).insertId, track);
    },
    bulkCreate: async (tracks) => {
      const insert = db.insertInto("track").values(tracks.map(columnsOf));
      const rows = engine === "mysql" ? (await insert.execute(), []) : await insert.returning("id").execute();
      return tracks.map((track, at) => created(rows[at]?.id, track));
    },
    update: async (id, bytes) =>
      (await db.updateTable("track").set({ bytes }).where("id", "=", id).executeTakeFirstOrThrow()).numUpdatedRows,
  };
}

function bulkWrites(db: Kysely<Tables>, engine: EngineName): BulkWrites {
  return {
    upsert: async (tracks) => {
      const rows = tracks.map((track) => ({ ...columnsOf(track), id: track.id }));
      const insert = db.insertInto("track").values(rows);
      const taken = <T>(take: (column: keyof Track) => T) =>
        Object.fromEntries(NEW_COLUMNS.map((column) => [column, take(column)]));
      if (engine === "mysql") {
        await insert.onDuplicateKeyUpdate(taken((column) => sql`values(${sql.ref(column)})`)).execute();
      } else {
        const set = taken((column) => sql`${sql.ref(`excluded.${column}`)}`);
        await insert.onConflict((conflict) => conflict.column("id").doUpdateSet(set)).execute();
      }
      return rows;
    },
    bulkUpdate: (changes) =>
      engine === "postgres"
        ? updateFromLists(db, changes)
        : db.transaction().execute((trx) => updateEach(trx, changes)),
  };
}

async function updateFromLists(db: Kysely<Tables>, changes: readonly TrackChange[]): Promise<unknown> {
  const lists = [changes.map(({ id }) => id), changes.map(({ bytes }) => bytes), changes.map(({ rating }) => rating)];
  const { numAffectedRows } = await sql`
    update track set bytes = v.bytes, rating = v.rating
    from unnest(${lists[0]}::integer[], ${lists[1]}::integer[], ${lists[2]}::float8[]) as v(id, bytes, rating)
    where track.id = v.id`.execute(db);
  return numAffectedRows;
}

async function updateEach(db: Kysely<Tables>, changes: readonly TrackChange[]): Promise<number> {
  let found = 0;
  for (const { id, bytes, rating } of changes) {
    const update = db.updateTable("track").set({ bytes, rating }).where("id", "=", id);
    found += Number((await update.executeTakeFirstOrThrow()).numUpdatedRows);
  }
  return found;
}
