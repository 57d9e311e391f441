import { and, asc, between, count, desc, eq, gte, lte, sql } from "drizzle-orm";
import {
  type Contestant,
  type EngineName,
  type NewTrack,
  type Related,
  relatedWorks,
  type Runs,
  worksOf,
} from "../works.js";
import { clean, connect, type Drizzle, open as openPlain, rowsOf, shapes, withTracks } from "./drizzle.js";
import { camelCase, dataOf } from "./shapes.js";

type Values = Record<string, unknown>;

interface Preparable {
  prepare(name: string): {
    execute(values: Values): unknown;
    all?(values: Values): unknown[];
  };
}

const at = sql.placeholder;

/** The same queries as `drizzle`, prepared once by hand. What drizzle can't prepare, it does as `drizzle`. */
export async function open(engine: EngineName, url: string): Promise<Contestant> {
  const drizzle = await connect(engine, url);
  const plain = await openPlain(engine, url);
  const works = worksOf({ ...read(drizzle), ...readAcross(drizzle), ...ask(drizzle), ...write(drizzle) }, shapes);
  const related = engine === "mysql" ? {} : relatedWorks(relatedOn(drizzle), camelCase);
  return {
    works: { ...plain.works, ...works, bulkCreate1000: plain.works.bulkCreate1000, ...related },
    clean: () => clean(drizzle),
    close: () => Promise.all([drizzle.close(), plain.close()]),
  };
}

/** A statement that gives rows; SQLite's have `all` for that. */
function rowsBy(engine: EngineName, name: string, query: unknown): (values: Values) => Promise<Values[]> {
  const prepared = (query as Preparable).prepare(name);
  const ask = (values: Values) => (engine === "sqlite" ? prepared.all?.(values) : prepared.execute(values));
  return async (values) => (await ask(values)) as Values[];
}

function read({ engine, db, tables: { track } }: Drizzle): Pick<Runs, "get" | "filter3" | "list"> {
  const get = rowsBy(
    engine,
    "get",
    db
      .select()
      .from(track)
      .where(eq(track.id, at("id"))),
  );
  const three = and(
    eq(track.composer, at("composer")),
    gte(track.milliseconds, at("milliseconds")),
    lte(track.position, at("position")),
  );
  const ordered = db.select().from(track).where(three).orderBy(desc(track.milliseconds), asc(track.id));
  const filter3 = rowsBy(engine, "filter3", ordered.limit(20));
  const range = between(track.id, at("first"), at("last"));
  const list = rowsBy(engine, "list", db.select().from(track).where(range).orderBy(asc(track.id)));
  return {
    get: async (id) => (await get({ id }))[0],
    filter3: (composer, milliseconds, position) => filter3({ composer, milliseconds, position }),
    list: (first, last) => list({ first, last }),
  };
}

function readAcross({ engine, db, tables: { track, album } }: Drizzle): Pick<Runs, "across" | "iexact" | "join"> {
  const joined = () => db.select().from(track).innerJoin(album, eq(track.albumId, album.id));
  const nocase = sql`${album.name} = ${at("name")} collate nocase`;
  const same = engine === "sqlite" ? nocase : sql`lower(${album.name}) = lower(${at("name")})`;
  const across = rowsBy(
    engine,
    "across",
    joined()
      .where(eq(album.name, at("name")))
      .orderBy(asc(track.id)),
  );
  const iexact = rowsBy(engine, "iexact", joined().where(same).orderBy(asc(track.id)));
  const range = between(track.id, at("first"), at("last"));
  const join = rowsBy(engine, "join", joined().where(range).orderBy(asc(track.id)));
  return {
    across: async (name) => (await across({ name })).map((row) => row["track"]),
    iexact: async (name) => (await iexact({ name })).map((row) => row["track"]),
    join: (first, last) => join({ first, last }),
  };
}

function relatedOn(drizzle: Drizzle): Related {
  const albums = drizzle.db.query.album.findMany(withTracks(drizzle, at("first"), at("last")));
  const prepared = (albums as unknown as Preparable).prepare("prefetch");
  return { prefetch: (first, last) => prepared.execute({ first, last }) };
}

function ask({ engine, db, tables: { track } }: Drizzle): Pick<Runs, "count" | "exists"> {
  const where = and(eq(track.composer, at("composer")), gte(track.milliseconds, at("milliseconds")));
  const number = rowsBy(engine, "count", db.select({ number: count() }).from(track).where(where));
  const some = rowsBy(engine, "exists", db.select({ id: track.id }).from(track).where(where).limit(1));
  return {
    count: async (composer, milliseconds) => (await number({ composer, milliseconds }))[0]?.["number"],
    exists: async (composer, milliseconds) => (await some({ composer, milliseconds })).length > 0,
  };
}

function write({ engine, db, tables: { track } }: Drizzle): Runs {
  const placeholders = Object.fromEntries(Object.keys(track).map((column) => [column, at(column)]));
  delete placeholders["id"];
  const insert = db.insert(track).values(placeholders as never);
  const create = rowsBy(engine, "create", engine === "mysql" ? insert : insert.returning());
  const set = { bytes: sql`${at("bytes")}` };
  const update = (
    db
      .update(track)
      .set(set)
      .where(eq(track.id, at("id"))) as unknown as Preparable
  ).prepare("update");
  return {
    create: async (track: NewTrack) => {
      const [row] = await create({ ...dataOf(track) });
      return engine === "mysql" ? { ...dataOf(track), id: row?.["insertId"] } : row;
    },
    update: async (id: number, bytes: number) => rowsOf(await update.execute({ id, bytes })),
  } as Runs;
}
