import { DataTypes, type Model, Op, Sequelize } from "sequelize";
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

async function connect(engine: EngineName, url: string): Promise<Sequelize> {
  const options = { logging: false, pool: { max: POOL } } as const;
  if (engine === "postgres") return new Sequelize(url, options);
  // Sequelize would count changed rows only, where all others count the rows found.
  const dialectOptions = { flags: "FOUND_ROWS" };
  if (engine === "mysql") return new Sequelize(url.replace("mariadb:", "mysql:"), { ...options, dialectOptions });
  const sequelize = new Sequelize({ dialect: "sqlite", storage: fileOf(url), ...options });
  for (const pragma of PRAGMAS) await sequelize.query(`PRAGMA ${pragma}`);
  return sequelize;
}

function define(sequelize: Sequelize) {
  const { INTEGER, STRING, DOUBLE } = DataTypes;
  const required = { allowNull: false };
  const id = { type: INTEGER, primaryKey: true, autoIncrement: true };
  const named = (tableName: string) => ({ tableName, timestamps: false });
  const Album = sequelize.define(
    "album",
    {
      id,
      name: { type: STRING(100), ...required },
      artist_id: { type: INTEGER, ...required },
      year: { type: INTEGER, ...required },
    },
    named("album"),
  );
  const Track = sequelize.define(
    "track",
    {
      id,
      title: { type: STRING(100), ...required },
      album_id: { type: INTEGER, ...required },
      composer: { type: STRING(100) },
      milliseconds: { type: INTEGER, ...required },
      bytes: { type: INTEGER, ...required },
      rating: { type: DOUBLE, ...required },
      position: { type: INTEGER, ...required },
      genre: { type: STRING(50), ...required },
    },
    named("track"),
  );
  Track.belongsTo(Album, { as: "album", foreignKey: "album_id" });
  Album.hasMany(Track, { as: "tracks", foreignKey: "album_id" });
  return { Album, Track };
}

type Models = ReturnType<typeof define>;

const plain = (row: Model): Record<string, unknown> => row.get({ plain: true });

/** Models and finders, as in its manual: rows are instances. It runs on the driver sqlite3, not better-sqlite3. */
export async function open(engine: EngineName, url: string): Promise<Contestant> {
  const sequelize = await connect(engine, url);
  const models = define(sequelize);
  return {
    works: {
      ...worksOf({ ...read(models, engine), ...ask(models), ...write(models) }, { track: plain, joined: plain }),
      ...relatedWorks(relatedOn(models), { joined: plain, withTracks: plain }),
    },
    clean: () => models.Track.destroy({ where: { id: { [Op.gt]: TRACKS } } }),
    close: () => sequelize.close(),
  };
}

function read(
  { Album, Track }: Models,
  engine: EngineName,
): Pick<Runs, "get" | "filter3" | "across" | "iexact" | "list" | "join"> {
  const order: [string, string][] = [["id", "ASC"]];
  const album = { model: Album, as: "album" };
  const sameName = (name: string) => Sequelize.where(Sequelize.literal(ignoringCase(engine, "album.name")), name);
  return {
    get: (id) => Track.findByPk(id),
    filter3: (composer, milliseconds, position) =>
      Track.findAll({
        where: { composer, milliseconds: { [Op.gte]: milliseconds }, position: { [Op.lte]: position } },
        order: [
          ["milliseconds", "DESC"],
          ["id", "ASC"],
        ],
        limit: 20,
      }),
    across: (name) => Track.findAll({ include: { ...album, attributes: [], where: { name } }, order }),
    iexact: (name) =>
      Track.findAll({ include: { ...album, attributes: [], where: sameName(name.toLowerCase()) }, order }),
    list: (first, last) => Track.findAll({ where: { id: { [Op.between]: [first, last] } }, order }),
    join: (first, last) => Track.findAll({ where: { id: { [Op.between]: [first, last] } }, include: album, order }),
  };
}

function relatedOn({ Album, Track }: Models): Related {
  const order: [string, string][] = [["id", "ASC"]];
  return {
    prefetch: (first, last) =>
      Album.findAll({
        where: { id: { [Op.between]: [first, last] } },
        include: { model: Track, as: "tracks", separate: true, order },
        order,
      }),
  };
}

function ask({ Track }: Models): Pick<Runs, "count" | "exists"> {
  const where = (composer: string, least: number) => ({ composer, milliseconds: { [Op.gte]: least } });
  return {
    count: (...values) => Track.count({ where: where(...values) }),
    exists: async (...values) => (await Track.findOne({ attributes: ["id"], where: where(...values) })) !== null,
  };
}

function write({ Track }: Models): Pick<Runs, "create" | "bulkCreate" | "update"> {
  return {
    create: (track) => Track.create({ ...columnsOf(track) }),
    bulkCreate: (tracks) => Track.bulkCreate(tracks.map(columnsOf)),
    update: async (id, bytes) => (await Track.update({ bytes }, { where: { id } }))[0],
  };
}
