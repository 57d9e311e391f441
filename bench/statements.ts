import { ALBUM_COLUMNS, type EngineName, NEW_COLUMNS, TRACK_COLUMNS } from "./works.js";

const tracks = TRACK_COLUMNS.map((column) => `t.${column}`).join(", ");
const albums = ALBUM_COLUMNS.map((column) => `a.${column} as album_${column}`).join(", ");

/** The quickest that there is for many rows: a statement run for each where that costs no journey. */
const bulkUpdates: Readonly<Record<EngineName, string>> = {
  sqlite: "update track set bytes = ?, rating = ? where id = ?",
  postgres:
    "update track set bytes = v.bytes, rating = v.rating " +
    "from unnest($1::integer[], $2::integer[], $3::float8[]) as v(id, bytes, rating) where track.id = v.id",
  mysql:
    "update track t join json_table(?, '$[*]' columns (" +
    "id int path '$[0]', bytes int path '$[1]', rating double path '$[2]')) as v on v.id = t.id " +
    "set t.bytes = v.bytes, t.rating = v.rating",
};

/** The SQL that a user of a bare driver would write. */
export function statementsFor(engine: EngineName) {
  const placeholder = (number: number) => (engine === "postgres" ? `$${number}` : "?");
  const [one, two, three] = [placeholder(1), placeholder(2), placeholder(3)];
  const tuple = (row: number) => {
    const width = NEW_COLUMNS.length;
    return `(${NEW_COLUMNS.map((_, column) => placeholder(row * width + column + 1)).join(", ")})`;
  };
  const insert = (rows: number) =>
    `insert into track (${NEW_COLUMNS.join(", ")}) values ${Array.from({ length: rows }, (_, row) => tuple(row)).join(", ")}`;
  const withKeys = (rows: number) => {
    const width = TRACK_COLUMNS.length;
    const one = (row: number) => `(${TRACK_COLUMNS.map((_, at) => placeholder(row * width + at + 1)).join(", ")})`;
    return `insert into track (${TRACK_COLUMNS.join(", ")}) values ${Array.from({ length: rows }, (_, row) => one(row)).join(", ")}`;
  };
  const taken = NEW_COLUMNS.map((column) => {
    return engine === "mysql" ? `${column} = values(${column})` : `${column} = excluded.${column}`;
  }).join(", ");
  const conflict = engine === "mysql" ? "on duplicate key update" : "on conflict (id) do update set";
  const among = (column: string, keys: number) => {
    if (engine === "sqlite") return `${column} in (select value from json_each(?))`;
    if (engine === "postgres") return `${column} = any($1)`;
    return `${column} in (${Array.from({ length: keys }, () => "?").join(", ")})`;
  };
  const across = (condition: string) =>
    `select ${tracks} from track t join album a on a.id = t.album_id where ${condition} order by t.id`;
  return {
    get: `select ${tracks} from track t where t.id = ${one}`,
    filter3:
      `select ${tracks} from track t where t.composer = ${one} and t.milliseconds >= ${two} and ` +
      `t.position <= ${three} order by t.milliseconds desc, t.id limit 20`,
    across: across(`a.name = ${one}`),
    iexact: across(engine === "sqlite" ? `a.name = ${one} collate nocase` : `lower(a.name) = lower(${one})`),
    count: `select count(*) as number from track t where t.composer = ${one} and t.milliseconds >= ${two}`,
    exists: `select 1 from track t where t.composer = ${one} and t.milliseconds >= ${two} limit 1`,
    list: `select ${tracks} from track t where t.id between ${one} and ${two} order by t.id`,
    join:
      `select ${tracks}, ${albums} from track t join album a on a.id = t.album_id ` +
      `where t.id between ${one} and ${two} order by t.id`,
    albums: `select ${ALBUM_COLUMNS.join(", ")} from album where id between ${one} and ${two} order by id`,
    tracksOf: `select ${tracks} from track t where ${among("t.album_id", 100)} order by t.album_id, t.id`,
    albumsOf: `select ${ALBUM_COLUMNS.join(", ")} from album where ${among("id", 1000)}`,
    totals:
      `select count(*) as number, sum(t.milliseconds) as total, avg(t.rating) as rating, ` +
      `max(t.position) as position from track t where t.composer = ${one} and t.milliseconds >= ${two}`,
    byGenre:
      `select t.genre, count(*) as number, sum(t.milliseconds) as total from track t ` +
      `where t.position >= ${one} group by t.genre order by t.genre`,
    ofYear:
      `select ${tracks} from track t where t.composer = ${one} and ` +
      `t.album_id in (select a.id from album a where a.year >= ${two}) order by t.id`,
    either10:
      `select ${tracks} from track t where ` +
      `${Array.from({ length: 10 }, (_, at) => `t.composer = ${placeholder(at + 1)}`).join(" or ")} order by t.id limit 20`,
    create: insert(1),
    bulkCreate: insert(1000),
    update: `update track set bytes = ${one} where id = ${two}`,
    upsertOne: `${withKeys(1)} ${conflict} ${taken}`,
    upsert: `${withKeys(1000)} ${conflict} ${taken}`,
    bulkUpdate: bulkUpdates[engine],
    /** What a million rows are read from, and how they get there. */
    stream: `select ${tracks} from big_track t`,
    fillStream:
      `insert into big_track (${NEW_COLUMNS.join(", ")}) ` +
      `select ${NEW_COLUMNS.map((column) => `t.${column}`).join(", ")} from track t cross join artist a where a.id <= 20`,
  };
}
