import { Collection, EntitySchema, type MikroORM, raw, wrap } from "@mikro-orm/core";
import type { SqlEntityManager } from "@mikro-orm/postgresql";
import {
  type Contestant,
  type EngineName,
  type NewTrack,
  POOL,
  type Related,
  relatedWorks,
  type Runs,
  TRACKS,
  worksOf,
} from "../works.js";
import { fileOf, ignoringCase, PRAGMAS } from "./shapes.js";

class Album {
  id!: number;
  name!: string;
  artistId!: number;
  year!: number;
  readonly tracks = new Collection<Track>(this);
}

class Track {
  id!: number;
  title!: string;
  album!: Album;
  composer!: string | null;
  milliseconds!: number;
  bytes!: number;
  rating!: number;
  position!: number;
  genre!: string;
}

const albums = new EntitySchema<Album>({
  class: Album,
  tableName: "album",
  properties: {
    id: { type: "integer", primary: true, autoincrement: true },
    name: { type: "string" },
    artistId: { type: "integer", fieldName: "artist_id" },
    year: { type: "integer" },
    tracks: { kind: "1:m", entity: () => Track, mappedBy: "album" },
  },
});

const tracks = new EntitySchema<Track>({
  class: Track,
  tableName: "track",
  properties: {
    id: { type: "integer", primary: true, autoincrement: true },
    title: { type: "string" },
    album: { kind: "m:1", entity: () => Album, fieldName: "album_id" },
    composer: { type: "string", nullable: true },
    milliseconds: { type: "integer" },
    bytes: { type: "integer" },
    rating: { type: "double" },
    position: { type: "integer" },
    genre: { type: "string" },
  },
});

type Orm = MikroORM & { readonly em: SqlEntityManager };

async function connect(engine: EngineName, url: string): Promise<Orm> {
  const options = { entities: [albums, tracks], discovery: { disableDynamicFileAccess: true }, pool: { max: POOL } };
  if (engine === "postgres") {
    return (await import("@mikro-orm/postgresql")).MikroORM.init({ ...options, clientUrl: url }) as unknown as Orm;
  }
  if (engine === "mysql") {
    const clientUrl = url.replace("mariadb:", "mysql:");
    return (await import("@mikro-orm/mysql")).MikroORM.init({ ...options, clientUrl }) as unknown as Orm;
  }
  const { MikroORM } = await import("@mikro-orm/better-sqlite");
  const orm = await MikroORM.init({ entities: options.entities, discovery: options.discovery, dbName: fileOf(url) });
  for (const pragma of PRAGMAS) await orm.em.getConnection().execute(`pragma ${pragma}`);
  return orm as unknown as Orm;
}

/** An entity manager for each run, as its manual has it for each request: rows are managed entities. */
export async function open(engine: EngineName, url: string): Promise<Contestant> {
  const orm = await connect(engine, url);
  const fork = () => orm.em.fork();
  return {
    works: {
      ...worksOf({ ...read(fork, engine), ...ask(fork), ...write(fork) }, { track: byColumn, joined: withAlbum }),
      ...relatedWorks(relatedOn(fork), { joined: withAlbum, withTracks }),
    },
    clean: () => fork().nativeDelete(Track, { id: { $gt: TRACKS } }),
    close: () => orm.close(),
  };
}

function read(
  fork: () => SqlEntityManager,
  engine: EngineName,
): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const orderBy = { id: "asc" } as const;
  return {
    get: (id) => fork().findOne(Track, id),
    filter3: (composer, milliseconds, position) =>
      fork().find(
        Track,
        { composer, milliseconds: { $gte: milliseconds }, position: { $lte: position } },
        { orderBy: [{ milliseconds: "desc" }, { id: "asc" }], limit: 20 },
      ),
    across: (name) => fork().find(Track, { album: { name } }, { orderBy }),
    iexact: (name) =>
      fork().find(
        Track,
        { album: { [raw((of) => ignoringCase(engine, `${of}.name`))]: name.toLowerCase() } },
        { orderBy },
      ),
    list: (first, last) => fork().find(Track, { id: { $gte: first, $lte: last } }, { orderBy }),
    join: (first, last) =>
      fork().find(Track, { id: { $gte: first, $lte: last } }, { populate: ["album"], strategy: "joined", orderBy }),
  };
}

/** One query of many references' loads is what its data loader makes. */
function relatedOn(fork: () => SqlEntityManager): Related {
  return {
    prefetch: (first, last) =>
      fork().find(
        Album,
        { id: { $gte: first, $lte: last } },
        {
          populate: ["tracks"],
          strategy: "select-in",
          orderBy: { id: "asc", tracks: { id: "asc" } },
        },
      ),
    lazy: async (first, last) => {
      const found = await fork().find(Track, { id: { $gte: first, $lte: last } }, { orderBy: { id: "asc" } });
      await Promise.all(found.map(({ album }) => wrap(album).toReference().load({ dataloader: true })));
      return found;
    },
  };
}

function ask(fork: () => SqlEntityManager): Pick<Runs, "count" | "exists"> {
  const where = (composer: string, least: number) => ({ composer, milliseconds: { $gte: least } });
  return {
    count: (...values) => fork().count(Track, where(...values)),
    exists: async (...values) => (await fork().findOne(Track, where(...values), { fields: ["id"] })) !== null,
  };
}

function write(fork: () => SqlEntityManager): Pick<Runs, "create" | "bulkCreate" | "update"> {
  return {
    create: async (track) => {
      const em = fork();
      const created = em.create(Track, track as never);
      await em.flush();
      return created;
    },
    bulkCreate: async (many) => {
      const ids = await fork().insertMany(Track, many as never[]);
      return many.map((track: NewTrack, at) => ({ ...track, id: ids[at], album: { id: track.album } }));
    },
    update: (id, bytes) => fork().nativeUpdate(Track, { id }, { bytes }),
  };
}

function byColumn({ id, title, album, composer, milliseconds, bytes, rating, position, genre }: Track) {
  return { id, title, album_id: album.id, composer, milliseconds, bytes, rating, position, genre };
}

function albumByColumn({ id, name, artistId, year }: Album) {
  return { id, name, artist_id: artistId, year };
}

function withAlbum(row: Track) {
  return { ...byColumn(row), album: albumByColumn(row.album) };
}

function withTracks(row: Album) {
  return { ...albumByColumn(row), tracks: row.tracks.getItems().map(byColumn) };
}
