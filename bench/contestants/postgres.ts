import pg from "pg";
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

const sql = statementsFor((number) => `$${number}`);

/** A pool asked with text and values. `raw`: named statements, rows as arrays, made into instances by hand. */
export function postgresContestant(url: string, raw: boolean): Contestant {
  const pool = new pg.Pool({ connectionString: url });
  return {
    works: worksOf({ ...(raw ? readArrays(pool) : readObjects(pool)), ...write(pool, raw) }),
    clean: async () => (await pool.query(`delete from track where id > ${TRACKS}`)).rowCount ?? 0,
    close: () => pool.end(),
  };
}

function readObjects(pool: pg.Pool) {
  const rows = async (text: string, values: unknown[]) => (await pool.query<Row>(text, values)).rows;
  return {
    get: async (index: number) => (await rows(sql.get, [keyAt(index)]))[0],
    filter3: (index: number) => rows(sql.filter3, conditionsAt(index)),
    list1000: (index: number) => rows(sql.list1000, [firstOfListAt(index), firstOfListAt(index) + 999]),
    join1000: async (index: number) =>
      (await rows(sql.join1000, [firstOfListAt(index), firstOfListAt(index) + 999])).map(nested),
  };
}

function readArrays(pool: pg.Pool) {
  const rows = async (name: "get" | "filter3" | "list1000" | "join1000", values: unknown[]) =>
    (await pool.query<unknown[]>({ name, text: sql[name], values, rowMode: "array" })).rows;
  return {
    get: async (index: number) => new TrackRow((await rows("get", [keyAt(index)]))[0] as unknown[]),
    filter3: async (index: number) => trackRows(await rows("filter3", conditionsAt(index))),
    list1000: async (index: number) =>
      trackRows(await rows("list1000", [firstOfListAt(index), firstOfListAt(index) + 999])),
    join1000: async (index: number) =>
      joinedRows(await rows("join1000", [firstOfListAt(index), firstOfListAt(index) + 999])),
  };
}

function write(pool: pg.Pool, named: boolean) {
  const send = (name: "create" | "bulkCreate1000" | "update", returning: string, values: unknown[]) => {
    const text = sql[name] + returning;
    return pool.query<{ id: number }>(named ? { name, text, values } : { text, values });
  };
  return {
    create: async (index: number) => {
      const track = trackAt(index);
      return created((await send("create", " returning id", valuesOf(track))).rows[0]?.id, track);
    },
    bulkCreate1000: async (index: number) => {
      const tracks = newTracks(index);
      const { rows } = await send("bulkCreate1000", " returning id", tracks.flatMap(valuesOf));
      return tracks.map((track, at) => created(rows[at]?.id, track));
    },
    update: async (index: number) => (await send("update", "", updateAt(index))).rowCount,
  };
}
