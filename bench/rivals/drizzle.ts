import { and, asc, between, desc, eq, gt, gte, inArray, lte, type Placeholder, sql } from "drizzle-orm";
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { openSqlite } from "../contestants/sqlite.js";
import { mysqlOptions } from "../contestants/mysql.js";
import {
  type Contestant,
  type EngineName,
  POOL,
  type Related,
  relatedWorks,
  type Runs,
  type Shapes,
  TRACKS,
  worksOf,
} from "../works.js";
import { mysqlTables, postgresTables, schemaOf, sqliteTables } from "./drizzle-tables.js";
import { type AlbumRow, camelCase, dataOf, joined, type TrackRow } from "./shapes.js";

/** The three dialects have types of their own; what is used here is the same in all, and checked as SQLite's. */
export interface Drizzle {
  readonly engine: EngineName;
  readonly db: BetterSQLite3Database<ReturnType<typeof schemaOf>>;
  readonly tables: typeof sqliteTables;
  close(): Promise<unknown>;
}

export async function connect(engine: EngineName, url: string): Promise<Drizzle> {
  if (engine === "sqlite") {
    const { drizzle } = await import("drizzle-orm/better-sqlite3");
    const client = openSqlite(url);
    const db = drizzle({ client, schema: schemaOf(sqliteTables) });
    return { engine, db, tables: sqliteTables, close: () => Promise.resolve(client.close()) };
  }
  if (engine === "postgres") {
    const { drizzle } = await import("drizzle-orm/node-postgres");
    const { default: pg } = await import("pg");
    const client = new pg.Pool({ connectionString: url, max: POOL });
    const tables = postgresTables as unknown as Drizzle["tables"];
    const db = drizzle({ client, schema: schemaOf(tables) }) as unknown as Drizzle["db"];
    return { engine, db, tables, close: () => client.end() };
  }
  const { drizzle } = await import("drizzle-orm/mysql2");
  const { createPool } = await import("mysql2/promise");
  const client = createPool(mysqlOptions(url));
  const tables = mysqlTables as unknown as Drizzle["tables"];
  // The mode without lateral joins, which MariaDB does not have.
  const db = drizzle({ client, schema: schemaOf(tables), mode: "planetscale" }) as unknown as Drizzle["db"];
  return { engine, db, tables, close: () => client.end() };
}

/** Joined rows have the tables' names. */
export const shapes: Shapes = {
  ...camelCase,
  joined: ({ track, album }: { track: TrackRow; album: AlbumRow }) => joined(track, album),
};

export async function open(engine: EngineName, url: string): Promise<Contestant> {
  const drizzle = await connect(engine, url);
  return {
    works: {
      ...worksOf({ ...read(drizzle), ...readAcross(drizzle), ...ask(drizzle), ...write(drizzle) }, shapes),
      ...relatedWorks(relatedOn(drizzle), camelCase),
    },
    clean: () => clean(drizzle),
    close: () => drizzle.close(),
  };
}

export async function clean({ db, tables: { track } }: Drizzle): Promise<number> {
  return rowsOf(await db.delete(track).where(gt(track.id, TRACKS)));
}

/** Each driver tells in its own way how many rows a statement changed. */
export function rowsOf(result: unknown): number {
  const one = (Array.isArray(result) ? result[0] : result) as Record<string, number>;
  return one["changes"] ?? one["rowCount"] ?? one["affectedRows"] ?? NaN;
}

function read({ db, tables: { track } }: Drizzle): Pick<Runs, "get" | "filter3" | "list"> {
  return {
    get: async (id) => (await db.select().from(track).where(eq(track.id, id)))[0],
    filter3: async (composer, milliseconds, position) =>
      await db
        .select()
        .from(track)
        .where(and(eq(track.composer, composer), gte(track.milliseconds, milliseconds), lte(track.position, position)))
        .orderBy(desc(track.milliseconds), asc(track.id))
        .limit(20),
    list: async (first, last) =>
      await db
        .select()
        .from(track)
        .where(between(track.id, first, last))
        .orderBy(asc(track.id)),
  };
}

function readAcross({ engine, db, tables: { track, album } }: Drizzle): Pick<Runs, "across" | "iexact" | "join"> {
  const joined = () => db.select().from(track).innerJoin(album, eq(track.albumId, album.id));
  const tracks = (rows: readonly { track: unknown }[]) => rows.map((row) => row.track);
  const same = (name: string) =>
    engine === "sqlite"
      ? sql`${album.name} = ${name} collate nocase`
      : eq(sql`lower(${album.name})`, name.toLowerCase());
  return {
    across: async (name) => tracks(await joined().where(eq(album.name, name)).orderBy(asc(track.id))),
    iexact: async (name) => tracks(await joined().where(same(name)).orderBy(asc(track.id))),
    join: async (first, last) =>
      await joined()
        .where(between(track.id, first, last))
        .orderBy(asc(track.id)),
  };
}

/** Albums with their tracks, in the words of its relational queries. */
export const withTracks = (
  { tables: { album, track } }: Drizzle,
  first: number | Placeholder,
  last: number | Placeholder,
) => ({
  where: between(album.id, first, last),
  orderBy: asc(album.id),
  with: { tracks: { orderBy: asc(track.id) } },
});

function relatedOn(drizzle: Drizzle): Related {
  return {
    prefetch: async (first, last) =>
      drizzle.engine === "mysql"
        ? await byTwoQueries(drizzle, first, last)
        : await drizzle.db.query.album.findMany(withTracks(drizzle, first, last)),
  };
}

/** MariaDB refuses what its relational queries make of an order, laterally joined or not. */
async function byTwoQueries({ db, tables: { album, track } }: Drizzle, first: number, last: number) {
  const albums = await db
    .select()
    .from(album)
    .where(between(album.id, first, last))
    .orderBy(asc(album.id));
  const keys = albums.map(({ id }) => id);
  const lists = new Map(keys.map((id) => [id, [] as TrackRow[]]));
  for (const row of await db.select().from(track).where(inArray(track.albumId, keys)).orderBy(asc(track.id))) {
    lists.get(row.albumId)?.push(row as TrackRow);
  }
  return albums.map((row) => ({ ...row, tracks: lists.get(row.id) }));
}

function ask({ db, tables: { track } }: Drizzle): Pick<Runs, "count" | "exists"> {
  const where = (composer: string, milliseconds: number) =>
    and(eq(track.composer, composer), gte(track.milliseconds, milliseconds));
  return {
    count: async (...values) => await db.$count(track, where(...values)),
    exists: async (...values) =>
      (
        await db
          .select({ id: track.id })
          .from(track)
          .where(where(...values))
          .limit(1)
      ).length > 0,
  };
}

function write({ engine, db, tables: { track } }: Drizzle): Pick<Runs, "create" | "bulkCreate" | "update"> {
  const insert = async (rows: ReturnType<typeof dataOf>[]): Promise<{ readonly id: number }[]> => {
    const inserted = db.insert(track).values(rows);
    if (engine !== "mysql") return await inserted.returning();
    const keys = await (inserted as unknown as { $returningId(): Promise<{ id: number }[]> }).$returningId();
    return rows.map((row, at) => ({ ...row, id: keys[at]?.id ?? 0 }));
  };
  return {
    create: async (one) => (await insert([dataOf(one)]))[0],
    bulkCreate: (many) => insert(many.map(dataOf)),
    update: async (id, bytes) => rowsOf(await db.update(track).set({ bytes }).where(eq(track.id, id))),
  };
}
