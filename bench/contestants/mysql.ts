import mysql, { type Pool, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
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
import { created, joinedRows, nested, TrackRow, trackRows } from "./rows.js";

const sql = statementsFor(() => "?");

/** A pool's `query`. `raw`: `execute` (prepared statements), rows as arrays, made into instances by hand. */
export function mysqlContestant(url: string, raw: boolean): Contestant {
  const pool = mysql.createPool(url.replace("mariadb:", "mysql:"));
  return {
    works: worksOf({ ...(raw ? readArrays(pool) : readObjects(pool)), ...write(pool, raw) }),
    clean: async () => {
      const [result] = await pool.query<ResultSetHeader>(`delete from track where id > ${TRACKS}`);
      return result.affectedRows;
    },
    close: () => pool.end(),
  };
}

function readObjects(pool: Pool) {
  const rows = async (text: string, values: unknown[]) => (await pool.query<RowDataPacket[]>(text, values))[0];
  return {
    get: async (index: number) => (await rows(sql.get, [keyAt(index)]))[0],
    filter3: (index: number) => rows(sql.filter3, conditionsAt(index)),
    list1000: (index: number) => rows(sql.list1000, [firstOfListAt(index), firstOfListAt(index) + 999]),
    join1000: async (index: number) =>
      (await rows(sql.join1000, [firstOfListAt(index), firstOfListAt(index) + 999])).map(nested),
  };
}

function readArrays(pool: Pool) {
  const rows = async (text: string, values: (string | number)[]) => {
    const [found] = await pool.execute<RowDataPacket[][]>({ sql: text, values, rowsAsArray: true });
    return found as unknown as unknown[][];
  };
  return {
    get: async (index: number) => new TrackRow((await rows(sql.get, [keyAt(index)]))[0] as unknown[]),
    filter3: async (index: number) => trackRows(await rows(sql.filter3, conditionsAt(index))),
    list1000: async (index: number) =>
      trackRows(await rows(sql.list1000, [firstOfListAt(index), firstOfListAt(index) + 999])),
    join1000: async (index: number) =>
      joinedRows(await rows(sql.join1000, [firstOfListAt(index), firstOfListAt(index) + 999])),
  };
}

function write(pool: Pool, prepared: boolean) {
  const send = async (text: string, values: (string | number | null)[]) => {
    const [result] = await (prepared
      ? pool.execute<ResultSetHeader>(text, values)
      : pool.query<ResultSetHeader>(text, values));
    return result;
  };
  return {
    create: async (index: number) => {
      const track = trackAt(index);
      return created((await send(sql.create, valuesOf(track))).insertId, track);
    },
    bulkCreate1000: async (index: number) => {
      const tracks = newTracks(index);
      await send(sql.bulkCreate1000, tracks.flatMap(valuesOf));
      return tracks.map((track) => created(null, track));
    },
    update: async (index: number) => (await send(sql.update, updateAt(index))).affectedRows,
  };
}
