import type BetterSqlite3 from "better-sqlite3";
import { Between, DataSource, EntitySchema, LessThanOrEqual, MoreThan, MoreThanOrEqual, Raw } from "typeorm";
import {
  type Contestant,
  type EngineName,
  POOL,
  type Related,
  relatedWorks,
  type Runs,
  TRACKS,
  worksOf,
} from "../works.js";
import { camelCase, dataOf, fileOf, ignoringCase, PRAGMAS } from "./shapes.js";

class Album {
  id!: number;
  name!: string;
  artistId!: number;
  year!: number;
  tracks!: Track[];
}

class Track {
  id!: number;
  title!: string;
  albumId!: number;
  composer!: string | null;
  milliseconds!: number;
  bytes!: number;
  rating!: number;
  position!: number;
  genre!: string;
  album!: Album;
}

const albums = new EntitySchema<Album>({
  name: "album",
  target: Album,
  columns: {
    id: { type: Number, primary: true, generated: true },
    name: { type: String, length: 100 },
    artistId: { type: Number, name: "artist_id" },
    year: { type: Number },
  },
  relations: { tracks: { type: "one-to-many", target: "Track", inverseSide: "album" } },
});

const tracks = new EntitySchema<Track>({
  name: "track",
  target: Track,
  columns: {
    id: { type: Number, primary: true, generated: true },
    title: { type: String, length: 100 },
    albumId: { type: Number, name: "album_id" },
    composer: { type: String, length: 100, nullable: true },
    milliseconds: { type: Number },
    bytes: { type: Number },
    rating: { type: "double precision" },
    position: { type: Number },
    genre: { type: String, length: 50 },
  },
  relations: {
    album: { type: "many-to-one", target: "Album", joinColumn: { name: "album_id" }, inverseSide: "tracks" },
  },
});

function sourceFor(engine: EngineName, url: string): DataSource {
  const entities = [albums, tracks];
  if (engine === "postgres") return new DataSource({ type: "postgres", url, poolSize: POOL, entities });
  if (engine === "mysql") return new DataSource({ type: "mariadb", url, poolSize: POOL, entities });
  const prepareDatabase = (db: BetterSqlite3.Database) => PRAGMAS.forEach((pragma) => db.pragma(pragma));
  return new DataSource({ type: "better-sqlite3", database: fileOf(url), prepareDatabase, entities });
}

/** Repositories, as in its manual: rows are entities. */
export async function open(engine: EngineName, url: string): Promise<Contestant> {
  const source = await sourceFor(engine, url).initialize();
  const repository = source.getRepository(Track);
  return {
    works: {
      ...worksOf({ ...read(source, engine), ...ask(source), ...write(source) }, camelCase),
      ...relatedWorks(relatedOn(source), camelCase),
    },
    clean: async () => {
      const added = await repository.countBy({ id: MoreThan(TRACKS) });
      await repository.delete({ id: MoreThan(TRACKS) });
      return added;
    },
    close: () => source.destroy(),
  };
}

function read(
  source: DataSource,
  engine: EngineName,
): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const repository = source.getRepository(Track);
  const order = { id: "ASC" } as const;
  return {
    get: (id) => repository.findOneBy({ id }),
    filter3: (composer, milliseconds, position) =>
      repository.find({
        where: { composer, milliseconds: MoreThanOrEqual(milliseconds), position: LessThanOrEqual(position) },
        order: { milliseconds: "DESC", id: "ASC" },
        take: 20,
      }),
    across: (name) => repository.find({ where: { album: { name } }, order }),
    iexact: (name) =>
      repository.find({
        where: { album: { name: Raw((of) => `${ignoringCase(engine, of)} = lower(:name)`, { name }) } },
        order,
      }),
    list: (first, last) => repository.find({ where: { id: Between(first, last) }, order }),
    join: (first, last) => repository.find({ where: { id: Between(first, last) }, relations: { album: true }, order }),
  };
}

/** By a join, as it does unless told otherwise: its `relationLoadStrategy: "query"` takes some forty times as long. */
function relatedOn(source: DataSource): Related {
  return {
    prefetch: (first, last) =>
      source.getRepository(Album).find({
        where: { id: Between(first, last) },
        relations: { tracks: true },
        order: { id: "ASC", tracks: { id: "ASC" } },
      }),
  };
}

function ask(source: DataSource): Pick<Runs, "count" | "exists"> {
  const repository = source.getRepository(Track);
  return {
    count: (composer, least) => repository.countBy({ composer, milliseconds: MoreThanOrEqual(least) }),
    exists: (composer, least) => repository.existsBy({ composer, milliseconds: MoreThanOrEqual(least) }),
  };
}

/** One row by `save`, many by `insert`, which its manual recommends for many. */
function write(source: DataSource): Pick<Runs, "create" | "bulkCreate" | "update"> {
  const repository = source.getRepository(Track);
  return {
    create: (track) => repository.save(repository.create(dataOf(track))),
    bulkCreate: async (many) => {
      const rows = many.map((track) => repository.create(dataOf(track)));
      await repository.insert(rows);
      return rows;
    },
    update: async (id, bytes) => {
      const { affected } = await repository.update(id, { bytes });
      return affected;
    },
  };
}
