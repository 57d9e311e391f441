import pg from "pg";
import Cursor from "pg-cursor";
import { statementsFor } from "../statements.js";
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

const sql = statementsFor("postgres");
type StatementName = keyof typeof sql;

/** A pool asked with text and values. `raw`: named statements, rows as arrays, made into instances by hand. */
export function postgresContestant(url: string, raw: boolean): Contestant {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  return {
    works: {
      ...worksOf({ ...(raw ? readArrays(pool) : readObjects(pool)), ...ask(pool, raw), ...write(pool, raw) }),
      ...relatedWorks(raw ? relatedArrays(pool) : relatedObjects(pool)),
      ...questionWorks(questionsFor(pool, raw)),
      ...bulkWorks(bulkWrites(pool, raw)),
    },
    stream: () => streamed(pool, raw),
    clean: async () => (await pool.query(`delete from track where id > ${TRACKS}`)).rowCount ?? 0,
    close: () => pool.end(),
  };
}

function readObjects(pool: pg.Pool): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const rows = async (text: string, values: unknown[]) => (await pool.query<Row>(text, values)).rows;
  return {
    get: async (id) => (await rows(sql.get, [id]))[0],
    filter3: (...values) => rows(sql.filter3, values),
    across: (name) => rows(sql.across, [name]),
    iexact: (name) => rows(sql.iexact, [name]),
    list: (first, last) => rows(sql.list, [first, last]),
    join: async (first, last) => (await rows(sql.join, [first, last])).map(nested),
  };
}

function readArrays(pool: pg.Pool): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const rows = async (name: StatementName, values: unknown[]) =>
    (await pool.query<unknown[]>({ name, text: sql[name], values, rowMode: "array" })).rows;
  return {
    get: async (id) => new TrackRow((await rows("get", [id]))[0] as unknown[]),
    filter3: async (...values) => trackRows(await rows("filter3", values)),
    across: async (name) => trackRows(await rows("across", [name])),
    iexact: async (name) => trackRows(await rows("iexact", [name])),
    list: async (first, last) => trackRows(await rows("list", [first, last])),
    join: async (first, last) => joinedRows(await rows("join", [first, last])),
  };
}

function relatedObjects(pool: pg.Pool): Related {
  const rows = async (text: string, values: unknown[]) => (await pool.query<Row>(text, values)).rows;
  return {
    prefetch: async (first, last) => {
      const found = await rows(sql.albums, [first, last]);
      return withTracks(found, await rows(sql.tracksOf, [found.map((album) => album["id"])]));
    },
    lazy: async (first, last) => {
      const tracks = await rows(sql.list, [first, last]);
      return withAlbums(tracks, await rows(sql.albumsOf, [albumKeys(tracks)]));
    },
  };
}

function relatedArrays(pool: pg.Pool): Related {
  const rows = async (name: StatementName, values: unknown[]) =>
    (await pool.query<unknown[]>({ name, text: sql[name], values, rowMode: "array" })).rows;
  return {
    prefetch: async (first, last) => {
      const found = await rows("albums", [first, last]);
      return albumsWithTracks(found, await rows("tracksOf", [found.map((row) => row[0])]));
    },
    lazy: async (first, last) => {
      const tracks = trackRows(await rows("list", [first, last]));
      return tracksWithAlbums(tracks, await rows("albumsOf", [albumKeys(tracks)]));
    },
  };
}

async function* streamed(pool: pg.Pool, raw: boolean): AsyncIterable<unknown> {
  const client = await pool.connect();
  const cursor = client.query(new Cursor<Row>(sql.stream, [], raw ? { rowMode: "array" } : {}));
  for (let rows = await cursor.read(1000); rows.length > 0; rows = await cursor.read(1000)) {
    yield* raw ? trackRows(rows as unknown as unknown[][]) : rows;
  }
  await cursor.close();
  client.release();
}

function ask(pool: pg.Pool, named: boolean): Pick<Runs, "count" | "exists"> {
  const first = async (name: StatementName, values: unknown[]) =>
    (await pool.query<Row>(named ? { name, text: sql[name], values } : { text: sql[name], values })).rows[0];
  return {
    count: async (...values) => Number((await first("count", values))?.["number"]),
    exists: async (...values) => (await first("exists", values)) !== undefined,
  };
}

function questionsFor(pool: pg.Pool, named: boolean): Questions {
  const rows = async (name: StatementName, values: unknown[]) =>
    (await pool.query<Row>(named ? { name, text: sql[name], values } : { text: sql[name], values })).rows;
  return {
    totals: async (...values) => (await rows("totals", values))[0],
    byGenre: (position) => rows("byGenre", [position]),
    ofYear: (...values) => rows("ofYear", values),
    either10: (values) => rows("either10", [...values]),
  };
}

function write(pool: pg.Pool, named: boolean): Pick<Runs, "create" | "bulkCreate" | "update"> {
  const send = (name: StatementName, returning: string, values: unknown[]) => {
    const text = sql[name] + returning;
    return pool.query<{ id: number }>(named ? { name, text, values } : { text, values });
  };
  return {
    create: async (track) => created((await send("create", " returning id", valuesOf(track))).rows[0]?.id, track),
    bulkCreate: async (tracks) => {
      const { rows } = await send("bulkCreate", " returning id", tracks.flatMap(valuesOf));
      return tracks.map((track, at) => created(rows[at]?.id, track));
    },
    update: async (id, bytes) => (await send("update", "", [bytes, id])).rowCount,
  };
}

function bulkWrites(pool: pg.Pool, named: boolean): BulkWrites {
  const send = (name: StatementName, values: unknown[]) =>
    pool.query(named ? { name, text: sql[name], values } : { text: sql[name], values });
  return {
    upsert: async (tracks) => {
      await send(
        "upsert",
        tracks.flatMap((track) => [track.id, ...valuesOf(track)]),
      );
      return tracks.map((track) => created(track.id, track));
    },
    bulkUpdate: async (changes) => {
      const lists = [
        changes.map(({ id }) => id),
        changes.map(({ bytes }) => bytes),
        changes.map(({ rating }) => rating),
      ];
      return (await send("bulkUpdate", lists)).rowCount;
    },
  };
}
