import type BetterSqlite3 from "better-sqlite3";
import knex, { type Knex } from "knex";
import { Model, raw } from "objection";
import {
  columnsOf,
  type Contestant,
  type EngineName,
  POOL,
  type Related,
  relatedWorks,
  type Runs,
  TRACKS,
  worksOf,
} from "../works.js";
import { fileOf, ignoringCase, PRAGMAS } from "./shapes.js";

class Album extends Model {
  static override tableName = "album";
  static override get relationMappings() {
    const join = { from: "album.id", to: "track.album_id" };
    return { tracks: { relation: Model.HasManyRelation, modelClass: Track, join } };
  }
}

class Track extends Model {
  static override tableName = "track";
  static override relationMappings = {
    album: {
      relation: Model.BelongsToOneRelation,
      modelClass: Album,
      join: { from: "track.album_id", to: "album.id" },
    },
  };
}

function connect(engine: EngineName, url: string): Knex {
  if (engine === "postgres") return knex({ client: "pg", connection: url, pool: { min: 0, max: POOL } });
  if (engine === "mysql") {
    return knex({ client: "mysql2", connection: url.replace("mariadb:", "mysql:"), pool: { min: 0, max: POOL } });
  }
  const afterCreate = (db: BetterSqlite3.Database, done: (error: Error | null, db: unknown) => void) => {
    for (const pragma of PRAGMAS) db.pragma(pragma);
    done(null, db);
  };
  const connection = { filename: fileOf(url) };
  return knex({ client: "better-sqlite3", connection, useNullAsDefault: true, pool: { afterCreate } });
}

/** Models and their queries, as in its manual: rows are instances. */
export function open(engine: EngineName, url: string): Contestant {
  const db = connect(engine, url);
  Model.knex(db);
  const plain = (row: Model) => row.toJSON() as Record<string, unknown>;
  return {
    works: {
      ...worksOf({ ...readOn(engine), ...ask, ...writeOn(engine) }, { track: plain, joined: plain }),
      ...relatedWorks(related, { joined: plain, withTracks: plain }),
    },
    clean: async () => await Track.query().delete().where("id", ">", TRACKS),
    close: () => db.destroy(),
  };
}

const readOn = (engine: EngineName): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> => ({
  get: async (id) => await Track.query().findById(id),
  filter3: async (composer, milliseconds, position) =>
    await Track.query()
      .where({ composer })
      .where("milliseconds", ">=", milliseconds)
      .where("position", "<=", position)
      .orderBy([{ column: "milliseconds", order: "desc" }, "id"])
      .limit(20),
  across: async (name) => await Track.query().joinRelated("album").where("album.name", name).orderBy("track.id"),
  iexact: async (name) =>
    await Track.query()
      .joinRelated("album")
      .where(raw(ignoringCase(engine, "??"), "album.name"), name.toLowerCase())
      .orderBy("track.id"),
  list: async (first, last) => await Track.query().whereBetween("id", [first, last]).orderBy("id"),
  join: async (first, last) =>
    await Track.query().withGraphJoined("album").whereBetween("track.id", [first, last]).orderBy("track.id"),
});

const related: Related = {
  prefetch: async (first, last) =>
    await Album.query()
      .whereBetween("id", [first, last])
      .orderBy("id")
      .withGraphFetched("tracks")
      .modifyGraph("tracks", (tracks) => tracks.orderBy("id")),
};

const found = (composer: string, least: number) => Track.query().where({ composer }).where("milliseconds", ">=", least);

const ask: Pick<Runs, "count" | "exists"> = {
  count: async (...values) => await found(...values).resultSize(),
  exists: async (...values) =>
    (await found(...values)
      .select("id")
      .first()) !== undefined,
};

/** It inserts many rows by one statement on PostgreSQL only, and by a statement each elsewhere. */
function writeOn(engine: EngineName): Pick<Runs, "create" | "bulkCreate" | "update"> {
  return {
    create: async (track) => await Track.query().insert(columnsOf(track)),
    bulkCreate: async (tracks) => {
      const rows = tracks.map(columnsOf);
      if (engine === "postgres") return await Track.query().insert(rows as never);
      return await Track.transaction(async (transaction) => await Track.query(transaction).insertGraph(rows as never));
    },
    update: async (id, bytes) =>
      await Track.query()
        .findById(id)
        .patch({ bytes } as never),
  };
}
