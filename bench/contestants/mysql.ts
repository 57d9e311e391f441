import { createPool as createCallbackPool } from "mysql2";
import mysql, { type Pool, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
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
  TrackRow,
  trackRows,
  tracksWithAlbums,
  withAlbums,
  withTracks,
} from "./rows.js";

const sql = statementsFor("mysql");
type Values = (string | number | null)[];

/** A URL as mysql2 takes it, with the size of the pool. */
export const mysqlOptions = (url: string) => ({ uri: url.replace("mariadb:", "mysql:"), connectionLimit: POOL });

/** A pool's `query`. `raw`: `execute` (prepared statements), rows as arrays, made into instances by hand. */
export function mysqlContestant(url: string, raw: boolean): Contestant {
  const pool = mysql.createPool(mysqlOptions(url));
  return {
    works: {
      ...worksOf({ ...(raw ? readArrays(pool) : readObjects(pool)), ...ask(pool, raw), ...write(pool, raw) }),
      ...relatedWorks(raw ? relatedArrays(pool) : relatedObjects(pool)),
      ...questionWorks(questionsFor(pool, raw)),
      ...bulkWorks(bulkWrites(pool, raw)),
    },
    stream: () => streamed(url, raw),
    clean: async () => {
      const [result] = await pool.query<ResultSetHeader>(`delete from track where id > ${TRACKS}`);
      return result.affectedRows;
    },
    close: () => pool.end(),
  };
}

function readObjects(pool: Pool): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const rows = async (text: string, values: Values) => (await pool.query<RowDataPacket[]>(text, values))[0];
  return {
    get: async (id) => (await rows(sql.get, [id]))[0],
    filter3: (...values) => rows(sql.filter3, values),
    across: (name) => rows(sql.across, [name]),
    iexact: (name) => rows(sql.iexact, [name]),
    list: (first, last) => rows(sql.list, [first, last]),
    join: async (first, last) => (await rows(sql.join, [first, last])).map(nested),
  };
}

function readArrays(pool: Pool): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const rows = async (text: string, values: Values) => {
    const [found] = await pool.execute<RowDataPacket[][]>({ sql: text, values, rowsAsArray: true });
    return found as unknown as unknown[][];
  };
  return {
    get: async (id) => new TrackRow((await rows(sql.get, [id]))[0] as unknown[]),
    filter3: async (...values) => trackRows(await rows(sql.filter3, values)),
    across: async (name) => trackRows(await rows(sql.across, [name])),
    iexact: async (name) => trackRows(await rows(sql.iexact, [name])),
    list: async (first, last) => trackRows(await rows(sql.list, [first, last])),
    join: async (first, last) => joinedRows(await rows(sql.join, [first, last])),
  };
}

function relatedObjects(pool: Pool): Related {
  const rows = async (text: string, values: Values) => (await pool.query<RowDataPacket[]>(text, values))[0];
  return {
    prefetch: async (first, last) => {
      const found = await rows(sql.albums, [first, last]);
      return withTracks(
        found,
        await rows(
          sql.tracksOf,
          found.map((album) => album["id"] as number),
        ),
      );
    },
    lazy: async (first, last) => {
      const tracks = await rows(sql.list, [first, last]);
      return withAlbums(tracks, await rows(sql.albumsOf, albumKeys(tracks)));
    },
  };
}

function relatedArrays(pool: Pool): Related {
  const rows = async (text: string, values: Values) => {
    const [found] = await pool.execute<RowDataPacket[][]>({ sql: text, values, rowsAsArray: true });
    return found as unknown as unknown[][];
  };
  return {
    prefetch: async (first, last) => {
      const found = await rows(sql.albums, [first, last]);
      return albumsWithTracks(
        found,
        await rows(
          sql.tracksOf,
          found.map((row) => row[0] as number),
        ),
      );
    },
    lazy: async (first, last) => {
      const tracks = trackRows(await rows(sql.list, [first, last]));
      return tracksWithAlbums(tracks, await rows(sql.albumsOf, albumKeys(tracks)));
    },
  };
}

/** mysql2 streams through its callback interface only. */
async function* streamed(url: string, raw: boolean): AsyncIterable<unknown> {
  const pool = createCallbackPool(mysqlOptions(url));
  const rows = pool.query({ sql: sql.stream, rowsAsArray: raw }).stream({ highWaterMark: 1000 });
  for await (const row of rows as AsyncIterable<unknown>) yield raw ? new TrackRow(row as unknown[]) : row;
  pool.end();
}

function ask(pool: Pool, prepared: boolean): Pick<Runs, "count" | "exists"> {
  const first = async (text: string, values: Values) => {
    const [rows] = await (prepared
      ? pool.execute<RowDataPacket[]>(text, values)
      : pool.query<RowDataPacket[]>(text, values));
    return rows[0];
  };
  return {
    count: async (...values) => Number((await first(sql.count, values))?.["number"]),
    exists: async (...values) => (await first(sql.exists, values)) !== undefined,
  };
}

function questionsFor(pool: Pool, prepared: boolean): Questions {
  const rows = async (text: string, values: Values) => {
    const [found] = await (prepared
      ? pool.execute<RowDataPacket[]>(text, values)
      : pool.query<RowDataPacket[]>(text, values));
    return found;
  };
  return {
    totals: async (...values) => (await rows(sql.totals, values))[0],
    byGenre: (position) => rows(sql.byGenre, [position]),
    ofYear: (...values) => rows(sql.ofYear, values),
    either10: (values) => rows(sql.either10, [...values]),
  };
}

function write(pool: Pool, prepared: boolean): Pick<Runs, "create" | "bulkCreate" | "update"> {
  const send = async (text: string, values: Values) => {
    const [result] = await (prepared
      ? pool.execute<ResultSetHeader>(text, values)
      : pool.query<ResultSetHeader>(text, values));
    return result;
  };
  return {
    create: async (track) => created((await send(sql.create, valuesOf(track))).insertId, track),
    bulkCreate: async (tracks) => {
      await send(sql.bulkCreate, tracks.flatMap(valuesOf));
      return tracks.map((track) => created(null, track));
    },
    update: async (id, bytes) => (await send(sql.update, [bytes, id])).affectedRows,
  };
}

function bulkWrites(pool: Pool, prepared: boolean): BulkWrites {
  const send = async (text: string, values: Values) => {
    const [result] = await (prepared
      ? pool.execute<ResultSetHeader>(text, values)
      : pool.query<ResultSetHeader>(text, values));
    return result;
  };
  return {
    upsert: async (tracks) => {
      await send(
        sql.upsert,
        tracks.flatMap((track) => [track.id, ...valuesOf(track)]),
      );
      return tracks.map((track) => created(track.id, track));
    },
    bulkUpdate: async (changes) => {
      const rows = JSON.stringify(changes.map(({ id, bytes, rating }) => [id, bytes, rating]));
      return (await send(sql.bulkUpdate, [rows])).affectedRows;
    },
  };
}
